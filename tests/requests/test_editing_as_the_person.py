"""I6 I7: a schedule is changed as the person themselves where nobody else has to agree, and proposed where somebody has."""

from __future__ import annotations

from typing import Any

import pytest

from sundown.cluster.client import Cluster
from sundown.cluster.errors import Conflict, Denied
from sundown.errors import NothingToDo
from sundown.usecases.edit import NoSchedule, edit
from sundown.usecases.find import NotAllowed
from sundown.usecases.proposals import Asker
from support.samples import NOW

OFFICE = {"days": ["Mon"], "from": "08:00", "to": "20:00"}
TO_TEN = '[{"days":["Mon"],"from":"08:00","to":"10:00"}]'
ANA = Asker("ana@example.com", ("devs", "system:authenticated"), "kubectl", NOW)


class Server(Cluster):
    """A cluster with one env, ``dev``; it notes what is written, and says ``says`` to the first writes."""

    def __init__(self, *says: Exception, status: dict[str, Any] | None = None, **spec: Any) -> None:
        self.schedule: dict[str, Any] = {
            "metadata": {
                "name": "default",
                "namespace": "dev",
                "uid": "uid-mine",
                "resourceVersion": "7",
                "creationTimestamp": "2026-01-01T00:00:00Z",
            },
            "spec": {"timeZone": "UTC", "awake": [OFFICE], **spec},
            "status": status or {},
        }
        self.says = list(says)
        self.patches: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.made: list[tuple[dict[str, Any], dict[str, str]]] = []

    async def list_as(self, path: str, read: Any, *, limit: int = 500, **_: str) -> list[Any]:
        return [read(self.schedule)]

    async def list_all(self, path: str, *, limit: int = 500, **_: str) -> list[dict[str, Any]]:
        return []

    async def get(self, path: str, **_: str) -> dict[str, Any]:
        about = {"name": "dev", "uid": "uid-of-dev", "creationTimestamp": "2026-01-01T00:00:00Z"}
        return {"metadata": {**about, "labels": {"scheduler": "enabled"}}}

    async def merge_patch(
        self, path: str, body: dict[str, Any], *, whole: bool = False, **params: str
    ) -> dict[str, Any]:
        self.patches.append((body, params))
        if self.says:
            raise self.says.pop(0)
        spec = {**self.schedule["spec"], **body["spec"]}
        return {**self.schedule, "spec": {key: value for key, value in spec.items() if value is not None}}

    async def create(self, path: str, body: dict[str, Any], **params: str) -> dict[str, Any]:
        self.made.append((body, params))
        return body


GUARDED = {"state": "Awake", "needsApproval": ["Stop"]}


async def test_what_takes_nobody_else_is_written_to_the_schedule_that_was_read() -> None:
    """By a manager that is none of Sundown's own: it is the person's wish, and a generated schedule is theirs then."""
    server = Server(holidays={"country": "DE", "subdivision": "BE"})
    done = await edit(server, "home", "dev", {"awake": TO_TEN, "holidays": '{"country":"FR"}'}, asker=ANA)
    ((body, params),) = server.patches
    assert body["metadata"] == {"uid": "uid-mine", "resourceVersion": "7"}
    assert body["spec"] == {
        "awake": [{**OFFICE, "to": "10:00"}],
        "holidays": {"country": "FR", "subdivision": None},
    }
    assert params == {"fieldManager": "sundown-for-people"}
    assert (done.request, done.decision is not None and done.decision.state) == (None, "Asleep")
    assert done.change.startswith('awake: [{"days":["Mon"],"from":"08:00","to":"20:00"}] -> ')
    assert not server.made


async def test_what_takes_two_is_proposed_and_nothing_of_the_schedule_written() -> None:
    server = Server(status=GUARDED)
    done = await edit(server, "home", "dev", {"awake": TO_TEN}, asker=ANA)
    ((body, _),) = server.made
    assert (body["metadata"]["name"], body["spec"]["action"]) == (done.request, "Edit")
    assert body["spec"]["parameters"] == {"awake": TO_TEN}
    assert body["spec"]["seen"]["change"] == done.change
    assert (body["spec"]["confirmation"], body["spec"]["requestedBy"]) == ("dev", "ana@example.com")
    assert not server.patches


@pytest.mark.parametrize("status", [{}, GUARDED], ids=["alone", "by two"])
async def test_a_dry_run_asks_the_cluster_and_leaves_all_as_it_is(status: dict[str, Any]) -> None:
    server = Server(status=status)
    done = await edit(server, "home", "dev", {"awake": TO_TEN}, asker=ANA, dry_run=True)
    ((_, params),) = server.patches or server.made
    assert params["dryRun"] == "All"
    assert (done.request is not None) is bool(status)


async def test_to_pause_it_takes_nobody_else_where_that_may_be_urgent() -> None:
    server = Server(status=GUARDED)
    done = await edit(server, "home", "dev", {"paused": "true"}, asker=ANA)
    assert (done.request, done.decision is not None and done.decision.state) == (None, "Paused")
    assert [body["spec"] for body, _ in server.patches] == [{"paused": True}]


async def test_when_somebody_else_wrote_meanwhile_it_is_thought_out_again() -> None:
    server = Server(Conflict("changed", status=409), Conflict("changed", status=409))
    await edit(server, "home", "dev", {"awake": TO_TEN}, asker=ANA)
    assert len(server.patches) == 3


async def test_who_always_comes_too_late_hears_of_it() -> None:
    server = Server(*(Conflict("changed", status=409) for _ in range(5)))
    with pytest.raises(Conflict):
        await edit(server, "home", "dev", {"awake": TO_TEN}, asker=ANA)
    assert len(server.patches) == 3


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"timeZone": "UTC"}, NothingToDo, "says so already"),
        ({"timeZone": "Mars/Olympus"}, NoSchedule, "spec.timeZone"),
        ({"paused": '"perhaps"'}, NoSchedule, "spec.paused"),
    ],
)
@pytest.mark.parametrize("status", [{}, GUARDED], ids=["alone", "by two"])
async def test_what_is_no_schedule_or_no_change_is_written_nowhere(
    status: dict[str, Any], given: dict[str, str], error: type[Exception], said: str
) -> None:
    server = Server(status=status)
    with pytest.raises(error, match=said):
        await edit(server, "home", "dev", given, asker=ANA)
    assert (server.patches, server.made) == ([], [])


async def test_who_may_not_is_told_so_in_words() -> None:
    server = Server(Denied("forbidden: to change when it sleeps takes a second person here", status=403))
    with pytest.raises(NotAllowed, match="a second person"):
        await edit(server, "home", "dev", {"awake": TO_TEN}, asker=ANA)


async def test_an_account_of_the_clusters_own_asks_nobody_for_approval() -> None:
    """I7: nobody can tell who stands behind it."""
    robot = Asker("system:serviceaccount:ci:bot", (), "kubectl", NOW)
    server = Server(status=GUARDED)
    with pytest.raises(NotAllowed, match="account of the cluster's own"):
        await edit(server, "home", "dev", {"awake": TO_TEN}, asker=robot)
    assert not server.made
