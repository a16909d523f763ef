"""A request as the frontdesk writes it down: for whom, and where in Slack they asked. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sundown.frontdesk.people.people import Person
from sundown.frontdesk.requests.live import Live
from sundown.frontdesk.requests.outcomes import MESSAGE, TELLING, Told
from sundown.frontdesk.requests.request_kind import RequestKind
from sundown.model.addresses import folded
from sundown.usecases.proposals import Asker, Wanted, manifest, name_of


@dataclass(frozen=True, slots=True)
class Where:
    """Where somebody asked for something: ids of Slack. ``channel`` is empty where that is nobody's business."""

    channel: str
    user: str


def written(
    person: Person, kind: RequestKind, wish: Wanted, *, where: Where | None, asker: Asker, token: str, sure: bool
) -> dict[str, Any]:
    """The ActionRequest; ``sure`` where it is confirmed already, ``where`` None where no message in Slack is to show it."""
    name = name_of(kind.action, wish.target, person=folded(person.email), token=token)
    notes = _notes(person, where, sure=sure) if where is not None else {}
    return manifest(kind.action, wish, asker, name=name, sure=sure, annotations=notes)


def token_of(key: str, parameters: Mapping[str, str]) -> str:
    """Of a program's key for what it asks: the same request, though the process that has answered before is gone; empty without."""
    return f"{key}\n{json.dumps(dict(parameters), sort_keys=True)}" if key else ""


def _notes(person: Person, where: Where, *, sure: bool) -> dict[str, str]:
    """What the frontdesk has to remember of a request that came by Slack."""
    notes = {TELLING: Told(user=person.id).model_dump_json(exclude_none=True)}
    channel = where.channel or ("" if sure else where.user)
    if channel:
        notes[MESSAGE] = Live(channel=channel, user=person.id).model_dump_json(exclude_defaults=True)
    return notes
