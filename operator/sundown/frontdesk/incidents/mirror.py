"""What is watched, as alerts look at it: pods by their owner, nodes, Deployments; and of which something is different."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sundown.frontdesk.incidents.kinds import Watches
from sundown.frontdesk.incidents.sights import Group, Thing
from sundown.model.health import NodeHealth, PodHealth, RolloutHealth


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A thing: which kind of it, and its namespace and name. Of pods it is their owner, as ``Deployment/web``."""

    watches: Watches
    namespace: str
    name: str


class Mirror:
    """All that is there. ``touched`` are the places where something is different since they were taken."""

    def __init__(self) -> None:
        self._owned: dict[tuple[str, str], dict[str, PodHealth]] = defaultdict(dict)
        self._owners: dict[tuple[str, str], str] = {}
        self._nodes: dict[str, NodeHealth] = {}
        self._lost: set[str] = set()
        self._rollouts: dict[tuple[str, str], RolloutHealth] = {}
        self._touched: dict[Place, None] = {}
        self.some = asyncio.Event()
        self.pods = _Pods(self)
        self.nodes = _Nodes(self)
        self.rollouts = _Rollouts(self)

    def touch(self, place: Place) -> None:
        """Have a place looked at."""
        self._touched[place] = None
        self.some.set()

    def taken(self) -> list[Place]:
        """The places where something is different, which are not touched any more."""
        found, self._touched = list(self._touched), {}
        self.some.clear()
        return found

    def places(self) -> Iterator[Place]:
        """Everywhere where something is."""
        yield from (Place("pods", *key) for key, pods in self._owned.items() if pods)
        yield from (Place("nodes", "", name) for name in self._nodes)
        yield from (Place("deployments", *key) for key in self._rollouts)

    def at(self, place: Place) -> Thing | None:
        """What is there; None where nothing is."""
        match place.watches:
            case "nodes":
                return self._nodes.get(place.name)
            case "deployments":
                return self._rollouts.get((place.namespace, place.name))
            case "pods":
                pods = self._owned.get((place.namespace, place.name), {}).values()
                if not pods:
                    return None
                lost = self._lost
                return Group(
                    tuple(pod for pod in pods if pod.node not in lost), tuple(pod for pod in pods if pod.node in lost)
                )

    def put_pod(self, pod: PodHealth) -> None:
        """Take in a pod. It may have got another owner: who takes its label off looks at it in peace, and nobody owns it then."""
        owner = (pod.namespace, f"{pod.owner_kind}/{pod.owner}")
        if self._owners.get((pod.namespace, pod.name), owner[1]) != owner[1]:
            self.drop_pod(pod.namespace, pod.name)
        before = self._owned[owner].get(pod.name)
        if before == pod:
            return
        self._owned[owner][pod.name] = pod
        self._owners[pod.namespace, pod.name] = owner[1]
        if before is not None or pod.containers:
            # A new pod of which there is nothing to say changes nothing, and there are thousands at the start.
            self.touch(Place("pods", *owner))

    def drop_pod(self, namespace: str, name: str) -> None:
        """Forget a pod."""
        owner = (namespace, self._owners.pop((namespace, name), ""))
        pods = self._owned.get(owner, {})
        if pods.pop(name, None) is not None:
            self.touch(Place("pods", *owner))
        if not pods:
            self._owned.pop(owner, None)

    def put_node(self, node: NodeHealth) -> None:
        """Take in a node; with it come or go the pods on it."""
        before = self._nodes.get(node.name)
        self._nodes[node.name] = node
        if before == node:
            return
        self.touch(Place("nodes", "", node.name))
        self._is_lost(node.name, lost=node.ready != "True")

    def drop_node(self, name: str) -> None:
        """Forget a node."""
        if self._nodes.pop(name, None) is not None:
            self.touch(Place("nodes", "", name))
            self._is_lost(name, lost=False)

    def put_rollout(self, rollout: RolloutHealth) -> None:
        """Take in a Deployment."""
        key = (rollout.namespace, rollout.name)
        if self._rollouts.get(key) != rollout:
            self._rollouts[key] = rollout
            self.touch(Place("deployments", *key))

    def drop_rollout(self, namespace: str, name: str) -> None:
        """Forget a Deployment."""
        if self._rollouts.pop((namespace, name), None) is not None:
            self.touch(Place("deployments", namespace, name))

    def _is_lost(self, node: str, *, lost: bool) -> None:
        if lost == (node in self._lost):
            return
        (self._lost.add if lost else self._lost.discard)(node)
        for key, pods in self._owned.items():
            if any(pod.node == node for pod in pods.values()):
                self.touch(Place("pods", *key))

    def pods_there(self, covers: Callable[[str], bool]) -> list[tuple[str, str]]:
        """Which pods there are, in namespaces that are meant."""
        return [key for key in self._owners if covers(key[0])]

    def nodes_there(self) -> list[str]:
        """Which nodes there are."""
        return list(self._nodes)

    def rollouts_there(self, covers: Callable[[str], bool]) -> list[tuple[str, str]]:
        """Which Deployments there are, in namespaces that are meant."""
        return [key for key in self._rollouts if covers(key[0])]


@dataclass(frozen=True, slots=True)
class _Pods:
    """Keeps pods, of one namespace or of all."""

    mirror: Mirror
    namespace: str = ""

    def within(self, namespace: str) -> _Pods:
        """Those of one namespace."""
        return _Pods(self.mirror, namespace)

    def put(self, one: PodHealth, /) -> None:
        self.mirror.put_pod(one)

    def drop(self, one: PodHealth, /) -> None:
        self.mirror.drop_pod(one.namespace, one.name)

    def keep_only(self, all_of_them: Iterable[PodHealth], /) -> None:
        kept = {(one.namespace, one.name) for one in all_of_them}
        for key in self.mirror.pods_there(lambda name: self.namespace in {"", name}):
            if key not in kept:
                self.mirror.drop_pod(*key)


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Keeps nodes."""

    mirror: Mirror

    def within(self, namespace: str) -> _Nodes:
        """All of them."""
        return self

    def put(self, one: NodeHealth, /) -> None:
        self.mirror.put_node(one)

    def drop(self, one: NodeHealth, /) -> None:
        self.mirror.drop_node(one.name)

    def keep_only(self, all_of_them: Iterable[NodeHealth], /) -> None:
        kept = {one.name for one in all_of_them}
        for name in self.mirror.nodes_there():
            if name not in kept:
                self.mirror.drop_node(name)


@dataclass(frozen=True, slots=True)
class _Rollouts:
    """Keeps Deployments, of one namespace or of all."""

    mirror: Mirror
    namespace: str = ""

    def within(self, namespace: str) -> _Rollouts:
        """Those of one namespace."""
        return _Rollouts(self.mirror, namespace)

    def put(self, one: RolloutHealth, /) -> None:
        self.mirror.put_rollout(one)

    def drop(self, one: RolloutHealth, /) -> None:
        self.mirror.drop_rollout(one.namespace, one.name)

    def keep_only(self, all_of_them: Iterable[RolloutHealth], /) -> None:
        kept = {(one.namespace, one.name) for one in all_of_them}
        for key in self.mirror.rollouts_there(lambda name: self.namespace in {"", name}):
            if key not in kept:
                self.mirror.drop_rollout(*key)
