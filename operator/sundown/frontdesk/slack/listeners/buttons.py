"""The listeners of the buttons, and the task behind the messages that they stand on.

Clicks on one env are answered one after the other, each by what the cluster says then: of two people who click at once the
first gets what they wanted, and the second hears of it.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from sundown.errors import NotFound, SundownError
from sundown.frontdesk.alerts import marks as remembering
from sundown.frontdesk.alerts.channel_backoff import SlackTrouble
from sundown.frontdesk.alerts.confines import Confines
from sundown.frontdesk.alerts.delivery import Delivery
from sundown.frontdesk.alerts.loop import Reminding
from sundown.frontdesk.alerts.marks import Marks
from sundown.frontdesk.alerts.marks_store import ClusterLedger
from sundown.frontdesk.alerts.recipients import Recipients
from sundown.frontdesk.commands.reply import Place
from sundown.frontdesk.envs.snapshot import standing
from sundown.frontdesk.people.people import Person, SlackAway
from sundown.frontdesk.requests.table import REQUESTS
from sundown.frontdesk.requests.writing import Where
from sundown.frontdesk.seal import is_vouched_for
from sundown.frontdesk.slack.listeners import commands
from sundown.frontdesk.slack.listeners.channels import CHANNELS
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.transport.messages import Messages
from sundown.frontdesk.slack.views import blocks
from sundown.frontdesk.slack.views.notices import in_words
from sundown.frontdesk.wishes import clicks
from sundown.frontdesk.wishes.actions import Done, Wanted
from sundown.frontdesk.wishes.clicks import Carried
from sundown.frontdesk.wishes.verbs import VERBS, Stale
from sundown.model.scalars import zone
from sundown.usecases.find import Found, find
from sundown.usecases.plain_words import in_plain_words
from sundown.usecases.wish import WISHES, TakesTwo, in_a_sentence

log = structlog.get_logger(__name__)

_CHANGES_PEOPLE = frozenset({"user_change", "subteam_members_changed", "subteam_updated", "subteam_created"})


class OtherCluster(SundownError):
    """An env of another cluster, whose frontdesk has not been asked."""

    reason = "OtherCluster"


@dataclass(frozen=True, slots=True)
class Click:
    """Who clicked, and where: ids of Slack, empty where a button stands in no message."""

    user: str
    channel: str
    ts: str
    response_url: str
    ephemeral: bool

    @classmethod
    def of(cls, body: dict[str, Any]) -> Click:
        """The click that a delivery tells of."""
        container = _dict(body, "container")
        return cls(
            user=_text(_dict(body, "user"), "id"),
            channel=_text(_dict(body, "channel"), "id") or _text(container, "channel_id"),
            ts=_text(_dict(body, "message"), "ts") or _text(container, "message_ts"),
            response_url=_text(body, "response_url"),
            ephemeral=container.get("is_ephemeral") is True,
        )


def listen(app: AsyncApp, desk: SlackDesk) -> None:
    """Answer the buttons, and keep the messages in step with the envs."""
    room = Room(desk)
    desk.board.changed.append(room.reminding.changed)
    desk.actions.carried_out.append(room.carried_out)
    desk.channel_of = room.channel_of
    desk.start_task("reminding", room.reminding.run())
    for verb in VERBS.values():
        if verb.wish is not None or verb.command is not None:
            # Slack wants another action id for each element of a row: what follows counts them. To its end, for Bolt takes
            # what only begins like it.
            app.action(re.compile(rf"^{re.escape(verb.action_id)}(\.\d{{1,2}})?$"))(_listener(desk, room, verb.do))

    @app.middleware
    async def hear(body: dict[str, Any], next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002 - Bolt's name
        await next()
        kind = _text(_dict(body, "event"), "type")
        if kind in _CHANGES_PEOPLE:
            room.reminding.people_changed()
        if kind in CHANNELS:
            room.reminding.channels_changed()


def _listener(desk: SlackDesk, room: Room, do: str) -> Callable[..., Awaitable[None]]:
    async def clicked(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        carries = action.get("value") or _dict(action, "selected_option").get("value")
        desk.work(f"button {do}", room.answer(do, carries, Click.of(body)))

    return clicked


class Room:
    """What the buttons and the reminders share."""

    def __init__(self, desk: SlackDesk) -> None:
        self._desk = desk
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._ledger = ClusterLedger(desk.cluster, desk.board, seal=desk.seal)
        self._messages = Messages(
            desk.client,
            cluster_name=desk.settings.cluster_name,
            callback_url=desk.settings.callback_url,
            counting=self._ledger.counts,
            team=lambda: desk.identity.workspace,
            bot=lambda: desk.identity.bot,
        )
        self._recipients = recipients = Recipients(
            people=desk.people,
            groups=desk.directory,
            switchboard=self._messages,
            preferences=desk.preferences.of,
            clock=desk.clock,
            default_channel=desk.settings.slack_channel,
            confines=Confines(channels=desk.settings.slack_channels, owner_domains=desk.settings.owner_domains),
        )
        self.reminding = Reminding(
            cluster=desk.cluster,
            board=desk.board,
            clock=desk.clock,
            people=desk.people,
            recipients=recipients,
            delivery=Delivery(
                ledger=self._ledger,
                voice=self._messages,
                clock=desk.clock,
                cluster_name=desk.settings.cluster_name,
                seal=desk.seal,
            ),
            ledger=self._ledger,
            rush=desk.actions.rush,
        )

    async def channel_of(self, namespace: str) -> str:
        """The channel in which people are told of an env; empty where it has none.

        Raises:
            SlackAway: that is not known yet.
        """
        found = self._desk.board.env(namespace)
        reached = await self._recipients.channel(found) if found is not None else None
        if reached is None or reached.unsure:
            raise SlackAway(f'in which channel people are told of "{namespace}" is not known yet').naming(namespace)
        return next((place.channel for place in reached.places), "")

    async def carried_out(self, done: Done) -> None:
        """Somebody's wish was written: they are told when it is fulfilled, if Slack knows them."""
        if done.wanted.person.login is not None:
            return
        found = self._desk.board.env(done.wanted.namespace)
        if found is not None:
            self._desk.work("waking-report", self._report(done, found))

    async def answer(self, do: str, carries: object, click: Click) -> None:
        """Do what a button says, or tell the one who clicked why not."""
        try:
            carried = clicks.read(carries, do=do)
        except clicks.Unreadable as error:
            log.warning("button-unreadable", user=click.user, action=do)
            await self._aside(click, blocks.escape(str(error)))
            return
        name = carried.namespace
        try:
            self._require_ours(carried)
            command = VERBS[do].command
            if command is not None:
                place = Place(channel=click.channel, user=click.user, response_url=click.response_url)
                await commands.answer(self._desk, f"{command} {name}", place)
                return
            person = await self._desk.people.of(click.user)
            async with self._turns[name]:
                await self._carry_out(carried, click, person)
        except NotFound as error:
            await self._aside(click, blocks.escape(str(error)))
            await self._retire(click, f":white_circle: {blocks.escape(str(error))}.")
        except SundownError as error:
            log.info("click-refused", user=click.user, namespace=name, action=do, outcome=error.reason)
            await self._aside(click, blocks.escape(in_a_sentence(error, name, in_plain_words(error))))

    def _require_ours(self, carried: Carried) -> None:
        if carried.cluster != self._desk.settings.cluster_name:
            raise OtherCluster(
                f'"{carried.namespace}" belongs to another cluster, {carried.cluster}: nothing was done'
            ).naming(carried.namespace)

    async def _carry_out(self, carried: Carried, click: Click, person: Person) -> None:
        """Under the env's turn: nobody else's click comes between the look and the write."""
        name = carried.namespace
        found = await self._find(name)
        late = clicks.stale(carried, standing(found, now=self._desk.clock.now(), vouched=self._is_vouched_for))
        if late is not None:
            log.info("click-stale", user=person.email, namespace=name, action=carried.do)
            text = self._in_words(name, late, person)
            await self._aside(click, f"{text} Nothing was changed by your click.")
            if not self._tracked(found, click):
                await self._retire(click, f":white_circle: {text}")
            return
        wish = VERBS[carried.do].wish
        if wish is None:
            raise TypeError(f"the button {carried.do} is no wish")
        try:
            done = await self._desk.actions.carry_out(
                Wanted(person, wish, name, span=carried.span, channel="" if click.ephemeral else click.channel)
            )
        except TakesTwo:
            await self._propose(name, wish, click, person)
            return
        if not self._tracked(found, click):
            await self._confirm(carried, click, done)

    async def _propose(self, name: str, wish: str, click: Click, person: Person) -> None:
        """Have them confirm it, in a message where they clicked; somebody else has to approve it then."""
        where = Where("" if click.ephemeral else click.channel, click.user)
        kind = REQUESTS[WISHES[wish].action]
        await self._desk.requests.begin(person, kind, name, trigger="", where=where)
        await self._aside(
            click,
            f"It takes a second person to {kind.verb} {blocks.bold(name)}: confirm what is proposed in the message below.",
        )

    async def _find(self, name: str) -> Found:
        """The env as the board has it; where it has none, the cluster says what is missing.

        What the last click has written stands there already, whatever the watches have brought since.
        """
        return self._desk.board.env(name) or await find(self._desk.cluster, name, door=self._desk.door)

    async def _confirm(self, carried: Carried, click: Click, done: Done) -> None:
        """Say what has come of a click on a message that no reminder looks after."""
        name, by = blocks.bold(carried.namespace), blocks.bold(done.wanted.person.email)
        verb = VERBS[carried.do]
        text = verb.told.format(env=name, by=by, span=in_words(carried.span))
        made = [blocks.section(text)]
        if verb.undone_by is not None:
            undo = VERBS[verb.undone_by]
            made.append(blocks.actions([blocks.verb_button(undo, carried.namespace, cluster=carried.cluster)]))
        await self._replace(click, text, made)

    async def _retire(self, click: Click, text: str) -> None:
        await self._replace(click, text, [blocks.section(text)], aside=False)

    async def _replace(self, click: Click, text: str, made: list[blocks.Block], *, aside: bool = True) -> None:
        """Put other words in the place of the message; where there is none that can be changed, say them aside."""
        try:
            if click.ts and click.channel and not click.ephemeral:
                await self._messages.retire(channel=click.channel, ts=click.ts, text=text, blocks=made)
            elif aside:
                await self._messages.say_aside(channel=click.channel, user=click.user, text=text, blocks=made)
        except SlackTrouble as trouble:
            log.warning("reply-lost", channel=click.channel, user=click.user, error=str(trouble))

    async def _aside(self, click: Click, text: str) -> None:
        """Tell the one who clicked, and nobody else. ``text`` has been escaped."""
        try:
            await self._messages.say_aside(
                channel=click.channel, user=click.user, text=text, blocks=[blocks.section(text)]
            )
        except SlackTrouble as trouble:
            log.warning("reply-lost", channel=click.channel, user=click.user, error=str(trouble))

    async def _report(self, done: Done, found: Found) -> None:
        # Should this process end meanwhile, the next finds in the schedule that somebody has asked.
        await self._desk.actions.rush.give_way()
        try:
            await self.reminding.report(done, found=self._desk.board.env(found.namespace) or found)
        except SundownError as error:
            log.warning("report-not-noted", namespace=found.namespace, error=str(error))

    def _is_vouched_for(self, found: Found) -> bool:
        return is_vouched_for(self._desk.seal, found.known.metadata, found.spec.override)

    def _tracked(self, found: Found, click: Click) -> bool:
        """Whether the message is one that the reminders look after."""
        marks, _ = remembering.read(found.known.metadata, self._desk.seal)
        return is_theirs(click, marks)

    def _in_words(self, name: str, late: Stale, person: Person) -> str:
        """What happened instead, in mrkdwn."""
        local = _zone(person.time_zone)
        by = blocks.bold(late.by) if late.by else "somebody"
        text = f"{blocks.bold(name)} {late.text.format(by=by)}"
        if late.at is not None:
            text += f", {blocks.when(late.at, f'{late.at.astimezone(local):%H:%M} {local.key}')}"
        if late.until is not None:
            text += f"; until {blocks.when(late.until, f'{late.until.astimezone(local):%a %H:%M} {local.key}')}"
        return f"{text}."


def is_theirs(click: Click, marks: Marks) -> bool:
    """Whether a click is on a message of these marks, or may be: of one that is being posted no ``ts`` is known yet."""
    here = {click.channel, click.user}  # a conversation with a person may go by their id
    return any(mark.channel in here and mark.ts in {click.ts, None} for mark in marks.messages)


def _zone(name: str) -> ZoneInfo:
    try:
        return zone(name or "UTC")
    except ValueError:
        return zone("UTC")


def _dict(body: dict[str, Any], name: str) -> dict[str, Any]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _text(body: dict[str, Any], name: str) -> str:
    found = body.get(name)
    return found if isinstance(found, str) else ""
