"""What people do: a row for each thing, as ``POST /control/do`` names it.

Each returns how the app took it. Slack's own words go where a person would see them: a note in the channel after a command
failed, a mark at the message after a click did, a line in the modal after a submission did.
"""

import zoneinfo
from collections.abc import Awaitable, Callable
from typing import Any

from sundown_lab.slack import inputs, payloads, posting, render, respond
from sundown_lab.slack.delivery import Outcome
from sundown_lab.slack.errors import Impossible, Refused
from sundown_lab.slack.inputs import need
from sundown_lab.slack.methods.reactions import toggle
from sundown_lab.slack.modals import close, submit
from sundown_lab.slack.records import Channel, Json, Message, User, View
from sundown_lab.slack.simulator import Simulator
from sundown_lab.slack.upkeep import UPKEEP

Act = Callable[[Simulator, User, Json], Awaitable[Json]]


def told(outcome: Outcome, **more: Any) -> Json:
    """How it went, as the control API answers it."""
    return {"acked": outcome.acked, "took": outcome.took, "error": outcome.error, **more}


async def _say(sim: Simulator, who: User, wish: Json) -> Json:
    channel = sim.team.place(need(wish, "channel"), user=who.id)
    text = posting.typed(sim.team, need(wish, "text"))
    said = Message(sim.team.next_ts(), channel.id, who.id, text)
    if wish.get("thread_ts"):
        parent = channel.messages.get(str(wish["thread_ts"]))
        if parent is None or parent.only_for is not None:
            raise Impossible("there is no such thread")
        said.thread_ts = parent.thread_ts or parent.ts
        posting.answered(said, channel)
    sim.team.add(said)
    channel.read[who.id] = said.ts
    outcome = Outcome()
    if sim.team.bot in channel.members:
        name, event = sim.message_event(channel, said)
        if _mentions(sim, channel, said):
            outcome = await _mentioned(sim, event)
            sim.announce(name, event)
        else:
            outcome = await sim.event(name, event)
    return told(outcome, ts=said.ts)


async def _edit(sim: Simulator, who: User, wish: Json) -> Json:
    """Slack tells an app that is mentioned of every edit, as of a mention of its own."""
    channel, said = _seen(sim, who, wish)
    if said.user != who.id:
        raise Impossible("one edits messages of one's own")
    before = render.message(sim.team, said, metadata=True)
    said.text, said.edited = posting.typed(sim.team, need(wish, "text")), sim.team.next_ts()
    sim.edited(said, before)
    mentioned = sim.team.bot in channel.members and _mentions(sim, channel, said)
    outcome = await _mentioned(sim, sim.message_event(channel, said)[1]) if mentioned else Outcome()
    return told(outcome, ts=said.ts)


def _mentions(sim: Simulator, channel: Channel, said: Message) -> bool:
    return channel.kind == "channel" and f"<@{sim.team.bot}>" in said.text


async def _mentioned(sim: Simulator, event: Json) -> Outcome:
    shown = {key: event[key] for key in event if key != "channel_type"}
    return await sim.event("app_mention", {**shown, "type": "app_mention"})


async def _command(sim: Simulator, who: User, wish: Json) -> Json:
    channel = sim.team.place(need(wish, "channel"), user=who.id)
    name, text = need(wish, "command"), str(wish.get("text") or "").strip()
    if name not in {each.command for each in sim.team.spec.commands}:
        sim.team.note(
            channel,
            user=who.id,
            text=f"{name} is not a valid command. In Slack, all messages that start with / are commands.",
        )
        return told(Outcome(error="invalid_command"))
    reply = sim.tickets.reply(who.id, channel.id)
    response_url = f"{sim.base}/respond/{reply}"
    payload = payloads.command(sim, who, channel, name=name, text=text, response_url=response_url)
    outcome = await sim.delivery.send("slash_commands", payload, type_=name)
    error = outcome.error or respond.acked(sim, sim.tickets.peek(reply), outcome.response)
    if error:
        sim.team.note(channel, user=who.id, text=f'{name} failed with the error "{error}"')
    return told(outcome, trigger_id=payload["trigger_id"], response_url=response_url) | {"error": error}


