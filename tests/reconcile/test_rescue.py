"""Who is woken although the schedule cannot be followed (fault W10, A15), and what is said of it."""

from dataclasses import replace
from typing import Any

import pytest

from sundown.errors import Mistake
from sundown.model.env import Known
from sundown.model.resources import EnvScheduleStatus, State
from sundown.model.salvage import salvage
from sundown.reconcile.governance import Governance, govern
from sundown.reconcile.rescue import rescue
from sundown.schedule.decision import Circumstances, Decision, decide
from sundown.settings import Settings
from support.samples import NOW, Json, after, default, env, known, namespace

LABELS = {"scheduler": "enabled"}
BY_ANA: Json = {"state": "Awake", "at": "2026-11-23T17:59:00Z", "by": "ana@example.com", "via": "cli"}


def unreadable(spec: Json | None = None, *, state: State = "Asleep") -> Known:
    found = known(status=EnvScheduleStatus(state=state, since=NOW))
    return replace(found, schedule=None, mistakes=(Mistake("spec.holidays", "no"),), salvaged=salvage(spec or {}))


def rescued(there: Known, labels: dict[str, str] | None = None) -> Governance | None:
    space = namespace(labels=LABELS if labels is None else labels)
    return rescue(govern(env(there, namespace=space), settings=Settings()), now=NOW)


def decided(found: Governance | None) -> Decision:
    assert found is not None
    assert found.in_force is not None
    assert found.in_force.schedule is not None
    paused_by = found.paused_by[1] if found.paused_by is not None else None
    return decide(found.in_force.schedule.spec, Circumstances(paused_by=paused_by), NOW)


@pytest.mark.parametrize("state", ["Asleep", "FallingAsleep", "Waking", "Awake"])
def test_a_wish_to_wake_counts_although_nothing_else_can_be_read(state: State) -> None:
    """W10"""
    found = rescued(unreadable({"override": BY_ANA}, state=state))
    assert decided(found).state == "Awake"
    assert found is not None
    text = "spec.holidays: no; it is to be awake all the same, because ana@example.com asked for it via cli"
    assert found.trouble == ("InvalidSpec", f"{text}, and nothing is put to sleep until this is mended")


@pytest.mark.parametrize(
    "override",
    [
        {"state": "Awake"},
        {**BY_ANA, "until": "2026-11-23T18:00:01Z"},
        {**BY_ANA, "until": "at noon"},
        {**BY_ANA, "dropAtReset": True},
        {**BY_ANA, "reason": "x" * 1000},
    ],
)
def test_nothing_ends_such_a_wish_once_it_is_followed(override: Json) -> None:
    """W10: an unreadable spec puts nothing to sleep."""
    decision = decided(rescued(unreadable({"override": override})))
    assert (decision.state, decision.until, decision.shutdown_at) == ("Awake", None, None)


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"override": {**BY_ANA, "state": "Asleep"}},
        {"override": {**BY_ANA, "until": "2026-11-23T18:00:00Z"}},
        {"override": {**BY_ANA, "at": "2026-11-23T18:00:01Z"}},
        {"override": {**BY_ANA, "at": "2026-11-22T16:00:00Z", "dropAtReset": True}},
    ],
    ids=["nobody asked", "asked to sleep", "over", "not begun", "reset since"],
)
@pytest.mark.parametrize("state", ["Asleep", "FallingAsleep", "Awake"])
def test_all_stays_as_it_is_where_nobody_wishes_that_it_wakes(spec: Json, state: State) -> None:
    assert rescued(unreadable(spec, state=state)) is None


def test_what_was_being_woken_is_woken_to_the_end() -> None:
    found = rescued(unreadable(state="Waking"))
    assert decided(found).state == "Awake"


@pytest.mark.parametrize(
    ("spec", "labels"), [({"paused": True}, LABELS), ({}, {"scheduler": "disabled"})], ids=["spec", "label"]
)
def test_pausing_wakes_it_too(spec: Json, labels: dict[str, str]) -> None:
    """A15"""
    found = rescued(unreadable(spec), labels)
    assert decided(found).state == "Paused"
    assert found is not None
    assert found.trouble is not None
    assert "because it is paused" in found.trouble[1]


def test_a_bad_label_does_not_keep_people_from_waking_it() -> None:
    """A15"""
    there = known(spec={"override": BY_ANA, "awake": [], "workloads": {"kinds": ["Deployment"]}})
    found = rescued(there, {"scheduler": "perhaps"})
    assert decided(found).state == "Awake"
    assert found is not None
    assert found.in_force is not None
    assert found.in_force.legible_spec.workloads.kinds == ("Deployment",)
    assert rescued(known(spec={"awake": []}), {"scheduler": "perhaps"}) is None


@pytest.mark.parametrize("spec", [{"override": BY_ANA}, {"paused": True}])
def test_a_protected_namespace_is_never_touched(spec: Json) -> None:
    """A10"""
    there = env(unreadable(spec), namespace=namespace("kube-system"))
    assert rescue(govern(there, settings=Settings()), now=NOW) is None


def test_a_default_that_cannot_be_read_either_wakes_nothing_by_itself() -> None:
    """After an upgrade that renamed a subdivision, a default and all that was made from it are unreadable at once."""
    generated: Any = replace(unreadable(), metadata=known(generated=True).metadata)
    there = env(generated, namespace=namespace(labels=LABELS), unreadable_defaults=frozenset({"uid-everyone"}))
    assert rescue(govern(there, settings=Settings()), now=NOW) is None
    covered = env(generated, namespace=namespace(created=after(hours=1)), defaults=(default(),))
    assert rescue(govern(covered, settings=Settings()), now=NOW) is None
