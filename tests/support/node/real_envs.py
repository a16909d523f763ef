"""An env whose pods are containers on the real node, as its owners and the machine see it."""

import json
from dataclasses import dataclass

from sundown_lab.cluster import Cluster
from sundown_lab.node import cgroups
from support.apiserver import eventually
from support.envs import ALWAYS_AWAKE, Env, manifest
from support.nodes import Node, really


@dataclass(frozen=True)
class RealEnv:
    """An env whose pods are containers: two of a Deployment, one of a StatefulSet."""

    env: Env
    cluster: Cluster

    @property
    def name(self) -> str:
        return self.env.name

    def containers(self) -> list[str]:
        """The ids of those that are ready; a pretended pod has none."""
        found = json.loads(self.cluster.kubectl("-n", self.name, "get", "pods", "-o", "json").stdout)["items"]
        statuses = [status for pod in found for status in pod["status"].get("containerStatuses", [])]
        ready = [status.get("containerID", "") for status in statuses if status["ready"]]
        return [one.removeprefix("containerd://") for one in ready if one.startswith("containerd://")]

    def awake(self) -> list[str]:
        """Return the ids of its three containers once they run."""

        def all_run() -> list[str]:
            found = self.containers()
            return found if len(found) == 3 and all(cgroups.processes(one) for one in found) else []

        containers = eventually(all_run, what="its three containers run")
        self.env.until("Awake")
        return containers

    def asleep(self, was: list[str]) -> None:
        """Return once none of these containers has a process any more, and the status says so."""
        eventually(lambda: not any(cgroups.processes(one) for one in was), what="its containers are gone")
        self.env.until("Asleep")
        assert set(self.env.counts().values()) == {0}


WORKLOADS = (("Deployment", "web", 2), ("StatefulSet", "db", 1))


def populated(env: Env, node: Node) -> RealEnv:
    """An env with a schedule that is always awake, and real containers."""
    env.schedule(ALWAYS_AWAKE)
    for kind, name, count in WORKLOADS:
        env.api.create(env.collection(kind), really(manifest(kind, name, count)))
    return RealEnv(env, node.control_plane)


def emptied(env: Env) -> None:
    """The namespace as it was before."""
    env.api.delete(env.schedules("default"))
    for kind, name, _ in WORKLOADS:
        env.api.delete(f"{env.collection(kind)}/{name}")
