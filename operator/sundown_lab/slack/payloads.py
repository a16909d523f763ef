"""Payloads of interactivity and commands, as the app gets them.

https://docs.slack.dev/reference/interaction-payloads
"""

from sundown_lab.slack import inputs, render
from sundown_lab.slack.records import Channel, Json, Message, User, View
from sundown_lab.slack.simulator import Simulator
from sundown_lab.slack.team import Team


def _head(team: Team, who: User, kind: str) -> Json:
    return {
        "type": kind,
        "user": {"id": who.id, "username": who.name, "name": who.name, "team_id": team.id},
        "api_app_id": team.app_id,
        "token": "verification",
        "team": team.ref(),
        "enterprise": {"id": team.enterprise, "name": team.spec.enterprise} if team.enterprise else None,
        "is_enterprise_install": bool(team.enterprise),
    }


def place(channel: Channel) -> Json:
    """A channel, as payloads name it."""
    return {"id": channel.id, "name": "directmessage" if channel.kind == "im" else channel.name}


def command(sim: Simulator, who: User, channel: Channel, *, name: str, text: str, response_url: str) -> Json:
    """A slash command: flat, because it goes as a form."""
    team = sim.team
    return {
        "token": "verification",
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": place(channel)["name"],
        "user_id": who.id,
        "user_name": who.name,
        "command": name,
        "text": text,
        "api_app_id": team.app_id,
        "is_enterprise_install": "true" if team.enterprise else "false",
        **({"enterprise_id": team.enterprise, "enterprise_name": team.spec.enterprise} if team.enterprise else {}),
        "response_url": response_url,
        "trigger_id": sim.tickets.trigger(who.id),
    }


def in_message(sim: Simulator, who: User, said: Message, action: Json, *, response_url: str) -> Json:
    """An action in a message. Of an ephemeral one Slack sends no content."""
    team = sim.team
    container: Json = {
        "type": "message",
        "message_ts": said.ts,
        "channel_id": said.channel,
        "is_ephemeral": said.only_for is not None,
    }
    if said.is_reply:
        container["thread_ts"] = said.thread_ts
    payload: Json = {
        **_head(team, who, "block_actions"),
        "container": container,
        "trigger_id": sim.tickets.trigger(who.id),
        "channel": place(team.channels[said.channel]),
        "state": {"values": inputs.state(team, said.blocks, said.state)},
        "response_url": response_url,
        "actions": [action],
    }
    if said.only_for is None:
        payload["message"] = render.message(team, said, metadata=True)
    return payload


def shown_view(team: Team, view: View) -> Json:
    """A view with everything that was typed and chosen in it."""
    return {**render.view(team, view), "state": {"values": inputs.state(team, view.blocks, view.values)}}


def in_view(sim: Simulator, who: User, view: View, action: Json) -> Json:
    """An action in a modal or in the App Home."""
    return {
        **_head(sim.team, who, "block_actions"),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": sim.tickets.trigger(who.id, in_modal=view.type == "modal"),
        "view": shown_view(sim.team, view),
        "actions": [action],
    }


def submission(sim: Simulator, who: User, view: View) -> Json:
    """A modal that is submitted."""
    return {
        **_head(sim.team, who, "view_submission"),
        "trigger_id": sim.tickets.trigger(who.id, in_modal=True),
        "view": shown_view(sim.team, view),
        "response_urls": [],
    }


def closed(sim: Simulator, who: User, view: View, *, cleared: bool) -> Json:
    """A modal that is closed without being submitted."""
    return {
        **_head(sim.team, who, "view_closed"),
        "view": shown_view(sim.team, view),
        "is_cleared": cleared,
    }
