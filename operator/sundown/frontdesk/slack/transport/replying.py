"""Brings a reply to where it was asked for; and where that way is shut, by another."""

from __future__ import annotations

from typing import Any

import structlog
from slack_sdk.webhook.async_client import AsyncWebhookClient

from sundown.frontdesk.commands.reply import Place, Reply
from sundown.frontdesk.slack.transport.client import FAILURES, Again, away, is_slack, quiet
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.views.replies import messages
from sundown.proxies import proxy_for

log = structlog.get_logger(__name__)


async def say(desk: SlackDesk, place: Place, reply: Reply) -> None:
    """Answer. A command is answered by its address for answers, for the person alone unless others should know; a mention
    in its thread, or where nobody else is to see it. If that fails it comes as a direct message. What cannot be said at all
    is logged.
    """
    for text, made in messages(reply, cluster=desk.settings.cluster_name):
        await _say(desk, place, reply, {"text": text, "blocks": made})


async def _say(desk: SlackDesk, place: Place, reply: Reply, message: dict[str, Any]) -> None:
    try:
        if place.response_url:
            await _respond(desk, place.response_url, {**message, "response_type": _seen_by(reply)})
        elif reply.private:
            # In a thread only where there is one already: one that it would begin is shown to nobody.
            await desk.client.chat_postEphemeral(
                channel=place.channel, user=place.user, thread_ts=place.beneath or None, **message
            )
        else:
            await desk.client.chat_postMessage(
                channel=place.channel, thread_ts=place.thread or None, unfurl_links=False, unfurl_media=False, **message
            )
    except FAILURES as error:
        log.info("reply-goes-another-way", channel=place.channel, error=str(away(error)))
    else:
        return
    try:
        await desk.client.chat_postMessage(channel=place.user, unfurl_links=False, unfurl_media=False, **message)
    except FAILURES as error:
        log.warning("reply-lost", channel=place.channel, user=place.user, error=str(away(error)))


async def _respond(desk: SlackDesk, url: str, message: dict[str, Any]) -> None:
    if not is_slack(url, api=desk.settings.slack_api_url):
        raise OSError("the address for answers is none of Slack's")
    client = AsyncWebhookClient(url, session=desk.client.session, logger=quiet("respond"), retry_handlers=[Again()])
    client.proxy = proxy_for(url)
    answer = await client.send_dict(message)
    if answer.status_code != 200:
        raise OSError(f"the address for answers said {answer.status_code}: {answer.body[:100]}")


def _seen_by(reply: Reply) -> str:
    return "in_channel" if reply.public and not reply.trouble and not reply.private else "ephemeral"
