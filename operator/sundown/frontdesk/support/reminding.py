"""What the owner of a support pod should see now: a reminder of its end, the same with another word once it is told. Pure.

What they have been told stands on the SupportPod itself, in the annotation ``sundown.dev/slack``: first that they are about
to be told of an end, then that they have been, and where that message is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import StringConstraints, ValidationError

from sundown.frontdesk.seal import Seal
from sundown.model.resources import GROUP, Lenient
from sundown.model.scalars import Instant
from sundown.model.support_pod import Wanted, ends_at

TOLD = f"{GROUP}/slack"
BEFORE = timedelta(minutes=15)
"""So long before its end the owner of a support pod is reminded."""

_LONGEST = 1_000
_Id = Annotated[str, StringConstraints(max_length=80, pattern=r"^[A-Za-z0-9._#-]*$")]


class Told(Lenient):
    """``about``: the end that they are being told of; ``told``: the one that they have been told, in the message there.

    Without ``ts`` there is no message, for nobody could be told.
    """

    about: Instant | None = None
    told: Instant | None = None
    channel: _Id = ""
    ts: _Id = ""


@dataclass(frozen=True, slots=True)
class Remind:
    """Tell them of this end; ``begun`` where somebody was about to before, and so perhaps has."""

    end: datetime
    begun: bool


@dataclass(frozen=True, slots=True)
class Correct:
    """It does not end then any more, but at another time: have the message say so, without buttons."""

    told: Told
    end: datetime


@dataclass(frozen=True, slots=True)
class Trace:
    """Somebody was about to tell them of an end that it does not have any more: if that was said, have it corrected."""

    about: datetime
    end: datetime


Step = Remind | Correct | Trace


class _Written(Told):
    """As it stands in the annotation."""

    seal: Annotated[str, StringConstraints(max_length=100)] = ""


def told_of(one: Wanted, seal: Seal) -> Told:
    """What stands on the object; nothing where that cannot be read, or is not our own word: it says what is overwritten."""
    text = one.metadata.annotations.get(TOLD, "")
    if not text or len(text) > _LONGEST:
        return Told()
    try:
        written = _Written.model_validate_json(text)
    except ValidationError:
        return Told()
    told = Told.model_construct(**{name: getattr(written, name) for name in Told.model_fields})
    return told if seal.fits(written.seal, one.metadata, TOLD, _text(told)) else Told()


def annotation(one: Wanted, told: Told, seal: Seal) -> dict[str, str]:
    """What is applied to the object; nothing where nothing is to be remembered."""
    text = _text(told)
    if text == "{}":
        return {}
    sealed = _Written(**dict(told), seal=seal.of(one.metadata, TOLD, text))
    return {TOLD: _text(sealed)}


def _text(told: Told) -> str:
    return told.model_dump_json(exclude_none=True, exclude_defaults=True)


def plan(one: Wanted, told: Told, *, usual: timedelta, now: datetime) -> tuple[Step | None, datetime | None]:
    """What is to be done, and when to look again where nothing changes until then."""
    end, made = ends_at(one, usual=usual), one.metadata.creation_timestamp
    if end is None or made is None or not one.owner or one.metadata.deletion_timestamp is not None:
        return None, None
    if told.told is not None and told.ts and told.told != end:
        return Correct(told, end), None
    if told.about is not None and told.about != end:
        return Trace(told.about, end), None
    if told.told == end or end - made <= BEFORE or now >= end:
        return None, None
    if now < end - BEFORE:
        return None, end - BEFORE
    return Remind(end, begun=told.about == end), None
