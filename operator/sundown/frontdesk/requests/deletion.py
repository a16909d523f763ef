"""Asking for an env to be deleted: the row ``Delete`` of the requests."""

from __future__ import annotations

from sundown.frontdesk.requests.request_kind import Meant, Proposal, RequestKind, left_alone, only_tried
from sundown.model.actions import DELETE

_PROPOSAL = Proposal(
    title="Delete for good?",
    text=(
        ":warning: This deletes the namespace {env} in the cluster {cluster}, and everything in it: workloads, volumes, secrets. "
        "What belongs to it in AWS is not deleted.\n*It is irreversible.* To put it to sleep for a while, suspend it instead."
    ),
    confirm="Delete for good",
    keep="Keep it",
)


def not_deletable(meant: Meant) -> str | None:
    """An env whose schedule does not say that it may be deleted."""
    found = meant.found
    name = found.known.metadata.name
    return None if found.spec.allow_delete else f'its EnvSchedule "{name}" does not say allowDelete: true'


DELETION = RequestKind(
    action=DELETE,
    verb="delete",
    participle="deleted",
    right="delete",
    objections=(left_alone, not_deletable, only_tried),
    proposal=lambda _: _PROPOSAL,
    asked="{env} will be deleted, and everything in it. I will write to you when it is done.",
    done=":wastebasket: {env} is deleted, and everything that was in it.",
    held=":hourglass: {env} is being deleted, but something holds it. You are told when it is gone.",
)
