"""What keeps pods that should go is told by the workload that they are of."""

import json
from datetime import timedelta
from typing import Any

import pytest

from sundown.cluster.lingering_pods import Lingering, lingering_pods
from sundown.model.pods import Trouble
from support.cluster.scripted import Script, door, reply
from support.samples import NOW

Json = dict[str, Any]

READY: Json = {"conditions": [{"type": "Ready", "status": "True"}]}
UNREADY: Json = {"conditions": [{"type": "Ready", "status": "False"}]}


def at(**later: float) -> str:
    return (NOW + timedelta(**later)).strftime("%Y-%m-%dT%H:%M:%SZ")


def pod(ordinal: int = 0, status: Json = UNREADY, *, kind: str = "StatefulSet", **metadata: Any) -> Json:
    owner = {"kind": kind, "name": "db", "uid": "u", "controller": True}
    named = {"name": f"db-{ordinal}", "uid": "p", "namespace": "dev"}
    about = {**named, "ownerReferences": [owner], **metadata}
    return {"metadata": about, "spec": {"nodeName": "node-1"}, "status": status}


def page(*pods: Any, token: str = "") -> Json:
    return {"kind": "PodList", "metadata": {"continue": token}, "items": list(pods)}


def told(*pods: Any, of: str = "StatefulSet/db", above: dict[str, str] | None = None) -> str | None:
    search = Lingering({of}, above or {}, now=NOW)
    search.read(json.dumps(page(*pods)).encode())
    assert search.told.keys() <= {of}
    found = search.told.get(of)
    return f"{found.word}: {found.text}" if found is not None else None


FIRST = "Kubernetes waits for that pod to be ready, and then takes it away"
IN_ORDER = f"OrderedReady: kubectl -n dev delete pod db-10 lets it go on: {FIRST}"
HELD = "Finalizers: pod db-0 is deleted and waits for whoever has to agree: example.com/a, example.com/b"
OVERDUE = "NotEnded: pod db-0 should have ended, and node node-1 does not say that it has"


@pytest.mark.parametrize(
    ("pods", "text"),
    [
        ([pod(0), pod(9), pod(10)], IN_ORDER),
        ([pod(10), pod(9)], IN_ORDER),
        (
            [pod(0, deletionTimestamp=at(minutes=3))],
            f"Terminating: pod db-0 has until {at(minutes=3)[11:16]} UTC to end",
        ),
        ([pod(0, deletionTimestamp=at(seconds=-1))], OVERDUE),
        ([pod(0, READY, deletionTimestamp=at(), finalizers=["example.com/a", "example.com/b"])], HELD),
        ([pod(10), pod(1, deletionTimestamp=at(hours=1)), pod(0, deletionTimestamp=at(minutes=-9))], OVERDUE),
        ([{"metadata": {"name": 7}}, "no pod", pod(10)], IN_ORDER),
    ],
)
def test_what_hangs_is_told_before_what_waits_for_it(pods: list[Any], text: str) -> None:
    """X8, kubernetes #57865: two pods of a StatefulSet that are not ready are not taken away, and nobody says so."""
    assert told(*pods) == text


def test_a_pod_speaks_for_who_stands_above_it() -> None:
    """X8, G2"""
    assert told(pod(10), of="Prometheus/main", above={"StatefulSet/db": "Prometheus/main"}) == IN_ORDER


@pytest.mark.parametrize(
    "there",
    [pod(0, READY), pod(0, kind="ReplicaSet"), pod(0, kind="DaemonSet"), pod(0, ownerReferences=None)],
    ids=["its turn comes", "a Deployment's", "no order", "nobody's"],
)
def test_of_what_goes_by_itself_or_is_anothers_nothing_is_told(there: Json) -> None:
    assert told(there) is None


async def test_only_so_many_pods_are_looked_at() -> None:
    """J6"""

    class Endless(Script):
        async def answer(self, request: Any) -> Any:
            self.asked.append(request)
            return reply(page(pod(0, READY), token="more"))

    script = Endless()
    async with door(script) as cluster:
        assert await lingering_pods(cluster, "dev", {"StatefulSet/db"}, above={}, now=NOW) == {}
    assert len(script.asked) == 8


async def test_where_pods_cannot_be_listed_nothing_is_known() -> None:
    class Closed(Script):
        async def answer(self, request: Any) -> Any:
            return reply({"kind": "Status", "status": "Failure", "message": "forbidden"}, 403)

    async with door(Closed()) as cluster:
        assert await lingering_pods(cluster, "dev", {"StatefulSet/db"}, above={}, now=NOW) == {}


async def test_all_pages_are_read_until_then() -> None:
    class TwoPages(Script):
        async def answer(self, request: Any) -> Any:
            last = "continue" in request.query
            return reply(page(pod(10)) if last else page(pod(9), token="more"))

    async with door(TwoPages()) as cluster:
        found = await lingering_pods(cluster, "dev", {"StatefulSet/db"}, above={}, now=NOW)
    word, _, text = IN_ORDER.partition(": ")
    assert found == {"StatefulSet/db": Trouble(word, text)}
