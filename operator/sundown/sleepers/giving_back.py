"""The second of two writes: the list of ``managedFields`` in which those own a field again who owned it before. Pure.

While a workload sleeps that somebody applies, its fields are theirs, or nobody's: whoever else owned one would have the next
apply refused, for the count is another than by day. When it is awake all have back what was theirs, and nothing is Sundown's.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import orjson

from sundown.cluster.ownership import FIELDS, is_updated_by_us, take, without_ours
from sundown.model import managers
from sundown.model.resources import TAKEN_FROM
from sundown.sleepers.notes import Taken

Json = dict[str, Any]


def asleep(metadata: Json, whose: tuple[Taken, ...], *, note: str | None) -> Json | None:
    """The patch for a workload that sleeps, and the ``note`` that stays on it; None where there is nothing to change."""
    there: list[Json] = metadata.get("managedFields") or []
    applying = tuple(one for one in whose if one.applies)
    if not applying and not any(_applies(entry) for entry in there):
        return _patch(metadata, there, note=note)
    entries = _entries(metadata)
    left = without_ours(entries, fields=FIELDS)
    return _patch(metadata, _given(left, applying, taken=_held(entries)), note=note)


def awake(metadata: Json, whose: tuple[Taken, ...]) -> Json | None:
    """The patch for one that is awake; None where there is nothing to change."""
    return _patch(metadata, brought_back(metadata, whose), note=None)


def taken_back(metadata: Json, whose: tuple[Taken, ...]) -> Json | None:
    """The patch for one that was woken in the name of an owner, who has not set what came of it; None where it is done.

    It has the time of before, and the field for the moment nobody's but Sundown's: a list that differs in times alone the API
    server takes for the same.
    """
    entries = _entries(metadata)
    for entry, one in itertools.product(tuple(entries), whose):
        if one.time and _is_of(entry, one) and entry.get("time") != one.time:
            entry["time"] = one.time
            ours = _entry(replace(one, manager=managers.OPERATOR, time=""))
            for name in one.fields:
                take(entry.get("fieldsV1") or {}, FIELDS[name])
                _put(ours["fieldsV1"], FIELDS[name])
            entries.append(ours)
    return _patch(metadata, [entry for entry in entries if entry.get("fieldsV1")], note=None)


def set_aside(metadata: Json, whose: tuple[Taken, ...]) -> list[Json]:
    """The list for a workload that a policy puts to sleep: only who applies still owns what it writes."""
    entries = _entries(metadata)
    names = {name for one in whose for name in one.fields}
    left = without_ours(entries, fields=FIELDS)
    given = _given(left, tuple(one for one in whose if one.applies), taken=_held(entries))
    for entry in given:
        if not _applies(entry) and entry.get("subresource") != "status":
            for name in names:
                take(entry.get("fieldsV1") or {}, FIELDS[name])
    return [entry for entry in given if entry.get("fieldsV1")]


def brought_back(metadata: Json, whose: tuple[Taken, ...]) -> list[Json]:
    """The list for a workload that a policy wakes, or that is awake.

    Who shares a name with Sundown keeps what Sundown wrote under it, where nobody knows whose else it was.
    """
    entries = _entries(metadata)
    left = without_ours(entries, fields=FIELDS if whose else ())
    return _given(left, whose, taken=_held(entries))


def _entries(metadata: Json) -> list[Json]:
    """A copy, by way of the text: ``deepcopy`` takes twenty times as long for what is most of an object's JSON."""
    entries: list[Json] = orjson.loads(orjson.dumps(metadata.get("managedFields") or []))
    return entries


def _given(entries: list[Json], whose: tuple[Taken, ...], *, taken: frozenset[str]) -> list[Json]:
    """With the fields of these added: of who applies those that were ``taken``.

    An owner who has applied since knows better: whoever left a field out then would have it reset at their next apply. It
    is nobody's then.
    """
    for one in whose:
        theirs = next((entry for entry in entries if _is_of(entry, one)), None)
        if theirs is not None and one.applies and theirs.get("time", "") != one.time:
            continue
        fields = taken.intersection(one.fields) if one.applies else one.fields
        if not fields:
            continue
        if theirs is None:
            theirs = _entry(one)
            entries.append(theirs)
        for name in fields:
            _put(theirs.setdefault("fieldsV1", {}), FIELDS[name])
    return entries


def _patch(metadata: Json, entries: list[Json], *, note: str | None) -> Json | None:
    about: Json = {}
    if note != (metadata.get("annotations") or {}).get(TAKEN_FROM):
        about["annotations"] = {TAKEN_FROM: note}
    if entries != (metadata.get("managedFields") or []):
        about["managedFields"] = entries
    return {"metadata": {"resourceVersion": metadata["resourceVersion"], **about}} if about else None


def _held(entries: list[Json]) -> frozenset[str]:
    return frozenset(
        name for entry in entries if is_updated_by_us(entry) for name in FIELDS if _has(entry, FIELDS[name])
    )


def _applies(entry: Json) -> bool:
    return entry.get("operation") == "Apply"


def _is_of(entry: Json, one: Taken) -> bool:
    return (
        entry.get("operation") == one.operation
        and entry.get("manager") == one.manager
        and entry.get("subresource", "") == one.subresource
    )


def _entry(one: Taken) -> Json:
    entry: Json = {
        "manager": one.manager,
        "operation": one.operation,
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
