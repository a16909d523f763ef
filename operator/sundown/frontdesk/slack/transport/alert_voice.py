"""Alerts brought to Slack, by the same calls as notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sundown.frontdesk.incidents.incident import Incident
from sundown.frontdesk.incidents.teller import Said
from sundown.frontdesk.incidents.telling import Alert
from sundown.frontdesk.slack.transport.messages import EVENT_TYPE, Messages
from sundown.frontdesk.slack.views.alerts import log_lines, render

_LOGS = "logs/"


class AlertVoice:
    """Says what alerts have to say."""

    def __init__(self, messages: Messages, *, cluster_name: str, callback_url: str) -> None:
        self._messages = messages
        self._cluster_name = cluster_name
        self._callback_url = callback_url

    async def post(self, said: Said, /, *, key: str) -> str:
        """Post an alert, or log lines under one. Raises SlackTrouble: it was not posted, or (Silent) nobody knows."""
        return await self._messages.say(said.channel, self._content(said, key))

    async def update(self, said: Said, /, *, ts: str, key: str) -> None:
        """Write a message again. Raises SlackTrouble: it may say the old things still."""
        content = self._content(said, key)
        content.pop("thread_ts", None)
        await self._messages.rewrite(said.channel, content, ts=ts)

    async def find(self, channel: str, *, key: str, what: str, since: datetime) -> str | None:
        """The ``ts`` of our message of that key. Raises SlackTrouble: it cannot be looked for."""
        under = what.removeprefix(_LOGS) if what.startswith(_LOGS) else ""
        action = "logs" if under else what
        return await self._messages.find(channel, key=key, what=action, since=since, under=under)

    def _content(self, said: Said, key: str) -> dict[str, Any]:
        incident: Incident | None = said.message.incident if isinstance(said.message, Alert) else None
        payload = {
            "namespace": incident.namespace if incident is not None else "",
            "cluster": self._cluster_name,
            "action": "logs" if said.under else "alert",
            "duration": "",
            "callback_url": self._callback_url,
            "key": key,
        }
        metadata = {"event_type": EVENT_TYPE, "event_payload": payload}
        if said.under:
            return {**log_lines(said.lines or ""), "thread_ts": said.under, "metadata": metadata}
        return {**render(said.message, cluster=self._cluster_name), "metadata": metadata}
