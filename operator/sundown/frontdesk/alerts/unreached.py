"""Who of those that should be told of an env cannot be: said on its EnvSchedule, for nobody can say it in Slack.

The operator repeats it in the Ready condition, so that ``kubectl`` shows it; ``why`` and ``status`` do too.
"""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.model import managers
from sundown.model.cutting import clip, first_of
from sundown.model.resources import UNREACHED
from sundown.usecases.find import Found

log = structlog.get_logger(__name__)

LONGEST = 600
_MOST = 5

_OF_CHANNEL = {
    "is_archived": "is archived, so nobody is told there: unarchive it, or name another",
    "channel_not_found": "is not there, or it is private and the app is not in it: invite the app, or name another",
    "not_in_channel": "does not have the app in it: invite it",
    "restricted_action": "is one where the app may not write: allow it, or name another",
    "restricted_action_read_only_channel": "is one where the app may not write: allow it, or name another",
}
_OF_PERSON = {
    "user_disabled": "has a Slack account that is deactivated: name another owner",
    "account_inactive": "has a Slack account that is deactivated: name another owner",
    "is_archived": "has a Slack account that is deactivated: name another owner",
    "cannot_dm_bot": "is an app, which reads no messages: name a person",
    "user_not_found": "is not in this Slack workspace: name another owner",
    "messages_tab_disabled": "cannot be written to: turn the messages tab of the app on",
}


_NOBODY_TO_APPROVE = (
    "nobody is told of what a second person has to approve: name a channel (spec.notify.channel), "
    "or set SUNDOWN_SLACK_CHANNEL for all"
)


def channel_trouble(name: str, code: str) -> str:
    """Why nobody can be told in a channel, by Slack's word for it."""
    return f"channel {clip(name, 90)} {_OF_CHANNEL.get(code) or f'cannot be written to, Slack says {clip(code, 60)}'}"


def person_trouble(name: str, code: str) -> str:
    """Why a person cannot be told, by Slack's word for it."""
    return f"{clip(name, 90)} {_OF_PERSON.get(code) or f'cannot be written to, Slack says {clip(code, 60)}'}"


def unnamed(found: Found, *, channel: str) -> tuple[str, ...]:
    """Why nobody is told of what waits for approval, though somebody has to be: its env has no ``channel``, nor is there a usual one.

    Elsewhere an env of which nobody is named is told to nobody, as it asks.
    """
    return (_NOBODY_TO_APPROVE,) if found.known.status.needs_approval and not channel else ()


def text(troubles: Iterable[str]) -> str:
    """The annotation; empty where everybody can be reached."""
    return clip("; ".join(first_of(list(dict.fromkeys(troubles)), _MOST)), LONGEST)


async def write(cluster: Cluster, found: Found, wanted: str) -> None:
    """Have the EnvSchedule say so; whoever may not write it there says it in the log only."""
    metadata = found.known.metadata
    if metadata.annotations.get(UNREACHED, "") == wanted:
        return
    body = {"metadata": {"uid": metadata.uid, "annotations": {UNREACHED: wanted or None}}}
    try:
        path = paths.env_schedule(metadata.namespace, metadata.name)
        await cluster.merge_patch(path, body, fieldManager=managers.FRONTDESK_UNREACHED)
    except ApiError as error:
        log.warning("unreached-unsaid", namespace=found.namespace, error=str(error), unreached=wanted)
    else:
        log.info("unreached", namespace=found.namespace, unreached=wanted)
