"""What people have done, cluster-wide: from the requests that were made, from the histories of the envs and what is asked of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sundown.model.action_request import Asked
from sundown.model.env import Known
from sundown.model.scalars import format_instant

_DONE = {"Awake": "start", "Waking": "start", "Asleep": "stop", "FallingAsleep": "stop", "Paused": "pause"}


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that somebody did, or asked for: when, who, what, to what, by which way, and what came of it."""

    at: datetime
    who: str
    what: str
    namespace: str
    target: str = ""
    via: str = ""
    approved_by: str = ""
    state: str = ""
    outcome: str = ""
    record: str = ""

    def to_json(self) -> dict[str, Any]:
        """The deed for machines."""
        return dict(zip(COLUMNS, self.cells(), strict=True))

    def cells(self) -> tuple[str, ...]:
        """Its fields as texts, in the order of ``COLUMNS``."""
        return (
            format_instant(self.at),
            self.who,
            self.what,
            self.namespace,
            self.target,
            self.via,
            self.approved_by,
            self.state,
            self.outcome,
            self.record,
        )


COLUMNS = ("at", "who", "what", "namespace", "target", "via", "approvedBy", "state", "outcome", "record")
"""What stands in a row for machines."""


def deeds(requests: Iterable[Asked], schedules: Iterable[Known], *, since: datetime | None = None) -> tuple[Deed, ...]:
    """All of them, the newest first. What an env did by its schedule is nobody's deed."""
    found = [deed for asked in requests if (deed := _asked(asked)) is not None]
    found += [deed for known in schedules for deed in (*_history(known), *_asked_for(known))]
    late = (deed for deed in found if since is None or deed.at >= since)
    return tuple(sorted(late, key=lambda deed: (deed.at, deed.namespace, deed.record), reverse=True))


def _asked(asked: Asked) -> Deed | None:
    spec, status = asked.spec, asked.status
    if spec is None:
        return None
    approval = spec.approval
    named = "/".join(filter(None, (spec.parameters.get("kind"), spec.parameters.get("name"))))
    return Deed(
        at=asked.made_at or spec.requested_at,
        who=spec.requested_by,
        what=spec.action.lower(),
        namespace=spec.target.namespace,
        target=": ".join(filter(None, (named, spec.change))),
        via=spec.via,
        approved_by=(approval.by if approval is not None else None) or "",
        state=status.state or "",
        outcome=status.outcome,
        record=f"areq/{asked.metadata.name}",
    )


def _history(known: Known) -> Iterable[Deed]:
    for entry in known.status.history:
        if entry.by:
            yield Deed(
                at=entry.at,
                who=entry.by,
                what=_DONE[entry.to],
                namespace=known.metadata.namespace,
                state="Done",
                outcome=entry.why,
                record=f"envs/{known.metadata.name}",
            )


def _asked_for(known: Known) -> Iterable[Deed]:
    """The wish that stands in the schedule, where no transition has told of it: who extends what is awake changes no state."""
    wish = known.legible_spec.override
    if wish is None or wish.at is None or not wish.by:
        return
    if any(entry.by == wish.by and entry.at >= wish.at for entry in known.status.history):
        return
    until = f" until {format_instant(wish.until)}" if wish.until is not None else ""
    yield Deed(
        at=wish.at,
        who=wish.by,
        what="extend" if wish.drop_at_reset else _DONE[wish.state],
        namespace=known.metadata.namespace,
        via=wish.via or "",
        state="Done",
        outcome=f"{wish.state.lower()}{until}{f': {wish.reason}' if wish.reason else ''}",
        record=f"envs/{known.metadata.name}",
    )
