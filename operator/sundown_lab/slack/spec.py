"""What a workspace is made of, as ``--workspace FILE`` and ``POST /control/workspace`` give it."""

import re
import zoneinfo
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from sundown_lab.errors import LabError

CHANNEL_EVENTS = (
    "channel_archive",
    "channel_created",
    "channel_deleted",
    "channel_rename",
    "channel_unarchive",
    "group_archive",
    "group_deleted",
    "group_rename",
    "group_unarchive",
)
EVENTS = (
    "app_home_opened",
    "app_mention",
    *CHANNEL_EVENTS,
    "member_joined_channel",
    "message.channels",
    "message.im",
    "reaction_added",
    "reaction_removed",
    "subteam_members_changed",
    "subteam_updated",
    "user_change",
)
SUBSCRIBED = (
    "app_mention",
    "app_home_opened",
    "user_change",
    "subteam_members_changed",
    "subteam_updated",
    "member_joined_channel",
    "message.channels",
    "message.im",
    "reaction_added",
    *CHANNEL_EVENTS,
)


def _zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        raise ValueError(f"{name} is no IANA time zone")
    return name


def _event(name: str) -> str:
    if name not in EVENTS:
        raise ValueError(f"{name} is none of {', '.join(EVENTS)}")
    return name


Zone = Annotated[str, AfterValidator(_zone)]
Event = Annotated[str, AfterValidator(_event)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")]


class Strict(BaseModel):
    """Frozen, and without a field that is not meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class UserSpec(Strict):
    """A person. ``email`` may be empty: some profiles have none. ``tz`` is an IANA name."""

    name: Name
    email: str = ""
    real_name: str = ""
    tz: Zone = "UTC"


class ChannelSpec(Strict):
    """A channel; ``members`` (names) left out means everybody. ``bot`` says whether the app is in it."""

    name: Name
    members: tuple[str, ...] | None = None
    is_private: bool = False
    bot: bool = True


class UsergroupSpec(Strict):
    """A user group, ``@handle``; ``users`` are names."""

    handle: Name
    name: str = ""
    users: tuple[str, ...] = ()


class CommandSpec(Strict):
    """A slash command of the app."""

    command: Annotated[str, Field(pattern=r"^/[a-z0-9_-]{1,31}$")]
    description: str = ""
    usage_hint: str = ""


def _person(name: str, tz: str) -> UserSpec:
    return UserSpec(name=name, email=f"{name}@example.com", real_name=name.capitalize(), tz=tz)


class WorkspaceSpec(Strict):
    """A whole workspace. ``events`` are what the app has subscribed to, one of ``EVENTS`` each.

    ``enterprise``: the app is installed for the whole organisation of that name, of which this is one workspace and
    ``others`` are more.
    """

    enterprise: str = ""
    others: tuple[str, ...] = ()
    team: str = "Sundown"
    bot: str = "Sundown"
    users: tuple[UserSpec, ...] = (
        _person("ana", "Europe/Berlin"),
        _person("bo", "America/New_York"),
        _person("chen", "Asia/Kolkata"),
        _person("dina", "Pacific/Auckland"),
    )
    channels: tuple[ChannelSpec, ...] = (ChannelSpec(name="dev"), ChannelSpec(name="general"))
    usergroups: tuple[UsergroupSpec, ...] = (UsergroupSpec(handle="platform", name="Platform", users=("ana", "chen")),)
    commands: tuple[CommandSpec, ...] = (
        CommandSpec(command="/devenv", description="Environments that sleep", usage_hint="help"),
    )
    events: tuple[Event, ...] = SUBSCRIBED

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        known = {user.name for user in self.users}
        for kind, name, members in [
            *(("channel", each.name, each.members or ()) for each in self.channels),
            *(("user group", each.handle, each.users) for each in self.usergroups),
        ]:
            strangers = sorted(set(members) - known)
            if strangers:
                raise ValueError(f"the {kind} {name} has {', '.join(strangers)}, who is no user")
        for what, names in (("user", [u.name for u in self.users]), ("channel", [c.name for c in self.channels])):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"the {what} {twice[0]} is there twice")
        if re.sub(r"[^a-z0-9]", "", self.bot.lower()) in known:
            raise ValueError(f"{self.bot} is the app's name and a user's too")
        return self


def load(path: Path) -> WorkspaceSpec:
    """A workspace from a YAML file. Raises LabError: it cannot be read, or says what a workspace is not."""
    try:
        content = yaml.safe_load(path.read_text())
        return WorkspaceSpec.model_validate(content if content is not None else {})
    except (OSError, yaml.YAMLError) as error:
        raise LabError(f"{path} cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise LabError(f"{path} is no workspace: {f'{where}: ' if where else ''}{first['msg']}") from error
