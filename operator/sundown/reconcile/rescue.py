"""Waking where nothing else may change: a person's wish counts although the schedule, or a label, cannot be followed. Pure.

What sleeps can always be woken by a person, whatever has become of its schedule (requirement A15). Nothing falls asleep this
way: what is followed is a schedule that knows no hours.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sundown.model.env import Known
from sundown.model.resources import EnvSchedule
from sundown.model.spec import EnvScheduleSpec, Override
from sundown.reconcile.governance import WAKES_ALL_THE_SAME, Governance

_RESETS_WITHIN = timedelta(hours=25)
"""The daily reset comes at most so long after a wish; when exactly, a spec that cannot be read does not say."""


def rescue(governance: Governance, *, now: datetime) -> Governance | None:
    """The same governance with a schedule in force that only wakes; None where nobody asked for that, or it may not be.

    What was being woken already is woken to the end.
    """
    known, trouble = governance.in_force, governance.trouble
    if known is None or trouble is None or trouble[0] not in WAKES_ALL_THE_SAME:
        return None
    spec = known.legible_spec
    wish = spec.override if spec.override is not None and _in_force(spec.override, now=now) else None
    paused = spec.paused or governance.paused_by is not None
    if wish is None and not paused and known.status.state != "Waking":
        return None
    reason, text = trouble
    return replace(
        governance,
        in_force=_waking(known, spec, wish),
        trouble=(reason, f"{text}; {_because(wish, paused=paused)}, and nothing is put to sleep until this is mended"),
    )


def _in_force(wish: Override, *, now: datetime) -> bool:
    if (
        wish.state != "Awake"
        or (wish.at is not None and now < wish.at)
        or (wish.until is not None and now >= wish.until)
    ):
        return False
    return not (wish.drop_at_reset and wish.at is not None and now >= wish.at + _RESETS_WITHIN)


def _waking(known: Known, spec: EnvScheduleSpec, wish: Override | None) -> Known:
    # Nothing ends it: what would follow is unknown.
    endless = (wish or Override(state="Awake")).model_copy(update={"until": None, "drop_at_reset": False})
    only_wakes = {"awake": (), "holidays": None, "exceptions": (), "override": endless}
    return replace(known, schedule=EnvSchedule(metadata=known.metadata, spec=spec.model_copy(update=only_wakes)))


def _because(wish: Override | None, *, paused: bool) -> str:
    if paused:
        return "it is to be awake all the same, because it is paused"
    if wish is None:
        return "what was being woken is woken to the end"
    by = f", because {wish.by} asked for it" if wish.by else ", because somebody asked for it"
    return f"it is to be awake all the same{by}{f' via {wish.via}' if wish.by and wish.via else ''}"
