"""The workspace as one person sees it: the answer of ``GET /control/state``, in the shape that the package documents."""

from sundown_lab.slack import inputs, render
from sundown_lab.slack.records import Channel, Json, Message, User, View
from sundown_lab.slack.simulator import Simulator
from sundown_lab.slack.team import SLACKBOT, Team


def seen(sim: Simulator, who: User | None) -> Json:
    """Everything that this user sees; without one, everything that is there, but no views and no App Home."""
    team = sim.team
    channels = [each for each in team.channels.values() if who is None or who.id in each.members]
    home = team.homes.get(who.id) if who is not None else None
    return {
        "seq": sim.changes.seq,
        "now": sim.clock.now(),
        "team": {"id": team.id, "name": team.spec.team, "domain": team.domain},
        "app": {
            "app_id": team.app_id,
            "bot_id": team.bot_id,
            "bot_user": team.bot,
            "name": team.spec.bot,
            "delivery": sim.delivery.mode,
            "connections": sim.sockets.count,
        },
        "me": who.id if who is not None else None,
        "users": [_user(team, each) for each in team.users.values()],
        "usergroups": [
            {"id": each.id, "handle": each.handle, "name": each.name, "users": each.users} for each in team.usergroups
        ],
        "commands": [each.model_dump() for each in team.spec.commands],
        "channels": [_channel(sim, each, who) for each in channels],
        "views": [view(team, each) for each in team.views.get(who.id, [])] if who is not None else [],
        "home": view(team, home) if home is not None else None,
    }


def _user(team: Team, user: User) -> Json:
    seconds, label = render.offset(user.tz, team.clock.now())
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "email": user.email,
        "tz": user.tz,
        "tz_label": label,
        "tz_offset": seconds,
        "is_bot": user.is_bot,
        "home_opened": user.home_opened,
    }


def _channel(sim: Simulator, channel: Channel, who: User | None) -> Json:
    visible = [m for m in channel.messages.values() if who is None or m.only_for in {None, who.id}]
    read = channel.read.get(who.id, "") if who is not None else ""
    others = [each for each in channel.members if who is not None and each != who.id]
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "is_private": channel.is_private,
        "with": others[0] if channel.kind == "im" and others else None,
        "members": channel.members,
        "unread": sum(m.ts > read and m.user != who.id for m in visible) if who is not None else 0,
        "messages": [message(sim, each, who, visible) for each in visible if not each.is_reply or each.broadcast],
    }


def message(sim: Simulator, said: Message, who: User | None, around: list[Message]) -> Json:
    """A message with its replies, as far as this user sees them."""
    team = sim.team
    user = team.users.get(said.user)
    name = user.real_name if user is not None else "Slackbot"
    replies = [] if said.is_reply else [each for each in around if each.is_reply and each.thread_ts == said.ts]
    return {
        "ts": said.ts,
        "channel": said.channel,
        "user": said.user,
        "username": "Slackbot" if said.user == SLACKBOT else name,
        "bot_id": said.bot_id,
        "text": said.text,
        "blocks": said.blocks,
        "attachments": said.attachments,
        "metadata": said.metadata,
        "thread_ts": said.thread_ts,
        "replies": [message(sim, each, who, []) for each in replies],
        "edited": said.edited is not None,
        "ephemeral": said.only_for is not None,
        "reactions": render.reactions(said),
        "files": [{**render.file(team.files[each]), "url": f"/files/{each}"} for each in said.files],
        "state": inputs.state(team, said.blocks, said.state),
        "error": said.errors.get(who.id) if who is not None else next(iter(said.errors.values()), None),
    }


def view(team: Team, shown: View) -> Json:
    """A modal or an App Home."""
    content = shown.content
    return {
        "id": shown.id,
        "type": shown.type,
        "callback_id": content.get("callback_id") or "",
        **{part: (content.get(part) or {}).get("text") for part in ("title", "submit", "close")},
        "blocks": shown.blocks,
        "private_metadata": content.get("private_metadata") or "",
        "hash": shown.hash,
        "root_view_id": shown.root,
        "previous_view_id": shown.previous,
        "notify_on_close": bool(content.get("notify_on_close")),
        "clear_on_close": bool(content.get("clear_on_close")),
        "state": {"values": inputs.state(team, shown.blocks, shown.values)},
        "errors": shown.errors,
        "error": shown.error,
    }
