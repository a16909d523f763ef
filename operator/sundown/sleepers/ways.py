"""The writes by which a workload falls asleep and wakes. Pure: each is a patch made of a step.

Three ways lead to the same. Directly, count and record in one patch, which makes Sundown the owner of what it writes: it
is for workloads that nobody applies. Where somebody's Apply entry owns such a field, its owner's next apply would be
refused from then on. There either the API server writes, by a policy, and no owner changes; or what was taken is given
back by a second patch, and until that is done an annotation says to whom.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
import orjson

from sundown.cluster.ownership import FIELDS
from sundown.model import managers
from sundown.model.parts import Owner, Step, Workload
from sundown.model.record import Restoring, compact
from sundown.model.resources import (
    ASLEEP_SINCE,
    PREVIOUS,
    PREVIOUS_REPLICAS,
    TAKEN_FROM,
    WAKE_TO,
    WAKE_WHEN_SCALED,
)
from sundown.model.scalars import parse_instant
from sundown.sleepers.kinds import KINDS, Json

_LONGEST = 1024
"""So many characters fit into the record of whose fields were taken."""
_UNSAID: dict[str, str | None] = {WAKE_TO: None, WAKE_WHEN_SCALED: None}


_LONGEST_MANAGER = 128
"""So many bytes has the name of a field manager."""
_TIME = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?\Z"
"""As the API server writes it: Go reads less than Python does."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An Apply entry that owned fields before Sundown wrote them."""

    manager: str
    fields: tuple[str, ...]
    api_version: str = "apps/v1"
    time: str = ""
    subresource: str = ""


