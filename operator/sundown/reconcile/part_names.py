"""How parts are named that are not where they should be: how many of how many, and the reason, together where it is the same. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sundown.model.cutting import clip
from sundown.model.parts import Workload

MOST_NAMED = 10
_ROOM = 500
"""So many characters all reasons together have: a condition says other things too, and is cut at its end."""
_LEAST = 50


@dataclass(frozen=True, slots=True)
class Obstacle:
    """How much of a part has come up (``2 of 3 ready``), and what hinders the rest; empty where nobody knows."""

    standing: str = ""
    reason: str = ""


Obstacles = Mapping[str, Obstacle]
"""What is known of each part, by its title."""

_UNKNOWN = Obstacle()


def standing(part: Workload) -> str:
    """How many of the pods that a workload should have are ready; empty where that is not what is waited for, or not counted."""
    if part.replicas == 0 or part.switch is not None or not part.settled or part.ready >= part.replicas:
        return ""
    return f"{part.ready} of {part.replicas} ready"


def named(titles: Iterable[str], obstacles: Obstacles) -> str:
    """``StatefulSet/db, Deployment/api 0 of 2 ready, Deployment/web 2 of 3 ready (FailedCreate: exceeded quota: small)``.

    At most ten of them, and how many there are besides.
    """
    parts = list(titles)
    groups: dict[str, list[str]] = {}
    for title in parts[:MOST_NAMED]:
        known = obstacles.get(title, _UNKNOWN)
        groups.setdefault(known.reason, []).append(f"{title} {known.standing}".rstrip())
    room = max(_LEAST, _ROOM // max(1, len(groups.keys() - {""})))
    # Names without a reason first, or the reason of others would seem to be theirs.
    ordered = sorted(groups.items(), key=lambda group: group[0] != "")
    said = ", ".join(f"{', '.join(them)} ({clip(why, room)})" if why else ", ".join(them) for why, them in ordered)
    left = len(parts) - MOST_NAMED
    return f"{said} and {left} more" if left > 0 else said
