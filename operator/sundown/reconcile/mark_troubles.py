"""What it means that the API server does not take what Sundown writes on a namespace, and how that is said. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sundown.model.resources import ASLEEP_BY, NEEDS_APPROVAL, STATE_LABEL

What = Literal["asleep", "awake", "labelled", "guarded", "noted"]
"""The mark that a namespace sleeps was to be put on or taken off, the label that it takes part to be set, that to stop it
takes two people to be said, or by which kinds something sleeps there."""


@dataclass(frozen=True, slots=True)
class MarkTrouble:
    """A write to a namespace that was refused, with the words of the API server."""

    what: What
    error: str

    @property
    def keeps_awake(self) -> bool:
        """Whether nothing may be put to sleep: without the mark nobody would know what sleeps, should the schedule go."""
        return self.what == "asleep"

    def __str__(self) -> str:
        match self.what:
            case "asleep":
                told = f"the namespace cannot be labelled {STATE_LABEL}=asleep, without which nothing is put to sleep"
            case "awake":
                told = f"the label {STATE_LABEL} cannot be taken off the namespace, although all is woken"
            case "labelled":
                told = "the namespace cannot be labelled as one that takes part"
            case "guarded":
                told = f"the annotation {NEEDS_APPROVAL} of the namespace, by which a new schedule is guarded, cannot be written"
            case "noted":
                told = f"the annotation {ASLEEP_BY} of the namespace, which tells what is to be woken once the schedule is gone, cannot be written"
        return f"{told}; it is tried again: {self.error}"
