"""The kinds of alerts, each a row: what it watches, what it sees there, when it opens and closes, how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sundown.frontdesk.incidents.incident import facts
from sundown.frontdesk.incidents.sights import See, Sight, Thing, View, by_container
from sundown.model.health import ContainerHealth, NodeHealth, PodHealth, RolloutHealth

Severity = Literal["critical", "warning", "info"]
Watches = Literal["pods", "nodes", "deployments"]


@dataclass(frozen=True, slots=True)
class AlertKind:
    """One kind of alert.

    ``title`` and ``over`` are sentences with the names of facts in braces; ``label`` is the kind in a few words, one and many.
    ``see`` says what is seen of a thing that ``watches`` names: the pods of one owner, a node, or a Deployment.

    It opens when ``least`` of it is seen, and closes when all was well for ``closes_after``, or what it was about was gone for
    ``gone_after``. ``counted_at`` says at which counts the message is written again. What happens, rather than is, is
    ``news_for`` a while; with ``told_once`` there is nothing to become well again.
    """

    name: str
    label: tuple[str, str]
    watches: Watches
    see: See
    severity: Severity
    title: str
    over: str = ""
    fields: tuple[str, ...] = ("pod", "namespace", "container", "restarts", "node")
    least: int = 1
    counted_at: tuple[int, ...] = (5, 10, 25)
    closes_after: timedelta = timedelta(minutes=10)
    gone_after: timedelta = timedelta(minutes=1)
    news_for: timedelta | None = None
    told_once: bool = False
    logs: bool = False

    def level(self, count: int) -> int:
        """The last of the counts that are told; 0 before the first."""
        return max((each for each in self.counted_at if each <= count), default=0)


NOT_READY_FOR = timedelta(seconds=60)
"""So long a node is not ready before anybody is told: the API server itself takes 50 s to call it Unknown."""
NEW_NODE = timedelta(minutes=5)


def _crashes(pod: PodHealth, container: ContainerHealth) -> Sight | None:
    if container.waiting != "CrashLoopBackOff" or pod.over:
        return None
    return Sight(part=container.name, count=container.restarts, facts=_facts(pod, container))


def _was_killed(pod: PodHealth, container: ContainerHealth) -> Sight | None:
    if container.ended != "OOMKilled" or container.ended_at is None:
        return None
    return Sight(part=container.name, times=(container.ended_at,), facts=_facts(pod, container))


def _facts(pod: PodHealth, container: ContainerHealth) -> dict[str, str]:
    return facts(
        pod=pod.name,
        namespace=pod.namespace,
        container=container.name,
        restarts=container.restarts,
        node=pod.node,
        owner=f"{pod.owner_kind}/{pod.owner}",
    )


def _node(thing: Thing, now: datetime) -> View:
    assert isinstance(thing, NodeHealth)
    if thing.ready == "True" or thing.leaves:
        return View(well=thing.ready == "True")
    old_enough = thing.created_at + NEW_NODE if thing.created_at is not None else now
    ripe_at = max(thing.since + NOT_READY_FOR if thing.since is not None else now, old_enough)
    said = {"False": "not ready", "Unknown": "not heard of"}.get(thing.ready, "without a status")
    seen = facts(node=thing.name, status=thing.ready or "none", reason=thing.reason, said=said)
    return View({"": Sight(ripe_at=ripe_at, facts=seen)})


def _rolled_out(thing: Thing, now: datetime) -> View:
    """Each revision is a part of its own, told once. At zero replicas nothing can be seen of it yet."""
    assert isinstance(thing, RolloutHealth)
    if thing.completed_at is None or not thing.revision:
        return View(well=True)
    part = str(thing.revision)
    seen = facts(
        deployment=thing.name,
        namespace=thing.namespace,
        revision=thing.revision,
        replicas=thing.replicas,
        image=", ".join(thing.images),
    )
    held = not thing.complete or thing.replicas == 0
    return View({part: Sight(part=part, times=(thing.completed_at,), held=held, facts=seen)}, well=True)


_ROWS = (
    AlertKind(
        "crash-loop",
        ("crash loop", "crash loops"),
        "pods",
        by_container(_crashes),
        "critical",
        "Container {container} of {owner} in {namespace} crashes again and again",
        "Container {container} of {owner} in {namespace} runs again",
        least=3,
        logs=True,
    ),
    AlertKind(
        "oom-killed",
        ("container out of memory", "containers out of memory"),
        "pods",
        by_container(_was_killed),
        "warning",
        "Container {container} of {owner} in {namespace} was killed: it wanted more memory than it may have",
        "Container {container} of {owner} in {namespace} was not killed again",
        news_for=timedelta(minutes=10),
        logs=True,
    ),
    AlertKind(
        "node-not-ready",
        ("node not ready", "nodes not ready"),
        "nodes",
        _node,
        "critical",
        "Node {node} is {said}",
        "Node {node} is ready again",
        fields=("node", "status", "reason"),
        counted_at=(),
        closes_after=timedelta(minutes=1),
        gone_after=timedelta(0),
    ),
    AlertKind(
        "rollout-complete",
        ("rollout complete", "rollouts complete"),
        "deployments",
        _rolled_out,
        "info",
        "Deployment {deployment} in {namespace} is rolled out",
        fields=("deployment", "namespace", "revision", "replicas", "image"),
        counted_at=(),
        news_for=timedelta(minutes=15),
        told_once=True,
    ),
)

ALERT_KINDS: dict[str, AlertKind] = {row.name: row for row in _ROWS}
