"""The task behind alerts of the cluster; nothing of it is there, and nothing is watched, unless a channel is named for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from slack_bolt.async_app import AsyncApp

from sundown.cluster import health, paths
from sundown.cluster.errors import Refused
from sundown.cluster.following import Followers, Keeper, Read
from sundown.cluster.pod_logs import read_log
from sundown.cluster.scope import Scope
from sundown.frontdesk.alerts.courier import Courier
from sundown.frontdesk.alerts.recipients import Recipients
from sundown.frontdesk.incidents.choices import Choices
from sundown.frontdesk.incidents.incident import Incident
from sundown.frontdesk.incidents.kinds import ALERT_KINDS
from sundown.frontdesk.incidents.loop import Alerting
from sundown.frontdesk.incidents.mirror import Mirror
from sundown.frontdesk.incidents.store import Store
from sundown.frontdesk.incidents.teller import Teller
from sundown.frontdesk.slack.transport.alert_voice import AlertVoice
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.transport.messages import Messages
from sundown.model.log_tail import log_tail

T = TypeVar("T")

_LINES = 20
_CHARACTERS = 2_500


def listen(app: AsyncApp, desk: SlackDesk) -> None:
    """Watch for what is wrong, and tell it."""
    if desk.settings.alerts_channel:
        room = Room(desk, Choices.of(desk.settings, ALERT_KINDS))
        desk.board.changed.append(room.alerting.changed)
        desk.remarks.append(room.remark)
        desk.start_task("alerts", room.run())


class Room:
    """What alerts are made of."""

    def __init__(self, desk: SlackDesk, choices: Choices) -> None:
        settings = desk.settings
        self._desk = desk
        self._choices = choices
        self._mirror = Mirror()
        self._followers: Followers | None = None
        messages = Messages(
            desk.client,
            cluster_name=settings.cluster_name,
            callback_url=settings.callback_url,
            counting=_nothing,
            team=lambda: desk.identity.workspace,
            bot=lambda: desk.identity.bot,
        )
        recipients = Recipients(
            people=desk.people,
            groups=desk.directory,
            switchboard=messages,
            preferences=desk.preferences.of,
            clock=desk.clock,
            default_channel=settings.alerts_channel,
        )
        voice = AlertVoice(messages, cluster_name=settings.cluster_name, callback_url=settings.callback_url)

        async def which(name: str) -> str:
            found = await recipients.channel_id(name) if name else ""
            return found or await recipients.channel_id(settings.alerts_channel)

        self.alerting = Alerting(
            mirror=self._mirror,
            store=Store(desk.cluster, namespace=settings.namespace),
            board=desk.board,
            choices=choices,
            clock=desk.clock,
            teller=Teller(
                courier=Courier(speaker=voice, clock=desk.clock),
                which=which,
                logs=self._logs,
                clock=desk.clock,
                cluster_name=settings.cluster_name,
            ),
        )

    def remark(self) -> str:
        """What may not be looked at, for ``/readyz``."""
        refused = sorted(self._followers.refused) if self._followers is not None else []
        return f"alerts: not granted: {', '.join(refused)}" if refused else ""

    async def run(self) -> None:
        """Follow what the alerts that are wanted look at, until cancelled."""
        desk, mirror = self._desk, self._mirror
        scope = Scope(desk.settings.namespaces, home=desk.settings.namespace)
        watched = {row.watches for row in self._choices.rows.values()}
        self._followers = followers = Followers(desk.cluster.configuration, desk.cluster, scope=scope)
        listed: list[asyncio.Event] = []
        async with followers, asyncio.TaskGroup() as tasks:

            def follow(path: str, read: Read[T], within: Callable[[str], Keeper[T]]) -> None:
                for place in followers.places(path):
                    listed.append(done := asyncio.Event())
                    keeper = within(_namespace_of(place))
                    tasks.create_task(followers.follow(place, read, keeper, listed=done.set), name=f"follow {place}")

            if watched & {"pods", "nodes"}:
                # A lost node says why its pods are not well.
                follow(paths.NODES, health.node, mirror.nodes.within)
            if "pods" in watched:
                follow(paths.PODS, health.pod, mirror.pods.within)
            if "deployments" in watched:
                follow(paths.DEPLOYMENTS, health.rollout, mirror.rollouts.within)
            await self.alerting.run(_all(listed))

    async def _logs(self, incident: Incident) -> str | None:
        """What the container wrote before it ended; where that is lost, what it writes now."""
        pod, container = incident.facts.get("pod", ""), incident.facts.get("container", "")
        if not pod or not container:
            return None
        ask = partial(read_log, self._desk.cluster, incident.namespace, pod, container=container, lines=_LINES)
        try:
            found = await ask(previous=True)
        except Refused:
            found = await ask(previous=False)
        return log_tail(found.raw, lines=_LINES, characters=_CHARACTERS).text


async def _all(events: list[asyncio.Event]) -> None:
    await asyncio.gather(*(event.wait() for event in events))


def _namespace_of(place: str) -> str:
    """Of a path that leads into one."""
    _, found, rest = place.partition("/namespaces/")
    return rest.partition("/")[0] if found else ""


async def _nothing(_namespace: str) -> None:
    return None
