"""The window in which somebody says what they prefer."""

from __future__ import annotations

from typing import Any

from sundown.errors import OutOfRange
from sundown.frontdesk.people.preferences import Preferences, preferred
from sundown.frontdesk.slack.views.blocks import Block
from sundown.frontdesk.slack.views.inputs import filled
from sundown.frontdesk.wishes.verbs import SNOOZES
from sundown.model.cutting import clip
from sundown.model.scalars import format_duration, format_time_of_day

CALLBACK = "sundown.preferences"
ZONE, SNOOZE, FROM, TO = "time_zone", "default_snooze", "quiet_from", "quiet_to"


class Unfit(Exception):
    """What somebody has filled in cannot be taken; ``errors`` says why, input by input."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def window(present: Preferences) -> Block:
    """The window, filled in with what the person prefers now."""
    quiet = present.quiet_hours
    zone: Block = {"type": "plain_text_input", "max_length": 64, "placeholder": _plain("Europe/Berlin")}
    if present.time_zone is not None:
        zone["initial_value"] = present.time_zone
    spans = list(dict.fromkeys([*([present.default_snooze] if present.default_snooze else []), *SNOOZES]))
    options = [{"text": _plain(format_duration(span)), "value": format_duration(span)} for span in spans]
    snooze: Block = {"type": "static_select", "placeholder": _plain("none"), "options": options}
    if present.default_snooze is not None:
        snooze["initial_option"] = options[0]
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": _plain("Preferences"),
        "submit": _plain("Save"),
        "close": _plain("Cancel"),
        "blocks": [
            _input(ZONE, "Time zone", zone, hint="Empty: as in your Slack profile."),
            _input(SNOOZE, "Usual snooze", snooze, hint="The one that is offered first."),
            _input(FROM, "Quiet from", _time(quiet.from_ if quiet is not None else None)),
            _input(TO, "Quiet until", _time(quiet.to if quiet is not None else None), hint="No personal notices then."),
        ],
    }


def read(view: dict[str, Any]) -> Preferences:
    """What was filled in.

    Raises:
        Unfit: it cannot be.
    """
    zone = filled(view, ZONE, "value").strip()
    snooze = filled(view, SNOOZE, "selected_option", "value")
    start, end = (filled(view, name, "selected_time") for name in (FROM, TO))
    if bool(start) != bool(end):
        raise Unfit({TO if start else FROM: "Quiet hours need both a beginning and an end."})
    if start and start == end:
        raise Unfit({TO: "That would be no quiet at all."})
    for name, said in ((ZONE, {"timeZone": zone}), (SNOOZE, {"defaultSnooze": snooze})):
        try:
            preferred(**said)
        except OutOfRange as error:
            raise Unfit({name: clip(str(error), 150)}) from None
    try:
        return preferred(timeZone=zone, defaultSnooze=snooze, quietHours={"from": start, "to": end} if start else None)
    except OutOfRange as error:
        raise Unfit({FROM: clip(str(error), 150)}) from None


def _input(name: str, label: str, element: Block, *, hint: str = "") -> Block:
    made = {
        "type": "input",
        "block_id": name,
        "optional": True,
        "label": _plain(label),
        "element": {**element, "action_id": name},
    }
    return {**made, "hint": _plain(hint)} if hint else made


def _time(minutes: int | None) -> Block:
    return {"type": "timepicker", **({"initial_time": format_time_of_day(minutes)} if minutes is not None else {})}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
