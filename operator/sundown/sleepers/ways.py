"""The writes by which a workload falls asleep and wakes. Pure: each is a patch made of a step.

Two ways lead to the same. Directly, count and record in one patch, which makes Sundown the owner of what it writes; or the
API server writes, by a policy, and no owner changes. Whoever applies server-side what Sundown owns is refused, so that a
workload which somebody applies is left to the policies, or let go by a second patch (``giving_back``); of all others Sundown
lets go in the morning, most often by writing in the name of who owned the fields. A note says until then whose they were.
"""

from __future__ import annotations

from dataclasses import replace

from sundown.cluster.ownership import REPLICAS, WHEN_SCALED
from sundown.model import managers
from sundown.model.parts import Owner, Step, Workload
from sundown.model.record import Mark, Restoring, compact
from sundown.model.resources import (
    ASLEEP_SINCE,
    PREVIOUS,
    PREVIOUS_REPLICAS,
    TAKEN_FROM,
    WAKE_TO,
    WAKE_WHEN_SCALED,
)
from sundown.sleepers.kinds import Json, row_of
from sundown.sleepers.merge_patches import merged
from sundown.sleepers.notes import NOBODYS, Taken, note_of, read_note

_UNSAID: dict[str, str | None] = {WAKE_TO: None, WAKE_WHEN_SCALED: None}


def direct(step: Step) -> Json:
    """The patch that does it all: count, what else is set aside, and the annotations."""
    about: Json = {"resourceVersion": step.workload.resource_version, "annotations": _annotations(step)}
    # Some kinds sleep by an annotation.
    return merged(_changes(step), {"metadata": about})


def fields_of(step: Step) -> frozenset[str]:
    """The fields that its direct patch sets, by the names that owners have."""
    return row_of(step.workload).fields(_changes(step))


def _changes(step: Step) -> Json:
    found, row = step.workload, row_of(step.workload)
    match step.action:
        case "Sleep":
            return row.asleep(found)
        case "Wake":
            return row.awake(found, step.restoring, step.replicas)
        case "Forget":
            return row.set_aside(found, step.restoring)
        case "Remember" | "GiveBack":
            return {}


def taken(step: Step) -> tuple[Taken, ...]:
    """Whose fields the direct patch of a step takes, and would have to give back: all who own them and are not Sundown."""
    fields = fields_of(step)
    return tuple(
        _taken(one, tuple(sorted(one.fields & fields)), step)
        for one in step.workload.owners or ()
        if not one.ours and one.fields & fields
    )


def owed(step: Step) -> tuple[Taken, ...]:
    """Who owns the fields again in the end: those from whom this step takes them, and of those noted whoever has not lost them.

    By day whoever writes another count owns it from then on, and the others do not. So it is of what is written at night.
    """
    fresh, found = taken(step), step.workload
    now = {(one.manager, one.applies, one.subresource): one.fields for one in fresh}
    written = fields_of(step)
    kept: list[Taken] = []
    for one in read_note(found.taken_from):
        again = now.get((one.manager, one.applies, one.subresource), ())
        fields = tuple(name for name in _not_lost(one, step, written=written) if name not in again)
        if fields:
            kept.append(replace(one, fields=fields))
    return (*kept, *fresh)


def in_whose_name(step: Step, whose: tuple[Taken, ...]) -> str | None:
    """The one in whose name a step is written, so that no second write has to give anything back; None where there must be one.

    Whatever a write changes belongs from then on to the entry of its field manager, of updates of the object itself. So it is
    for who has just this entry, owns all that is written, and is the only one to own it.
    """
    if is_at_night(step) or len(whose) != 1 or (step.action == "Wake" and step.replicas == step.workload.replicas):
        return None
    (one,), row = whose, row_of(step.workload)
    is_theirs = not one.applies and not one.subresource and one.api_version == row.api_version
    if one.manager in managers.OURS:
        return None  # who shares a name with Sundown keeps what is theirs of its entry
    return one.manager if is_theirs and fields_of(step) == frozenset(one.fields) else None


def note_for(step: Step, whose: tuple[Taken, ...]) -> str | None:
    """The note that a step leaves of whom it owes (``owed``); where nobody owned the count of what somebody applies, it says so."""
    if step.action in {"Remember", "GiveBack"} and is_at_night(step):
        return step.workload.taken_from
    return note_of(whose) if whose else NOBODYS if step.action == "Sleep" and step.workload.is_applied else None


def is_for_policy(step: Step) -> bool:
    """Whether the policies do better, where they are there: who falls asleep unapplied is written at once, and Sundown's zero.

    Where somebody shares a name with Sundown they cannot tell what is whose.
    """
    if any(one.shared for one in step.workload.owners or ()):
        return False
    if step.action == "Sleep":
        return step.workload.is_applied
    return bool(fields_of(step))


