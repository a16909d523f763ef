"""Taking back what keeps an env awake, where it takes two people to stop it: what that is, and what would change. Pure.

Whoever ends a hold sooner than it was asked for stops the env, whatever they call it.
"""

from __future__ import annotations

from datetime import datetime

from sundown.model.actions import Action, Right
from sundown.model.env import Known
from sundown.model.resources import GROUP, VERSION
from sundown.model.scalars import format_instant
from sundown.model.spec import Override
from sundown.reconcile.env_stop import DOWN, STOP, Why, asked_for, wish_in_force
from sundown.reconcile.workload_changes import Change
from sundown.schedule.decision import Circumstances, Decision, decide

RESET = Action(
    "Reset",
    'give the environment "{namespace}" back to its schedule',
    Right("suspend", "envschedules", group=GROUP, version=VERSION),
    parameters=Why,
    counts_as=STOP.name,
)
"""What it takes two people for is what it takes them for to stop it: no policy names it."""


def cuts_short(known: Known, wished: Override | None) -> bool:
    """Whether a wish has an env sleep sooner than somebody has asked that it may; None is the wish that there be none.

    By what stands in the schedule and nothing else, as the guard ``sundown-wishes`` judges it, which knows no time: what was asked
    for counts until it is taken back.
    """
    held = known.legible_spec.override
    if held is None or held.state != "Awake" or known.status.state in DOWN:
        return False
    if wished is None or wished.state != "Awake":
        return True
    ends_sooner = wished.until is not None and (held.until is None or wished.until < held.until)
    return ends_sooner or (wished.drop_at_reset and not held.drop_at_reset)


def as_lasting(known: Known, wished: Override | None) -> Override | None:
    """A wish that does not end at the daily reset what was asked for beyond that: who prolongs has nothing end sooner."""
    held = known.legible_spec.override
    if wished is None or held is None or wished.state != "Awake" or held.state != "Awake" or held.drop_at_reset:
        return wished
    return wished.model_copy(update={"drop_at_reset": False})


def nothing_to_take_back(known: Known, circumstances: Circumstances, now: datetime) -> str | None:
    """Why its schedule is in force already; None where it is not."""
    if known.legible_spec.override is None:
        return "nobody has asked for anything, so its schedule is in force already"
    before, after = _told(*_before_and_after(known, circumstances, now))
    return "its schedule says the same, so that there is nothing to take back" if before == after else None


def resetting(known: Known, circumstances: Circumstances, now: datetime) -> Change:
    """``Awake until ... -> Asleep until ...``: the same until the first of them has come, or somebody asks for something else."""
    before, after = _told(*_before_and_after(known, circumstances, now))
    who = asked_for(wish_in_force(known, circumstances, now))
    return Change(f"{before}{who} -> {after}", known.metadata.uid, known.metadata.resource_version)


def _before_and_after(known: Known, circumstances: Circumstances, now: datetime) -> tuple[Decision, Decision]:
    spec = known.legible_spec
    unasked = spec.model_copy(update={"override": None})
    return decide(spec, circumstances, now), decide(unasked, circumstances, now)


def _told(*decisions: Decision) -> list[str]:
    return [_in_words(decision) for decision in decisions]


def _in_words(decision: Decision) -> str:
    if decision.state == "Asleep":
        end = f"until {format_instant(decision.until)}" if decision.until is not None else "until somebody starts it"
        return f"Asleep {end}"
    return f"{decision.state} until {format_instant(decision.shutdown_at)}" if decision.shutdown_at else decision.state
