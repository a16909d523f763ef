"""reactions.*: https://docs.slack.dev/reference/methods?family=reactions."""

import re

from sundown_lab.slack import render
from sundown_lab.slack.errors import Refused
from sundown_lab.slack.methods.rows import Args, Method
from sundown_lab.slack.records import Json, Message
from sundown_lab.slack.simulator import Simulator

NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")


def toggle(sim: Simulator, said: Message, *, name: str, user: str, on: bool) -> Json:
    """Adds or takes away a reaction; returns the event for the app. Raises Refused: invalid_name, already_reacted, no_reaction."""
    if not NAME.fullmatch(name):
        raise Refused("invalid_name")
    users = said.reactions.get(name, [])
    if on == (user in users):
        raise Refused("already_reacted" if on else "no_reaction")
    if on:
        said.reactions[name] = [*users, user]
    else:
        said.reactions[name] = [each for each in users if each != user]
        if not said.reactions[name]:
            del said.reactions[name]
    sim.team.touched(said)
    return {
        "type": "reaction_added" if on else "reaction_removed",
        "user": user,
        "reaction": name,
        "item_user": said.user,
        "item": {"type": "message", "channel": said.channel, "ts": said.ts},
        "event_ts": sim.team.next_ts(),
    }


def _toggle(sim: Simulator, args: Args, *, on: bool) -> Json:
    said = sim.team.message(sim.team.joined(args.text("channel")), args.text("timestamp"))
    event = toggle(sim, said, name=args.text("name").strip(":"), user=sim.team.bot, on=on)
    sim.announce(event["type"], event)
    return {}


def _add(sim: Simulator, args: Args) -> Json:
    return _toggle(sim, args, on=True)


def _remove(sim: Simulator, args: Args) -> Json:
    return _toggle(sim, args, on=False)


def _get(sim: Simulator, args: Args) -> Json:
    said = sim.team.message(sim.team.channel(args.text("channel")), args.text("timestamp"))
    return {"type": "message", "channel": said.channel, "message": render.message(sim.team, said)}


METHODS = (
    Method("reactions.add", _add, ("channel", "timestamp", "name")),
    Method("reactions.remove", _remove, ("channel", "timestamp", "name")),
    Method("reactions.get", _get, ("channel", "timestamp"), json=False),
)
