"""The base of all models, and how a pydantic error becomes a mistake with a field path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from sundown.errors import InvalidObject, Mistake

_ECHO = 60
"""So many characters of a refused value are repeated in the error: enough to find it, too few to flood a condition."""


class Model(BaseModel):
    """Frozen, camelCase on the wire, and strict about fields that do not exist."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        hide_input_in_errors=True,
    )

    def to_json(self) -> dict[str, Any]:
        """The object as the API server takes it, without what nobody set."""
        return self.model_dump(mode="json", exclude_none=True, exclude_unset=True)


M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], raw: Mapping[str, Any], *, prefix: str = "") -> M:
    """Read ``raw`` as a ``model``.

    Raises:
        InvalidObject: one mistake for each field that is wrong, each with its path below ``prefix``.
    """
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise InvalidObject(mistakes_of(error, prefix=prefix)) from None


def mistakes_of(error: ValidationError, *, prefix: str = "") -> tuple[Mistake, ...]:
    """The errors of pydantic as mistakes, at most 20 of them."""
    found = []
    for entry in error.errors(include_url=False)[:20]:
        path = prefix
        for part in entry["loc"]:
            if isinstance(part, int):
                path += f"[{part}]"
            elif not part.startswith(("function-", "constrained-")):
                path += f".{part}" if path else part
        found.append(Mistake(path or "the object", _text(entry)))
    return tuple(dict.fromkeys(found))


def _text(entry: Any) -> str:
    kind, value = entry["type"], entry.get("input")
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        return "no such field"
    text = str(entry["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    text = text[:1].lower() + text[1:]
    if kind == "value_error" or isinstance(value, dict | list):
        return text
    shown = json.dumps(value, default=str, ensure_ascii=False)
    if len(shown) > _ECHO:
        shown = shown[:_ECHO] + "…"
    return f"{text}, got {shown}"
