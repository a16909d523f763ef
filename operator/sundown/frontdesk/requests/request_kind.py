"""What a kind of ActionRequest is to the frontdesk: who may ask, what they are shown before, and what they are told after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sundown.model.actions import Action
from sundown.usecases.find import Found

Objection = Callable[[Found], str | None]
"""Pure: why the operator would refuse it, as a part of a sentence; None where it would not."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody is asked before anything is written down: 24 characters at most for each but the ``text``.

    ``text`` is Slack's mrkdwn, with ``{env}`` and ``{cluster}`` in it.
    """

    title: str
    text: str
    confirm: str
    keep: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKind:
    """A row of ``table.REQUESTS``.

    ``verb`` is how people and metrics call it, ``participle`` what the env is then (``deleted``). ``right`` on EnvSchedules is
    asked for besides the right of the action itself, as any command's is. ``proposal`` may say what would change, by what is
    there now. Where ``typed``, the name of the env has to be typed to confirm it; else a click does.

    ``asked`` is said, in plain text, once it is written down; ``done`` when it has come to its end, and ``held`` when it does
    not get there, in mrkdwn. All have ``{env}`` in them. Why it was not done is said in words of the operator's.
    """

    action: Action
    verb: str
    participle: str
    right: str
    proposal: Callable[[Found], Proposal]
    asked: str
    done: str
    held: str
    typed: bool = True
    objections: tuple[Objection, ...] = ()

    @property
    def action_id(self) -> str:
        """As Slack knows its button and its window."""
        return f"sundown.{self.verb}"


# Objections that an action may have or not.


def left_alone(found: Found) -> str | None:
    """An env with a schedule or label that nobody can follow, or that was taken out of Sundown's hands."""
    if found.trouble is not None:
        return found.trouble
    schedule, key = found.known.metadata.name, found.scheduler_label
    # The label counts at once, though the operator may not have seen it yet.
    disabled = found.space is not None and found.space.labels.get(key) == "disabled"
    why = f"namespace label {key}=disabled" if disabled else found.paused_by
    if why is None and found.spec.paused:
        why = f'its EnvSchedule "{schedule}" says paused: true'
    return f"it is left alone ({why})" if why is not None else None


def only_tried(found: Found) -> str | None:
    """An env whose schedule is a dry run."""
    return f'its EnvSchedule "{found.known.metadata.name}" says dryRun: true' if found.spec.dry_run else None
