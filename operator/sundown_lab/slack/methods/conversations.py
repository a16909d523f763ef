"""conversations.*: https://docs.slack.dev/reference/methods?family=conversations."""

from sundown_lab.slack import render
from sundown_lab.slack.errors import Refused
from sundown_lab.slack.methods.rows import Args, Method, of_team, page
from sundown_lab.slack.records import Channel, Json, Message
from sundown_lab.slack.simulator import Simulator

TYPES = ("public_channel", "private_channel", "mpim", "im")


def _type(channel: Channel) -> str:
    if channel.kind == "im":
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def _list(sim: Simulator, args: Args) -> Json:
    wanted = [each.strip() for each in (args.text("types") or "public_channel").split(",")]
    if not set(wanted) <= set(TYPES):
        raise Refused("invalid_types")
    of_team(sim, args)
    shown = [
        render.channel(sim.team, each)
        for each in sim.team.channels.values()
        if _type(each) in wanted
        and (not each.is_private or sim.team.bot in each.members)
        and not (each.is_archived and args.flag("exclude_archived"))
    ]
    found, metadata = page(shown, args)
    return {"channels": found, "response_metadata": metadata}


def _info(sim: Simulator, args: Args) -> Json:
    return {"channel": render.channel(sim.team, sim.team.channel(args.text("channel")))}


def _moment(args: Args, name: str, *, error: str) -> float | None:
    try:
        return float(args.text(name)) if args.text(name) else None
    except ValueError as problem:
        raise Refused(error) from problem


def _within(said: Message, args: Args) -> bool:
    oldest, latest = (
        _moment(args, "oldest", error="invalid_ts_oldest"),
        _moment(args, "latest", error="invalid_ts_latest"),
    )
    at = float(said.ts)
    if args.flag("inclusive"):
        return (oldest is None or at >= oldest) and (latest is None or at <= latest)
    return (oldest is None or at > oldest) and (latest is None or at < latest)


def _shown(sim: Simulator, said: list[Message], args: Args) -> Json:
    metadata = args.flag("include_all_metadata")
    found, more = page([render.message(sim.team, each, metadata=metadata) for each in said], args)
    return {"messages": found, "has_more": bool(more["next_cursor"]), "response_metadata": more}


def _history(sim: Simulator, args: Args) -> Json:
    channel = sim.team.joined(args.text("channel"))
    seen = [
        said
        for said in channel.messages.values()
        if said.only_for is None and (not said.is_reply or said.broadcast) and _within(said, args)
    ]
    seen.sort(key=lambda said: said.ts, reverse=True)
    return {**_shown(sim, seen, args), "pin_count": 0}


def _replies(sim: Simulator, args: Args) -> Json:
    channel = sim.team.joined(args.text("channel"))
    parent = channel.messages.get(args.text("ts"))
    if parent is None or parent.only_for is not None:
        raise Refused("thread_not_found")
    begin = parent if not parent.is_reply else channel.messages.get(parent.thread_ts or "", parent)
    thread = [each for each in sim.team.replies(channel, begin.ts) if _within(each, args)]
    return _shown(sim, [begin, *thread], args)


def _members(sim: Simulator, args: Args) -> Json:
    shown: list[Json] = [{"id": each} for each in sim.team.channel(args.text("channel")).members]
    found, metadata = page(shown, args)
    return {"members": [each["id"] for each in found], "response_metadata": metadata}


def _open(sim: Simulator, args: Args) -> Json:
    if args.text("channel"):
        channel = sim.team.channel(args.text("channel"))
        return {"channel": render.channel(sim.team, channel) if args.flag("return_im") else {"id": channel.id}}
    users = [each for each in args.text("users").split(",") if each]
    if not users:
        raise Refused("users_list_not_supplied")
    if any(each not in sim.team.users for each in users):
        raise Refused("user_not_found")
    if len(users) > 1:
        raise Refused("too_many_users")  # direct messages among several are no part of this simulator
    if sim.team.users[users[0]].deleted:
        raise Refused("user_disabled")
    if sim.team.users[users[0]].is_bot:
        raise Refused("cannot_dm_bot")
    channel = sim.team.direct(users[0])
    if args.flag("return_im"):
        return {"channel": render.channel(sim.team, channel)}
    return {"channel": {"id": channel.id}}


def _join(sim: Simulator, args: Args) -> Json:
    channel = sim.team.channel(args.text("channel"))
    if channel.is_archived:
        raise Refused("is_archived")
    if channel.kind != "channel" or channel.is_private:
        raise Refused("method_not_supported_for_channel_type")
    if sim.team.bot in channel.members:
        return {"channel": render.channel(sim.team, channel), "warning": "already_in_channel"}
    channel.members.append(sim.team.bot)
    event: Json = {"type": "member_joined_channel", "user": sim.team.bot, "channel": channel.id, "channel_type": "C"}
    sim.announce("member_joined_channel", {**event, "team": sim.team.id, "event_ts": sim.team.next_ts()})
    sim.changes.tell("workspace", channel=channel.id)
    return {"channel": render.channel(sim.team, channel)}


METHODS = (
    Method("conversations.list", _list),
    Method("conversations.info", _info, ("channel",)),
    Method("conversations.history", _history, ("channel",)),
    Method("conversations.replies", _replies, ("channel", "ts")),
    Method("conversations.members", _members, ("channel",)),
    Method("conversations.open", _open),
    Method("conversations.join", _join, ("channel",)),
)
