"""JSON merge patches (RFC 7386) that put something to sleep, and those that undo them. Pure.

A field that was absent is absent again afterwards, and so is a map that held nothing else. What somebody changed meanwhile
is theirs: only what is still as Sundown made it is given back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sundown.model.switch import Path

Json = dict[str, Any]

_NOTHING: Json = {}


def inverse(patch: Mapping[str, Any], found: Mapping[str, Any]) -> Json:
    """The merge patch that makes of what the patch makes of ``found`` what it was."""
    back: Json = {}
    for key, value in patch.items():
        there = found.get(key)
        back[key] = inverse(value, there) if isinstance(value, dict) and isinstance(there, dict) else there
    return back


def holds(patch: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether all that the patch sets is so already."""
    for key, value in patch.items():
        there = found.get(key)
        if isinstance(value, dict):
            if not isinstance(there, dict) or not holds(value, there):
                return False
        elif not _is_same(there, value):
            return False
    return True


def shared_maps(
    patch: Mapping[str, Any], found: Mapping[str, Any], *, defaults: Mapping[str, Any] = _NOTHING, at: Path = ()
) -> frozenset[Path]:
    """The maps on the way to what a patch sets in which something else stands than what the API server puts there."""
    paths: set[Path] = set()
    for key, value in patch.items():
        there = found.get(key)
        if not isinstance(value, dict) or not isinstance(there, dict):
            continue
        usual = defaults.get(key)
        usual = usual if isinstance(usual, dict) else _NOTHING
        if any(name not in value and not _is_usual(one, usual.get(name)) for name, one in there.items()):
            paths.add((*at, key))
        paths |= shared_maps(value, there, defaults=usual, at=(*at, key))
    # Where a map below stays, those above it stay.
    return frozenset(path[:length] for path in paths for length in range(1, len(path) + 1))


def remembered(patch: Mapping[str, Any], now: Mapping[str, Any], earlier: Mapping[str, Any]) -> Json:
    """What is to be given back of what stands there now, where ``earlier`` knows what stood there before Sundown came.

    ``earlier`` counts for each field that is as Sundown made it, and for fields that are none of the patch's any more.
    """
    back: Json = {key: value for key, value in earlier.items() if key not in patch}
    for key, value in patch.items():
        there = now.get(key)
        known = earlier.get(key, there)
        if isinstance(value, dict) and isinstance(there, dict):
            if not isinstance(known, dict) and holds(value, there):
                back[key] = known
            else:
                below = known if isinstance(known, dict) else dict.fromkeys(value)
                back[key] = remembered(value, there, below)
        else:
            back[key] = known if _is_same(there, value) else there
    return back


def given_back(
    restore: Mapping[str, Any],
    patch: Mapping[str, Any],
    now: Mapping[str, Any],
    *,
    shared: frozenset[Path] = frozenset(),
    at: Path = (),
) -> Json:
    """The patch that gives back what is still as Sundown made it; empty where nothing is.

    What the record knows and the patch does not set any more is given back as it is recorded.
    """
    back: Json = {}
    for key, value in restore.items():
        if key not in patch:
            back[key] = value
            continue
        asleep, there = patch[key], now.get(key)
        if isinstance(asleep, dict) and isinstance(there, dict):
            if not isinstance(value, dict) and (*at, key) not in shared and holds(asleep, there):
                back[key] = value
                continue
            below = value if isinstance(value, dict) else dict.fromkeys(asleep)
            inner = given_back(below, asleep, there, shared=shared, at=(*at, key))
            if inner:
                back[key] = inner
        elif _is_same(there, asleep):
            back[key] = value
    return back


def sets_no_more(restore: Mapping[str, Any], patch: Mapping[str, Any]) -> bool:
    """Whether a record gives back nothing but what the patch sets."""
    for key, value in restore.items():
        if key not in patch:
            return False
        if isinstance(patch[key], dict) and isinstance(value, dict) and not sets_no_more(value, patch[key]):
            return False
    return True


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> Json:
    """Both patches as one; the second counts where both say something."""
    both = dict(first)
    for key, value in second.items():
        there = both.get(key)
        both[key] = merged(there, value) if isinstance(there, dict) and isinstance(value, dict) else value
    return both


def within(restore: Mapping[str, Any], patch: Mapping[str, Any]) -> Json:
    """What a record says of the fields that a patch sets."""
    return {
        key: within(value, patch[key]) if isinstance(value, dict) and isinstance(patch[key], dict) else value
        for key, value in restore.items()
        if key in patch
    }


def at_path(path: Path, value: object) -> Json:
    """The patch that sets one field."""
    for step in reversed(path):
        value = {step: value}
    return dict(value) if isinstance(value, dict) else {}


def found_at(found: Mapping[str, Any], path: Path) -> Any:
    """What stands there; None where there is no such field."""
    there: Any = found
    for step in path:
        if not isinstance(there, dict):
            return None
        there = there.get(step)
    return there


def leaves(patch: Mapping[str, Any], at: Path = ()) -> tuple[tuple[Path, Any], ...]:
    """The fields that a patch sets, and to what."""
    found: list[tuple[Path, Any]] = []
    for key, value in patch.items():
        found += leaves(value, (*at, key)) if isinstance(value, dict) and value else [((*at, key), value)]
    return tuple(found)


def _is_same(there: object, value: object) -> bool:
    # To Python True is 1, to the API server it is not.
    return isinstance(there, bool) == isinstance(value, bool) and there == value


def _is_usual(there: object, usual: object) -> bool:
    if isinstance(there, dict) and isinstance(usual, dict):
        return all(_is_usual(one, usual.get(name)) for name, one in there.items())
    return usual is not None and _is_same(there, usual)
