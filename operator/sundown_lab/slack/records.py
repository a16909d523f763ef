"""What a workspace remembers. These change in place: they are the simulator's database."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class User:
    """A person, or the app's bot user."""

    id: str
    name: str
    real_name: str
    email: str
    tz: str
    is_bot: bool = False
    deleted: bool = False
    home_opened: bool = False
    updated: int = 0


@dataclass
class Usergroup:
    """A user group; ``users`` are ids."""

    id: str
    handle: str
    name: str
    users: list[str]
    disabled: bool = False


@dataclass
class File:
    """An uploaded file; ``content`` is None until the app has sent it to the upload URL."""

    id: str
    name: str
    length: int
    title: str = ""
    content: bytes | None = None
    shared: bool = False


@dataclass
class Message:
    """A message. ``only_for`` is the one user who sees an ephemeral one; ``errors`` are shown to a user after a click."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    bot_id: str | None = None
    subtype: str | None = None
    only_for: str | None = None
    edited: str | None = None
    broadcast: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread and did not begin it."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass
class Channel:
    """A channel, or direct messages (``kind`` "im"); ``messages`` by ts, oldest first."""

    id: str
    name: str
    kind: str
    members: list[str]
    created: int
    is_private: bool = False
    is_archived: bool = False
    previous_names: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)


@dataclass
class View:
    """A modal or an App Home; ``content`` is what the app gave, blocks with their ids filled in."""

    id: str
    user: str
    content: Json
    hash: str
    root: str
    previous: str | None = None
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    error: str | None = None

    @property
    def type(self) -> str:
        """ "modal" or "home"."""
        return str(self.content["type"])

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        blocks: list[Json] = self.content["blocks"]
        return blocks


@dataclass(frozen=True)
class Scheduled:
    """A message that is to be posted at ``post_at`` (seconds since 1970)."""

    id: str
    channel: str
    post_at: int
    created: int
    text: str
    draft: Message
