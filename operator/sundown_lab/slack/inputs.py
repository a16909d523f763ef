"""What a person does to an element: finding it, and the value that it then has, as payloads have it."""

from collections.abc import Callable
from typing import Any

from sundown_lab.slack import blockkit
from sundown_lab.slack.errors import Absent, Impossible
from sundown_lab.slack.records import Json
from sundown_lab.slack.team import Team

Value = Callable[[Team, Json, Any], Json]


def need(wish: Json, name: str) -> str:
    """A string that has to be there. Raises Impossible: it is not."""
    value = wish.get(name)
    if not isinstance(value, str) or not value:
        raise Impossible(f"{name} has to be said")
    return value


def find(blocks: list[Json], wanted: Json) -> tuple[Json, Json]:
    """The one block and element that an ``action_id``, a ``block_id`` and a ``value`` (of a button) name.

    Raises:
        Absent: there is none.
        Impossible: there are several.
    """
    names = {key: str(wanted[key]) for key in ("action_id", "block_id", "value") if wanted.get(key) is not None}
    found = [
        (block, element)
        for block in blocks
        for element in blockkit.interactive(block)
        if names.get("block_id") in (None, block["block_id"])
        and names.get("action_id") in (None, element["action_id"])
        and names.get("value") in (None, element.get("value"))
    ]
    asked = ", ".join(f"{key} {value!r}" for key, value in names.items()) or "no name"
    if not found:
        there = ", ".join(e["action_id"] for b in blocks for e in blockkit.interactive(b)) or "nothing"
        raise Absent(f"nothing to use has {asked}; there is {there}")
    if len(found) > 1:
        raise Impossible(f"{len(found)} elements have {asked}: say block_id or value too")
    return found[0]


def _options(element: Json) -> list[Json]:
    groups: list[Json] = element.get("option_groups") or []
    listed: list[Json] = element.get("options") or [option for group in groups for option in group["options"]]
    return listed


def _option(element: Json, wanted: object) -> Json:
    for option in _options(element):
        if wanted in {option["value"], option["text"]["text"]}:
            return option
    there = ", ".join(option["value"] for option in _options(element))
    raise Impossible(f"{wanted!r} is none of its options: {there}")


def _one_option(_team: Team, element: Json, wanted: Any) -> Json:
    return {"selected_option": None if wanted is None else _option(element, wanted)}


def _some_options(_team: Team, element: Json, wanted: Any) -> Json:
    listed = wanted if isinstance(wanted, list) else ([] if wanted in (None, "") else [wanted])
    return {"selected_options": [_option(element, each) for each in listed]}


def _user(team: Team, _element: Json, wanted: Any) -> Json:
    return {"selected_user": None if wanted is None else team.person(str(wanted)).id}


def _users(team: Team, _element: Json, wanted: Any) -> Json:
    return {"selected_users": [team.person(str(each)).id for each in wanted or []]}


def _channel_id(team: Team, wanted: Any) -> str:
    name = str(wanted).lstrip("#")
    found = next((c.id for c in team.channels.values() if name in {c.id, c.name}), None)
    if found is None:
        raise Impossible(f"there is no channel {wanted!r}")
    return found


def _channel(team: Team, _element: Json, wanted: Any) -> Json:
    return {"selected_channel": None if wanted is None else _channel_id(team, wanted)}


def _conversation(team: Team, _element: Json, wanted: Any) -> Json:
    return {"selected_conversation": None if wanted is None else _channel_id(team, wanted)}


def _channels(team: Team, _element: Json, wanted: Any) -> Json:
    return {"selected_channels": [_channel_id(team, each) for each in wanted or []]}


def _conversations(team: Team, _element: Json, wanted: Any) -> Json:
    return {"selected_conversations": [_channel_id(team, each) for each in wanted or []]}


def _date(_team: Team, _element: Json, wanted: Any) -> Json:
    return {"selected_date": wanted}


def _time(_team: Team, element: Json, wanted: Any) -> Json:
    return {"selected_time": wanted, **({"timezone": element["timezone"]} if "timezone" in element else {})}


