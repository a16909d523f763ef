"""Changing when an env sleeps, where it takes two people to stop it: what is asked for, and what would change. Pure.

Both processes use it: the one to show what is proposed, the other to see whether that is still what there is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sundown.errors import InvalidObject
from sundown.model.actions import Action, Parameters, Right
from sundown.model.base import parse
from sundown.model.env import Known
from sundown.model.resources import GROUP, VERSION
from sundown.model.spec import EnvScheduleSpec
from sundown.reconcile.env_stop import DOWN, STOP
from sundown.reconcile.workload_changes import Change

_MOST_SHOWN = 256
"""So much of a change can be shown to whoever approves it."""
_MOST_OF_BEFORE = 40
_DIGEST = 12


class Times(Parameters):
    """Fields of the spec as JSON, or as the text that they are; ``null`` takes one away. What is left out stays."""

    time_zone: str | None = None
    awake: str | None = None
    holidays: str | None = None
    exceptions: str | None = None
    daily_reset: str | None = None
    spread: str | None = None
    paused: str | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """What the fields of the spec are to be, by their names on the wire."""
        return {name: _value(text) for name, text in self.model_dump(exclude_none=True, by_alias=True).items()}


EDIT = Action(
    "Edit",
    'change when the environment "{namespace}" sleeps',
    Right("patch", "envschedules", group=GROUP, version=VERSION),
    parameters=Times,
    counts_as=STOP.name,
)
"""The guard ``sundown-wishes`` knows the same fields."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody asks for of a schedule that can be read."""

    known: Known
    spec: Mapping[str, Any]
    times: Times

    @classmethod
    def of(cls, known: Known, times: Times) -> Edit | None:
        """None where nobody can tell what the schedule says now."""
        return cls(known, known.schedule.spec.to_json(), times) if known.schedule is not None else None

    @property
    def differing(self) -> dict[str, Any]:
        """The fields that would be others, None for those that would go."""
        return {name: value for name, value in self.times.fields.items() if self.spec.get(name) != value}

    @property
    def patch(self) -> dict[str, Any]:
        """The JSON merge patch of the spec that makes each field what it is to be, and leaves nothing of before in it."""
        return {name: _whole(self.spec.get(name), value) for name, value in self.differing.items()}

    @property
    def objection(self) -> str | None:
        """Why it cannot be, or need not; None where it can."""
        differing = self.differing
        if not differing:
            return "its schedule says so already, so that there is nothing to change"
        after = {name: value for name, value in {**self.spec, **differing}.items() if value is not None}
        try:
            parse(EnvScheduleSpec, after, prefix="spec")
        except InvalidObject as error:
            return "; ".join(str(mistake) for mistake in error.mistakes)
        if self._shown is None:
            return "that is more than can be shown to whoever approves it: ask for less at a time"
        return None

    @property
    def takes_two(self) -> bool:
        """Whether nobody may do it alone, by the person's own rights: as the guard ``sundown-wishes`` judges it.

        What sleeps is not put to sleep by that, and to pause it may be urgent.
        """
        status = self.known.status
        free = status.state in DOWN or self.differing == {"paused": True}
        return STOP.name in (status.needs_approval or ()) and not free

    @property
    def change(self) -> Change:
        """``awake: [...] -> []``."""
        shown = self._shown
        assert shown is not None, "asked only where nothing stands against it"
        return Change(shown, self.known.metadata.uid, self.known.metadata.resource_version)

    @property
    def _shown(self) -> str | None:
        """All of what would be, and of what is as much as there is room for; None where there is not enough.

        What is cut carries its digest: whoever changes it meanwhile, changes what was shown.
        """
        differing = self.differing
        for before in (_json, _cut):
            text = "; ".join(
                f"{name}: {before(self.spec.get(name))} -> {_json(value)}" for name, value in differing.items()
            )
            if len(text) <= _MOST_SHOWN:
                return text
        return None


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _whole(before: Any, after: Any) -> Any:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return {**dict.fromkeys(before.keys() - after.keys()), **after}
    return after


def _json(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _cut(value: Any) -> str:
    whole = _json(value)
    if len(whole) <= _MOST_OF_BEFORE:
        return whole
    return f"{whole[: _MOST_OF_BEFORE - _DIGEST - 2]}…#{hashlib.sha256(whole.encode()).hexdigest()[:_DIGEST]}"
