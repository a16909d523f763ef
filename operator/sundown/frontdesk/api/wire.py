"""Answers as they are sent."""

from __future__ import annotations

from pydantic import BaseModel


def wire(model: BaseModel) -> bytes:
    """The JSON of a model, without what is not known."""
    return model.__pydantic_serializer__.to_json(model, exclude_none=True, by_alias=True)