class _Noted(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What a note says of one of them."""

    manager: Annotated[str, msgspec.Meta(min_length=1)]
    fields: Annotated[list[Literal["replicas", "whenScaled"]], msgspec.Meta(min_length=1, max_length=len(FIELDS))]
    api_version: Annotated[str, msgspec.Meta(max_length=_LONGEST_MANAGER)]
    time: Annotated[str, msgspec.Meta(pattern=_TIME)] = ""
    subresource: Literal["", "scale"] = ""


_note = msgspec.json.Decoder(list[msgspec.Raw])
_entry_of_note = msgspec.json.Decoder(_Noted)


def direct(step: Step) -> Json:
    """The patch that does it all: count, what else is set aside, and the annotations."""
    found, row = step.workload, KINDS[step.workload.kind]
    body: Json = {}
    match step.action:
        case "Sleep":
            body = row.asleep(found)
        case "Wake":
            body = {"spec": {**row.set_aside(found, step.restoring).get("spec", {}), "replicas": step.replicas}}
        case "Forget":
            body = row.set_aside(found, step.restoring)
        case "Remember" | "GiveBack":
            pass
    body["metadata"] = {"resourceVersion": found.resource_version, "annotations": _annotations(step)}
    return body


def taken(step: Step) -> tuple[Taken, ...]:
    """Whose fields the direct patch of a step takes, and would have to give back: those of Apply entries that are not ours."""
    fields = KINDS[step.workload.kind].fields(direct(step))
    return tuple(
        Taken(one.manager, tuple(sorted(one.fields & fields)), one.api_version, one.time, one.subresource)
        for one in step.workload.owners or ()
        if one.applies and not one.ours and one.fields & fields
    )


def by_policy(step: Step) -> Json:
    """The patch after which the API server writes count and record, where the policies are there; it takes no field.

    To sleep it says only that the workload does, to wake only to what: record and mark stay on it until it is done.
    """
    found, row = step.workload, KINDS[step.workload.kind]
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


def without_policy(step: Step, reply: Json) -> Json:
    """The direct patch after one that was left to a policy which was not there."""
    body = direct(step)
    body["metadata"]["resourceVersion"] = reply["metadata"]["resourceVersion"]
    body["metadata"]["annotations"] |= _UNSAID
    return body


def noting(body: Json, whose: tuple[Taken, ...]) -> Json:
    """The patch with the note of whose fields it takes; where these are nobody's it takes a note off."""
    body["metadata"]["annotations"][TAKEN_FROM] = note_of(whose) if whose else None
    return body


def note_of(whose: tuple[Taken, ...]) -> str:
    """Whose fields were taken, as it is written down; of very many owners the first."""
    listed: list[Json] = []
    for one in whose:
        entry = {"manager": one.manager, "fields": list(one.fields), "apiVersion": one.api_version, "time": one.time}
        if one.subresource:
            entry["subresource"] = one.subresource
        if len(orjson.dumps([*listed, entry])) > _LONGEST:
            break
        listed.append(entry)
    return orjson.dumps(listed).decode()


def read_note(text: str | None) -> tuple[Taken, ...]:
    """Whose fields were taken; nobody's where the note, or what it says of somebody, is not as Sundown writes it.

    Whoever may edit a workload may write one, and what the API server does not take as an owner would stay refused.
    """
    if text is None or len(text) > _LONGEST:
        return ()
    try:
        listed = _note.decode(text)
    except (ValueError, RecursionError):
        return ()
    return tuple(one for entry in listed if (one := _read(entry)) is not None)


def _read(entry: msgspec.Raw) -> Taken | None:
    try:
        one = _entry_of_note.decode(entry)
        if one.time:
            parse_instant(one.time)
    except (ValueError, RecursionError):
        return None
    name = one.manager
    if one.api_version not in {row.api_version for row in KINDS.values()}:
        return None
    if not name.isprintable() or len(name.encode()) > _LONGEST_MANAGER or name in managers.OURS:
        return None
    return Taken(name, tuple(sorted(set(one.fields))), one.api_version, one.time, one.subresource)


def give_back(metadata: Json, whose: tuple[Taken, ...]) -> Json:
    """The patch that gives fields back to those who applied them, and takes the note off.

    An owner who has applied since knows better: whoever left a field out then would have it reset at their next apply. It
    is nobody's then.
    """
    entries: list[Json] = copy.deepcopy(metadata.get("managedFields") or [])
    held = frozenset(name for entry in entries if _is_ours(entry) for name in FIELDS if _has(entry, FIELDS[name]))
    for one in whose:
        theirs = next((entry for entry in entries if _is_of(entry, one)), None)
        if theirs is None:
            theirs = _entry(one)
            entries.append(theirs)
        elif theirs.get("time", "") != one.time:
            continue
        for name in held.intersection(one.fields):
            _put(theirs.setdefault("fieldsV1", {}), FIELDS[name])
    given = held.intersection(name for one in whose for name in one.fields)
    for entry in filter(_is_ours, entries):
        for name in given:
            _take(entry.get("fieldsV1") or {}, FIELDS[name])
    about: Json = {"resourceVersion": metadata["resourceVersion"], "annotations": {TAKEN_FROM: None}}
    if given:
        about["managedFields"] = [entry for entry in entries if entry.get("fieldsV1")]
    return {"metadata": about}


def _annotations(step: Step) -> dict[str, str | None]:
    found, restoring = step.workload, step.restoring
    annotations: dict[str, str | None]
    if step.action == "GiveBack":
        annotations = {TAKEN_FROM: None}
    elif step.action in {"Sleep", "Remember"}:
        assert restoring is not None
        annotations = _written(found, restoring, sleep=step.sleep)
    else:
        there = {PREVIOUS_REPLICAS: found.record, ASLEEP_SINCE: found.mark, PREVIOUS: found.rest}
        annotations = {name: None for name, value in there.items() if value is not None}
    return annotations | _UNSAID if found.unheard else annotations


def _written(found: Workload, restoring: Restoring, *, sleep: str) -> dict[str, str | None]:
    annotations: dict[str, str | None] = {
        PREVIOUS_REPLICAS: str(restoring.replicas),
        ASLEEP_SINCE: f"{sleep}/{found.uid}",
    }
    if restoring.rest is not None or found.rest is not None:
        annotations[PREVIOUS] = restoring.rest
    return annotations


def _is_ours(entry: Json) -> bool:
    return Owner(str(entry.get("manager", "")), applies=False, fields=frozenset()).ours


def _is_of(entry: Json, one: Taken) -> bool:
    return (
        entry.get("operation") == "Apply"
        and entry.get("manager") == one.manager
        and entry.get("subresource", "") == one.subresource
    )


def _entry(one: Taken) -> Json:
    entry: Json = {
        "manager": one.manager,
        "operation": "Apply",
        "apiVersion": one.api_version,
        "fieldsType": "FieldsV1",
        "fieldsV1": {},
    }
    if one.time:
        entry["time"] = one.time
    if one.subresource:
        entry["subresource"] = one.subresource
    return entry


def _has(entry: Json, path: tuple[str, ...]) -> bool:
    found: Any = entry.get("fieldsV1") or {}
    for step in path:
        if not isinstance(found, dict) or step not in found:
            return False
        found = found[step]
    return True


def _put(fields: Json, path: tuple[str, ...]) -> None:
    for step in path:
        fields = fields.setdefault(step, {})


def _take(fields: Json, path: tuple[str, ...]) -> None:
    """Take a field out, and what is empty without it."""
    step, rest = path[0], path[1:]
    if step not in fields:
        return
    if rest:
        _take(fields[step], rest)
    if not rest or not fields[step]:
        del fields[step]
