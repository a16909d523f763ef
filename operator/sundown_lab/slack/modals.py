"""Submitting and closing modals, and what the app may answer to it.

https://docs.slack.dev/surfaces/modals#updating_views - ``response_action`` errors, update, push, clear.
"""

from typing import Any

from sundown_lab.slack import blockkit, inputs, payloads
from sundown_lab.slack.delivery import Outcome
from sundown_lab.slack.errors import Impossible, Refused
from sundown_lab.slack.methods import views
from sundown_lab.slack.records import Json, User, View
from sundown_lab.slack.simulator import Simulator

TROUBLE = "invalid_response"


async def submit(sim: Simulator, who: User, view: View, values: Json) -> Outcome:
    """Types the values and submits. What Slack checks itself (a required input is empty) never reaches the app."""
    if view.content.get("submit") is None:
        raise Impossible("this modal has nothing to submit")
    for block_id, wanted in values.items():
        _type(sim, view, block_id, wanted)
    state = inputs.state(sim.team, view.blocks, view.values)
    complaints = {
        block["block_id"]: text
        for block in view.blocks
        if block["type"] == "input"
        and block["block_id"] in state
        and (text := inputs.complaint(block, state[block["block_id"]][block["element"]["action_id"]]))
    }
    view.errors, view.error = complaints, None
    sim.changes.tell("view", user=who.id)
    if complaints:
        return Outcome()
    payload = payloads.submission(sim, who, view)
    outcome = await sim.delivery.send("interactive", payload, type_="view_submission")
    view.error = outcome.error or _answered(sim, view, outcome.response or {})
    sim.changes.tell("view", user=who.id)
    return Outcome(acked=outcome.acked, took=outcome.took, error=view.error, response=outcome.response)


def _type(sim: Simulator, view: View, block_id: str, wanted: Any) -> None:
    block = next((each for each in view.blocks if each["block_id"] == block_id), None)
    if block is None:
        there = ", ".join(each["block_id"] for each in view.blocks)
        raise Impossible(f"there is no block {block_id!r}; there is {there}")
    elements = {each["action_id"]: each for each in blockkit.interactive(block)}
    if not isinstance(wanted, dict):
        if len(elements) != 1:
            raise Impossible(f"the block {block_id!r} has {len(elements)} elements: say which by its action_id")
        wanted = dict.fromkeys(elements, wanted)
    for action_id, content in wanted.items():
        if action_id not in elements:
            raise Impossible(f"the block {block_id!r} has no {action_id!r}")
        value = inputs.value(sim.team, elements[action_id], content)
        view.values.setdefault(block_id, {})[action_id] = value


def _answered(sim: Simulator, view: View, answer: Json) -> str | None:
    """Does what the app wants done after a submission; returns what is wrong with its wish, or None."""
    action = answer.get("response_action")
    try:
        if action is None and not answer:
            sim.team.drop_view(view)
        elif action == "clear":
            sim.team.views[view.user] = []
        elif action == "errors":
            return _errors(view, answer.get("errors"))
        elif action == "update":
            views.replace(sim, view, blockkit.view_or_refuse(answer.get("view")))
        elif action == "push":
            views.push(sim, blockkit.view_or_refuse(answer.get("view")), user=view.user)
        else:
            return TROUBLE
    except Refused as refused:
        return refused.messages[0] if refused.messages else refused.name
    return None


def _errors(view: View, errors: object) -> str | None:
    known = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= known:
        return TROUBLE
    if not all(isinstance(text, str) and text for text in errors.values()):
        return TROUBLE
    view.errors = dict(errors)
    return None


async def close(sim: Simulator, who: User, view: View) -> Outcome:
    """Closes a modal by its button: only this one, or all of its stack where the app wants that."""
    cleared = bool(view.content.get("clear_on_close"))
    if cleared:
        sim.team.views[view.user] = []
        sim.changes.tell("view", user=view.user)
    else:
        sim.team.drop_view(view)
    if not view.content.get("notify_on_close"):
        return Outcome()
    payload = payloads.closed(sim, who, view, cleared=cleared)
    return await sim.delivery.send("interactive", payload, type_="view_closed")
