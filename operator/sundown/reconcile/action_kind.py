"""What a kind of ActionRequest is to the operator: how it is judged, how it is carried out, and what is said of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from sundown.cluster.client import Cluster
from sundown.model.actions import Action
from sundown.reconcile.request_verdict import Case, Verdict
from sundown.reconcile.workload_changes import Change

Objection = Callable[[Case], Iterator[Verdict]]
"""Pure: the verdicts that stand against it, the gravest first; none where all is in order."""
Progress = Callable[[Case], Verdict | None]
"""Pure: what has come of a request that was begun, by what is there; None where that does not tell, and it is done again."""
Changes = Callable[[Case], Change]
"""Pure: what would change, of which object. Asked only where nothing stands against it."""
CarryOut = Callable[[Cluster, Case], Awaitable[bool]]
"""Does it, and answers whether it is done thereby. It is called again where the operator was killed before it had said so, so
it must bear that; and it has to name the uid of what it changes, for what was meant may be another by now.

Raises ApiError: Missing and Conflict have it judged once more, Busy and Unreachable have it tried again, others end it.
"""


@dataclass(frozen=True, slots=True)
class Words:
    """A word for Events and conditions, and a sentence with ``{namespace}`` and the parameters in it, and ``{change}``."""

    word: str
    text: str


def _untold(_: Case) -> Verdict | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionKind:
    """A row of ``actions.ACTIONS``.

    ``objections`` come after those that count for all: no such namespace, a newer one, too late, protected, dry run of the
    operator. Where the row says what ``changes``, that must be what the person saw. ``held`` is said while something named in
    the verdict keeps it from its end, and may have ``{detail}`` in it.
    """

    action: Action
    carry_out: CarryOut
    under_way: Words
    done: Words
    held: Words | None = None
    objections: tuple[Objection, ...] = ()
    progress: Progress = _untold
    changes: Changes | None = None
