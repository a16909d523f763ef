"""What the frontdesk remembers of its messages: on the EnvSchedule itself, in the annotation ``sundown.dev/slack``.

A mark is written before its message is posted, and once more with the message's ``ts`` afterwards. So a mark without ``ts``
says that the message may be there or may not, and the one who finds it has to look.

Whoever may edit the EnvSchedule can write there too, so only what is sealed is believed: a mark says which message of the
app's is overwritten, and who is written to.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, ValidationError

from sundown.cluster import paths, reading
from sundown.cluster.applying import part_of_env_schedule
from sundown.cluster.client import Cluster
from sundown.frontdesk.seal import Seal
from sundown.model import managers
from sundown.model.base import mistakes_of
from sundown.model.cutting import some_of
from sundown.model.env import Known
from sundown.model.resources import GROUP, Lenient, Metadata
from sundown.model.scalars import Instant, format_instant

MARKS = f"{GROUP}/slack"

MOST_MARKS = 64
MOST_WAITING = 16
_LONGEST = 64 * 1024
"""Characters of an annotation that are read at all; ours stays below 20,000."""

What = Literal["stop", "moved", "asleep", "awake"]
"""A coming shutdown; one that is not coming any more; an env that sleeps, with a way to wake it; one that has woken."""

_Id = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._#-]+$")]
_Short = Annotated[str, StringConstraints(max_length=80)]


class Mark(Lenient):
    """One message: to whom (``to``, the id of a person or channel), of which shutdown or wake-up (``due``), where it stands.

    ``shown`` tells what it shows, so that it is only written again when that changes; ``at`` is when it was meant to be
    posted.
    """

    what: What
    to: _Id
    due: Instant
    channel: _Id
    ts: _Id | None = None
    shown: _Short = ""
    at: Instant

    @property
    def name(self) -> tuple[bool, str, datetime]:
        """What there is at most one message of."""
        return self.what == "awake", self.to, self.due

    def key(self, *, cluster: str, namespace: str, uid: str) -> str:
        """The name of the message, unique over everything that posts to this workspace."""
        key = f"{cluster}/{namespace}/{uid}/{format_instant(self.due)}/{self.to}"
        return f"{key}/awake" if self.what == "awake" else key


class Waiting(Lenient):
    """Somebody who is told when the env is awake: where (a conversation), who asked (a Slack id), and when."""

    to: _Id
    by: _Id
    at: Instant


class Marks(Lenient):
    """All that is remembered of one EnvSchedule."""

    messages: Annotated[tuple[Mark, ...], Field(max_length=4 * MOST_MARKS)] = ()
    waiting: Annotated[tuple[Waiting, ...], Field(max_length=4 * MOST_WAITING)] = ()
    heard: Instant | None = None
    """Whoever asked up to then for the env to wake has been told, or was forgotten; so nobody is told twice."""

    def put(self, *marks: Mark) -> Self:
        """With these marks, each in the place of the one of its name."""
        kept = {mark.name: mark for mark in (*self.messages, *marks)}
        return self.model_copy(update={"messages": _bounded(kept.values())})

    def drop(self, *marks: Mark) -> Self:
        """Without the marks of these names."""
        names = {mark.name for mark in marks}
        left = tuple(mark for mark in self.messages if mark.name not in names)
        return self.model_copy(update={"messages": left})

    def wait(self, waiting: Waiting) -> Self:
        """With one who waits; asked twice from the same place, the later wish counts."""
        others = [one for one in self.waiting if one.to != waiting.to]
        return self.model_copy(update={"waiting": (*others, waiting)[-MOST_WAITING:]})

    def told(self, *, to: str, at: datetime) -> Self:
        """Without the one who waits there, unless they have asked again since ``at``."""
        left = tuple(one for one in self.waiting if one.to != to or one.at > at)
        heard = at if self.heard is None else max(at, self.heard)
        return self.model_copy(update={"waiting": left, "heard": heard})

    def of(self, mark: Mark) -> Mark | None:
        """The mark of that name."""
        return next((one for one in self.messages if one.name == mark.name), None)

    def to_text(self) -> str:
        """The annotation; empty where there is nothing to remember."""
        text = self.model_dump_json(exclude_none=True, exclude_defaults=True)
        return "" if text == "{}" else text


def _bounded(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks in their order, without the oldest of the messages that have nothing to click where there are too many."""
    found = list(marks)
    over = len(found) - MOST_MARKS
    if over <= 0:
        return tuple(found)
    ranked = sorted(found, key=lambda mark: (mark.what != "moved", mark.due))
    gone = {mark.name for mark in ranked[:over]}
    return tuple(mark for mark in found if mark.name not in gone)


class _Written(Marks):
    """As it stands in the annotation."""

    seal: Annotated[str, StringConstraints(max_length=100)] = ""

    @property
    def marks(self) -> Marks:
        return Marks.model_construct(messages=self.messages, waiting=self.waiting, heard=self.heard)


UNSEALED = (
    "is not as Sundown has written it for this env: copied, edited, or written under another token of the Slack app or by a "
    "version before 0.1"
)


def read(metadata: Metadata, seal: Seal) -> tuple[Marks, str | None]:
    """What is remembered, and what is wrong with the annotation where it cannot be read or believed (then nothing is)."""
    written, broken = _parsed(metadata)
    marks = written.marks
    if broken is None and marks != Marks() and not seal.fits(written.seal, metadata, MARKS, marks.to_text()):
        return Marks(), UNSEALED
    return marks, broken


def claimed(metadata: Metadata) -> Marks:
    """What the annotation says, whoever has written it: nothing of it may be done before it has been proven."""
    return _parsed(metadata)[0].marks


def _parsed(metadata: Metadata) -> tuple[_Written, str | None]:
    text = metadata.annotations.get(MARKS, "")
    if not text:
        return _Written(), None
    if len(text) > _LONGEST:
        return _Written(), f"cannot be read: {len(text)} characters are too many"
    try:
        return _Written.model_validate_json(text), None
    except ValidationError as error:
        mistakes = [str(mistake) for mistake in mistakes_of(error)]
        return _Written(), f"cannot be read: {some_of(mistakes, 3, apart='; ')}"


async def write(cluster: Cluster, known: Known, marks: Marks, seal: Seal) -> Known:
    """Put the marks on the EnvSchedule as it was read, and give it back as it stands then.

    Raises:
        Conflict: somebody has written to it since it was read, or it is gone.
        ApiError: it cannot be written.
    """
    path = paths.env_schedule(known.metadata.namespace, known.metadata.name)
    written = await cluster.apply(path, manifest(known, marks, seal), manager=managers.FRONTDESK_MARKS, force=True)
    return reading.env_schedule(written)


def manifest(known: Known, marks: Marks, seal: Seal) -> dict[str, Any]:
    """What is applied: the annotation and nothing else, or its absence, to the very object that was read."""
    metadata = known.metadata
    text = marks.to_text()
    if text:
        sealed = _Written(**dict(marks), seal=seal.of(metadata, MARKS, text))
        text = sealed.to_text()
    elif read(metadata, seal)[1] is not None:
        # What somebody else has written goes only by something that takes its place.
        text = "{}"
    return part_of_env_schedule(metadata, annotations={MARKS: text} if text else {})
