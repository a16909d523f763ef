"""The slash command and mentions: one delivery, one answer."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from sundown.errors import SundownError
from sundown.frontdesk.commands import helping
from sundown.frontdesk.commands.reply import Place, Reply
from sundown.frontdesk.commands.table import parse, require_right, with_env
from sundown.frontdesk.metrics import ANSWER_SECONDS
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.transport.replying import say
from sundown.frontdesk.slack.transport.targets import words_of_mention
from sundown.once import Once

log = structlog.get_logger(__name__)

_REMEMBERED = 2000
_EDITED = Reply(
    title=("What was edited is not carried out, lest it be done twice: say it once more, in a message of its own.",),
    private=True,
    trouble=True,
)


def listen(app: AsyncApp, desk: SlackDesk) -> None:
    """Answer the slash command, wherever it is typed, and mentions of the app, in their thread."""
    once = Once(at_most=_REMEMBERED)

    @app.command(desk.settings.slack_command)
    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        place = Place(
            channel=_text(body, "channel_id"),
            user=_text(body, "user_id"),
            response_url=_text(body, "response_url"),
            trigger_id=_text(body, "trigger_id"),
        )
        desk.work("command", answer(desk, _text(body, "text"), place))

    @app.event("app_mention")
    async def mention(ack: AsyncAck, body: dict[str, Any], event: dict[str, Any]) -> None:
        await ack()
        if event.get("bot_id") or not event.get("user"):
            return
        # Slack sends an event again when its acknowledgement came late or was lost.
        if (name := _text(body, "event_id")) and not once.is_new(name):
            return
        place = Place(
            channel=_text(event, "channel"),
            user=_text(event, "user"),
            thread=_text(event, "thread_ts") or _text(event, "ts"),
            beneath=_text(event, "thread_ts"),
        )
        # And another one, of its own name, each time that somebody edits the message: to extend twice would add twice.
        edited = bool(event.get("edited"))
        if (ts := _text(event, "ts")) and not once.is_new((place.channel, ts, edited)):
            return
        if edited:
            desk.work("edited", say(desk, place, _EDITED))
        else:
            desk.work("mention", answer(desk, words_of_mention(event), place))


async def answer(desk: SlackDesk, text: str, place: Place) -> None:
    """Understand, do, and say what came of it; whatever goes wrong is said too."""
    with ANSWER_SECONDS.time():
        await say(desk, place, await reply_to(desk, text, place))


async def reply_to(desk: SlackDesk, text: str, place: Place) -> Reply:
    """What there is to say to a command."""
    program, env = desk.settings.slack_command, ""
    try:
        row, asked = parse(text)
        env = asked.env.namespace
        if row.handle is None:
            return helping.about(asked.topic, program) if asked.topic else helping.overview(program)
        person = await desk.people.of(place.user)
        asked = await with_env(row, asked, person, desk)
        env = asked.env.namespace
        await require_right(row, asked, person, desk.rights)
        return await row.handle(desk, person, asked, place)
    except SundownError as error:
        log.info("command-refused", user=place.user, outcome=error.reason)
        return helping.sorry(error, program, env=env)
    except Exception:
        log.exception("command-broken", user=place.user)
        return helping.broken()


def _text(body: dict[str, Any], name: str) -> str:
    """A field of Slack's; what is no text is as good as nothing."""
    found = body.get(name)
    return found if isinstance(found, str) else ""
