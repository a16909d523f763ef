"""What people do to the workspace itself: channels come, go and are renamed, accounts and groups end. Rows of ``acts.ACTS``."""

from sundown_lab.slack import render
from sundown_lab.slack.delivery import Outcome
from sundown_lab.slack.errors import Impossible
from sundown_lab.slack.inputs import need
from sundown_lab.slack.records import Channel, Json, User
from sundown_lab.slack.simulator import Simulator
from sundown_lab.slack.team import Team


def channel_of(team: Team, wish: Json) -> Channel:
    """The channel that is meant, by id or name; a channel that is archived is found too."""
    name = need(wish, "channel")
    named = [each for each in team.channels.values() if each.kind == "channel" and each.name == name.lstrip("#")]
    found = team.channels.get(name) or next(iter(named), None)
    if found is None or found.kind != "channel":
        raise Impossible(f"there is no channel {name!r}")
    return found


async def _tell(sim: Simulator, channel: Channel, what: str, *, whole: bool = False) -> Outcome:
    """``channel_rename`` and its like, which are ``group_...`` of private channels; the app hears of those that it is in."""
    sim.changes.tell("workspace", channel=channel.id)
    if channel.is_private and sim.team.bot not in channel.members:
        return Outcome()
    name = f"{'group' if channel.is_private else 'channel'}_{what}"
    about: Json = {"id": channel.id, "name": channel.name, "created": channel.created}
    event: Json = {"type": name, "channel": about if whole else channel.id, "event_ts": sim.team.next_ts()}
    return await sim.event(name, event)


async def rename(sim: Simulator, _who: User, wish: Json) -> Outcome:
    """Gives a channel another name, under which no other may be there."""
    channel, name = channel_of(sim.team, wish), need(wish, "name").lstrip("#")
    _require_free(sim.team, name)
    channel.previous_names.insert(0, channel.name)
    channel.name = name
    return await _tell(sim, channel, "rename", whole=True)


async def archive(sim: Simulator, _who: User, wish: Json) -> Outcome:
    """Archives a channel: it can be read, and nobody writes there. Its name stays taken."""
    channel = channel_of(sim.team, wish)
    channel.is_archived = True
    return await _tell(sim, channel, "archive")


async def unarchive(sim: Simulator, _who: User, wish: Json) -> Outcome:
    """Takes that back."""
    channel = channel_of(sim.team, wish)
    channel.is_archived = False
    return await _tell(sim, channel, "unarchive")


async def remove(sim: Simulator, _who: User, wish: Json) -> Outcome:
    """Deletes a channel for good, with what was said in it."""
    channel = channel_of(sim.team, wish)
    del sim.team.channels[channel.id]
    return await _tell(sim, channel, "deleted")


async def create(sim: Simulator, who: User, wish: Json) -> Outcome:
    """Makes a channel with everybody in it; ``private``: with the one who makes it. ``bot``: the app is in it."""
    team, name = sim.team, need(wish, "name").lstrip("#")
    _require_free(team, name)
    private, bot = bool(wish.get("private")), bool(wish.get("bot", not wish.get("private")))
    people = [who.id] if private else [each.id for each in team.users.values() if not each.is_bot]
    members = [*people, *([team.bot] if bot else [])]
    channel = Channel(team.serial("C"), name, "channel", members, int(sim.clock.now()), is_private=private)
    team.channels[channel.id] = channel
    return await _tell(sim, channel, "created", whole=True) if not private else Outcome()


async def invite(sim: Simulator, who: User, wish: Json) -> Outcome:
    """Takes the app into a channel."""
    channel, team = channel_of(sim.team, wish), sim.team
    if team.bot not in channel.members:
        channel.members.append(team.bot)
    kind = "G" if channel.is_private else "C"
    event: Json = {"type": "member_joined_channel", "user": team.bot, "channel": channel.id, "channel_type": kind}
    sim.changes.tell("workspace", channel=channel.id)
    about: Json = {"team": team.id, "inviter": who.id, "event_ts": team.next_ts()}
    return await sim.event("member_joined_channel", {**event, **about})


async def kick(sim: Simulator, _who: User, wish: Json) -> Outcome:
    """Puts the app out of a channel; it is not told in a way that ours subscribes to."""
    channel = channel_of(sim.team, wish)
    channel.members = [each for each in channel.members if each != sim.team.bot]
    sim.changes.tell("workspace", channel=channel.id)
    return Outcome()


async def deactivate(sim: Simulator, who: User, wish: Json) -> Outcome:
    """Ends the account of the one who acts, or with ``on: false`` takes that back."""
    who.deleted = wish.get("on", True) is not False
    who.updated = int(sim.clock.now())
    sim.changes.tell("workspace", user=who.id)
    ts = sim.team.next_ts()
    event: Json = {"type": "user_change", "user": render.user(sim.team, who), "cache_ts": who.updated, "event_ts": ts}
    return await sim.event("user_change", event)


async def disable_group(sim: Simulator, _who: User, wish: Json) -> Outcome:
    """Disables a user group, or with ``on: false`` takes that back."""
    group = next((each for each in sim.team.usergroups if each.handle == need(wish, "handle").lstrip("@")), None)
    if group is None:
        raise Impossible(f"there is no user group {wish['handle']}")
    group.disabled = wish.get("on", True) is not False
    sim.changes.tell("workspace")
    ended = int(sim.clock.now()) if group.disabled else 0
    about: Json = {"id": group.id, "handle": group.handle, "name": group.name, "date_delete": ended}
    event: Json = {"type": "subteam_updated", "subteam": about, "event_ts": sim.team.next_ts()}
    return await sim.event("subteam_updated", event)


async def close_conversation(sim: Simulator, who: User, _wish: Json) -> Outcome:
    """Ends the direct messages with the app; Slack opens another conversation when somebody asks for one."""
    channel = sim.team.direct(who.id)
    del sim.team.channels[channel.id]
    sim.changes.tell("workspace", channel=channel.id)
    return Outcome()


def _require_free(team: Team, name: str) -> None:
    if any(each.kind == "channel" and each.name == name for each in team.channels.values()):
        raise Impossible(f"the name {name} is taken")


UPKEEP = {
    "rename": rename,
    "archive": archive,
    "unarchive": unarchive,
    "remove": remove,
    "create": create,
    "invite": invite,
    "kick": kick,
    "deactivate": deactivate,
    "disable_group": disable_group,
    "close_conversation": close_conversation,
}
