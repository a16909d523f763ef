"""The base of all models, and how a pydantic error becomes a mistake with a field path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from sundown.errors import InvalidObject, Mistake
from sundown.model.cutting import clip

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

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, raw: Any) -> Any:
        # As the API server has it, which prunes a null wherever the CRD does not call it meaningful.
        if isinstance(raw, dict) and None in raw.values():
            return {name: value for name, value in raw.items() if value is not None}
        return raw

    def to_json(self) -> dict[str, Any]:
        """The object as the API server takes it, without what nobody set."""
        return self.model_dump(mode="json", exclude_none=True, exclude_unset=True)


M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], raw: Mapping[str, Any], *, prefix: str = "") -> M:
    """Read ``raw``, with the names of the wire, as a ``model``.

    Raises:
        InvalidObject: one mistake for each field that is wrong, each with its path below ``prefix``.
    """
    try:
        return model.model_validate(raw, by_alias=True, by_name=False)
    except ValidationError as error:
        raise InvalidObject(mistakes_of(error, prefix=prefix)) from None


_TEXTS = {
    "missing": "is required",
    "extra_forbidden": "no such field",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "tuple_type": "must be a list",
    "string_type": "must be a string",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number of fewer digits",
    "int_from_float": "must be a whole number",
    "literal_error": "must be {expected}",
    "too_short": "must have at least {min_length} item(s)",
    "too_long": "must have at most {max_length} item(s)",
    "string_too_short": "must have at least {min_length} character(s)",
    "string_too_long": "must have at most {max_length} character(s)",
    "string_pattern_mismatch": "must match {pattern}",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}
"""What pydantic's kinds of error are called here; its own words are for programmers."""

_UNSEEN = {"missing", "extra_forbidden", "value_error"}
"""Kinds that need no repeat of the refused value, or repeat it themselves."""


def mistakes_of(error: ValidationError, *, prefix: str = "") -> tuple[Mistake, ...]:
    """The errors of pydantic as mistakes, at most 20 of them."""
    entries = error.errors(include_url=False)
    # A list whose only item is refused counts as empty on top of it; that would be news to the one who wrote the item.
    inner = {entry["loc"][:length] for entry in entries for length in range(len(entry["loc"]))}
    entries = [entry for entry in entries if not (entry["type"] == "too_short" and entry["loc"] in inner)]
    found = (Mistake(_path(entry["loc"], prefix) or "the object", _text(entry)) for entry in entries[:20])
    return tuple(dict.fromkeys(found))


def _path(location: tuple[int | str, ...], prefix: str) -> str:
    path = prefix
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not part.startswith(("function-", "constrained-")):
            name = clip(part, _ECHO)
            path += f".{name}" if path else name
    return path


def _text(entry: ErrorDetails) -> str:
    kind, value = entry["type"], entry["input"]
    if kind in _TEXTS:
        text = _TEXTS[kind].format_map(entry.get("ctx", {}))
    else:
        text = entry["msg"].removeprefix("Value error, ")
    if kind in _UNSEEN or isinstance(value, dict | list):
        return text
    text += f", got {clip(json.dumps(value, default=str, ensure_ascii=False), _ECHO)}"
    if kind == "string_type" and isinstance(value, bool):
        text += " (YAML takes a bare yes, no, on, off, y or n for that: put it in quotes)"
    elif kind == "string_type" and isinstance(value, int | float):
        text += " (put it in quotes)"
    return text
