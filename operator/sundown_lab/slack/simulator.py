"""All parts of the simulator together, and what several of them do: tell the app of an event, start afresh."""

import secrets

from sundown_lab.slack import delivery, render, tickets
from sundown_lab.slack.changes import Changes
from sundown_lab.slack.clock import Clock
from sundown_lab.slack.delivery import Delivery, Outcome
from sundown_lab.slack.faults import Faults
from sundown_lab.slack.records import Channel, Json, Message, View
from sundown_lab.slack.sockets import Sockets
from sundown_lab.slack.spec import WorkspaceSpec
from sundown_lab.slack.team import Team
from sundown_lab.slack.tickets import Tickets
from sundown_lab.slack.traffic import Traffic


class Simulator:
    """A Slack workspace with one app. ``base`` is the URL under which the app reaches it, without a slash at the end."""

    def __init__(self, spec: WorkspaceSpec, *, base: str) -> None:
        self.first = spec
        self.base = base
        self.bot_token = f"xoxb-{secrets.token_hex(12)}"
        self.app_token = f"xapp-1-{secrets.token_hex(12)}"
        self.signing_secret = secrets.token_hex(16)
        self.clock = Clock()
        self.changes = Changes()
        self.traffic = Traffic(self.changes)
        self.faults = Faults(self.changes)
        self.tickets = Tickets(self.clock)
        self.team = Team(spec, clock=self.clock, changes=self.changes)
        self.sockets = Sockets(self.changes, app_id=self.team.app_id)
        self.delivery = Delivery(self.sockets, clock=self.clock, log=self.traffic)

    async def load(self, spec: WorkspaceSpec) -> None:
        """Another workspace in place of this one; nothing that was under way for the old one goes on."""
        await self.delivery.forget()
        self.tickets.forget()
        self.team.load(spec)
        self.sockets.app_id = self.team.app_id
        self.changes.tell("workspace")

    def be_patient(self, factor: float) -> None:
        """Waits so many times as long as Slack for acks, and keeps trigger_ids as long: for machines slower than Slack's."""
        self.delivery.ack_seconds = delivery.ACK_SECONDS * factor
        self.tickets.trigger_seconds = tickets.TRIGGER_SECONDS * factor

    async def reset(self) -> None:
        """Back to how it was started, connections excepted."""
        self.faults.clear()
        self.sockets.thaw()
        self.be_patient(1)
        self.clock.reset()
        self.team.forget_time()
        await self.load(self.first)
        await self.delivery.use(None)
        self.traffic.clear()
        self.changes.tell("reset")

    async def close(self) -> None:
        """The simulator ends."""
        await self.delivery.forget()
        await self.delivery.use(None)
        await self.sockets.close()

    def environment(self) -> dict[str, str]:
        """What the app needs to find its way here."""
        return {
            "SLACK_API_URL": f"{self.base}/api/",
            "SLACK_BOT_TOKEN": self.bot_token,
            "SLACK_APP_TOKEN": self.app_token,
            "SLACK_SIGNING_SECRET": self.signing_secret,
        }

    async def event(self, name: str, event: Json) -> Outcome:
        """Tells the app of something, if it has subscribed to it (``name`` as in its manifest)."""
        if name not in self.team.spec.events:
            return Outcome()
        team = self.team
        wrapped = delivery.envelope(team.id, team.app_id, team.bot, event, at=self.clock.now())
        return await self.delivery.event(wrapped)

    def announce(self, name: str, event: Json) -> None:
        """The same, without waiting for the ack."""
        if name in self.team.spec.events:
            self.delivery.background(self._tell(name, event))

    async def _tell(self, name: str, event: Json) -> None:
        await self.event(name, event)

    def message_event(self, channel: Channel, said: Message) -> tuple[str, Json]:
        """What a new message in a channel looks like to the app, and under which name."""
        name = "message.im" if channel.kind == "im" else "message.channels"
        shown = render.message(self.team, said, metadata=True)
        return name, {
            **shown,
            "channel": channel.id,
            "channel_type": "im" if channel.kind == "im" else "channel",
            "event_ts": said.ts,
        }

    def posted(self, said: Message) -> None:
        """The app has posted a message: it is shown, and the app hears of it like everybody."""
        self.team.add(said)
        channel = self.team.channels[said.channel]
        if self.team.bot in channel.members and said.only_for is None:
            self.announce(*self.message_event(channel, said))

    def edited(self, said: Message, before: Json) -> None:
        """A message has been changed by the app."""
        self.team.touched(said)
        channel = self.team.channels[said.channel]
        name, event = self.message_event(channel, said)
        now = render.message(self.team, said, metadata=True)
        shared = {key: event[key] for key in ("type", "channel", "channel_type")}
        ts = self.team.next_ts()
        changed = {**shared, "subtype": "message_changed", "hidden": True, "message": now, "previous_message": before}
        self.announce(name, {**changed, "ts": ts, "event_ts": ts})

    def view(self, content: Json, *, user: str, root: str | None = None, previous: str | None = None) -> View:
        """A new view with what the app gave for it; it is not shown yet."""
        view_id = self.team.serial("V")
        return View(view_id, user, content, self.view_hash(), root or view_id, previous)

    def view_hash(self) -> str:
        """A new hash, by which views.update notices that it is not the first."""
        return f"{int(self.clock.now())}.{secrets.token_hex(4)}"
