"""How parts are named that are not where they should be: with the reason, and together where it is the same. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

MOST_NAMED = 10

Reasons = Mapping[str, str]
"""What hinders each part, by its title."""


def named(titles: Iterable[str], reasons: Reasons) -> str:
    """``StatefulSet/db, Deployment/api, Deployment/web (FailedCreate: exceeded quota: small)``; at most ten of them."""
    groups: dict[str, list[str]] = {}
    for title in list(titles)[:MOST_NAMED]:
        groups.setdefault(reasons.get(title, ""), []).append(title)
    # Names without a reason first, or the reason of others would seem to be theirs.
    ordered = sorted(groups.items(), key=lambda group: group[0] != "")
    return ", ".join(f"{', '.join(them)} ({reason})" if reason else ", ".join(them) for reason, them in ordered)
