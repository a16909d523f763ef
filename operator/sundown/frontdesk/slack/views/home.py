"""The App Home as Slack shows it: the envs of a person, each with its buttons. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sundown import wording
from sundown.frontdesk.people.preferences import Preferences
from sundown.frontdesk.slack.home_refresh import Glance
from sundown.frontdesk.slack.views import blocks
from sundown.frontdesk.slack.views.blocks import Block
from sundown.frontdesk.wishes.verbs import Surface, Verb, shown
from sundown.model.cutting import clip
from sundown.model.scalars import format_duration, zone
from sundown.usecases.find import Found

PAGE = 30
"""Envs on a page: each takes three blocks of the hundred that a view may have."""

PREFERENCES = "sundown.home.preferences"
EVERYTHING, MINE = "sundown.home.everything", "sundown.home.mine"
EARLIER, LATER = "sundown.home.earlier", "sundown.home.later"

ROW = "home/"
"""What the ids of the rows of buttons begin with; the env follows."""

_ASLEEP = frozenset({"Asleep", "FallingAsleep"})
_AWAKE = frozenset({"Awake", "Waking"})


@dataclass(frozen=True, slots=True)
class Home:
    """What there is to draw. ``envs`` are those that the person may see and has chosen to, ``others`` counts the rest."""

    envs: Sequence[Found]
    glance: Glance
    preferences: Preferences
    cluster: str


def draw(home: Home) -> Block:
    """The view."""
    count = len(home.envs)
    pages = max(1, (count + PAGE - 1) // PAGE)
    page = min(home.glance.page, pages - 1)
    shown = home.envs[page * PAGE : (page + 1) * PAGE]
    title = "All environments" if home.glance.everything else "My environments"
    made: list[Block] = [{"type": "header", "text": {"type": "plain_text", "text": f"{title} ({count})"}}]
    if home.glance.said:
        made.append(blocks.section(home.glance.said))
    made.append(_controls(home, page=page, pages=pages))
    for found in shown:
        made += [{"type": "divider"}, *_env(found, home)]
    if not shown:
        text = (
            "There is no environment that you may see."
            if home.glance.everything
            else "None is yours: an environment is whose e-mail address its namespace has in the annotation email."
        )
        made.append(blocks.section(text))
    return {"type": "home", "blocks": made}


def digest(view: Block) -> str:
    """Changes when the view does."""
    return hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()[:16]


def trouble(text: str) -> Block:
    """A view that only says what is wrong."""
    return {"type": "home", "blocks": [blocks.section(f":warning: {blocks.escape(text)}")]}


def _controls(home: Home, *, page: int, pages: int) -> Block:
    all_of_them = home.glance.everything
    buttons = [
        blocks.button("My environments", action_id=MINE, value="-")
        if all_of_them
        else blocks.button("All environments", action_id=EVERYTHING, value="-"),
        blocks.button("Preferences", action_id=PREFERENCES, value="-"),
    ]
    if page > 0:
        buttons.append(blocks.button("Earlier", action_id=EARLIER, value=str(page - 1)))
    if page < pages - 1:
        buttons.append(blocks.button(f"Page {page + 2} of {pages}", action_id=LATER, value=str(page + 1)))
    return blocks.actions(buttons, block_id=f"{ROW}*")


def _env(found: Found, home: Home) -> list[Block]:
    status = found.known.status
    lines = [f"{blocks.bold(found.namespace)} is {blocks.escape(wording.state(status))}{_next(found, home)}"]
    why = found.trouble or wording.why(status)
    if status.wake_queue is not None:
        why = f"{wording.line(status.wake_queue)} to wake: {why}"
    if why:
        lines.append(blocks.escape(clip(why, 300)))
    owner = found.space.owner if found.space is not None else None
    costs = [wording.cost(status.cost)] if status.cost is not None and status.cost.priced else []
    aws = [f"in AWS {told}" for told in [wording.cloud(status.cloud)] if told]
    facts = [wording.parts(status.parts), *aws, *costs, *([owner] if owner and home.glance.everything else [])]
    lines.append(blocks.escape(", ".join(facts)))
    made = [blocks.section("\n".join(lines))]
    elements = _buttons(found, home)
    return [*made, blocks.actions(elements, block_id=f"{ROW}{found.namespace}")] if elements else made


def _next(found: Found, home: Home) -> str:
    status = found.known.status
    stops, coming = status.shutdown_at, status.next_transition
    if found.trouble is not None:
        return ""
    if status.state not in _ASLEEP and stops is not None:
        return f", stops {_at(stops, home)}"
    if coming is not None:
        return f", {'wakes' if coming.to == 'Awake' else 'stops'} {_at(coming.at, home)}"
    return ", nothing is scheduled" if status.state is not None else ""


def _at(at: datetime, home: Home) -> str:
    """By Slack's clock of the reader, which is always right; in a zone of their own choice as a date that never gets stale."""
    chosen = home.preferences.time_zone
    if chosen is not None:
        return f"{at.astimezone(zone(chosen)):%a %Y-%m-%d %H:%M} {blocks.escape(chosen)}"
    return blocks.when(at, f"{at:%Y-%m-%d %H:%M} UTC")


def _buttons(found: Found, home: Home) -> list[Block]:
    """What can be done about an env in its state; nothing where a wish would be refused."""
    state = found.known.status.state
    if found.trouble is not None and not (found.wakes_all_the_same and state in _ASLEEP):
        return []
    schedule = found.known.schedule
    may_be_deleted = schedule is not None and schedule.spec.allow_delete
    surface: Surface = "home asleep" if state in _ASLEEP else "home awake" if state in _AWAKE else "home paused"
    return [_element(verb, found, home) for verb in shown(surface, may_be_deleted=may_be_deleted)]


def _element(verb: Verb, found: Found, home: Home) -> Block:
    """A button, or a list to choose from where there are several spans."""
    spans = verb.offered(home.preferences.default_snooze)
    if len(spans) > 1:
        return _select(verb, spans, home)
    span = spans[0] if spans else None
    label = verb.label.format(span=format_duration(span)) if span is not None else verb.label
    carried = blocks.value(verb.do, namespace=found.namespace, cluster=home.cluster, span=span)
    return blocks.button(label, action_id=verb.action_id, value=carried, style=verb.style)


def _select(verb: Verb, spans: Sequence[timedelta], home: Home) -> dict[str, Any]:
    return {
        "type": "static_select",
        "action_id": verb.action_id,
        "placeholder": {"type": "plain_text", "text": verb.label.format(span="").strip()},
        "options": [
            {
                "text": {"type": "plain_text", "text": f"for {format_duration(span)}"},
                # Which cluster's home it is stands in all that can be clicked; 150 characters have no room for more.
                "value": json.dumps({"cluster": home.cluster, "span": format_duration(span)}, separators=(",", ":")),
            }
            for span in spans
        ],
    }
