"""Changing when an env sleeps because somebody asked for it, and another has approved that: the row ``Edit`` of the actions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from sundown.cluster.client import Cluster
from sundown.reconcile.action_kind import ActionKind, Words
from sundown.reconcile.env_edit import EDIT, Edit, Times
from sundown.reconcile.judged_schedule import change_spec
from sundown.reconcile.request_verdict import Case, Reason, Verdict, refused
from sundown.reconcile.workload_changes import Change


def not_possible(case: Case) -> Iterator[Verdict]:
    """An env without a schedule that can be read, or one that is so already or must not be so."""
    edit = _edit(case)
    if edit is None:
        yield refused(Reason.NO_SCHEDULE)
    elif edit.objection is not None:
        yield refused(Reason.INVALID_SPEC if edit.differing else Reason.NOTHING_TO_DO, detail=edit.objection)


def edited(case: Case) -> Verdict | None:
    """The schedule says it."""
    edit = _edit(case) if not case.gone else None
    return Verdict("Done", Reason.DONE) if edit is not None and not edit.differing else None


def to_edit(case: Case) -> Change:
    """``awake: [...] -> []``."""
    return _there(case).change


async def edit(cluster: Cluster, case: Case) -> bool:
    """Write the fields, into the very schedule that was judged."""
    await change_spec(cluster, case, _there(case).patch)
    return True


def _edit(case: Case) -> Edit | None:
    known = case.governance.in_force
    return Edit.of(known, cast(Times, case.parameters)) if known is not None else None


def _there(case: Case) -> Edit:
    found = _edit(case)
    assert found is not None, "asked only where nothing stands against it"
    return found


EDITING = ActionKind(
    action=EDIT,
    objections=(not_possible,),
    progress=edited,
    changes=to_edit,
    carry_out=edit,
    under_way=Words("Editing", 'the schedule of "{namespace}" is being changed, {change}'),
    done=Words("Edited", 'the schedule of "{namespace}" is changed, {change}'),
)
