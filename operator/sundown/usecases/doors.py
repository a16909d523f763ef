"""The doors by which people come: what each is called in what is written and in what is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sundown.model import managers
from sundown.model.resources import Metadata
from sundown.model.spec import Override

Vouch = Callable[[Metadata, Override], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Door:
    """One way to ask.

    ``manager`` is the field manager of what it writes, ``via`` what an override calls it, ``program`` what a person types
    before a verb. ``own_rights``: whether it asks the cluster as the person; else the cluster's refusal is about Sundown.
    ``vouch`` makes the annotations by which it knows its own overrides again.
    """

    manager: str
    via: str
    program: str
    own_rights: bool
    vouch: Vouch | None = None


COMMAND_LINE = Door(manager=managers.COMMAND_LINE, via="cli", program="sundown", own_rights=True)
