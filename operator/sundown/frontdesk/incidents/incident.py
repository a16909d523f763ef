"""What is remembered of alerts: each incident once, with where its message stands. Plain, immutable, written as JSON.

An incident is one thing that is wrong, from its beginning until it is well again. Its message is posted once and written again
in place; ``said_at`` without ``ts`` says that it may be there or may not, as with the marks of notices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints

from sundown.model.cutting import clip_bytes
from sundown.model.resources import Lenient
from sundown.model.scalars import Instant

MOST_OPEN = 500
"""So many incidents are remembered; with less than 1,900 bytes each they have room in one ConfigMap."""
_LONGEST_FACT = 253

Ended = Literal["", "recovered", "gone", "asleep", "off"]
"""How an incident ended: it is well again; what it was about is gone; its env sleeps; nobody watches for it any more."""

_Text = Annotated[str, StringConstraints(max_length=300)]


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What there is at most one open incident of: the kind of alert, and what it is about."""

    kind: str
    namespace: str
    name: str
    part: str = ""


class Told(Lenient):
    """A message: to whom (``to``, as people write a channel; empty for the usual one), and where it stands."""

    to: _Text = ""
    channel: _Text = ""
    ts: _Text | None = None
    shown: _Text = ""
    said_at: Instant | None = None


class Incident(Told):
    """One incident.

    ``count`` is how often it has happened, or the restarts; ``latest`` when it happened last. ``pending``: it will be told when
    what hinders that is over. ``digest`` is the id of the digest in which it is told, ``logs`` whether log lines belong
    to its message.
    """

    kind: _Text
    namespace: _Text = ""
    name: _Text
    part: _Text = ""
    opened_at: Instant
    latest: Instant
    count: int = 1
    pending: bool = False
    well_since: Instant | None = None
    ended: Ended = ""
    ended_at: Instant | None = None
    facts: Annotated[dict[str, _Text], Field(max_length=16)] = Field(default_factory=dict)
    digest: _Text = ""
    logs: Literal["", "wanted"] = ""

    @property
    def key(self) -> Key:
        """What it is about."""
        return Key(self.kind, self.namespace, self.name, self.part)

    @property
    def is_open(self) -> bool:
        """Whether it is told, and not over."""
        return not self.ended and not self.pending


class Digest(Told):
    """Many incidents told as one: so many of each kind, in these namespaces (the first few) and so many more."""

    id: _Text
    opened_at: Instant
    latest: Instant
    total: Annotated[dict[str, int], Field(max_length=64)] = Field(default_factory=dict)
    namespaces: Annotated[tuple[_Text, ...], Field(max_length=16)] = ()
    ended: Ended = ""
    ended_at: Instant | None = None


class Written(Lenient):
    """All that is remembered, as it is written. ``began`` is when somebody looked for the first time."""

    began: Instant
    incidents: Annotated[tuple[Incident, ...], Field(max_length=2 * MOST_OPEN)] = ()
    digests: Annotated[tuple[Digest, ...], Field(max_length=MOST_OPEN)] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """The same, as it is looked things up in."""

    began: datetime
    incidents: Mapping[Key, Incident] = field(default_factory=dict)
    digests: Mapping[str, Digest] = field(default_factory=dict)

    @classmethod
    def of(cls, written: Written) -> Self:
        """What was written."""
        return cls(written.began, {one.key: one for one in written.incidents}, {one.id: one for one in written.digests})

    def written(self) -> Written:
        """To be written."""
        return Written(began=self.began, incidents=tuple(self.incidents.values()), digests=tuple(self.digests.values()))

    def put(self, *told: Incident | Digest) -> Self:
        """With these, each in the place of the one about the same."""
        return replace(
            self,
            incidents={**self.incidents, **{one.key: one for one in told if isinstance(one, Incident)}},
            digests={**self.digests, **{one.id: one for one in told if isinstance(one, Digest)}},
        )

    def drop(self, *told: Incident | Digest) -> Self:
        """Without these."""
        keys = {one.key for one in told if isinstance(one, Incident)}
        ids = {one.id for one in told if isinstance(one, Digest)}
        return replace(
            self,
            incidents={key: one for key, one in self.incidents.items() if key not in keys},
            digests={id_: one for id_, one in self.digests.items() if id_ not in ids},
        )


def facts(**said: object) -> dict[str, str]:
    """What a message says of an incident, cut to a length that has room."""
    return {name: clip_bytes(str(value), _LONGEST_FACT) for name, value in said.items() if value not in {None, ""}}


def members(book: Book, digest: str) -> Iterable[Incident]:
    """The incidents that are told in a digest and are not over."""
    return (one for one in book.incidents.values() if one.digest == digest and one.is_open)
