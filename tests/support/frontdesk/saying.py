"""What a message says, and how tests ask for it."""

from collections.abc import Callable
from typing import Any

from sundown_lab.slack.actor import Actor

Json = dict[str, Any]


def words(message: Json) -> str:
    """All that stands in a message's blocks, without the marks of bold and code."""
    texts = [
        element.get("text", {}).get("text", "") if isinstance(element.get("text"), dict) else element.get("text", "")
        for block in message["blocks"]
        for element in (block, *block.get("elements", []))
    ]
    return "\n".join(text for text in texts if text).replace("*", "").replace("`", "")


def buttons(message: Json) -> list[str]:
    """The action ids of its buttons."""
    elements = (element for block in message["blocks"] for element in block.get("elements", []))
    return [element["action_id"] for element in elements if element["type"] == "button"]


def answer_to(person: Actor, text: str, *, channel: str = "#dev") -> Json:
    """Type the slash command, and give the message that answers it."""
    seen = {message["ts"] for message in person.messages(channel)}
    taken = person.command(text, channel=channel)
    assert taken["acked"], taken
    return person.wait_for_message(_from_the_app_after(seen), channel=channel)


def _from_the_app_after(seen: set[str]) -> Callable[[Json], bool]:
    def is_answer(message: Json) -> bool:
        """Neither of a person nor older; nor in a thread, where mentions are answered; nor a notice, which has metadata."""
        from_the_app = message["bot_id"] is not None and message["ts"] not in seen
        return from_the_app and not message.get("thread_ts") and not message.get("metadata")

    return is_answer
