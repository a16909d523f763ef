"""The cluster of the row ``idle-kinds``: every kind of the catalogue, and what is counted there."""

import json

import pytest

from sundown.model.record import read_patch
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.kinds import CATALOGUE
from sundown.sleepers.merge_patches import merged
from sundown.sleepers.patch_kind import PatchKind
from sundown_lab.bench.catalogued import KUBERNETES_OWN, crd, kinds, samples
from sundown_lab.bench.idle_kinds import USER, Idle, Requests, count
from sundown_lab.errors import LabError
from sundown_lab.wire import Json

OTHERS = [row for row in ROWS if row.group not in KUBERNETES_OWN]
SAMPLES = {row.kind: (row, body, status) for row, body, status in samples()}


def test_schedules_name_all_kinds_of_the_catalogue() -> None:
    """G2."""
    assert sorted(kinds()) == sorted(CATALOGUE)


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: row.kind)
def test_a_crd_serves_all_versions_of_its_row_and_stores_the_preferred(row: PatchKind) -> None:
    """G2."""
    spec = crd(row)["spec"]
    assert [version["name"] for version in spec["versions"] if version["served"]] == list(row.versions)
    assert [version["name"] for version in spec["versions"] if version["storage"]] == [row.versions[0]]
    assert (spec["group"], spec["names"]["kind"], spec["names"]["plural"]) == (row.group, row.api_kind, row.plural)


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: row.kind)
def test_what_has_a_count_can_be_scaled(row: PatchKind) -> None:
    """G2: kinds have the sub-resources that they have elsewhere."""
    (below, *_) = [version["subresources"] for version in crd(row)["spec"]["versions"]]
    assert ("scale" in below) == (row.count is not None)


@pytest.mark.parametrize("kind", [row.kind for row in ROWS if row.kind != "HorizontalPodAutoscaler"])
def test_an_object_rests_as_soon_as_it_is_put_to_sleep(kind: str) -> None:
    """G2: else no env with one would ever be asleep, for nobody plays its controller."""
    row, body, status = SAMPLES[kind]
    raw = merged({**body, "status": status}, read_patch(row.patch) or {})
    assert row.resting is None or row.resting.holds(raw)


@pytest.mark.parametrize("kind", [row.kind for row in ROWS if row.kind != "HorizontalPodAutoscaler"])
def test_an_object_is_one_that_its_patch_is_for(kind: str) -> None:
    """G2: else it would not sleep, and whoever measures would wait for it in vain."""
    row, body, _ = SAMPLES[kind]
    assert row.applies is None or row.applies.holds({**body, "metadata": {"name": "it", "namespace": "dev"}})


def event(verb: str, resource: str = "", *, stage: str = "ResponseComplete", user: str = USER, code: int = 200) -> Json:
    """A line of an audit log, read."""
    return {
        "user": {"username": user},
        "verb": verb,
        "stage": stage,
        "requestURI": "/apis?x=1",
        "objectRef": {"resource": resource} if resource else None,
        "responseStatus": {"code": code},
    }


def counted(*events: Json) -> Requests:
    return count(map(json.dumps, events), user=USER)


def test_a_watch_counts_once_and_as_no_request() -> None:
    found = counted(event("watch", "pods", stage="ResponseStarted"), event("watch", "pods"), event("list", "pods"))
    assert found == Requests({"list pods": 1}, watches=1)


def test_a_watch_that_is_refused_is_a_request() -> None:
    assert counted(event("watch", "pods", code=410)).total == 1


def test_what_others_ask_is_not_counted() -> None:
    assert counted(event("patch", "pods", user="ana@example.com")).total == 0


def test_a_look_into_the_directory_counts_and_writes_are_told() -> None:
    """A directory is no resource, and a request all the same."""
    found = counted(event("get"), event("patch", "envschedules"))
    assert (found.sorts, found.writes) == ({"get /apis": 1, "patch envschedules": 1}, 1)


def test_a_sweep_counts_a_tenth_a_minute_less_what_is_asked_between_sweeps() -> None:
    swept = Requests({"list clusterenvschedules": 2, "list pods": 42}, 0)
    idle = Idle(Requests({"get": 3}, 0), 1.5, swept, swept_minutes=2.0)
    assert (idle.between, idle.a_sweep, idle.a_minute) == (2, 20, 4)


def test_where_no_sweep_was_seen_there_is_no_figure() -> None:
    """A window that sweeps have missed would make them free."""
    with pytest.raises(LabError, match="no sweep"):
        assert Idle(Requests({}, 0), 1.0, Requests({"get": 1}, 0), swept_minutes=1.0).a_sweep
