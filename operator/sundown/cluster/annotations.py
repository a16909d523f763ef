"""What stands on a workload in annotations of Sundown's, whatever its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from sundown.model.resources import (
    ASLEEP_SINCE,
    EXCLUDE,
    PREVIOUS,
    PREVIOUS_REPLICAS,
    ROLLOUT,
    TAKEN_FROM,
    WAKE_TO,
    WAVE,
)

_LONGEST = 2048


class Annotated(TypedDict):
    """The fields of a ``Workload`` that are read from its annotations, raw."""

    record: str | None
    rest: str | None
    mark: str | None
    taken_from: str | None
    exclude: str | None
    wave: str | None
    rollout: str | None
    unheard: bool


def annotated(annotations: Mapping[str, str]) -> Annotated:
    """What is said there, by Sundown or by the workload's owner."""
    return {
        "record": _note(annotations, PREVIOUS_REPLICAS),
        "rest": _note(annotations, PREVIOUS),
        "mark": _note(annotations, ASLEEP_SINCE),
        "taken_from": _note(annotations, TAKEN_FROM),
        "exclude": annotations.get(EXCLUDE),
        "wave": annotations.get(WAVE),
        "rollout": annotations.get(ROLLOUT),
        "unheard": WAKE_TO in annotations,
    }


def _note(annotations: Mapping[str, str], key: str) -> str | None:
    """What stands there, cut where Sundown would never have written so much."""
    text = annotations.get(key)
    return text[:_LONGEST] if text is not None else None
