"""What a click on a button of ours means, and whether it still means anything. Pure.

A message can be older than what it speaks of. Then the one who clicked is told who has done what meanwhile.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from sundown.errors import SundownError
from sundown.frontdesk.envs.snapshot import Standing
from sundown.frontdesk.wishes.verbs import VERBS, Stale
from sundown.model.base import mistakes_of
from sundown.model.resources import Lenient
from sundown.model.scalars import Duration, Instant


class Unreadable(SundownError):
    """A button that says nothing that could be understood."""

    reason = "UnreadableButton"


def _known(do: str) -> str:
    if do not in VERBS:
        raise ValueError("no button does this")
    return do


class Carried(Lenient):
    """What a button carries (see ``slack.blocks.value``)."""

    namespace: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"), Field(alias="ns")]
    cluster: Annotated[str, StringConstraints(min_length=1, max_length=63)]
    do: Annotated[str, AfterValidator(_known)]
    span: Duration = timedelta()
    shutdown: Annotated[Instant | None, Field(alias="for")] = None


def read(value: object, *, do: str) -> Carried:
    """What a button carries, with ``do`` as its action_id says.

    Raises:
        Unreadable: it is none of ours, or was tampered with.
    """
    if not isinstance(value, str) or len(value) > 2000:
        raise Unreadable("this button cannot be read: it carries nothing that Sundown has written")
    try:
        carried = Carried.model_validate_json(value)
    except ValidationError as error:
        mistake = str(mistakes_of(error)[0])[:200]
        raise Unreadable(f"this button cannot be read ({mistake}); use the command instead") from None
    if carried.do != do:
        raise Unreadable("this button cannot be read: it carries something else than it says")
    return carried


def stale(carried: Carried, standing: Standing) -> Stale | None:
    """Why the click comes too late, None where it does not."""
    return VERBS[carried.do].late(standing, carried.shutdown)
