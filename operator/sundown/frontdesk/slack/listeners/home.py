"""The App Home: what somebody sees there, kept up to date, and what they do there (C9)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from sundown import wording
from sundown.errors import SundownError
from sundown.frontdesk.commands.zones import zone_of
from sundown.frontdesk.people.ownership import is_owner
from sundown.frontdesk.people.people import Person, UnknownPerson
from sundown.frontdesk.people.preferences import Preferences
from sundown.frontdesk.slack.home_refresh import MOST_PEOPLE, Drawn, Glance, Homes
from sundown.frontdesk.slack.transport.client import FAILURES, away
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.views import blocks, home, preferences_modal
from sundown.frontdesk.slack.views.home import EARLIER, EVERYTHING, LATER, MINE, PREFERENCES, ROW, Home
from sundown.frontdesk.wishes import clicks
from sundown.frontdesk.wishes.actions import Wanted
from sundown.frontdesk.wishes.verbs import VERBS, Verb
from sundown.usecases.find import Found
from sundown.usecases.plain_words import in_plain_words
from sundown.usecases.spans import parse_span

log = structlog.get_logger(__name__)

_OURS = re.compile(rf"{re.escape(ROW)}.+", re.DOTALL)


def listen(app: AsyncApp, desk: SlackDesk) -> None:
    """Draw the home of whoever opens it, and answer what they do there. Comes before those who listen to the same buttons."""
    room = Room(desk)

    @app.event("app_home_opened")
    async def opened(ack: AsyncAck, event: dict[str, Any]) -> None:
        await ack()
        if event.get("tab") == "home" and isinstance(event.get("user"), str):
            room.homes.opened(event["user"])

    for verb in VERBS.values():
        if verb.wish is not None:
            app.action({"action_id": verb.action_id, "block_id": _OURS})(_wished(desk, room, verb))

    for action_id in (EVERYTHING, MINE, EARLIER, LATER):

        @app.action(action_id)
        async def turned(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
            await ack()
            room.turn(_user(body), str(action.get("action_id")), str(action.get("value")))

    @app.action(PREFERENCES)
    async def asked(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        desk.work("preferences-window", room.ask_preferences(_user(body), str(body.get("trigger_id") or "")))

    @app.view(preferences_modal.CALLBACK)
    async def answered(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        try:
            chosen = preferences_modal.read(view)
        except preferences_modal.Unfit as unfit:
            await ack(response_action="errors", errors=unfit.errors)
            return
        await ack()
        desk.work("preferences", room.save(_user(body), chosen))

    desk.board.changed.append(room.homes.changed)
    desk.start_task("homes", room.homes.run(room.draw))


def _wished(desk: SlackDesk, room: Room, verb: Verb) -> Callable[..., Awaitable[None]]:
    async def wished(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        desk.work("home-wish", room.wish(_user(body), verb, action))

    return wished


class Room:
    """What the listeners share."""

    def __init__(self, desk: SlackDesk) -> None:
        self._desk = desk
        self._people: dict[str, Person] = {}
        self.homes = Homes(owns=self._owns, now=asyncio.get_running_loop().time)

    async def draw(self, user: str, glance: Glance, drawn: Drawn | None) -> Drawn:
        """Publish somebody's home, unless it would be the same again.

        Raises:
            SundownError: the cluster or Slack cannot be asked.
        """
        envs: tuple[Found, ...] = ()
        try:
            person = await self._desk.people.of(user)
        except UnknownPerson as error:
            view = home.trouble(str(error))
        else:
            self._keep(person)
            envs = await self._envs(person, everything=glance.everything)
            view = home.draw(
                Home(envs, glance, self._desk.preferences.of(user), cluster=self._desk.settings.cluster_name)
            )
        now = Drawn(home.digest(view), frozenset(found.namespace for found in envs))
        if drawn is None or drawn.digest != now.digest:
            try:
                await self._desk.client.views_publish(user_id=user, view=view)
            except FAILURES as error:
                raise away(error) from error
        return now

    def turn(self, user: str, action_id: str, value: str) -> None:
        """Show all envs or theirs, or another page of them."""
        if action_id in {EVERYTHING, MINE}:
            self.homes.turn(user, everything=action_id == EVERYTHING)
        elif value.isascii() and value.isdecimal() and len(value) < 6:
            self.homes.turn(user, page=int(value))

    async def wish(self, user: str, verb: Verb, action: dict[str, Any]) -> None:
        """Carry out what a button says, and say on top of the home what came of it."""
        namespace = str(action.get("block_id") or "").removeprefix(ROW)
        try:
            person = await self._desk.people.of(user)
            wanted = Wanted(person, str(verb.wish), namespace, span=_span(action, verb))
            done = await self._desk.actions.carry_out(wanted)
            answer = done.answer
            promise = wording.promise(answer.decision, now=answer.asked_at, zone=zone_of(person), wish=answer.override)
            said = f":white_check_mark: {blocks.bold(namespace)} is {blocks.escape(promise)}."
        except SundownError as error:
            said = f":warning: {blocks.escape(in_plain_words(error))}"
        except ValueError as error:
            said = f":warning: {blocks.escape(str(error))}"
        self.homes.turn(user, said=said)

    async def ask_preferences(self, user: str, trigger_id: str) -> None:
        """Open the window of preferences."""
        try:
            await self._desk.people.of(user)
            view = preferences_modal.window(self._desk.preferences.of(user))
            await self._desk.client.views_open(trigger_id=trigger_id, view=view)
        except SundownError as error:
            self.homes.turn(user, said=f":warning: {blocks.escape(in_plain_words(error))}")
        except FAILURES as error:
            self.homes.turn(user, said=f":warning: {blocks.escape(str(away(error)))}")

    async def save(self, user: str, chosen: Preferences) -> None:
        """Keep what somebody prefers, and say so."""
        try:
            await self._desk.people.of(user)
            await self._desk.preferences.save(user, chosen)
            said = ":white_check_mark: Your preferences are saved."
        except SundownError as error:
            log.warning("preferences-not-saved", user=user, error=str(error))
            said = f":warning: Your preferences are not saved: {blocks.escape(in_plain_words(error))}"
        self.homes.turn(user, said=said)

    def _owns(self, user: str, namespace: str) -> bool:
        person, found = self._people.get(user), self._desk.board.env(namespace)
        return person is not None and found is not None and is_owner(person, found)

    def _keep(self, person: Person) -> None:
        """Remember who somebody is, and forget everybody when they are too many: it is asked for again."""
        if len(self._people) >= 2 * MOST_PEOPLE:
            self._people.clear()
        self._people[person.id] = person

    async def _envs(self, person: Person, *, everything: bool) -> tuple[Found, ...]:
        """The envs that the person wants to see, of those that they may."""
        allowed = await self._desk.sight.of(person, self._desk.board.envs)
        return tuple(found for found in allowed if everything or is_owner(person, found))


def _span(action: dict[str, Any], verb: Verb) -> timedelta:
    """For how long. Raises ValueError or Unreadable: the button does not say."""
    chosen = action.get("selected_option")
    if chosen is not None:
        carried = json.loads(str(chosen.get("value") or "{}"))
        return parse_span(str(carried.get("span")))
    return clicks.read(action.get("value"), do=verb.do).span


def _user(body: dict[str, Any]) -> str:
    return str((body.get("user") or {}).get("id") or "")
