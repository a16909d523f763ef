"""Pods as far as anybody here asks: where each runs, and who made it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod by who owns it; a pod that nobody owns is its own owner, of kind ``Pod``. ``leaves`` while it terminates."""

    namespace: str
    kind: str
    name: str
    leaves: bool = False