def _seen(sim: Simulator, who: User, wish: Json) -> tuple[Channel, Message]:
    channel = sim.team.place(need(wish, "channel"), user=who.id)
    said = channel.messages.get(need(wish, "ts"))
    if said is None or said.only_for not in {None, who.id}:
        raise Impossible(f"{who.name} sees no message {wish['ts']} in {wish['channel']}")
    return channel, said


def _modal(sim: Simulator, who: User, wish: Json) -> View:
    stack = sim.team.views.get(who.id, [])
    if not stack or stack[-1].id != need(wish, "view_id"):
        raise Impossible(f"{who.name} does not have the modal {wish['view_id']} on top")
    return stack[-1]


def _home(sim: Simulator, who: User) -> View:
    if who.id not in sim.team.homes:
        raise Impossible(f"the app has published no App Home for {who.name}")
    return sim.team.homes[who.id]


def _acted(sim: Simulator, block: Json, element: Json, value: Json) -> Json:
    about = {"action_id": element["action_id"], "block_id": block["block_id"], "action_ts": sim.team.next_ts()}
    placeholder = {"placeholder": element["placeholder"]} if "placeholder" in element else {}
    return {**value, **about, **placeholder}


def _value(sim: Simulator, element: Json, wish: Json, *, choosing: bool) -> Json:
    if choosing == (element["type"] == "button"):
        raise Impossible(f"{element['action_id']} is a {element['type']}: {'click' if choosing else 'choose'} it")
    return inputs.value(sim.team, element, wish.get("option"))


async def _use_in_message(sim: Simulator, who: User, wish: Json, *, choosing: bool) -> Json:
    channel, said = _seen(sim, who, wish)
    block, element = inputs.find(said.blocks, wish)
    value = _value(sim, element, wish, choosing=choosing)
    if element["type"] not in inputs.STATELESS:
        said.state.setdefault(block["block_id"], {})[element["action_id"]] = value
        sim.team.touched(said)
    if block["type"] == "input" and not block.get("dispatch_action"):
        return told(Outcome())
    said.errors.pop(who.id, None)
    reply = sim.tickets.reply(who.id, channel.id, ts=said.ts)
    response_url = f"{sim.base}/respond/{reply}"
    action = _acted(sim, block, element, value)
    payload = payloads.in_message(sim, who, said, action, response_url=response_url)
    outcome = await sim.delivery.send("interactive", payload, type_="block_actions")
    if outcome.error:
        said.errors[who.id] = outcome.error
        sim.team.touched(said)
    return told(outcome, trigger_id=payload["trigger_id"], response_url=response_url)


async def _use_in_view(sim: Simulator, who: User, view: View, wish: Json, *, choosing: bool) -> Json:
    block, element = inputs.find(view.blocks, wish)
    value = _value(sim, element, wish, choosing=choosing)
    if element["type"] not in inputs.STATELESS:
        view.values.setdefault(block["block_id"], {})[element["action_id"]] = value
        sim.changes.tell("view" if view.type == "modal" else "home", user=who.id)
    if block["type"] == "input" and not block.get("dispatch_action"):
        return told(Outcome())
    view.error = None
    payload = payloads.in_view(sim, who, view, _acted(sim, block, element, value))
    outcome = await sim.delivery.send("interactive", payload, type_="block_actions")
    if outcome.error:
        view.error = outcome.error
        sim.changes.tell("view" if view.type == "modal" else "home", user=who.id)
    return told(outcome, trigger_id=payload["trigger_id"])


async def _click(sim: Simulator, who: User, wish: Json) -> Json:
    if wish.get("view_id"):
        return await _use_in_view(sim, who, _modal(sim, who, wish), wish, choosing=False)
    return await _use_in_message(sim, who, wish, choosing=False)


async def _choose(sim: Simulator, who: User, wish: Json) -> Json:
    if wish.get("view_id"):
        return await _use_in_view(sim, who, _modal(sim, who, wish), wish, choosing=True)
    return await _use_in_message(sim, who, wish, choosing=True)


async def _home_click(sim: Simulator, who: User, wish: Json) -> Json:
    return await _use_in_view(sim, who, _home(sim, who), wish, choosing=False)


