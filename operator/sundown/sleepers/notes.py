"""The note of who owned the fields that Sundown writes: an annotation on the workload, and a part of its record.

It is open to whoever may edit a workload, so it is read with care, and what the second place says counts more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
import orjson

from sundown.cluster.ownership import FIELDS
from sundown.model.record import HIGHEST_COUNT
from sundown.model.scalars import parse_instant
from sundown.sleepers.kinds import KINDS

Json = dict[str, Any]

NOBODYS = "[]"
"""The note of fields that were nobody's."""

_LONGEST = 1024
"""So many characters fit into the record of whose fields were taken."""
_LONGEST_MANAGER = 128
"""So many bytes has the name of a field manager."""
_TIME = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?\Z"
"""As the API server writes it: Go reads less than Python does."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An entry that owned fields before Sundown wrote them, by an apply or by an update.

    ``count`` is what an update had set: if it wakes to another, somebody has set that since. ``generation`` is the object's
    before Sundown wrote what an apply had set: times have whole seconds, and who applies twice within one has changed the
    spec once more than Sundown did.
    """

    manager: str
    fields: tuple[str, ...]
    api_version: str = "apps/v1"
    time: str = ""
    subresource: str = ""
    applies: bool = True
    count: int | None = None
    generation: int | None = None

    @property
    def operation(self) -> str:
        """As ``managedFields`` have it."""
        return "Apply" if self.applies else "Update"


class _Noted(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What a note says of one of them."""

    manager: Annotated[str, msgspec.Meta(min_length=1)]
    fields: Annotated[list[Literal["replicas", "whenScaled"]], msgspec.Meta(min_length=1, max_length=len(FIELDS))]
    api_version: Annotated[str, msgspec.Meta(max_length=_LONGEST_MANAGER)]
    time: Annotated[str, msgspec.Meta(pattern=_TIME)] = ""
    subresource: Literal["", "scale"] = ""
    operation: Literal["Apply", "Update"] = "Apply"
    count: Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_COUNT)] | None = None
    generation: Annotated[int, msgspec.Meta(ge=1)] | None = None


_note = msgspec.json.Decoder(list[msgspec.Raw])
_entry_of_note = msgspec.json.Decoder(_Noted)


def note_of(whose: tuple[Taken, ...]) -> str:
    """Whose fields were taken, as it is written down; of very many owners the first."""
    listed: list[Json] = []
    for one in whose:
        entry: Json = {
            "manager": one.manager,
            "fields": list(one.fields),
            "apiVersion": one.api_version,
            "time": one.time,
        }
        if one.subresource:
            entry["subresource"] = one.subresource
        if not one.applies:
            entry["operation"] = one.operation
        if one.count is not None:
            entry["count"] = one.count
        if one.generation is not None:
            entry["generation"] = one.generation
        if len(orjson.dumps([*listed, entry])) > _LONGEST:
            break
        listed.append(entry)
    return orjson.dumps(listed).decode()


def read_note(text: str | None) -> tuple[Taken, ...]:
    """Whose fields were taken; nobody's where the note, or what it says of somebody, is not as Sundown writes it.

    Whoever may edit a workload may write one, and what the API server does not take as an owner would stay refused.
    """
    return _whose(text) if text is not None and len(text) <= _LONGEST else ()


@lru_cache(maxsize=1024)  # each look reads the note of a workload several times, and most of them say the same
def _whose(text: str) -> tuple[Taken, ...]:
    try:
        listed = _note.decode(text)
    except (ValueError, RecursionError):
        return ()
    return tuple(one for entry in listed if (one := _read(entry)) is not None)


def at_night(note: str | None) -> str | None:
    """What stays of a note while the workload sleeps: who applies has had back what is theirs, and needs none."""
    whose = read_note(note)
    if whose:
        return None if all(one.applies for one in whose) else note
    return NOBODYS if note == NOBODYS else None


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
    if not name.isprintable() or len(name.encode()) > _LONGEST_MANAGER:
        return None
    fields = tuple(sorted(set(one.fields)))
    applies = one.operation == "Apply"
    return Taken(name, fields, one.api_version, one.time, one.subresource, applies, one.count, one.generation)
