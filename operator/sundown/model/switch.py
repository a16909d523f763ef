"""How an object stands that sleeps by a patch of its fields, as plain data that a plan can hold."""

from __future__ import annotations

from dataclasses import dataclass

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """``now`` is the JSON merge patch that brings back just what is there, ``null`` where there is nothing; what the API server
    made of Sundown's own write counts as what was asked for.

    ``shared`` are the maps on the way to these fields in which somebody has more: such a map is not taken off with the last
    field of Sundown's.
    """

    now: str
    shared: frozenset[Path] = frozenset()
