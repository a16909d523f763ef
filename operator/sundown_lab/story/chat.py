"""What a person of the story sees and clicks in Slack."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from sundown_lab.slack.actor import Actor
from sundown_lab.slack.onlooker import Json
from sundown_lab.slack.remote import Workspace

RESUME, SUSPEND, SNOOZE = "sundown.resume", "sundown.suspend", "sundown.snooze"
CONFIRM, APPROVE = "sundown.answer.confirm", "sundown.answer.approve"
PATIENCE = 60.0
CHANNEL = "#dev"


class Chat:
    """Slack as one person has it open: their direct messages with Sundown. Blocking calls go to threads."""

    def __init__(self, workspace: Workspace, email: str) -> None:
        self.name = email.partition("@")[0]
        self._actor: Actor = workspace.act(self.name)

    async def wait_for(self, *said: str, button: str | None = None, after: str = "", within: float = PATIENCE) -> Json:
        """The newest message of Sundown's that says all this, has the button, and came or was changed ``after`` that ``ts``.

        Raises:
            LabError: there was none in time; it says what there was.
        """

        def wanted(message: Json) -> bool:
            new = max(str(message["ts"]), _edited(message)) > after
            has = button is None or any(each.get("action_id") == button for each in _elements(message))
            return new and has and all(text in message["text"] for text in said)

        return await self._in_thread(
            lambda: self._actor.wait_for_message(wanted, channel=f"@{self.name}", within=within)
        )

    async def click(self, message: Json, button: str) -> Json:
        """Clicks a button. Raises LabError: there is none, or Sundown did not answer in time."""
        return await self._in_thread(lambda: self._actor.click(message, button))

    async def command(self, text: str) -> Json:
        """Types ``/devenv`` and what follows."""
        return await self._in_thread(lambda: self._actor.command(text))

    async def proposed(self, *said: str, button: str) -> Json:
        """The newest message in the channel that says all this and has the button. Raises LabError: there was none in time."""

        def wanted(message: Json) -> bool:
            has = any(each.get("action_id") == button for each in _elements(message))
            return has and all(each in _words(message) for each in said)

        return await self._in_thread(lambda: self._actor.wait_for_message(wanted, channel=CHANNEL, within=PATIENCE))

    async def told(self, channel: str, *said: str) -> Json:
        """The newest message in a channel whose first line says all this. Raises LabError: there was none in time."""

        def wanted(message: Json) -> bool:
            return all(each in message["text"] for each in said)

        return await self._in_thread(lambda: self._actor.wait_for_message(wanted, channel=channel, within=PATIENCE))

    async def seen(self, channel: str) -> list[Json]:
        """All messages of a channel."""
        return await asyncio.to_thread(self._actor.messages, channel)

    async def ask(self, text: str, *said: str, within: float = PATIENCE) -> str:
        """Types ``/devenv`` and what follows in the channel, and gives what the answer says once there is one that says all this.

        Raises:
            LabError: there was none in time.
        """
        seen = {message["ts"] for message in await asyncio.to_thread(self._actor.messages, CHANNEL)}
        await self.command(text)

        def is_answer(message: Json) -> bool:
            return message["ts"] not in seen and all(each in _words(message) for each in said)

        found = await self._in_thread(lambda: self._actor.wait_for_message(is_answer, channel=CHANNEL, within=within))
        return _words(found)

    async def _in_thread(self, call: Callable[[], Json]) -> Json:
        return await asyncio.to_thread(call)


def _words(message: Json) -> str:
    texts = (block.get("text") for block in message.get("blocks") or ())
    return "\n".join(str(text["text"]) for text in texts if isinstance(text, dict))


def _elements(message: Json) -> Iterator[dict[str, Any]]:
    for block in message.get("blocks") or ():
        yield from block.get("elements") or ()


def _edited(message: Json) -> str:
    edited = message.get("edited") or {}
    return str(edited.get("ts") or "") if isinstance(edited, dict) else ""
