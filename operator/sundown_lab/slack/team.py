"""The workspace as it is now: who is there, what was said, which modals are open."""

import hashlib
import itertools
from collections.abc import Iterable

from sundown_lab.slack.changes import Changes
from sundown_lab.slack.clock import Clock
from sundown_lab.slack.errors import Impossible, Refused
from sundown_lab.slack.records import Channel, File, Json, Message, Scheduled, User, Usergroup, View
from sundown_lab.slack.spec import WorkspaceSpec

SLACKBOT = "USLACKBOT"


def identifier(letter: str, name: str) -> str:
    """An id of Slack's form that is the same for the same name, so that what an app remembers outlives a reset."""
    return letter + "0" + hashlib.sha256(f"{letter}:{name}".encode()).hexdigest()[:9].upper()


class Team:
    """Everything the workspace knows. ``load`` begins it anew."""

    def __init__(self, spec: WorkspaceSpec, *, clock: Clock, changes: Changes) -> None:
        self.clock = clock
        self.changes = changes
        self._numbers = itertools.count(1)
        self._last_micro = 0
        self.load(spec)

    def load(self, spec: WorkspaceSpec) -> None:
        """Takes a workspace in place of what there was."""
        self.spec = spec
        self.id = identifier("T", spec.team)
        self.enterprise = identifier("E", spec.enterprise) if spec.enterprise else ""
        self.domain = "".join(letter for letter in spec.team.lower() if letter.isalnum()) or "team"
        self.app_id = identifier("A", spec.bot)
        self.bot_id = identifier("B", spec.bot)
        handle = "".join(letter for letter in spec.bot.lower() if letter.isalnum()) or "app"
        bot = User(identifier("U", f"bot {spec.bot}"), handle, spec.bot, "", "UTC", is_bot=True)
        self.bot = bot.id
        people = [
            User(identifier("U", user.name), user.name, user.real_name or user.name, user.email, user.tz)
            for user in spec.users
        ]
        self.users = {user.id: user for user in [*people, bot]}
        ids = {user.name: user.id for user in people}
        self.usergroups = [
            Usergroup(
                identifier("S", group.handle), group.handle, group.name or group.handle, [ids[n] for n in group.users]
            )
            for group in spec.usergroups
        ]
        self.channels: dict[str, Channel] = {}
        for each in spec.channels:
            members = [ids[name] for name in (ids if each.members is None else each.members)]
            channel = Channel(
                identifier("C", each.name),
                each.name,
                "channel",
                [*members, *([bot.id] if each.bot else [])],
                int(self.clock.now()),
                is_private=each.is_private,
            )
            self.channels[channel.id] = channel
        self.views: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.scheduled: dict[str, Scheduled] = {}

    def serial(self, letter: str) -> str:
        """A new id that was never there before."""
        return f"{letter}0{next(self._numbers):08d}"

    def next_ts(self) -> str:
        """The id of a new message: the time, to the microsecond, and later than every one before."""
        self._last_micro = max(self._last_micro + 1, int(self.clock.now() * 1_000_000))
        return f"{self._last_micro // 1_000_000}.{self._last_micro % 1_000_000:06d}"

    def forget_time(self) -> None:
        """After the clock was set back: new messages may be earlier than what is forgotten now."""
        self._last_micro = 0

    def person(self, name: str) -> User:
        """A user by id, name or e-mail, as people type it. Raises Impossible: nobody of that name."""
        found = self.users.get(name) or next(
            (user for user in self.users.values() if name in {user.name, user.email} and not user.is_bot), None
        )
        if found is None:
            raise Impossible(f"nobody here is called {name!r}")
        return found

    def place(self, name: str, *, user: str) -> Channel:
        """A channel by id, ``#name`` or ``@somebody``, as seen by ``user``. Raises Impossible: no such channel, or not in it."""
        if name.startswith("@") or name in self.users:
            other = self.users.get(name) or next((u for u in self.users.values() if u.name == name[1:].lower()), None)
            if other is None:
                raise Impossible(f"nobody here is called {name!r}")
            if not other.is_bot and other.id != user:
                raise Impossible(f"{name} is somebody else: direct messages are with the app only")
            return self.direct(user)
        found = self.channels.get(name) or next(
            (c for c in self.channels.values() if f"#{c.name}" in {name, f"#{name}"}), None
        )
        if found is None:
            raise Impossible(f"there is no channel {name!r}")
        if user not in found.members:
            raise Impossible(f"{self.users[user].name} is not in {name}")
        return found

    def direct(self, user: str) -> Channel:
        """The direct messages between a user and the app, begun if need be."""
        channel_id = identifier("D", user)
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(channel_id, "", "im", [user, self.bot], int(self.clock.now()))
            self.changes.tell("message", channel=channel_id, user=user)
        return self.channels[channel_id]

    def channel(self, channel_id: object, *, to_post: bool = False) -> Channel:
        """A channel as the app names it: by its id (to post also a user's id or ``#name``).

        Raises:
            Refused: channel_not_found; also where it is private and the app is not in it.
        """
        name = str(channel_id)
        found = self.channels.get(name)
        if found is None and to_post:
            if name in self.users:
                if self.users[name].is_bot:
                    raise Refused("channel_not_found")
                return self.direct(name)
            found = next(
                (c for c in self.channels.values() if c.kind == "channel" and c.name == name.lstrip("#")), None
            )
        if found is None or (found.is_private and self.bot not in found.members):
            raise Refused("channel_not_found")
        return found

    def joined(self, channel_id: object, *, to_post: bool = False) -> Channel:
        """The same, where the app has to be in it. Raises Refused: channel_not_found, not_in_channel, is_archived."""
        channel = self.channel(channel_id, to_post=to_post)
        if to_post and channel.is_archived:
            raise Refused("is_archived")
        if self.bot not in channel.members:
            raise Refused("not_in_channel")
        return channel

    def message(self, channel: Channel, ts: object) -> Message:
        """A message that everybody sees. Raises Refused: message_not_found."""
        found = channel.messages.get(str(ts))
        if found is None or found.only_for is not None:
            raise Refused("message_not_found")
        return found

    def add(self, message: Message) -> Message:
        """Puts a message into its channel."""
        channel = self.channels[message.channel]
        channel.messages[message.ts] = message
        self.changes.tell("message", channel=channel.id, user=message.only_for)
        return message

    def note(self, channel: Channel, *, user: str, text: str) -> Message:
        """Something that Slack itself tells one user, as it does when a command fails."""
        ts = self.next_ts()
        return self.add(Message(ts, channel.id, SLACKBOT, text, only_for=user))

    def touched(self, message: Message) -> None:
        """A message is no longer what it was."""
        self.changes.tell("message", channel=message.channel, user=message.only_for)

    def replies(self, channel: Channel, ts: str) -> list[Message]:
        """What everybody sees in a thread, without the message that it began with; oldest first."""
        return [m for m in channel.messages.values() if m.is_reply and m.thread_ts == ts and m.only_for is None]

    def find_view(self, view_id: str) -> View | None:
        """A modal that is open, or an App Home."""
        everywhere: Iterable[View] = itertools.chain(self.homes.values(), *self.views.values())
        return next((view for view in everywhere if view.id == view_id), None)

    def drop_view(self, view: View) -> None:
        """Takes a modal off its stack."""
        stack = [each for each in self.views.get(view.user, []) if each is not view]
        self.views[view.user] = stack
        self.changes.tell("view", user=view.user)

    def ref(self) -> Json:
        """The team, as payloads name it."""
        return {"id": self.id, "domain": self.domain}
