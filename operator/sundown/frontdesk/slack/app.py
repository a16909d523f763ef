"""The Bolt app: who listens to what. Each room offers ``listen(app, desk)``; a new room is a line in ``ROOMS``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from sundown.frontdesk.commands.helping import sorry
from sundown.frontdesk.metrics import DELIVERIES
from sundown.frontdesk.slack.listeners import alerts, answers, buttons, commands, home, profiles, requests, support
from sundown.frontdesk.slack.transport.client import AsyncWebClient, quiet
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.transport.replying import say
from sundown.frontdesk.slack.transport.targets import cluster_of, place_of
from sundown.frontdesk.wishes.pace import TooMuch

log = structlog.get_logger(__name__)

Room = Callable[[AsyncApp, SlackDesk], None]

ROOMS: tuple[Room, ...] = (
    commands.listen,
    profiles.listen,
    home.listen,
    requests.listen,
    answers.listen,
    support.listen,
    buttons.listen,
    alerts.listen,
)
"""Who listens. ``listen`` registers listeners on the app, and may start tasks of its own with ``desk.start_task``.

A listener calls ``await ack()`` first and hands the work on: ``desk.work("snooze", coroutine)``. It never waits for the
cluster or for Slack itself, or the three seconds in which Slack wants its answer would depend on them.
"""

_ASKS = frozenset({"command", "mention", "block_actions", "view_submission"})
"""What somebody wants something done by; what else is delivered tells something, or costs next to nothing."""
_ANYTHING = re.compile(r".*", re.DOTALL)


def make_app(desk: SlackDesk, client: AsyncWebClient) -> AsyncApp:
    """The app with the listeners of all rooms. Requests come from the socket or the door, which have checked them."""

    async def authorize(**_: Any) -> AuthorizeResult:
        # Bolt would ask Slack who it is before the first request is answered, and let the person wait for it.
        return AuthorizeResult(
            enterprise_id=desk.identity.enterprise,
            team_id=desk.identity.team,
            bot_user_id=desk.identity.user,
            bot_id=desk.identity.bot,
            bot_token=desk.settings.slack_bot_token.get_secret_value(),
        )

    app = AsyncApp(
        name="bolt-app",  # Bolt silences the logger of this name as it does its own
        logger=quiet("bolt"),
        client=client,
        authorize=authorize,
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )

    @app.middleware
    async def count(body: dict[str, Any], next: Callable[[], Any]) -> None:  # noqa: A002 - Bolt's name
        DELIVERIES.labels(_kind(body)).inc()
        await next()

    @app.middleware
    async def one_of_many(body: dict[str, Any], next: Callable[[], Any]) -> BoltResponse | None:  # noqa: A002
        place = place_of(body)
        try:
            if _kind(body) not in _ASKS or desk.pace.admit(place.user):
                await next()
                return None
            log.debug("flood", user=place.user)
        except TooMuch as error:
            log.warning("flood", user=place.user)
            desk.work("too-much", say(desk, place, sorry(error, desk.settings.slack_command)))
        return BoltResponse(status=200, body="")

    @app.middleware
    async def elsewhere(body: dict[str, Any], context: dict[str, Any], next: Callable[[], Any]) -> BoltResponse | None:  # noqa: A002
        target = cluster_of(body)
        if not desk.clusters.is_elsewhere(target):
            await next()
            return None
        # What could be passed on has been, by the door; what comes here gets an answer that says why it could not be.
        refusal = desk.clusters.refusal(target, passed_on=bool(context.get("passed_on")))
        desk.work("elsewhere", say(desk, place_of(body), sorry(refusal, desk.settings.slack_command)))
        return BoltResponse(status=200, body="")

    @app.error
    async def failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
        log.error("listener-failed", kind=_kind(body), exc_info=error)
        return BoltResponse(status=200, body="")

    for listen in ROOMS:
        listen(app, desk)
    _listen_to_the_rest(app)
    return app


def _listen_to_the_rest(app: AsyncApp) -> None:
    """Acknowledge what nobody listens to, or Slack shows an error, sends it again, and at last stops sending."""

    async def ignore(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        log.debug("nobody-listens", kind=_kind(body))

    app.event(_ANYTHING)(ignore)
    app.action(_ANYTHING)(ignore)
    app.view(_ANYTHING)(ignore)
    app.view_closed(_ANYTHING)(ignore)
    app.shortcut(_ANYTHING)(ignore)
    app.options(_ANYTHING)(ignore)
    app.command(_ANYTHING)(ignore)


def _kind(body: dict[str, Any]) -> str:
    """What sort of delivery this is, from a closed list: it is the label of a metric."""
    if "command" in body:
        return "command"
    kind = body.get("type")
    event = body.get("event")
    if kind == "event_callback" and isinstance(event, dict) and event.get("type") == "app_mention":
        return "mention"
    known = {"event_callback", "block_actions", "view_submission", "view_closed", "shortcut", "message_action"}
    return kind if isinstance(kind, str) and kind in known else "other"
