"""What is remembered of kinds that cannot be looked at: it is kept and told by name, for it may sleep there still. Pure.

Rights come back, and so does a CRD, a version of it or an API server of somebody else's. Until then nobody can tell what
has woken from what sleeps, and an env of which something is remembered is not awake.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sundown.errors import Mistake
from sundown.model.record import Record
from sundown.reconcile.memory import Key
from sundown.reconcile.part_verdict import Goal


def hidden(goal: Goal, records: Mapping[Key, Record]) -> tuple[Record, ...]:
    """The records of kinds that cannot be looked at: nobody knows whether they have served their time."""
    unseen = {*goal.unlisted, *goal.unanswered, *goal.unserved}
    return tuple(one for one in records.values() if one.kind in unseen)


def unlisted(goal: Goal, unseen: Iterable[Record], *, kinds: Mapping[str, str]) -> Iterable[Mistake]:
    """What is said of kinds that are served and could not be listed, and why, with what sleeps by them in the morning."""
    records = tuple(unseen)
    for kind, why in kinds.items():
        asleep = _of_kind(kind, records)
        if goal.wanted == "Awake" and asleep:
            yield from _not_to_be_woken(asleep, why)
        else:
            yield Mistake(kind, why)


def unserved(goal: Goal, unseen: Iterable[Record]) -> Iterable[Mistake]:
    """The same of kinds that are not served, which is no fault unless something sleeps by them."""
    records = tuple(unseen)
    for kind, why in goal.unserved.items():
        asleep = _of_kind(kind, records)
        if goal.wanted == "Awake":
            yield from _not_to_be_woken(asleep, why)
        elif asleep:
            yield Mistake(kind, f"{', '.join(one.name for one in asleep)} may sleep still: {why}")


def _of_kind(kind: str, records: Iterable[Record]) -> tuple[Record, ...]:
    return tuple(one for one in records if one.kind == kind)


def _not_to_be_woken(records: Iterable[Record], why: str) -> Iterable[Mistake]:
    return (Mistake(f"{one.kind}/{one.name}", f"sleeps, and cannot be woken: {why}") for one in records)
