"""Block Kit's limits, each where Slack has it, with the path that Slack would name."""

import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sundown_lab.slack.blockkit import blocks_or_refuse, view_or_refuse
from sundown_lab.slack.errors import Refused
from sundown_lab.slack.remote import Workspace
from support.slack.bolts import client, refusal

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn("text"), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Go"), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def select(**more: Any) -> Json:
    return {"type": "static_select", "options": [option("a")], **more}


def option(value: str, text: str = "text") -> Json:
    return {"text": plain(text), "value": value}


def confirm(**more: Any) -> Json:
    return {
        "title": plain("Sure?"),
        "text": mrkdwn("It is gone."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
        **more,
    }


AT_THE_LIMIT = {
    "50 blocks": [{"type": "divider"}] * 50,
    "a section's text": [section(text=mrkdwn("x" * 3000))],
    "fields": [{"type": "section", "fields": [mrkdwn("x" * 1200)] * 10}],
    "a header": [{"type": "header", "text": plain("x" * 150)}],
    "a context": [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    "actions": [actions(*(button(action_id=str(n)) for n in range(25)))],
    "a button": [actions(button(text=plain("x" * 75), value="x" * 2000, action_id="x" * 255))],
    "a block_id": [section(block_id="x" * 255)],
    "options": [actions(select(options=[option(str(n), "x" * 75) for n in range(100)]))],
    "a confirm dialog": [
        actions(
            button(
                confirm=confirm(
                    title=plain("x" * 100), text=mrkdwn("x" * 300), confirm=plain("x" * 30), deny=plain("x" * 30)
                )
            )
        )
    ],
    "the same action_id in two blocks": [actions(button(action_id="same")), actions(button(action_id="same"))],
    "an input": [{"type": "input", "label": plain("Name"), "element": {"type": "plain_text_input"}}],
}

BEYOND = {
    "51 blocks": ([{"type": "divider"}] * 51, "no more than 50 items allowed", "/blocks"),
    "an unknown block": ([{"type": "hologram"}], "unsupported type: hologram", "/blocks/0/type"),
    "an unknown field": ([{"type": "divider", "colour": "red"}], "invalid additional property: colour", "/blocks/0"),
    "an empty section": ([{"type": "section"}], "missing required field: text or fields", "/blocks/0"),
    "a section's text": (
        [section(text=mrkdwn("x" * 3001))],
        "must be less than 3001 characters",
        "/blocks/0/text/text",
    ),
    "an empty text": ([section(text=mrkdwn(""))], "must be more than 0 characters", "/blocks/0/text/text"),
    "a text that is a string": ([section(text="hello")], "must provide an object", "/blocks/0/text"),
    "11 fields": ([section(fields=[mrkdwn("x")] * 11)], "no more than 10 items allowed", "/blocks/0/fields"),
    "a field": ([section(fields=[mrkdwn("x" * 2001)])], "must be less than 2001 characters", "/blocks/0/fields/0/text"),
    "a header": (
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters",
        "/blocks/0/text/text",
    ),
    "a header in mrkdwn": (
        [{"type": "header", "text": mrkdwn("x")}],
        "must be a valid enum value (plain_text)",
        "/blocks/0/text/type",
    ),
    "11 elements of a context": (
        [{"type": "context", "elements": [mrkdwn("x")] * 11}],
        "no more than 10 items allowed",
        "/blocks/0/elements",
    ),
    "no actions": ([actions()], "no fewer than 1 items allowed", "/blocks/0/elements"),
    "26 actions": (
        [actions(*(button(action_id=str(n)) for n in range(26)))],
        "no more than 25 items allowed",
        "/blocks/0/elements",
    ),
    "a button's text": (
        [actions(button(text=plain("x" * 76)))],
        "must be less than 76 characters",
        "/blocks/0/elements/0/text/text",
    ),
    "a button's value": (
        [actions(button(value="x" * 2001))],
        "must be less than 2001 characters",
        "/blocks/0/elements/0/value",
    ),
    "a button's style": (
        [actions(button(style="loud"))],
        "must be a valid enum value (primary, danger)",
        "/blocks/0/elements/0/style",
    ),
    "an action_id": (
        [actions(button(action_id="x" * 256))],
        "must be less than 256 characters",
        "/blocks/0/elements/0/action_id",
    ),
    "an action_id twice": (
        [actions(button(action_id="same"), button(action_id="same"))],
        "action_id same already exists in this block",
        "/blocks/0/elements/1/action_id",
    ),
    "a block_id": ([section(block_id="x" * 256)], "must be less than 256 characters", "/blocks/0/block_id"),
    "a block_id twice": (
        [section(block_id="same"), section(block_id="same")],
        "block_id same already exists",
        "/blocks/1/block_id",
    ),
    "101 options": (
        [actions(select(options=[option(str(n)) for n in range(101)]))],
        "no more than 100 items allowed",
        "/blocks/0/elements/0/options",
    ),
    "an option's text": (
        [actions(select(options=[option("a", "x" * 76)]))],
        "must be less than 76 characters",
        "/blocks/0/elements/0/options/0/text/text",
    ),
    "an option with a type": (
        [actions(select(options=[{"type": "option", **option("a")}]))],
        "invalid additional property: type",
        "/blocks/0/elements/0/options/0",
    ),
    "an initial option of its own": (
        [actions(select(initial_option=option("b")))],
        "the initial option is none of the options",
        "/blocks/0/elements/0",
    ),
    "a confirm dialog's title": (
        [actions(button(confirm=confirm(title=plain("x" * 101))))],
        "must be less than 101 characters",
        "/blocks/0/elements/0/confirm/title/text",
    ),
    "a confirm dialog's text": (
        [actions(button(confirm=confirm(text=mrkdwn("x" * 301))))],
        "must be less than 301 characters",
        "/blocks/0/elements/0/confirm/text/text",
    ),
    "a confirm dialog's button": (
        [actions(button(confirm=confirm(confirm=plain("x" * 31))))],
        "must be less than 31 characters",
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    "a confirm dialog without a deny": (
        [actions(button(confirm={key: value for key, value in confirm().items() if key != "deny"}))],
        "missing required field: deny",
        "/blocks/0/elements/0/confirm",
    ),
    "an input among actions": (
        [actions({"type": "plain_text_input"})],
        "unsupported type: plain_text_input",
        "/blocks/0/elements/0/type",
    ),
}


@pytest.mark.parametrize("what", AT_THE_LIMIT)
def test_what_is_at_the_limit_is_taken(what: str) -> None:
    assert len(blocks_or_refuse(AT_THE_LIMIT[what])) == len(AT_THE_LIMIT[what])


@pytest.mark.parametrize("what", BEYOND)
def test_what_is_beyond_is_refused_with_its_path(what: str) -> None:
    blocks, message, path = BEYOND[what]

    with pytest.raises(Refused, match="invalid_blocks") as refused:
        blocks_or_refuse(blocks)

    assert f"{message} [json-pointer:{path}]" in refused.value.messages


def test_all_texts_together_have_a_limit_too() -> None:
    with pytest.raises(Refused, match="msg_blocks_too_long"):
        blocks_or_refuse([section(text=mrkdwn("x" * 3000))] * 5)


def test_the_answer_names_the_path_as_slack_does(slack: Workspace) -> None:
    blocks = [section(text=mrkdwn("x" * 3001))]

    refused = refusal(lambda: client(slack).chat_postMessage(channel="#dev", text="x", blocks=blocks))

    assert refused["error"] == "invalid_blocks"
    assert refused["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


def test_blocks_and_elements_without_an_id_get_one(slack: Workspace) -> None:
    client(slack).chat_postMessage(channel="#dev", text="x", blocks=[actions(button(), button(text=plain("No")))])

    (block,) = slack.messages("#dev")[0]["blocks"]
    assert block["block_id"]
    assert len({element["action_id"] for element in block["elements"]}) == 2


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "blocks": [section()], **more}


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        (modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (modal(blocks=[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (
            modal(blocks=AT_THE_LIMIT["an input"]),
            "missing required field: submit (a view with an input needs it) [json-pointer:/view]",
        ),
        ({"type": "home", "blocks": []}, "must be a valid enum value (modal) [json-pointer:/view/type]"),
        (
            {"type": "home", "blocks": [], "title": plain("x")},
            "invalid additional property: title [json-pointer:/view]",
        ),
    ],
)
def test_a_modal_has_limits_of_its_own(view: Json, message: str) -> None:
    with pytest.raises(Refused, match="invalid_arguments") as refused:
        view_or_refuse(view)

    assert message in refused.value.messages


@pytest.mark.parametrize(
    "view", [modal(title=plain("x" * 24), private_metadata="x" * 3000, blocks=[{"type": "divider"}] * 100), modal()]
)
def test_a_modal_at_the_limit_is_taken(view: Json) -> None:
    assert view_or_refuse(view)["type"] == "modal"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "elements", "element", "options", "value", "accessory", "fields", "blocks"]
            )
            | st.text(max_size=5),
            inner | st.sampled_from(["section", "actions", "button", "static_select", "modal", "home", "mrkdwn"]),
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(anything)
def test_no_json_at_all_makes_the_checks_fail_otherwise_than_by_refusing(content: object) -> None:
    for check in (blocks_or_refuse, view_or_refuse):
        with contextlib.suppress(Refused):
            check(content)
