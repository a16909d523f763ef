"""What the API server refused or did not answer, in words for people who have not asked it themselves."""

from __future__ import annotations

import re

from sundown.cluster.errors import (
    AdmissionAway,
    ApiError,
    Busy,
    Conflict,
    Denied,
    Expired,
    Missing,
    Refused,
    TooLarge,
    Unreachable,
)
from sundown.errors import SundownError

_REQUEST = re.compile(r"[A-Z]+ /\S*: ")
_HOOK = re.compile(r'webhook "([^"]+)"')
"""Behind its name stands where it should answer, which concerns nobody else."""

_WORDS: tuple[tuple[type[ApiError], str], ...] = (
    (Unreachable, "the cluster does not answer at the moment: try again in a minute"),
    (AdmissionAway, "a webhook of the cluster does not answer, and without it nothing is changed: {hook}"),
    (Busy, "the cluster does not answer at the moment: try again in a minute"),
    (Denied, "Sundown itself may not do that: whoever runs the cluster has to grant it ({said})"),
    (Missing, "it is not there, or not any more ({said})"),
    (Expired, "the list has changed while it was read: try again"),
    (Conflict, "somebody else has changed it at the same moment: look at it, and ask again"),
    (TooLarge, "there is more of it than I can read: look with kubectl"),
    (Refused, "the cluster does not take that: {said}"),
    (ApiError, "the cluster gave an answer that I do not understand: {said}"),
)
"""The first row that fits counts."""


def in_plain_words(error: SundownError) -> str:
    """The error as part of a sentence; Sundown's own are said as they are."""
    if not isinstance(error, ApiError):
        return str(error)
    words = next(words for kind, words in _WORDS if isinstance(error, kind))
    hook = _HOOK.search(str(error))
    return words.format(
        said=_REQUEST.sub("", str(error), count=1).rstrip("."),
        hook=hook[1] if hook is not None else "its name is not said",
    )
