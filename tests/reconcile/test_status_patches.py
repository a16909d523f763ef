"""The merge patches of a status: they lead from what stands there to what is to be said, and send nothing else."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sundown.model.resources import (
    Condition,
    EnvScheduleStatus,
    HistoryEntry,
    Parts,
    Savings,
    Transition,
)
from sundown.reconcile.statuses import status_patch
from support.effort import examples
from support.samples import NOW, after

instants = st.sampled_from([NOW, after(hours=1)])
hours = st.sampled_from([0.0, 14.25])
READY = Condition(type="Ready", status="True", reason="Scheduled", last_transition_time=NOW)
UNREADY = Condition(type="Ready", status="False", reason="InvalidSpec", message="wrong", last_transition_time=NOW)
ENTRY = HistoryEntry(at=NOW, to="Asleep", by="ana@example.com")
statuses = st.fixed_dictionaries(
    {
        "state": st.sampled_from([None, "Awake", "Asleep"]),
        "why": st.sampled_from(["", "outside working hours"]),
        "owner": st.sampled_from([None, "ana@example.com"]),
        "parts": st.builds(Parts, total=st.integers(0, 2), ready=st.integers(0, 2)),
        "conditions": st.sampled_from([(), (READY,), (UNREADY,)]),
        "history": st.sampled_from([(), (ENTRY,), (ENTRY, ENTRY)]),
    },
    optional={
        "since": instants,
        "next_transition": st.builds(Transition, at=instants, to=st.sampled_from(["Awake", "Asleep"])),
        "savings": st.fixed_dictionaries(
            {"asleep_hours": hours}, optional={"potential_asleep_hours": hours, "potential_cpu_hours": hours}
        ).map(lambda figures: Savings(**figures)),
    },
).map(lambda fields: EnvScheduleStatus(**fields))


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def on_the_wire(status: EnvScheduleStatus) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(status.model_dump_json(by_alias=True, exclude_none=True))
    return plain


@examples(200)
@given(statuses, statuses)
def test_a_patch_leads_from_the_old_status_to_the_new(before: EnvScheduleStatus, after: EnvScheduleStatus) -> None:
    patch = json.loads(json.dumps(status_patch(before, after)))
    assert merged(on_the_wire(before), patch) == on_the_wire(after)


@examples(100)
@given(statuses, statuses)
def test_a_patch_holds_only_what_differs(before: EnvScheduleStatus, after: EnvScheduleStatus) -> None:
    old, new = on_the_wire(before), on_the_wire(after)
    assert set(status_patch(before, after)) == {key for key in old | new if old.get(key) != new.get(key)}


def test_nothing_to_say_is_no_patch() -> None:
    assert status_patch(EnvScheduleStatus(state="Awake"), EnvScheduleStatus(state="Awake")) == {}


def test_a_turn_that_is_no_longer_due_is_taken_away() -> None:
    due = EnvScheduleStatus(next_transition=Transition(at=NOW, to="Asleep"), shutdown_at=NOW)
    assert status_patch(due, EnvScheduleStatus()) == {"nextTransition": None, "shutdownAt": None}


def test_the_figures_of_a_dry_run_that_is_over_are_taken_away() -> None:
    """G8."""
    dry, over = Savings(asleep_hours=1, potential_asleep_hours=9), Savings(asleep_hours=1)
    patch = status_patch(EnvScheduleStatus(savings=dry), EnvScheduleStatus(savings=over))
    assert patch["savings"]["potentialAsleepHours"] is None


def test_instants_are_sent_in_whole_seconds() -> None:
    patch = status_patch(EnvScheduleStatus(), EnvScheduleStatus(since=after(microseconds=999_999)))
    assert patch == {"since": "2026-11-23T18:00:00Z"}