async def _home_choose(sim: Simulator, who: User, wish: Json) -> Json:
    return await _use_in_view(sim, who, _home(sim, who), wish, choosing=True)


async def _submit(sim: Simulator, who: User, wish: Json) -> Json:
    view = _modal(sim, who, wish)
    return told(await submit(sim, who, view, wish.get("values") or {}), view_errors=view.errors)


async def _close(sim: Simulator, who: User, wish: Json) -> Json:
    return told(await close(sim, who, _modal(sim, who, wish)))


async def _react_or_not(sim: Simulator, who: User, wish: Json, *, on: bool) -> Json:
    _, said = _seen(sim, who, wish)
    try:
        event = toggle(sim, said, name=need(wish, "name").strip(":"), user=who.id, on=on)
    except Refused as refused:
        raise Impossible(refused.name) from refused
    return told(await sim.event(event["type"], event))


async def _react(sim: Simulator, who: User, wish: Json) -> Json:
    return await _react_or_not(sim, who, wish, on=True)


async def _unreact(sim: Simulator, who: User, wish: Json) -> Json:
    return await _react_or_not(sim, who, wish, on=False)


async def _open_home(sim: Simulator, who: User, _wish: Json) -> Json:
    who.home_opened = True
    channel = sim.team.direct(who.id)
    event: Json = {
        "type": "app_home_opened",
        "user": who.id,
        "channel": channel.id,
        "tab": "home",
        "event_ts": sim.team.next_ts(),
    }
    if who.id in sim.team.homes:
        event["view"] = payloads.shown_view(sim.team, sim.team.homes[who.id])
    return told(await sim.event("app_home_opened", event))


async def _read(sim: Simulator, who: User, wish: Json) -> Json:
    channel = sim.team.place(need(wish, "channel"), user=who.id)
    if channel.messages:
        channel.read[who.id] = max(channel.messages)
        sim.changes.tell("message", channel=channel.id, user=who.id)
    return told(Outcome())


async def _profile(sim: Simulator, who: User, wish: Json) -> Json:
    if "tz" in wish and wish["tz"] not in zoneinfo.available_timezones():
        raise Impossible(f"{wish['tz']} is no IANA time zone")
    for name in ("real_name", "email", "tz"):
        if name in wish:
            setattr(who, name, str(wish[name]))
    who.updated = int(sim.clock.now())
    sim.changes.tell("workspace", user=who.id)
    ts = sim.team.next_ts()
    event: Json = {"type": "user_change", "user": render.user(sim.team, who), "cache_ts": who.updated, "event_ts": ts}
    return told(await sim.event("user_change", event))


async def _group(sim: Simulator, _who: User, wish: Json) -> Json:
    group = next((each for each in sim.team.usergroups if each.handle == need(wish, "handle").lstrip("@")), None)
    if group is None:
        raise Impossible(f"there is no user group {wish['handle']}")
    names = wish.get("users")
    if not isinstance(names, list):
        raise Impossible("users has to be a list")
    before, group.users = group.users, [sim.team.person(str(name)).id for name in names]
    added, removed = [u for u in group.users if u not in before], [u for u in before if u not in group.users]
    sim.changes.tell("workspace")
    event: Json = {"type": "subteam_members_changed", "subteam_id": group.id, "team_id": sim.team.id}
    event |= {"added_users": added, "added_users_count": len(added)}
    event |= {"removed_users": removed, "removed_users_count": len(removed), "event_ts": sim.team.next_ts()}
    return told(await sim.event("subteam_members_changed", event))


def _kept_up(change: Callable[[Simulator, User, Json], Awaitable[Outcome]]) -> Act:
    async def act(sim: Simulator, who: User, wish: Json) -> Json:
        return told(await change(sim, who, wish))

    return act


ACTS: dict[str, Act] = {
    "say": _say,
    "edit": _edit,
    "command": _command,
    "click": _click,
    "choose": _choose,
    "submit": _submit,
    "close": _close,
    "react": _react,
    "unreact": _unreact,
    "open_home": _open_home,
    "home_click": _home_click,
    "home_choose": _home_choose,
    "read": _read,
    "profile": _profile,
    "group": _group,
    **{name: _kept_up(change) for name, change in UPKEEP.items()},
}
