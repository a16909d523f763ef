"""From the bytes and parameters of a request to the model of its row, strictly. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from pydantic import BaseModel

from sundown.errors import InvalidObject, Mistake, SundownError
from sundown.model.base import parse
from sundown.model.cutting import clip

_DEEPEST = 20


class Unreadable(SundownError):
    """What was sent is no JSON, or says the same thing twice."""

    reason = "Unreadable"


class WrongType(SundownError):
    """What was sent does not call itself JSON."""

    reason = "UnsupportedMediaType"


def read_body(data: bytes, content_type: str, model: type[BaseModel]) -> BaseModel:
    """The body; nothing at all is an empty object.

    Raises:
        WrongType, Unreadable: it is no JSON object.
        InvalidObject: it is not what the model wants.
    """
    if not data:
        return parse(model, {})
    if content_type not in {"application/json", "application/merge-patch+json"}:
        raise WrongType(f'send JSON, with the header "Content-Type: application/json", not {clip(content_type, 60)}')
    try:
        text = data.decode()
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the body is no JSON that can be read: {clip(str(error) or 'too deep', 120)}") from None
    if not isinstance(found, dict):
        raise Unreadable("the body has to be a JSON object")
    if _depth(found) > _DEEPEST:
        raise Unreadable(f"the body is nested more than {_DEEPEST} deep")
    return parse(model, found)


def read_query(pairs: Iterable[tuple[str, str]], model: type[BaseModel]) -> BaseModel:
    """The parameters behind the question mark.

    Raises:
        InvalidObject: one is given twice, is unknown, or is not what the model wants.
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidObject((Mistake(clip(name, 60), "is given twice"),))
        if not value.isprintable() and value:
            raise InvalidObject((Mistake(clip(name, 60), "has characters that cannot be printed"),))
        found[name] = value
    return parse(model, found)


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _depth(value: object) -> int:
    deepest, level = 0, [value]
    while level:
        deepest += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return deepest
