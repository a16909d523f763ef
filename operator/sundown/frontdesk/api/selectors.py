"""Label selectors as kubectl's users type them: ``team=a,tier!=prod,env in (dev,test),!keep``. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sundown.errors import InvalidObject, Mistake
from sundown.model.cutting import clip

LONGEST = 2_000
_MOST = 32
_KEY = r"(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
_VALUE = r"(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?"
_VALUES = rf"\(\s*{_VALUE}\s*(?:,\s*{_VALUE}\s*)*\)"
_REQUIREMENT = re.compile(
    rf"\s*(?:(?P<absent>!\s*{_KEY})|(?P<key>{_KEY})(?:\s*(?P<is>==|=|!=)\s*(?P<value>{_VALUE})"
    rf"|\s+(?P<set>in|notin)\s*(?P<values>{_VALUES}))?)\s*",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One part: the label is there (``values`` is None) or one of these, or with ``not_so`` the contrary of it."""

    key: str
    values: frozenset[str] | None
    not_so: bool = False

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether labels are so; one that is not there is not any of the values, as Kubernetes has it."""
        there = self.key in labels
        so = there and (self.values is None or labels[self.key] in self.values)
        return so != self.not_so


@dataclass(frozen=True, slots=True)
class Selector:
    """All of its parts have to hold; without any it selects everything."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an object with these labels is selected."""
        return all(one.holds(labels) for one in self.requirements)


def parse_selector(text: str) -> Selector:
    """What somebody typed; nothing selects everything.

    Raises:
        InvalidObject: it is no selector.
    """
    if len(text) > LONGEST:
        raise InvalidObject((Mistake("selector", f"is longer than {LONGEST:,} characters"),))
    found: list[Requirement] = []
    at = 0
    while text.strip():
        match = _REQUIREMENT.match(text, at)
        if match is None or (match.end() < len(text) and text[match.end()] != ",") or len(found) == _MOST:
            raise InvalidObject((Mistake("selector", _wrong(text, full=len(found) == _MOST)),))
        found.append(_requirement(match))
        at = match.end() + 1
        if match.end() == len(text):
            break
    return Selector(tuple(found))


def _requirement(match: re.Match[str]) -> Requirement:
    absent, key, values = match["absent"], match["key"], match["values"]
    if absent is not None:
        return Requirement(absent[1:].strip(), None, not_so=True)
    if values is not None:
        named = frozenset(value.strip() for value in values.strip("()").split(","))
        return Requirement(key, named, not_so=match["set"] == "notin")
    if match["is"] is None:
        return Requirement(key, None)
    return Requirement(key, frozenset({match["value"]}), not_so=match["is"] == "!=")


def _wrong(text: str, *, full: bool) -> str:
    if full:
        return f"has more than {_MOST} parts"
    return f'"{clip(text, 60)}" is no label selector; write it as in "team=a,tier!=prod" or "stage in (dev,test)"'
