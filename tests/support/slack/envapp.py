"""A small real Bolt app for tests of the page: an environment with buttons, a modal, an App Home and a command."""

import re
from typing import Any

from slack_bolt.async_app import AsyncApp

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(text: str, action: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action, "text": plain(text), "value": "dev1", **more}


def options(*texts: str) -> list[Json]:
    return [{"text": plain(text), "value": text.replace(" ", "")} for text in texts]


QUESTION = {
    "title": plain("Delete dev1?"),
    "text": mrkdwn("This is *for ever*."),
    "confirm": plain("Do it"),
    "deny": plain("Keep it"),
}
REMINDER: list[Json] = [
    {
        "type": "section",
        "text": mrkdwn("*dev1* stops at 17:00"),
        "accessory": {"type": "overflow", "action_id": "more", "options": options("Why", "History")},
    },
    {
        "type": "actions",
        "elements": [
            {
                "type": "static_select",
                "action_id": "snooze",
                "placeholder": plain("Snooze"),
                "options": options("1 hour", "3 hours", "1 day"),
            },
            button("Suspend now", "suspend", style="primary"),
            button("Delete", "delete", style="danger", confirm=QUESTION),
            button("Never answered", "ignored"),
        ],
    },
]
FORM: Json = {
    "type": "modal",
    "callback_id": "delete",
    "title": plain("Delete dev1"),
    "submit": plain("Delete"),
    "close": plain("Cancel"),
    "blocks": [
        {"type": "section", "text": mrkdwn("This is *for ever*.")},
        {
            "type": "input",
            "block_id": "name",
            "label": plain("Type its name"),
            "hint": plain("It is dev1"),
            "element": {"type": "plain_text_input", "action_id": "typed"},
        },
        {
            "type": "input",
            "block_id": "zone",
            "label": plain("Time zone"),
            "element": {"type": "static_select", "action_id": "zone", "options": options("UTC", "Asia/Kolkata")},
        },
        {
            "type": "input",
            "block_id": "how",
            "label": plain("How"),
            "element": {"type": "radio_buttons", "action_id": "how", "options": options("Gently", "At once")},
        },
        {
            "type": "input",
            "block_id": "days",
            "label": plain("Days"),
            "optional": True,
            "element": {"type": "checkboxes", "action_id": "days", "options": options("Monday", "Friday")},
        },
        {
            "type": "input",
            "block_id": "quiet",
            "label": plain("Quiet from"),
            "optional": True,
            "element": {"type": "timepicker", "action_id": "quiet", "initial_time": "18:00"},
        },
    ],
}


def home(state: str) -> Json:
    text = {"type": "section", "block_id": "state", "text": mrkdwn(f"*dev1* is {state}")}
    return {"type": "home", "blocks": [text, {"type": "actions", "elements": [button("Resume", "resume")]}]}


class EnvApp:
    """Its listeners; `submitted` are the values of the modals that were right."""

    def __init__(self) -> None:
        self.submitted: list[Json] = []

    def listen(self, app: AsyncApp) -> None:
        """Registers them."""
        app.action(re.compile("^(suspend|delete|snooze|more)$"))(self._acted)
        app.action("resume")(self._resumed)
        app.command("/devenv")(self._asked)
        app.view("delete")(self._deleted)
        app.event("app_home_opened")(self._opened)
        app.event("app_mention")(self._mentioned)
        app.action("ignored")(self._ignored)

    async def _acted(self, ack: Any, body: Json, client: Any) -> None:
        await ack()
        action = body["actions"][0]
        choice = action.get("selected_option", {}).get("value", "")
        text = f"{action['action_id']} {choice} by <@{body['user']['id']}>"
        where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        await client.chat_update(**where, text=text, blocks=[{"type": "section", "text": mrkdwn(text)}])

    async def _ignored(self) -> None:
        """Acks nothing, as an app that hangs."""

    async def _resumed(self, ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.views_publish(user_id=body["user"]["id"], view=home("waking"))

    async def _asked(self, ack: Any, body: Json, client: Any, respond: Any) -> None:
        await ack()
        if body["text"] == "delete":
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        else:
            await respond(f"`dev1` is *awake*; you asked for {body['text']}")

    async def _deleted(self, ack: Any, body: Json, client: Any) -> None:
        values = body["view"]["state"]["values"]
        if values["name"]["typed"]["value"] != "dev1":
            await ack(response_action="errors", errors={"name": "That is not its name."})
            return
        await ack()
        self.submitted.append(values)
        await client.chat_postMessage(channel="#dev", text="dev1 is gone")

    async def _opened(self, event: Json, client: Any) -> None:
        await client.views_publish(user_id=event["user"], view=home("asleep"))

    async def _mentioned(self, event: Json, say: Any) -> None:
        await say("Here I am", thread_ts=event["ts"])
