"""Small checks that are put together to say what Block Kit may look like, and words for where something does not.

The words are Slack's: ``must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Check = Callable[[object, str, "Findings"], None]


@dataclass
class Findings:
    """What is wrong with a request, and what has been seen on the way that has to be unique."""

    messages: list[str] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    characters: int = 0
    inputs: int = 0

    def add(self, text: str, path: str) -> None:
        """One mistake, at one place."""
        self.messages.append(f"{text} [json-pointer:{path}]")


def string(most: int, *, least: int = 0, pattern: str | None = None) -> Check:
    """A string of so many characters."""

    def check(value: object, path: str, findings: Findings) -> None:
        if not isinstance(value, str):
            findings.add("must provide a string", path)
        elif len(value) > most:
            findings.add(f"must be less than {most + 1} characters", path)
        elif len(value) < least:
            findings.add(f"must be more than {least - 1} characters", path)
        elif pattern is not None and not re.fullmatch(pattern, value):
            findings.add("is not in the right format", path)

    return check


def integer(least: int, most: int) -> Check:
    """A whole number within bounds."""

    def check(value: object, path: str, findings: Findings) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            findings.add("must provide an integer", path)
        elif not least <= value <= most:
            findings.add(f"must be between {least} and {most}", path)

    return check


def boolean(value: object, path: str, findings: Findings) -> None:
    """True or false."""
    if not isinstance(value, bool):
        findings.add("must provide a boolean", path)


def anything(value: object, path: str, findings: Findings) -> None:
    """What Slack looks into and this simulator does not."""
    if not isinstance(value, (dict, list, str)):
        findings.add("must provide an object", path)


def one_of(*allowed: str) -> Check:
    """One of some words."""

    def check(value: object, path: str, findings: Findings) -> None:
        if value not in allowed:
            findings.add(f"must be a valid enum value ({', '.join(allowed)})", path)

    return check


def items(each: Check, *, most: int, least: int = 1) -> Check:
    """A list of so many items."""

    def check(value: object, path: str, findings: Findings) -> None:
        if not isinstance(value, list):
            findings.add("must provide an array", path)
            return
        if len(value) > most:
            findings.add(f"no more than {most} items allowed", path)
        if len(value) < least:
            findings.add(f"no fewer than {least} items allowed", path)
        for index, item in enumerate(value):
            each(item, f"{path}/{index}", findings)

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields and no others."""
    known = {**required, **(optional or {})}

    def check(value: object, path: str, findings: Findings) -> None:
        if not isinstance(value, dict):
            findings.add("must provide an object", path)
            return
        for name in required:
            if value.get(name) is None:
                findings.add(f"missing required field: {name}", path)
        for name, content in value.items():
            if name not in known:
                findings.add(f"invalid additional property: {name}", path)
            elif content is not None:
                known[name](content, f"{path}/{name}", findings)

    return check


def typed(table: Mapping[str, Check]) -> Check:
    """An object whose ``type`` says which of the table's checks it has to pass."""

    def check(value: object, path: str, findings: Findings) -> None:
        if not isinstance(value, dict):
            findings.add("must provide an object", path)
            return
        kind = value.get("type")
        if kind is None:
            findings.add("missing required field: type", path)
        elif not isinstance(kind, str) or kind not in table:
            findings.add(f"unsupported type: {kind}", f"{path}/type")
        else:
            table[kind](value, path, findings)

    return check


def text(most: int, *, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> Check:
    """A text object of one of these kinds; Slack allows no empty one."""
    plain = shape({"type": one_of(*kinds), "text": string(most, least=1)}, {"emoji": boolean})
    mrkdwn = shape({"type": one_of(*kinds), "text": string(most, least=1)}, {"verbatim": boolean})

    def check(value: object, path: str, findings: Findings) -> None:
        if isinstance(value, dict):
            findings.characters += len(str(value.get("text", "")))
        (mrkdwn if isinstance(value, dict) and value.get("type") == "mrkdwn" else plain)(value, path, findings)

    return check


def plain(most: int) -> Check:
    """A text object without mrkdwn."""
    return text(most, kinds=("plain_text",))


def both(first: Check, second: Check) -> Check:
    """One check and, if that found nothing, the other."""

    def check(value: object, path: str, findings: Findings) -> None:
        found = len(findings.messages)
        first(value, path, findings)
        if len(findings.messages) == found:
            second(value, path, findings)

    return check


def exactly_one(*names: str) -> Check:
    """Of these fields one stands there, and only one."""

    def check(value: Any, path: str, findings: Findings) -> None:
        if not isinstance(value, dict):
            return
        given = [name for name in names if value.get(name) is not None]
        if not given:
            findings.add(f"missing required field: {' or '.join(names)}", path)
        elif len(given) > 1:
            findings.add(f"only one of {' and '.join(names)} is allowed", path)

    return check
