"""Which parts of ``managedFields`` a merge patch takes from their owners, and the list in which they have them back. Pure.

A patch that makes a map of a scalar or of a list, or the other way round, takes all that anybody owns below that field; one of
an atomic map takes the map. So it is by the place at which the shape changes that a part is kept, with all below it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import Any, Literal

import msgspec

from sundown.cluster.ownership import ITSELF, is_updated_by_us, take
from sundown.model.switch import Path
from sundown.sleepers.merge_patches import at_path, found_at, leaves, merged

Json = dict[str, Any]
Entries = list[Json]

LONGEST = 1024
"""So many characters may stand on the object of whose parts were taken."""
_OUR_ANNOTATIONS = "f:sundown.dev/"


class Part(msgspec.Struct, rename="camel", omit_defaults=True):
    """What one owner had: the part of their entry that a patch takes."""

    manager: str
    operation: Literal["Apply", "Update"]
    api_version: str
    fields_v1: dict[str, Any] = msgspec.field(name="fieldsV1")
    time: str = ""
    subresource: str = ""

    def is_of(self, entry: Json) -> bool:
        """Whether an entry is this owner's."""
        theirs = entry.get("manager"), entry.get("operation"), entry.get("apiVersion"), entry.get("subresource", "")
        return theirs == (self.manager, self.operation, self.api_version, self.subresource)

    @property
    def entry(self) -> Json:
        """An entry of nothing but the part."""
        whole: Json = {
            "manager": self.manager,
            "operation": self.operation,
            "apiVersion": self.api_version,
            "fieldsType": "FieldsV1",
            "fieldsV1": self.fields_v1,
        }
        more = {"time": self.time, "subresource": self.subresource}
        return whole | {name: text for name, text in more.items() if text}


_parts = msgspec.json.Decoder(list[Part])


def taken(entries: Iterable[Json], patch: Json, found: Json, *, asleep: Json) -> tuple[Part, ...]:
    """What a patch of an object takes from whom; ``asleep`` is all that Sundown may have written there itself.

    Who has the name of one of Sundown's managers is told from Sundown by what else is theirs.
    """
    places = [as_owned(path) for path in _places(patch, found)]
    parts: list[Part] = []
    for entry in entries:
        is_namesake = is_updated_by_us(entry) and bool(_without_ours(entry, merged(asleep, patch)))
        if entry.get("subresource") == "status" or (is_updated_by_us(entry) and not is_namesake):
            continue
        fields, theirs = entry.get("fieldsV1") or {}, dict[str, Any]()
        for place in places:
            owned = owned_by(fields, place)
            theirs = merged(theirs, _with_maps(fields, owned) if owned else {})
        if theirs or is_namesake:
            about = (entry.get(name) or "" for name in ("time", "subresource"))
            parts.append(Part(entry["manager"], entry["operation"], entry["apiVersion"], copy.deepcopy(theirs), *about))
    return tuple(parts)


def owed(
    earlier: Iterable[Part], entries: Iterable[Json], patch: Json, found: Json, *, asleep: Json
) -> tuple[Part, ...]:
    """All that there is to be given back after a patch of an object on which an earlier write, which took parts, has not been ended.

    The patch may leave alone what that write took, where somebody has changed it meanwhile.
    """
    earlier = tuple(earlier)
    entries = given_back(entries, earlier, asleep=asleep)
    still = [part for part in earlier if any(part.is_of(entry) and _may_have(entry, part) for entry in entries)]
    fresh = list(taken(entries, patch, found, asleep=asleep))
    for part in still:
        again = next((one for one in fresh if one.is_of(part.entry)), None)
        if again is None:
            fresh.append(part)
        else:
            again.fields_v1 = merged(part.fields_v1, again.fields_v1)
    return tuple(fresh)


def given_back(entries: Iterable[Json], parts: Iterable[Part], *, asleep: Json) -> Entries:
    """The list of owners after a write of what is in ``asleep``, less what is Sundown's, and with the parts that it took.

    Who has written since the write knows better.
    """
    parts = tuple(parts)
    given: Entries = []
    for entry in entries:
        if not is_updated_by_us(entry):
            given.append(copy.deepcopy(entry))
        elif any(part.is_of(entry) for part in parts):
            given.append({**entry, "fieldsV1": _without_ours(entry, asleep)})
    for part in parts:
        theirs = next((entry for entry in given if part.is_of(entry)), None)
        if theirs is None:
            given.append(copy.deepcopy(part.entry))
        elif _may_have(theirs, part):
            theirs["fieldsV1"] = merged(theirs.get("fieldsV1") or {}, copy.deepcopy(part.fields_v1))
    return [entry for entry in given if entry.get("fieldsV1")]


def _may_have(entry: Json, part: Part) -> bool:
    """Whether an owner is given back a part: who has written since knows better, unless it was Sundown under their name."""
    return is_updated_by_us(entry) or (entry.get("time") or "") == part.time


def owns_no_annotations(entries: Iterable[Json]) -> bool:
    """Whether somebody has applied that there are none: ``annotations: {}``, as charts write it."""
    return any(found_at(entry.get("fieldsV1") or {}, ("f:metadata", "f:annotations")) == {} for entry in entries)


def written(parts: Iterable[Part]) -> str:
    """The parts as they stand on an object until they are given back; of very many the first."""
    told: list[Part] = []
    for part in parts:
        if len(msgspec.json.encode([*told, part])) > LONGEST:
            break
        told.append(part)
    return msgspec.json.encode(told).decode()


def read(text: str | None) -> tuple[Part, ...]:
    """The parts of a text that stands on an object; none where it says nothing of the kind, for anybody may write there."""
    if text is None or len(text) > LONGEST:
        return ()
    try:
        return tuple(_parts.decode(text))
    except (ValueError, RecursionError):
        return ()


def _places(patch: Mapping[str, Any], found: Mapping[str, Any], at: Path = ()) -> Iterator[Path]:
    """Where a patch puts something in the place of something else: below these nobody keeps anything."""
    for key, value in patch.items():
        there = found.get(key)
        if isinstance(value, dict) and isinstance(there, dict):
            yield from _places(value, there, (*at, key))
        else:
            yield (*at, key)


def owned_by(fields: Json, place: Path) -> Path:
    """By which path an owner has what is there, empty where they do not: who has a map as a whole has all that is in it."""
    for length in range(1, len(place) + 1):
        below = found_at(fields, place[:length])
        if below is None:
            return ()
        if not below:
            return place[:length]
    return place


def _without_ours(entry: Json, asleep: Json) -> Json:
    """What of an entry nobody would have for Sundown."""
    fields: Json = copy.deepcopy(entry.get("fieldsV1") or {})
    annotations = found_at(fields, ("f:metadata", "f:annotations")) or {}
    ours = [("f:metadata", "f:annotations", key) for key in annotations if key.startswith(_OUR_ANNOTATIONS)]
    for path in (*ours, *(as_owned(path) for path, _ in leaves(asleep))):
        owned = owned_by(fields, path)
        if owned:
            take(fields, owned)
    return fields


def _with_maps(fields: Json, owned: Path) -> Json:
    """What is there, and the maps on the way that are theirs too: with their last field they lose these as well."""
    part = at_path(owned, found_at(fields, owned))
    above = (owned[:length] for length in range(1, len(owned)))
    return reduce(merged, (at_path((*path, ITSELF), {}) for path in above if ITSELF in found_at(fields, path)), part)


def as_owned(path: Path) -> Path:
    """The path of a field as ``managedFields`` spells it."""
    return tuple(f"f:{step}" for step in path)
