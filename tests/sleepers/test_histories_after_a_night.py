"""B4: a night leaves no template in a history to which somebody could go back by day."""

import json
from typing import Any

import pytest

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Busy, Conflict, Denied, Missing
from sundown.cluster.gate import Gate
from sundown.model.base import parse
from sundown.model.parts import Workload
from sundown.model.spec import PatchRow
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.chosen_rows import own_row
from sundown.sleepers.merge_patches import found_at, leaves, merged
from sundown.sleepers.night_revisions import Histories, is_awake, is_of_a_night, keeps_history
from sundown.sleepers.patch_kind import PatchKind

Json = dict[str, Any]
DAEMON_SET = next(row for row in ROWS if row.kind == "DaemonSet")
PLAIN: Json = {"spec": {"containers": [{"name": "main"}]}}
OWN_SELECTOR: Json = {"spec": {"containers": [{"name": "main"}], "nodeSelector": {"disk": "ssd"}}}
AT_NIGHT: Json = found_at(json.loads(DAEMON_SET.patch), ("spec", "template"))


def daemon_set(template: Json, *, row: PatchKind = DAEMON_SET, observed: int = 4, **metadata: Any) -> Workload:
    about = {"name": "it", "namespace": "dev", "uid": "uid-it", "resourceVersion": "7", "generation": 4, **metadata}
    return row.read({"metadata": about, "spec": {"template": template}, "status": {"observedGeneration": observed}})


def revision(template: Json, *, of: str = "uid-it", controller: bool = True) -> Json:
    owner = {"kind": "DaemonSet", "name": "it", "uid": of, "controller": controller}
    whole = {**template, "$patch": "replace"}
    return {"metadata": {"name": "it-1", "ownerReferences": [owner]}, "data": {"spec": {"template": whole}}}


def test_every_row_that_changes_a_template_says_where_it_is_kept() -> None:
    changing = {
        row.kind for row in ROWS for path, _ in leaves(json.loads(row.patch)) if path[:2] == ("spec", "template")
    }
    assert changing == {row.kind for row in ROWS if row.history} == {"DaemonSet"}


@pytest.mark.parametrize("template", [PLAIN, OWN_SELECTOR], ids=["plain", "with a selector of its own"])
def test_a_template_of_the_night_is_told_from_its_owners(template: Json) -> None:
    found = daemon_set(template)
    assert keeps_history(found)
    assert is_awake(found)
    assert is_of_a_night(revision(merged(template, AT_NIGHT)), [found])
    assert not is_of_a_night(revision(template), [found])


@pytest.mark.parametrize(
    "one",
    [
        revision(AT_NIGHT, of="uid-of-another"),
        revision(AT_NIGHT, controller=False),
        {"metadata": {}, "data": {"spec": {"template": AT_NIGHT}}},
        {"metadata": {"ownerReferences": [{"uid": "uid-it", "controller": True}]}},
        {"metadata": {"ownerReferences": [{"uid": "uid-it", "controller": True}]}, "data": {"raw": "e30="}},
    ],
    ids=["of another", "owned and not controlled", "of nobody", "without data", "of no template"],
)
def test_what_is_nobodys_night_stays(one: Json) -> None:
    """A StatefulSet keeps its templates beside these, and so may anybody."""
    assert not is_of_a_night(one, [daemon_set(PLAIN)])


@pytest.mark.parametrize(
    "found",
    [
        daemon_set(merged(PLAIN, AT_NIGHT)),
        daemon_set(PLAIN, observed=3),
        daemon_set(PLAIN, deletionTimestamp="2026-11-23T18:00:00Z"),
        daemon_set(PLAIN, annotations={"sundown.dev/asleep-since": "x"}),
    ],
    ids=["asleep", "its controller has not seen it awake", "being deleted", "with a record of Sundown's"],
)
def test_nothing_is_taken_out_that_may_be_in_use(found: Workload) -> None:
    assert not is_awake(found)


def test_a_patch_of_a_schedules_own_that_anybody_could_have_written_tells_no_nights() -> None:
    """Its template may be what its owner had one day."""
    asleep = {"spec": {"template": {"spec": {"nodeSelector": {"pool": "none"}}}}}
    row = own_row(parse(PatchRow, {"apiVersion": "apps/v1", "kind": "DaemonSet", "asleep": asleep}))
    assert row.history
    assert not keeps_history(daemon_set(PLAIN, row=row))


class Wire(Cluster):
    """Has a night in a history, and answers a deletion with the errors that it is given, one after the other."""

    def __init__(self, *errors: ApiError) -> None:
        self.errors = [*errors]
        self.listed = 0
        self.there = [named("night", AT_NIGHT), named("day", PLAIN)]

    async def list_all(self, path: str, *, limit: int = 500, **_params: str) -> list[Json]:
        del limit
        assert path == "/apis/apps/v1/namespaces/dev/controllerrevisions"
        self.listed += 1
        return self.there

    async def delete(self, path: str, *, uid: str, **version: str) -> Json:
        assert version == {"resourceVersion": "5"}
        if self.errors:
            raise self.errors.pop(0)
        self.there = [one for one in self.there if one["metadata"]["uid"] != uid]
        return {}

    @property
    def names(self) -> list[str]:
        return [one["metadata"]["name"] for one in self.there]


def named(name: str, template: Json) -> Json:
    one = revision(template)
    about = {"name": name, "namespace": "dev", "uid": f"uid-{name}", "resourceVersion": "5"}
    return {**one, "metadata": {**one["metadata"], **about}}


async def test_the_night_is_taken_out_once_and_again_after_the_next() -> None:
    wire, found = Wire(), [daemon_set(PLAIN)]
    histories = Histories(wire, Gate(width=4))
    assert not await histories.tidy("dev", found, awake=False)
    assert wire.listed == 0
    assert await histories.tidy("dev", found, awake=True)
    assert wire.names == ["day"]
    assert await histories.tidy("dev", found, awake=True)
    assert wire.listed == 1
    await histories.tidy("dev", found, awake=False)
    await histories.tidy("dev", found, awake=True)
    assert wire.listed == 2


async def test_an_env_without_such_objects_costs_nothing() -> None:
    wire = Wire()
    assert await Histories(wire, Gate(width=4)).tidy("dev", [], awake=True)
    assert wire.listed == 0


@pytest.mark.parametrize(
    ("errors", "tidy", "left"),
    [
        ([Conflict("renumbered", status=409)], True, ["day"]),
        ([Missing("gone", status=404)], True, ["night", "day"]),
        ([Conflict("renumbered", status=409)] * 9, False, ["night", "day"]),
        ([Busy("a webhook is away", status=500)], False, ["night", "day"]),
        ([Denied("an older component", status=403)], True, ["night", "day"]),
    ],
    ids=["somebody was faster", "its controller forgot it", "all the time", "not now", "without the right"],
)
async def test_what_cannot_be_taken_out_keeps_nobody_waiting(
    errors: list[ApiError], *, tidy: bool, left: list[str]
) -> None:
    wire, found = Wire(*errors), [daemon_set(PLAIN)]
    histories = Histories(wire, Gate(width=4))
    assert await histories.tidy("dev", found, awake=True) is tidy
    assert wire.names == left
    if not tidy:
        wire.errors = []
        assert await histories.tidy("dev", found, awake=True)
        assert wire.names == ["day"]
