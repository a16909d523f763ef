"""From what somebody types to the fields of a schedule that are to be others: ``awake=Mon-Fri 08:00-18:00``. Pure.

The command line and ``/devenv`` read the same; what comes of it are the parameters of the action ``Edit``.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sundown.errors import SundownError
from sundown.model.cutting import clip
from sundown.model.scalars import DAYS

_ECHO = 60
_CODE = 3
"""Letters of a subdivision's code; what has more is its name."""
_NOTHING = frozenset({"none", "nothing", "null", "default"})
_RANGE = re.compile(r"(?:from)?(\d{1,2}:\d{2})?(?:-|–|to|until)(\d{1,2}:\d{2})", re.ASCII)
_DAY = re.compile(r"[a-z]+")
_FIELD = re.compile(r"([A-Za-z][A-Za-z_-]*)(?:=|:(?!\d))(.*)", re.DOTALL)
_EVERY_DAY = frozenset({"daily", "everyday", "always"})
_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class NoTimes(SundownError):
    """What was typed says nothing of when an env sleeps; the text says how it is written."""

    reason = "Mistyped"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the schedule: its name on the wire, other words for it, how it is written, and who reads that."""

    name: str
    example: str
    read: Callable[[Sequence[str]], Any]
    aliases: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """In small letters, without what stands between the words of a name."""
        return (self.name.lower(), *self.aliases)


def read_times(words: Sequence[str]) -> dict[str, str]:
    """The parameters of ``Edit``: each field as JSON, ``null`` for one that is to go. What is left out stays as it is.

    Raises:
        NoTimes: it cannot be understood.
    """
    found: dict[str, str] = {}
    for field, said in _by_field(words):
        if field.name in found:
            raise NoTimes(f"{field.name} is given twice")
        found[field.name] = json.dumps(_value(field, said), ensure_ascii=False, separators=(",", ":"))
    if not found:
        raise NoTimes(f"say what is to be another: {_each_field()}")
    return found


def how_each_is_written(indent: str = "") -> str:
    """A line for each field."""
    return "\n".join(f"{indent}{field.name}={field.example}" for field in FIELDS)


def _by_field(words: Sequence[str]) -> Iterator[tuple[Field, list[str]]]:
    """Each field with the words behind its name. ``=`` may be left out, but among exceptions, where ``awake`` is a state."""
    field: Field | None = None
    said: list[str] = []
    for word in (part for each in words for part in each.split()):
        named, rest = _named(word, within=field)
        if named is not None:
            if field is not None:
                yield field, said
            field, said = named, [rest] if rest else []
        elif field is None:
            raise NoTimes(_no_field(word))
        else:
            said.append(word)
    if field is not None:
        yield field, said


def _named(word: str, *, within: Field | None) -> tuple[Field | None, str]:
    match = _FIELD.fullmatch(word)
    if match is not None:
        found = _BY_SPELLING.get(_plain(match[1]))
        if found is None:
            raise NoTimes(_no_field(match[1]))
        return found, match[2]
    bare = within is None or within.name != "exceptions"
    return (_BY_SPELLING.get(_plain(word)) if bare else None), ""


def _value(field: Field, said: Sequence[str]) -> Any:
    whole = " ".join(said)
    if not said:
        raise NoTimes(f"say what {field.name} is to be, as in {field.name}={field.example}, or none")
    if whole.lower() in _NOTHING:
        return None
    if whole[0] in '[{"':
        try:
            return json.loads(whole)
        except (ValueError, RecursionError):
            raise NoTimes(f"what {field.name} is to be is no JSON: {clip(whole, _ECHO)}") from None
    return field.read(said)


def _windows(words: Sequence[str]) -> list[dict[str, Any]]:
    """``Mon-Fri 08:00-18:00 Sat 10:00-14:00``: days, then the hours that they have; ``-18:00`` only stops."""
    windows: list[dict[str, Any]] = []
    days: list[str] = []
    fresh = False  # days were named, and no hours yet
    for word in _joined(words):
        hours = _RANGE.fullmatch(word)
        if hours is not None:
            if not days:
                raise NoTimes(f'say on which days it is awake before "{clip(word, _ECHO)}", as in Mon-Fri {word}')
            begin = {"from": hours[1].rjust(5, "0")} if hours[1] else {}
            windows.append({"days": sorted(days, key=DAYS.index), **begin, "to": hours[2].rjust(5, "0")})
            fresh = False
            continue
        days = [*(days if fresh else []), *_days(word)]
        fresh = True
    if fresh:
        raise NoTimes("say from when to when it is awake behind the days, as in Mon-Fri 08:00-18:00")
    return [{**window, "days": list(dict.fromkeys(window["days"]))} for window in windows]


def _joined(words: Sequence[str]) -> list[str]:
    """Words in small letters; hours that somebody has set apart are one again: ``08:00 to 18:00``, ``08:00 - 18:00``."""
    text = " ".join(words).lower().replace(",", " ")
    text = re.sub(r"\s+(?:and|und)\s+", " ", text)
    text = re.sub(r"(?<=\d)\s*(?:-|–|to|until)\s*(?=\d{1,2}:)", "-", text)
    text = re.sub(r"(?<![\w:])(to|until|from)\s+(?=\d{1,2}:)", r"\1", text)
    text = re.sub(r"(?<=[a-z])\s*(?:–|\s-\s)\s*(?=[a-z])", "-", text)
    return text.split()


def _days(word: str) -> list[str]:
    if word in _EVERY_DAY:
        return list(DAYS)
    first, dash, last = word.partition("-")
    begin, end = _day(first), _day(last) if dash else None
    if begin is None or (dash and end is None):
        raise NoTimes(f'"{clip(word, _ECHO)}" is neither days nor hours; write them as in Mon-Fri 08:00-18:00')
    if end is None:
        return [DAYS[begin]]
    return [DAYS[(begin + step) % len(DAYS)] for step in range((end - begin) % len(DAYS) + 1)]


def _day(word: str) -> int | None:
    """``mon``, ``Monday``, ``mondays``: which day of the week."""
    if len(word) < 2 or not _DAY.fullmatch(word):
        return None
    whole = ("mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays")
    found = [index for index, name in enumerate(whole) if name.startswith(word)]
    return found[0] if len(found) == 1 else None


def _holidays(words: Sequence[str]) -> dict[str, str]:
    """``DE`` or ``DE BE``: a country, and perhaps a part of it."""
    country, *rest = (part for word in words for part in word.replace("/", " ").split())
    part = " ".join(rest)
    return {
        "country": country.upper(),
        **({"subdivision": part.upper() if len(part) <= _CODE else part} if part else {}),
    }


def _exceptions(words: Sequence[str]) -> list[dict[str, str]]:
    """``2026-12-24T12:00 to 2027-01-04T00:00 asleep``, one after the other."""
    plain = [word.rstrip(",") for word in words if word.lower() not in {"to", "from", "until", "and", "und"}]
    if len(plain) % 3:
        raise NoTimes("say from when to when which state counts, as in 2026-12-24T12:00 to 2027-01-04T00:00 asleep")
    return [
        {"from": start, "to": end, "state": state.capitalize()}
        for start, end, state in zip(plain[::3], plain[1::3], plain[2::3], strict=True)
    ]


def _flag(words: Sequence[str]) -> bool:
    said = _one_word(words)
    if said.lower() not in _FLAGS:
        raise NoTimes(f'true or false, please, not "{clip(said, _ECHO)}"')
    return _FLAGS[said.lower()]


def _one_word(words: Sequence[str]) -> str:
    if len(words) > 1:
        raise NoTimes(f'I do not understand "{clip(" ".join(words[1:]), _ECHO)}" behind "{clip(words[0], _ECHO)}"')
    return words[0]


FIELDS = (
    Field("awake", "Mon-Fri 08:00-18:00 Sat 10:00-14:00", _windows, ("hours", "windows")),
    Field("timeZone", "Europe/Berlin", _one_word, ("zone", "tz")),
    Field("holidays", "DE BE", _holidays),
    Field("exceptions", "2026-12-24T12:00 to 2027-01-04T00:00 asleep", _exceptions),
    Field("dailyReset", "06:00", _one_word, ("reset",)),
    Field("spread", "15m", _one_word),
    Field("paused", "true", _flag, ("pause",)),
)
"""Those that the action takes: a test compares them with its parameters."""

_BY_SPELLING = {spelling: field for field in FIELDS for spelling in field.spellings}


def _plain(name: str) -> str:
    return re.sub(r"[_-]", "", name).lower()


def _no_field(word: str) -> str:
    close = difflib.get_close_matches(_plain(word), _BY_SPELLING, n=1, cutoff=0.7)
    meant = f"; did you mean {_BY_SPELLING[close[0]].name}?" if close else f"; there are {_each_field()}"
    return f'I know no field "{clip(word, _ECHO)}" of when it sleeps{meant}'


def _each_field() -> str:
    return ", ".join(field.name for field in FIELDS)
