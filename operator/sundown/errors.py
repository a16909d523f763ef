"""One way to say no: each error has a text for people and a reason for machines.

A border turns them into its own form: a condition and an Event, a line and an exit code, a reply.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self


class SundownError(Exception):
    """Whatever Sundown refuses or cannot do, with a text that says what to do about it."""

    reason: ClassVar[str] = "Error"
    names: str = ""
    """The environment that the text names; whoever says which one is meant need not say it once more."""

    def naming(self, env: str) -> Self:
        """The same, of which it is known that its text names this environment."""
        self.names = env
        return self


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with an object: where (``spec.awake[0].to``) and what."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


class InvalidObject(SundownError):
    """An object that cannot be taken as it is; it changes nothing."""

    reason = "InvalidSpec"

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("; ".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


class NothingToDo(SundownError):
    """A wish that would change nothing, such as extending an environment that no shutdown awaits."""

    reason = "NothingToDo"


class Paused(NothingToDo):
    """A wish for an environment that its owners have taken out of Sundown's hands."""

    reason = "Paused"


class ChangedMeanwhile(SundownError):
    """Somebody has changed the thing since whoever asks has looked at it, and they asked for that not to be overlooked."""

    reason = "PreconditionFailed"


class OutOfRange(SundownError):
    """A number or a span of time that is too small or too large."""

    reason = "OutOfRange"


class NotFound(SundownError):
    """The thing that was named does not exist."""

    reason = "NotFound"
