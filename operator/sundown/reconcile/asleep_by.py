"""By which kinds something sleeps in a namespace, where it stands should the schedule go: an annotation. Pure.

What sleeps by its replicas is found without it. Of the catalogue a name says enough; a kind of a schedule's own stands there
with its patch, without which no record on an object is believed. Who may write it may write the namespace.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sundown.errors import InvalidObject, Mistake
from sundown.model.base import parse
from sundown.model.env import Namespace
from sundown.model.record import Record, read_patch
from sundown.model.resources import ASLEEP_BY
from sundown.model.spec import PatchRow, Wanted, Workloads
from sundown.sleepers.chosen_rows import LONGEST_KEY, objection, own_row, rows_for
from sundown.sleepers.other_kinds import Others
from sundown.sleepers.patch_kind import PatchKind

LONGEST = 8192
"""So many characters may stand there; past them a kind of a schedule's own stands there by its name alone."""
_MOST = 80
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[a-z0-9.-]+)?")


@dataclass(frozen=True, slots=True)
class Noted:
    """What stands there, and what of that the schedule in force has no record of: another put it to sleep, and has gone since."""

    rows: tuple[PatchKind, ...]
    recorded: frozenset[str]
    """The kinds of which the schedule in force has records."""

    @property
    def left(self) -> tuple[PatchKind, ...]:
        """What another has left."""
        return tuple(row for row in self.rows if row.kind not in self.recorded)

    def beside(self, rows: Iterable[PatchKind]) -> tuple[PatchKind, ...]:
        """These rows and what was left, a kind once: what the schedule in force says of it counts."""
        return tuple({row.kind: row for row in (*self.left, *rows)}.values())

    def hidden(self, others: Others) -> tuple[Mistake, ...]:
        """What is said of what was left and cannot be looked at now."""
        return tuple(mistakes(hidden(self.left, others)))

    def to_say(
        self, rows: Iterable[PatchKind], records: Collection[Record], others: Others, *, wanted: Wanted
    ) -> str | None:
        """What has to stand there now; None where it stays as it is until the mark is taken off.

        ``records`` are those of a plan with these rows. Of what it remembers no longer, that which the cluster does not serve goes at
        once: it would look like what another schedule has left.
        """
        if wanted == "Asleep":
            return written((*of(records, rows), *hidden(self.left, others)))
        gone = self.recorded.difference(one.kind for one in records) & {*others.absent}
        return written(row for row in self.rows if row.kind not in gone) if gone else None


def noted(space: Namespace | None, recorded: Iterable[str]) -> Noted:
    """What a namespace says; ``recorded`` are the kinds of which the schedule in force has records."""
    return Noted(read(space.asleep_by if space is not None else ""), frozenset(recorded))


def of(records: Iterable[Record], rows: Iterable[PatchKind]) -> tuple[PatchKind, ...]:
    """Those of the rows by which something is recorded."""
    kinds = {one.kind for one in records}
    return tuple(row for row in rows if row.kind in kinds)


def written(rows: Iterable[PatchKind]) -> str:
    """The annotation for these rows; empty for none."""
    chosen = sorted({row.kind: row for row in rows}.values(), key=lambda row: row.kind)
    if not chosen:
        return ""
    whole = _compact([_with_patch(row) if row.own else row.kind for row in chosen])
    return whole if len(whole) <= LONGEST else _compact([row.kind for row in chosen])


def read(text: str) -> tuple[PatchKind, ...]:
    """The rows of an annotation. What is no row is left out: nothing can be woken by it."""
    if not text or len(text) > LONGEST:
        return ()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    entries = found[:_MOST] if isinstance(found, list) else []
    named = [one for one in entries if isinstance(one, str) and len(one) <= LONGEST_KEY and _KEY.fullmatch(one)]
    rows = (*_own(entries), *rows_for(Workloads(kinds=()), named))
    return tuple({row.kind: row for row in reversed(rows)}.values())


def hidden(rows: Iterable[PatchKind], others: Others) -> Mapping[PatchKind, str]:
    """Those of the rows of which nobody can tell now what sleeps by them, and why."""
    why = {
        **dict.fromkeys(others.absent, "this cluster does not serve it now"),
        **others.unlisted,
        **others.unanswered,
    }
    return {row: why[row.kind] for row in rows if row.kind in why}


def mistakes(unseen: Mapping[PatchKind, str]) -> Iterator[Mistake]:
    """What is said of them where no schedule is left that could say it."""
    for row, why in unseen.items():
        yield Mistake(
            row.kind,
            f"what sleeps by it sleeps still: {why}. It is woken when it can be; where it is gone for good, take the annotation "
            f"{ASLEEP_BY} off the namespace",
        )


def _own(entries: Iterable[object]) -> Iterator[PatchKind]:
    for one in entries:
        try:
            row = parse(PatchRow, one) if isinstance(one, dict) else None
        except InvalidObject:
            continue
        if row is not None and objection(row) is None:
            yield own_row(row)


def _with_patch(row: PatchKind) -> dict[str, object]:
    return {"apiVersion": row.api_version, "kind": row.api_kind, "asleep": read_patch(row.patch)}


def _compact(entries: list[object]) -> str:
    return json.dumps(entries, separators=(",", ":"), ensure_ascii=False)
