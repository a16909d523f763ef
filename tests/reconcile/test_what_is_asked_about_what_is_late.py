"""Who is asked what keeps parts from coming, when and how often (fault X8)."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from sundown.cluster.client import Cluster
from sundown.model.parts import Workload
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile import obstacles
from sundown.reconcile.obstacles import Reasons
from sundown.reconcile.part_names import Obstacle
from support.cluster.scripted import Script, door, reply
from support.samples import NOW, TIMEOUT, after, after_visits, planned, sleeping, workload

Json = dict[str, Any]

LATE = NOW + TIMEOUT
BAD_SECRET = {"state": {"waiting": {"reason": "CreateContainerConfigError", "message": 'secret "x" not found'}}}
NO_SECRET = 'CreateContainerConfigError: secret "x" not found'
QUOTA = "FailedCreate: exceeded quota: small"
OUT_OF_TIME = 'ProgressDeadlineExceeded: ReplicaSet "web-1" has timed out progressing'
CREATING = {"state": {"waiting": {"reason": "ContainerCreating"}}}


def pod(container: Json, *, of: str = "web", kind: str = "Deployment") -> Json:
    owner = {"kind": kind, "name": of, "uid": "u", "controller": True}
    labels = {}
    if kind == "Deployment":
        owner |= {"kind": "ReplicaSet", "name": f"{of}-1"}
        labels = {"pod-template-hash": "1"}
    metadata = {"name": f"{of}-1-x", "uid": "p", "namespace": "dev", "labels": labels, "ownerReferences": [owner]}
    return {"metadata": metadata, "status": {"containerStatuses": [{"name": "main", **container}]}}


class Answers(Script):
    """Answers by what is asked for: pods, and Events of the kinds that have any."""

    def __init__(
        self, *pods: Json, events: dict[str, str] | None = None, refused: bool = False, silent: bool = False
    ) -> None:
        super().__init__()
        self._pods = pods
        self._refused = refused
        self._silent = silent
        self._events = events or {}
        self.over = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        if self._silent:
            await self.over.wait()
        if self._refused:
            return reply({"kind": "Status", "status": "Failure", "message": "forbidden"}, 403)
        if request.path.endswith("/pods"):
            return reply({"metadata": {}, "items": list(self._pods)})
        chosen = dict(each.split("=") for each in request.query["fieldSelector"].split(","))
        text = self._events.get(chosen["involvedObject.kind"])
        items = [{"reason": "FailedMount", "message": text, "eventTime": "2026-11-23T18:00:00Z"}] if text else []
        return reply({"metadata": {}, "items": items})

    @property
    def told(self) -> list[str]:
        """What was asked for, in order: ``pods``, ``Pod``, ``StatefulSet``."""
        kinds = (request.query["fieldSelector"].split(",")[1].partition("=")[2] for request in self.asked)
        return [
            "pods" if request.path.endswith("/pods") else kind for request, kind in zip(self.asked, kinds, strict=True)
        ]


async def reasons(
    cluster: Cluster, *parts: Workload, now: datetime = LATE, known: Reasons | None = None
) -> dict[str, Obstacle]:
    """What is known of an env that began to wake at ``NOW``."""
    the_plan = planned("Awake", *parts, now=now, since=NOW)
    return await (known or Reasons(cluster)).of("dev", the_plan, among=parts, old=EnvScheduleStatus(), now=now)


async def test_nobody_is_asked_about_what_is_not_late() -> None:
    """Design 10."""
    script = Answers(pod(BAD_SECRET))
    async with door(script) as cluster:
        assert await reasons(cluster, workload(ready=0), now=after(seconds=1)) == {}
    assert script.told == []


async def test_nobody_is_asked_where_the_workload_says_it_itself() -> None:
    """X8"""
    script = Answers(pod(BAD_SECRET))
    async with door(script) as cluster:
        found = await reasons(cluster, workload(ready=1, hindrance=QUOTA))
    assert found == {"Deployment/web": Obstacle("1 of 2 ready", QUOTA)}
    assert script.told == []


@pytest.mark.parametrize("hindrance", [None, OUT_OF_TIME])
async def test_its_pods_are_asked_where_it_says_nothing_or_only_that_it_takes_too_long(hindrance: str | None) -> None:
    """X8: with the usual limits of ten minutes every Deployment that hangs says the latter."""
    script = Answers(pod(BAD_SECRET))
    async with door(script) as cluster:
        found = await reasons(cluster, workload(ready=0, hindrance=hindrance))
    assert found == {"Deployment/web": Obstacle("0 of 2 ready", NO_SECRET)}
    assert script.told == ["pods"]


@pytest.mark.parametrize(
    ("events", "told", "asked"),
    [
        ({"Pod": 'configmap "web" not found'}, 'FailedMount: configmap "web" not found', ["pods", "Pod"]),
        ({"StatefulSet": "quota"}, "FailedMount: quota", ["pods", "Pod", "StatefulSet"]),
        ({}, "ContainerCreating", ["pods", "Pod", "StatefulSet"]),
    ],
    ids=["its own", "its maker's", "none"],
)
async def test_events_are_asked_where_a_pod_says_nothing_of_what_is_wrong(
    events: dict[str, str], told: str, asked: list[str]
) -> None:
    """X8: a pod whose volume is not there waits without a word in its status."""
    script = Answers(pod(CREATING, of="db", kind="StatefulSet"), events=events)
    async with door(script) as cluster:
        found = await reasons(cluster, workload("db", kind="StatefulSet", ready=0))
    assert found == {"StatefulSet/db": Obstacle("0 of 2 ready", told)}
    assert script.told == asked


async def test_what_takes_too_long_says_so_where_nobody_knows_more() -> None:
    """X8"""
    async with door(Answers()) as cluster:
        found = await reasons(cluster, workload(ready=0, hindrance=OUT_OF_TIME))
    assert found == {"Deployment/web": Obstacle("0 of 2 ready", OUT_OF_TIME)}


async def test_the_pods_of_an_env_are_asked_for_once_for_all_that_is_late() -> None:
    """Design 10."""
    script = Answers(*(pod(BAD_SECRET, of=name) for name in ("a", "b", "c")))
    async with door(script) as cluster:
        found = await reasons(cluster, *(workload(name, ready=0) for name in ("a", "b", "c")))
    assert {one.reason for one in found.values()} == {NO_SECRET}
    assert script.told == ["pods"]


async def test_only_about_those_that_are_named_anybody_is_asked() -> None:
    """J6"""
    script = Answers()
    async with door(script) as cluster:
        found = await reasons(cluster, *(workload(f"db-{n}", kind="StatefulSet", ready=0) for n in range(30)))
    assert len(found) == 10
    assert script.told.count("StatefulSet") == 10


async def late_to_bed(cluster: Cluster, part: Workload) -> dict[str, Obstacle]:
    the_plan = planned("Asleep", part, now=LATE, since=NOW)
    return await Reasons(cluster).of("dev", the_plan, among=(), old=EnvScheduleStatus(), now=LATE)


async def test_who_should_have_no_pods_is_asked_what_keeps_those_that_are_there() -> None:
    """X8: and not why they are not ready."""
    leaving = pod(BAD_SECRET)
    leaving["metadata"] |= {"deletionTimestamp": "2026-11-01T00:00:00Z", "finalizers": ["example.com/a"]}
    script = Answers(pod(BAD_SECRET), leaving)
    async with door(script) as cluster:
        found = await late_to_bed(cluster, sleeping(pods=0, terminating=1))
    held = "Finalizers: pod web-1-x is deleted and waits for whoever has to agree: example.com/a"
    assert found == {"Deployment/web": Obstacle("", held)}
    assert script.told == ["pods"]


async def test_nobody_is_asked_about_pods_that_are_gone() -> None:
    """Design 10."""
    script = Answers(pod(BAD_SECRET))
    async with door(script) as cluster:
        found = await late_to_bed(cluster, sleeping(pods=0, settled=False))
    assert found == {"Deployment/web": Obstacle()}
    assert script.told == []


async def test_what_was_found_is_said_for_a_while() -> None:
    """Design: status is written only when it changes, and counts change with every pod."""
    script = Answers(pod(BAD_SECRET))
    async with door(script) as cluster:
        known = Reasons(cluster)
        first = await reasons(cluster, workload(replicas=3, ready=0), known=known)
        again = await reasons(cluster, workload(replicas=3, ready=2), known=known, now=LATE + timedelta(seconds=30))
        assert again == first
        assert script.told == ["pods"]
        later = await reasons(cluster, workload(replicas=3, ready=2), known=known, now=LATE + timedelta(minutes=3))
    assert later == {"Deployment/web": Obstacle("2 of 3 ready", NO_SECRET)}
    assert script.told == ["pods", "pods"]


async def test_whoever_changes_a_workload_has_it_asked_about_anew() -> None:
    script = Answers(pod(BAD_SECRET))
    async with door(script) as cluster:
        known = Reasons(cluster)
        await reasons(cluster, workload(ready=0, generation=3), known=known)
        await reasons(cluster, workload(ready=0, generation=4), known=known)
    assert script.told == ["pods", "pods"]


async def test_what_a_transition_was_over_without_is_still_asked_about() -> None:
    """G3"""
    begun = after_visits("Awake", [sleeping()])
    without = after_visits("Awake", [workload(ready=0)], old=begun, now=LATE)
    well = after_visits("Awake", [workload()], old=begun, now=LATE)
    assert (without.state, well.state) == ("Awake", "Awake")
    async with door(Answers(pod(BAD_SECRET))) as cluster:
        the_plan, known = planned("Awake", workload(ready=0), now=LATE), Reasons(cluster)
        found = await known.of("dev", the_plan, among=(), old=without, now=LATE)
        assert found == {"Deployment/web": Obstacle("0 of 2 ready", NO_SECRET)}
        assert await known.of("dev", the_plan, among=(), old=well, now=LATE) == {}


@pytest.mark.parametrize("silent", [False, True], ids=["refused", "silent"])
async def test_an_env_goes_on_where_nobody_answers(monkeypatch: pytest.MonkeyPatch, silent: bool) -> None:
    """E4: what is late is named all the same."""
    monkeypatch.setattr(obstacles, "_PATIENCE", 0.2)
    script = Answers(refused=not silent, silent=silent)
    async with door(script) as cluster:
        found = await reasons(
            cluster, workload(kind="StatefulSet", ready=0), workload("db", kind="StatefulSet", ready=1)
        )
        script.over.set()
    assert found == {"StatefulSet/web": Obstacle("0 of 2 ready"), "StatefulSet/db": Obstacle("1 of 2 ready")}
