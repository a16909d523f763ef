"""The elements of Block Kit and their limits: https://docs.slack.dev/reference/block-kit/block-elements."""

from collections.abc import Mapping

from sundown_lab.slack.shapes import (
    Check,
    Findings,
    anything,
    boolean,
    both,
    exactly_one,
    integer,
    items,
    one_of,
    plain,
    shape,
    string,
    text,
    typed,
)

DATE = r"\d{4}-\d{2}-\d{2}"
TIME = r"([01]\d|2[0-3]):[0-5]\d"

action_id = string(255, least=1)
kind = string(64)
confirm = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
dispatch = shape({}, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), most=2)})


def option(*, mrkdwn: bool = False, url: bool = False) -> Check:
    """A choice; ``mrkdwn`` only in checkboxes and radio buttons, ``url`` only in an overflow menu."""
    label = text(75) if mrkdwn else plain(75)
    about = text(75) if mrkdwn else plain(75)
    return shape(
        {"text": label, "value": string(150, least=1)}, {"description": about, **({"url": string(3000)} if url else {})}
    )


def _initials_are_options(value: object, path: str, findings: Findings) -> None:
    if not isinstance(value, dict):
        return
    groups = value.get("option_groups") or []
    options = value.get("options") or [
        each for group in groups if isinstance(group, dict) for each in group.get("options") or []
    ]
    known = [each.get("value") for each in options if isinstance(each, dict)]
    chosen = [
        *(value.get("initial_options") or []),
        *([value["initial_option"]] if value.get("initial_option") else []),
    ]
    if any(isinstance(each, dict) and each.get("value") not in known for each in chosen):
        findings.add("the initial option is none of the options", path)


Fields = Mapping[str, Check]
NONE: Fields = {}


def _element(required: Fields = NONE, optional: Fields = NONE, /, **more: Check) -> Check:
    return shape({"type": kind, **required}, {"action_id": action_id, **optional, **more})


def _menu(optional: Fields = NONE, /, **more: Check) -> Check:
    return _element(NONE, {**optional, **more}, placeholder=plain(150), confirm=confirm, focus_on_load=boolean)


def _multi(optional: Fields = NONE, /, **more: Check) -> Check:
    return _menu({**optional, **more}, max_selected_items=integer(1, 100))


def _static(*, several: bool) -> Check:
    group = shape({"label": plain(75), "options": items(option(), most=100)})
    choices: Fields = {"options": items(option(), most=100), "option_groups": items(group, most=100)}
    if several:
        menu = _multi(choices, initial_options=items(option(), most=100))
    else:
        menu = _menu(choices, initial_option=option())
    return both(both(menu, exactly_one("options", "option_groups")), _initials_are_options)


def _input(**optional: Check) -> Check:
    return _element(placeholder=plain(150), focus_on_load=boolean, dispatch_action_config=dispatch, **optional)


ids = items(string(255), most=100)
of_conversations: Fields = {
    "default_to_current_conversation": boolean,
    "response_url_enabled": boolean,
    "filter": anything,
}

BUTTON: dict[str, Check] = {
    "button": _element(
        {"text": plain(75)},
        url=string(3000),
        value=string(2000),
        style=one_of("primary", "danger"),
        confirm=confirm,
        accessibility_label=string(75),
    ),
}
IMAGE: dict[str, Check] = {
    "image": both(
        shape({"type": kind, "alt_text": string(2000)}, {"image_url": string(3000, least=1), "slack_file": anything}),
        exactly_one("image_url", "slack_file"),
    ),
}
PICKERS: dict[str, Check] = {
    "datepicker": _menu(initial_date=string(10, pattern=DATE)),
    "timepicker": _menu(initial_time=string(5, pattern=TIME), timezone=string(100)),
    "datetimepicker": _element(initial_date_time=integer(0, 9_999_999_999), confirm=confirm, focus_on_load=boolean),
}
BOXES: dict[str, Check] = {
    "checkboxes": both(
        _element(
            {"options": items(option(mrkdwn=True), most=10)},
            initial_options=items(option(mrkdwn=True), most=10),
            confirm=confirm,
            focus_on_load=boolean,
        ),
        _initials_are_options,
    ),
    "radio_buttons": both(
        _element(
            {"options": items(option(mrkdwn=True), most=10)},
            initial_option=option(mrkdwn=True),
            confirm=confirm,
            focus_on_load=boolean,
        ),
        _initials_are_options,
    ),
}
MENUS: dict[str, Check] = {
    "static_select": _static(several=False),
    "external_select": _menu(initial_option=option(), min_query_length=integer(0, 255)),
    "users_select": _menu(initial_user=string(255)),
    "conversations_select": _menu(of_conversations, initial_conversation=string(255)),
    "channels_select": _menu(initial_channel=string(255), response_url_enabled=boolean),
}
MULTI: dict[str, Check] = {
    "multi_static_select": _static(several=True),
    "multi_external_select": _multi(initial_options=items(option(), most=100), min_query_length=integer(0, 255)),
    "multi_users_select": _multi(initial_users=ids),
    "multi_conversations_select": _multi(of_conversations, initial_conversations=ids),
    "multi_channels_select": _multi(initial_channels=ids),
}
OVERFLOW: dict[str, Check] = {
    "overflow": _element({"options": items(option(url=True), most=5)}, confirm=confirm),
}
INPUTS: dict[str, Check] = {
    "plain_text_input": _input(
        initial_value=string(3000), multiline=boolean, min_length=integer(0, 3000), max_length=integer(1, 3000)
    ),
    "number_input": _element(
        {"is_decimal_allowed": boolean},
        initial_value=string(100),
        min_value=string(100),
        max_value=string(100),
        placeholder=plain(150),
        focus_on_load=boolean,
        dispatch_action_config=dispatch,
    ),
    "email_text_input": _input(initial_value=string(3000)),
    "url_text_input": _input(initial_value=string(3000)),
    "rich_text_input": _input(initial_value=anything),
    "file_input": _element(filetypes=items(string(20), most=100), max_files=integer(1, 10)),
}

in_section = typed({**BUTTON, **IMAGE, **MENUS, **MULTI, **OVERFLOW, **PICKERS, **BOXES})
in_actions = typed({**BUTTON, **MENUS, **OVERFLOW, **PICKERS, **BOXES})
in_input = typed({**INPUTS, **MENUS, **MULTI, **PICKERS, **BOXES})
in_context = typed({**IMAGE, "plain_text": text(3000), "mrkdwn": text(3000)})
