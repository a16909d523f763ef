"""Hears from Slack that somebody's profile or a user group has changed, so that nobody keeps a right they have lost."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from sundown.frontdesk.slack.transport.desk import SlackDesk


def listen(app: AsyncApp, desk: SlackDesk) -> None:
    """Keep the people as Slack has them."""

    @app.event("user_change")
    async def changed(ack: AsyncAck, event: dict[str, Any]) -> None:
        await ack()
        user = event.get("user")
        if isinstance(user, dict) and user.get("id"):
            desk.people.changed(desk.directory.profile(user))

    for name in ("subteam_members_changed", "subteam_updated", "subteam_created"):

        @app.event(name)
        async def groups(ack: AsyncAck) -> None:
            await ack()
            desk.people.groups_changed()