def _taken(one: Owner, fields: tuple[str, ...], step: Step) -> Taken:
    count = _count(step) if REPLICAS in fields and not one.applies else None
    zeroed = REPLICAS in fields and one.applies and step.action == "Sleep"
    generation = step.workload.generation or None if zeroed else None
    return Taken(one.manager, fields, one.api_version, one.time, one.subresource, one.applies, count, generation)


def _count(step: Step) -> int:
    """The count that a step is about: the one to wake to, or the one that it wakes to."""
    if step.action == "Sleep":
        assert step.restoring is not None
        return step.restoring.replicas
    return step.replicas


def _not_lost(one: Taken, step: Step, *, written: frozenset[str]) -> tuple[str, ...]:
    if is_at_night(step) and step.action != "Sleep":
        return one.fields
    found = step.workload
    if one.applies:
        # They have had it back, so that it stands in no note, unless Sundown has it still.
        return tuple(name for name in one.fields if found.owners is None or name in found.written_in_our_name)
    # What nobody may keep while it sleeps is noted where it was there, and so it is when it is there again.
    back = WHEN_SCALED in written or WHEN_SCALED in found.written_in_our_name or row_of(found).is_at_risk(found)
    kept = {REPLICAS: one.count in {None, _count(step)}, WHEN_SCALED: step.action == "Sleep" or back}
    return tuple(name for name in one.fields if kept[name])


def is_at_night(step: Step) -> bool:
    """Whether the workload sleeps when the step is done."""
    return step.action in {"Sleep", "Remember"} or (step.action == "GiveBack" and step.workload.mark is not None)


def by_policy(step: Step) -> Json:
    """The patch after which the API server writes count and record, where the policies are there; it takes no field.

    To sleep it says only that the workload does, to wake only to what: record and mark stay on it until it is done.
    """
    found, row = step.workload, row_of(step.workload)
    annotations: dict[str, str | None]
    if step.action == "Sleep":
        annotations = _annotations(step)
        del annotations[PREVIOUS_REPLICAS]
    else:
        back = row.set_aside(found, step.restoring)
        aside = row.aside.in_patch(compact(back)) if back and row.aside is not None else None
        annotations = {WAKE_TO: str(step.replicas), WAKE_WHEN_SCALED: aside}
    return {"metadata": {"resourceVersion": found.resource_version, "annotations": annotations}}


def policy_worked(step: Step, reply: Json) -> bool:
    """Whether the API server has done its part, as the object's metadata tell after a patch that left it to do so."""
    annotations = reply.get("metadata", {}).get("annotations") or {}
    if step.action == "Sleep":
        assert step.restoring is not None
        complete = step.restoring.rest is None or PREVIOUS in annotations
        return complete and bool(annotations.get(PREVIOUS_REPLICAS) == str(step.restoring.replicas))
    return WAKE_TO not in annotations


def is_held(metadata: Json) -> bool:
    """Whether a mark has come back on what was written in somebody else's name.

    A policy that nobody knew of does so, as long as the API server takes the namespace for asleep.
    """
    return ASLEEP_SINCE in (metadata.get("annotations") or {})


def without_policy(step: Step, reply: Json) -> Json:
    """The direct patch after one that was left to a policy which was not there."""
    body = direct(step)
    body["metadata"]["resourceVersion"] = reply["metadata"]["resourceVersion"]
    body["metadata"]["annotations"] |= _UNSAID
    return body


def noting(step: Step, body: Json, note: str | None) -> Json:
    """The patch with the note of whose fields it takes; where there is nothing to note it takes a note off."""
    if note is not None or step.workload.taken_from is not None:
        body["metadata"]["annotations"][TAKEN_FROM] = note
    return body


def _annotations(step: Step) -> dict[str, str | None]:
    found, restoring = step.workload, step.restoring
    annotations: dict[str, str | None]
    if step.action == "GiveBack":
        annotations = {TAKEN_FROM: None}
    elif step.action in {"Sleep", "Remember"}:
        assert restoring is not None
        annotations = _written(found, restoring, mark=Mark(step.sleep, step.edition, found.uid))
    else:
        there = {PREVIOUS_REPLICAS: found.record, ASLEEP_SINCE: found.mark, PREVIOUS: found.rest}
        annotations = {name: None for name, value in there.items() if value is not None}
    return annotations | _UNSAID if found.unheard else annotations


def _written(found: Workload, restoring: Restoring, *, mark: Mark) -> dict[str, str | None]:
    annotations: dict[str, str | None] = {
        PREVIOUS_REPLICAS: str(restoring.replicas),
        ASLEEP_SINCE: str(mark),
    }
    if restoring.rest is not None or found.rest is not None:
        annotations[PREVIOUS] = restoring.rest
    return annotations