def _date_time(_team: Team, _element: Json, wanted: Any) -> Json:
    return {"selected_date_time": None if wanted is None else int(wanted)}


def _text(_team: Team, _element: Json, wanted: Any) -> Json:
    return {"value": None if wanted in (None, "") else str(wanted)}


def _button(_team: Team, element: Json, _wanted: Any) -> Json:
    shown: Json = {key: element[key] for key in ("value", "style") if key in element}
    return {"text": element["text"], **shown}


VALUES: dict[str, Value] = {
    "button": _button,
    "static_select": _one_option,
    "radio_buttons": _one_option,
    "overflow": _one_option,
    "checkboxes": _some_options,
    "multi_static_select": _some_options,
    "users_select": _user,
    "multi_users_select": _users,
    "channels_select": _channel,
    "multi_channels_select": _channels,
    "conversations_select": _conversation,
    "multi_conversations_select": _conversations,
    "datepicker": _date,
    "timepicker": _time,
    "datetimepicker": _date_time,
    "plain_text_input": _text,
    "number_input": _text,
    "email_text_input": _text,
    "url_text_input": _text,
}
STATELESS = {"button", "overflow"}


def value(team: Team, element: Json, wanted: Any) -> Json:
    """What a payload says of the element, ``type`` included. Raises Impossible: it cannot have that value."""
    make = VALUES.get(element["type"])
    if make is None:
        raise Impossible(f"a {element['type']} cannot be used in this simulator")
    return {"type": element["type"], **make(team, element, wanted)}


INITIALS = {
    "initial_option": "selected_option",
    "initial_options": "selected_options",
    "initial_user": "selected_user",
    "initial_users": "selected_users",
    "initial_channel": "selected_channel",
    "initial_channels": "selected_channels",
    "initial_conversation": "selected_conversation",
    "initial_conversations": "selected_conversations",
    "initial_date": "selected_date",
    "initial_time": "selected_time",
    "initial_date_time": "selected_date_time",
    "initial_value": "value",
}


def state(team: Team, blocks: list[Json], chosen: dict[str, dict[str, Json]]) -> dict[str, dict[str, Json]]:
    """``state.values`` of a view or a message: what was chosen, else what the app set at first."""
    result: dict[str, dict[str, Json]] = {}
    for block in blocks:
        for element in blockkit.interactive(block):
            if element["type"] in STATELESS or element["type"] not in VALUES:
                continue
            block_id, action_id = block["block_id"], element["action_id"]
            shown = chosen.get(block_id, {}).get(action_id)
            if shown is None:
                shown = value(team, element, None)
                shown |= {new: element[old] for old, new in INITIALS.items() if element.get(old) is not None}
            result.setdefault(block_id, {})[action_id] = shown
    return result


def is_empty(shown: Json) -> bool:
    """Whether nothing was chosen or typed."""
    return all(content in (None, [], "") for key, content in shown.items() if key not in {"type", "timezone"})


def complaint(block: Json, shown: Json) -> str | None:
    """What Slack itself says about an input before it bothers the app; None: nothing."""
    element = block["element"]
    if is_empty(shown):
        return None if block.get("optional") else "Please complete this required field."
    typed = shown.get("value")
    if not isinstance(typed, str):
        return None
    if len(typed) > int(element.get("max_length") or 3000):
        return f"Please enter no more than {element.get('max_length') or 3000} characters."
    if len(typed) < int(element.get("min_length") or 0):
        return f"Please enter at least {element['min_length']} characters."
    if element["type"] == "number_input":
        return _number_complaint(element, typed)
    return None


def _number_complaint(element: Json, typed: str) -> str | None:
    try:
        number = float(typed)
    except ValueError:
        return "Please enter a valid number."
    if not element["is_decimal_allowed"] and not number.is_integer():
        return "Please enter a whole number."
    if "min_value" in element and number < float(element["min_value"]):
        return f"Please enter a number that is {element['min_value']} or more."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Please enter a number that is {element['max_value']} or less."
    return None
