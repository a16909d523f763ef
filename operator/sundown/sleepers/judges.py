"""What an object's status says of whether it is where it should be: the words of the catalogue's rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sundown.model.parts import Hold
from sundown.model.switch import Path
from sundown.sleepers.merge_patches import found_at

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Is:
    """A field has one of these values; None stands for a field that is not there."""

    path: Path
    values: tuple[str | int | bool | None, ...]

    def holds(self, raw: Raw) -> bool:
        """Whether it is so."""
        found = found_at(raw, self.path)
        return any(
            found is value if value is None or isinstance(value, bool) else found == value for value in self.values
        )

    def __str__(self) -> str:
        values = " or ".join("absent" if value is None else str(value) for value in self.values)
        return f"{'.'.join(self.path)} is {values}"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of its status has one of these statuses; None stands for a condition that is not there."""

    type: str
    statuses: tuple[str | None, ...] = ("True",)

    def holds(self, raw: Raw) -> bool:
        """Whether it is so."""
        return _condition(raw, self.type).get("status") in self.statuses

    def __str__(self) -> str:
        statuses = " or ".join("absent" if status is None else status for status in self.statuses)
        return f"condition {self.type} is {statuses}"


@dataclass(frozen=True, slots=True)
class Message:
    """A condition of its status has a message, and in it are these words; where not ``said``, they are not."""

    type: str
    words: str
    said: bool = True

    def holds(self, raw: Raw) -> bool:
        """Whether it is so."""
        message = _condition(raw, self.type).get("message")
        return isinstance(message, str) and bool(message) and (self.words in message) == self.said

    def __str__(self) -> str:
        return f'condition {self.type} {"says" if self.said else "does not say"} "{self.words}"'


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A count is at least another; ``default`` is what the other is where it is not there."""

    path: Path
    of: Path
    default: int = 1

    def holds(self, raw: Raw) -> bool:
        """Whether it is so."""
        return _count(found_at(raw, self.path), 0) >= _count(found_at(raw, self.of), self.default)

    def __str__(self) -> str:
        return f"{'.'.join(self.path)} is at least {'.'.join(self.of)}"


@dataclass(frozen=True, slots=True)
class Below:
    """A count is less than another; one that is not there is 0."""

    path: Path
    of: Path

    def holds(self, raw: Raw) -> bool:
        """Whether it is so."""
        return _count(found_at(raw, self.path), 0) < _count(found_at(raw, self.of), 0)

    def __str__(self) -> str:
        return f"{'.'.join(self.path)} is less than {'.'.join(self.of)}"


@dataclass(frozen=True, slots=True)
class Differs:
    """Two texts are there and are not the same."""

    path: Path
    of: Path

    def holds(self, raw: Raw) -> bool:
        """Whether it is so."""
        one, other = found_at(raw, self.path), found_at(raw, self.of)
        return bool(one) and bool(other) and one != other

    def __str__(self) -> str:
        return f"{'.'.join(self.path)} is another than {'.'.join(self.of)}"


@dataclass(frozen=True, slots=True)
class MadeBy:
    """An object of a kind controls it, and writes it anew when it is changed."""

    kind: str

    def holds(self, raw: Raw) -> bool:
        """Whether it is so."""
        listed = found_at(raw, ("metadata", "ownerReferences"))
        owners = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        return any(one.get("kind") == self.kind and one.get("controller") is True for one in owners)

    def __str__(self) -> str:
        return f"it is controlled by one of kind {self.kind}"


@dataclass(frozen=True, slots=True)
class Either:
    """One of these holds: of a controller that was seen to write something older over one of them, and then to leave it."""

    of: tuple[Judge, ...]

    def holds(self, raw: Raw) -> bool:
        """Whether it is so."""
        return any(one.holds(raw) for one in self.of)

    def __str__(self) -> str:
        return " or ".join(map(str, self.of))


@dataclass(frozen=True, slots=True)
class Neither:
    """None of these holds."""

    of: tuple[Judge, ...]

    def holds(self, raw: Raw) -> bool:
        """Whether it is so."""
        return not any(one.holds(raw) for one in self.of)

    def __str__(self) -> str:
        return f"not: {' or '.join(map(str, self.of))}"


Judge = Is | Condition | Message | AtLeast | Below | Differs | MadeBy | Either | Neither


@dataclass(frozen=True, slots=True)
class Held:
    """How owners hold a rollout back that sleep would finish: ``by`` is what they chose, one of these, ``pending`` that it is
    not finished."""

    how: Hold
    by: tuple[Judge, ...]
    pending: Judge

    def of(self, raw: Raw) -> Hold | None:
        """How that of an object is held back, None where it is not."""
        if not any(one.holds(raw) for one in self.by):
            return None
        if not is_observed(raw):
            return "Unobserved"
        return self.how if self.pending.holds(raw) else None


def is_observed(raw: Raw) -> bool:
    """Whether its controller has seen it as it is, where it tells; Argo Rollouts write the number as a text."""
    observed, generation = found_at(raw, ("status", "observedGeneration")), found_at(raw, ("metadata", "generation"))
    if isinstance(observed, str) and observed.isascii() and observed.isdecimal() and len(observed) < 19:
        observed = int(observed)
    if type(observed) is not int or type(generation) is not int:
        return True
    return observed >= generation


def _condition(raw: Raw, of_type: str) -> Raw:
    """The condition of a type, empty where there is none."""
    listed = found_at(raw, ("status", "conditions"))
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return next((one for one in found if one.get("type") == of_type), {})


def _count(value: object, default: int) -> int:
    return value if type(value) is int else default
