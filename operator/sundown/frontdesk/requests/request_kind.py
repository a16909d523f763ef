"""What a kind of ActionRequest is to the frontdesk: who may ask, what they are shown before, and what they are told after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sundown.model.actions import Action, Parameters
from sundown.model.env import Env
from sundown.reconcile.workload_changes import Asleep, Change, Subject, asleep
from sundown.usecases.find import Found


@dataclass(frozen=True, slots=True)
class Meant:
    """What is to be done to what: the env, and the workload in it where the action is about one and it is there."""

    found: Found
    parameters: Parameters
    now: datetime
    subject: Subject | None = None

    @property
    def sleeping(self) -> Asleep | None:
        """What is remembered of the workload, where it sleeps with its env."""
        if self.subject is None:
            return None
        env = Env(name=self.found.namespace, namespace=self.found.space, schedules=(self.found.known,))
        return asleep(env, self.found.known, self.subject)


Objection = Callable[[Meant], str | None]
"""Pure: why the operator would refuse it, as a part of a sentence; None where it would not."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody is asked before anything is written down: 24 characters at most for each but the ``text``.

    ``text`` is Slack's mrkdwn, with ``{env}``, ``{cluster}``, ``{change}`` and the parameters in it.
    """

    title: str
    text: str
    confirm: str
    keep: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKind:
    """A row of ``table.REQUESTS``.

    ``verb`` is how people and metrics call it, ``thing`` what it is done to, ``participle`` what that is then (``deleted``).
    ``right`` on EnvSchedules is asked for besides the right of the action itself, as any command's is. What it ``changes`` is
    shown before ("3 -> 0"), and the operator does that and nothing else. It is confirmed in the message that shows it; where the
    row has a ``proposal``, a window says that instead, and the name of the env has to be typed into it.

    ``asked`` is said in the window, in plain text, once it is written down; ``done`` when it has come to its end, and ``held`` when it does
    not get there, in mrkdwn. All have ``{env}`` and the parameters in them, the last two also ``{outcome}``, which is the
    operator's. Why it was not done is said in words of the operator's too.
    """

    action: Action
    verb: str
    participle: str
    right: str
    done: str
    held: str
    asked: str = ""
    thing: str = "{env}"
    proposal: Callable[[Meant], Proposal] | None = None
    objections: tuple[Objection, ...] = ()
    changes: Callable[[Meant], Change] | None = None

    @property
    def typed(self) -> bool:
        """Whether the name of the env has to be typed to confirm it; else a click does."""
        return self.proposal is not None

    @property
    def action_id(self) -> str:
        """As Slack knows its button and its window."""
        return f"sundown.{self.verb}"

    def named(self, env: str, given: Mapping[str, str]) -> str:
        """What it is done to; ``given`` are parameters as they stand in a request, in order or not."""
        return in_words(self.thing, given, env=env)


def in_words(pattern: str, given: Mapping[str, str], **more: Any) -> str:
    """A sentence of a row with everything in its place; a parameter that nobody gave leaves a gap and breaks nothing."""
    return pattern.format_map(defaultdict(lambda: "?", {**given, **more}))


# Objections that an action may have or not.


def left_alone(meant: Meant) -> str | None:
    """An env with a schedule or label that nobody can follow, or that was taken out of Sundown's hands."""
    found = meant.found
    if found.trouble is not None:
        return found.trouble
    schedule, key = found.known.metadata.name, found.scheduler_label
    # The label counts at once, though the operator may not have seen it yet.
    disabled = found.space is not None and found.space.labels.get(key) == "disabled"
    why = f"namespace label {key}=disabled" if disabled else found.paused_by
    if why is None and found.spec.paused:
        why = f'its EnvSchedule "{schedule}" says paused: true'
    return f"it is left alone ({why})" if why is not None else None


def only_tried(meant: Meant) -> str | None:
    """An env whose schedule is a dry run."""
    found = meant.found
    return f'its EnvSchedule "{found.known.metadata.name}" says dryRun: true' if found.spec.dry_run else None
