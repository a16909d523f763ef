"""The doors by which people come: what each is called in what is written and in what is said."""

from __future__ import annotations

from dataclasses import dataclass

from sundown.model import managers


@dataclass(frozen=True, slots=True)
class Door:
    """One way to ask.

    ``manager`` is the field manager of what it writes, ``via`` what an override calls it, ``program`` what a person types
    before a verb. ``own_rights``: whether it asks the cluster as the person; else the cluster's refusal is about Sundown.
    """

    manager: str
    via: str
    program: str
    own_rights: bool


COMMAND_LINE = Door(manager=managers.COMMAND_LINE, via="cli", program="sundown", own_rights=True)
