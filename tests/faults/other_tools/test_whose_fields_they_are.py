"""Helm and others apply by night and by day, and stay the owners of what they applied (fault W6)."""

import json
from collections.abc import Callable

import pytest

from support.apiserver import Api, eventually
from support.detour import Detour, Fault
from support.envs import ASLEEP_FOR_EVER, RECORD, Env, manifest
from support.operators import Operator
from support.other_tools import NOTE, Kubectl, applied, notes, owners, retention, sleep, wake, when_scaled

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("with_and_without_policies")]


@pytest.fixture
def chart(env: Env, operator: Operator, kubectl: Kubectl) -> Env:
    """An env whose workloads are applied server-side."""
    applied(kubectl, env, manifest("Deployment", "web", 3))
    database = manifest("StatefulSet", "db", 2)
    database["spec"] |= retention("Delete")["spec"]
    applied(kubectl, env, database)
    env.schedule({**ASLEEP_FOR_EVER, "override": {"state": "Awake"}})
    env.until("Awake")
    return env


def test_an_owner_applies_by_night_and_by_day_and_stays_the_owner(chart: Env, kubectl: Kubectl) -> None:
    """W6: without force, which a conflict would refuse."""
    sleep(chart)
    eventually(lambda: owners(chart) == {"helm"}, what="the count is its owner's")
    applied(kubectl, chart, manifest("Deployment", "web", 5))
    sleep(chart, why="have a look")
    eventually(lambda: (chart.replicas("web"), chart.record("web")) == (0, "5"), what="it sleeps with the new count")
    wake(chart)
    assert chart.replicas("web") == 5
    eventually(lambda: owners(chart) == {"helm"}, what="the count is its owner's")
    applied(kubectl, chart, manifest("Deployment", "web", 2))
    eventually(lambda: chart.replicas("web") == 2, what="by day it counts at once")
    sleep(chart)
    wake(chart)
    assert (chart.replicas("web"), notes(chart)) == (2, {})


def test_the_same_again_at_night_is_no_conflict_and_wakes_to_the_same(chart: Env, kubectl: Kubectl) -> None:
    """W6: `helm upgrade` with unchanged values, of a StatefulSet too whose retention policy is set aside."""
    sleep(chart)
    database = manifest("StatefulSet", "db", 2)
    database["spec"] |= retention("Delete")["spec"]
    eventually(lambda: owners(chart, "db", kind="StatefulSet", field="f:whenScaled") == {"helm"}, what="given back")
    applied(kubectl, chart, database)
    sleep(chart, why="have a look")
    wake(chart)
    assert (chart.replicas("db", kind="StatefulSet"), when_scaled(chart)) == (2, "Delete")
    for field in ("f:replicas", "f:whenScaled"):
        assert owners(chart, "db", kind="StatefulSet", field=field) == {"helm"}


def test_an_owner_who_leaves_the_count_out_is_not_made_its_owner(chart: Env, kubectl: Kubectl) -> None:
    """W6, A19: given to them it would be reset at their next apply."""
    body = manifest("Deployment", "web", None)
    chart.scale("web", 4)
    applied(kubectl, chart, body)
    sleep(chart)
    applied(kubectl, chart, body)
    assert chart.replicas("web") == 0
    wake(chart)
    applied(kubectl, chart, body)
    assert chart.replicas("web") == 4


def test_what_was_taken_is_given_back_after_a_crash_between_the_two_writes(
    chart: Env,
    kubectl: Kubectl,
    detour: Detour,
    run_operator: Callable[..., Operator],
    with_and_without_policies: str,
) -> None:
    """W6: the second write is lost, and the note says what is left to do. With policies there is one write to be lost."""
    run_operator()
    second = with_and_without_policies == "plain"
    with detour.broken(Fault(method="PATCH", part="/deployments/web", skip=int(second), status=422)) as fault:
        chart.wish("Asleep")
        # What is refused is tried without whom it names, and then without any owners: with that the operator would be content.
        eventually(lambda: fault.met >= (3 if second else 1), what="the last write is lost")
        assert (NOTE in notes(chart)) is second
    chart.until("Asleep")
    eventually(lambda: owners(chart) == {"helm"} and NOTE not in notes(chart), what="it is given back")
    applied(kubectl, chart, manifest("Deployment", "web", 3))
    wake(chart)
    assert chart.replicas("web") == 3


def test_who_applies_nothing_is_written_once(team: Env, api: Api) -> None:
    """W6: when it falls asleep; whose the count was is noted in the same write."""
    before = team.workload("web")["metadata"]["resourceVersion"]
    sleep(team)
    versions = [
        one
        for one in api.since(team.collection("Deployment"), before)
        if one["metadata"]["name"] == "web" and one["metadata"].get("annotations", {}).get(RECORD)
    ]
    assert len({json.dumps(one["metadata"]["annotations"], sort_keys=True) for one in versions}) == 1
    assert '"operation":"Update"' in notes(team)[NOTE]


HELM = {"manager": "hand", "fields": ["replicas"], "apiVersion": "apps/v1", "time": "2026-11-23T18:00:00Z"}
NOTES = {
    "no JSON": "{",
    "a time that is none": json.dumps([{**HELM, "time": "nonsense"}]),
    "a long manager": json.dumps([{**HELM, "manager": "x" * 300}]),
    "a long subresource": json.dumps([{**HELM, "subresource": "s" * 300}]),
    "a subresource": json.dumps([{**HELM, "subresource": "scale"}]),
    "another version": json.dumps([{**HELM, "apiVersion": "no/such/thing"}]),
    "somebody": json.dumps([HELM]),
}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES.keys())
def test_a_note_of_owners_that_a_person_writes_stops_nothing(team: Env, note: str) -> None:
    """A18: the second write was refused for ever."""
    sleep(team)
    before = notes(team)
    team.edit("web", {"metadata": {"annotations": {NOTE: note}}})
    sleep(team, why="have a look")
    eventually(lambda: notes(team) == before, what="it is taken off")
    wake(team)
    assert (team.replicas("web"), notes(team)) == (3, {})
    assert team.condition("Degraded")[0] == "False"
