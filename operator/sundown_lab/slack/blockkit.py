"""Blocks, views and metadata: what Slack takes (https://docs.slack.dev/reference/block-kit/blocks), and what it says if not.

``*_or_refuse`` raise Refused with the names that Slack has; they return the blocks with their ids filled in.
"""

import json
from typing import Any

from sundown_lab.slack.elements import in_actions, in_context, in_input, in_section, kind
from sundown_lab.slack.errors import Refused
from sundown_lab.slack.records import Json
from sundown_lab.slack.shapes import (
    Check,
    Findings,
    anything,
    boolean,
    exactly_one,
    items,
    one_of,
    plain,
    shape,
    string,
    text,
    typed,
)

BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
TEXT_OF_BLOCKS = 13_200
"""Together; not in Slack's documentation, but it is where ``msg_blocks_too_long`` begins (slackapi/bolt-js issue 2509)."""
METADATA = 8_000
"""Characters of JSON. Slack says only that there is a limit; whoever stays under this one is well within it."""


def _block(required: dict[str, Check] | None = None, **optional: Check) -> Check:
    return shape({"type": kind, **(required or {})}, {"block_id": string(255, least=1), **optional})


def _section(value: object, path: str, findings: Findings) -> None:
    _SECTION(value, path, findings)
    if isinstance(value, dict) and value.get("text") is None and value.get("fields") is None:
        findings.add("missing required field: text or fields", path)


_SECTION = _block(text=text(3000), fields=items(text(2000), most=10), accessory=in_section, expand=boolean)


def _actions(value: object, path: str, findings: Findings) -> None:
    _ACTIONS(value, path, findings)
    seen: set[str] = set()
    elements = value.get("elements") if isinstance(value, dict) else None
    for index, element in enumerate(elements if isinstance(elements, list) else []):
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if isinstance(action_id, str) and action_id in seen:
            findings.add(f"action_id {action_id} already exists in this block", f"{path}/elements/{index}/action_id")
        elif isinstance(action_id, str):
            seen.add(action_id)


_ACTIONS = _block({"elements": items(in_actions, most=25)})


def _input(value: object, path: str, findings: Findings) -> None:
    findings.inputs += 1
    _INPUT(value, path, findings)


_INPUT = _block(
    {"label": plain(2000), "element": in_input}, hint=plain(2000), optional=boolean, dispatch_action=boolean
)


def _image(value: object, path: str, findings: Findings) -> None:
    _IMAGE(value, path, findings)
    exactly_one("image_url", "slack_file")(value, path, findings)


_IMAGE = _block({"alt_text": string(2000)}, image_url=string(3000, least=1), slack_file=anything, title=plain(2000))

BLOCKS: dict[str, Check] = {
    "section": _section,
    "divider": _block(),
    "header": _block({"text": plain(150)}),
    "context": _block({"elements": items(in_context, most=10)}),
    "actions": _actions,
    "image": _image,
    "input": _input,
    "rich_text": _block({"elements": items(anything, most=100)}),
}
_known = typed(BLOCKS)
_known_in_messages = typed({**BLOCKS, "markdown": _block({"text": string(12_000, least=1)})})


def _unique(each: Check) -> Check:
    def check(value: object, path: str, findings: Findings) -> None:
        each(value, path, findings)
        block_id = value.get("block_id") if isinstance(value, dict) else None
        if isinstance(block_id, str) and block_id in findings.block_ids:
            findings.add(f"block_id {block_id} already exists", f"{path}/block_id")
        elif isinstance(block_id, str):
            findings.block_ids.add(block_id)

    return check


_message_blocks = items(_unique(_known_in_messages), most=BLOCKS_IN_MESSAGE, least=0)
_view_blocks = items(_unique(_known), most=BLOCKS_IN_VIEW, least=0)
_both_views: dict[str, Check] = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_view = typed(
    {
        "modal": shape(
            {"type": one_of("modal"), "title": plain(24), "blocks": _view_blocks},
            {
                "close": plain(24),
                "submit": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
                **_both_views,
            },
        ),
        "home": shape({"type": one_of("home"), "blocks": _view_blocks}, _both_views),
    }
)


def decoded(value: object, *, error: str) -> Any:
    """JSON that may come as a string, as it does in a form. Raises Refused with that error's name."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as problem:
        raise Refused(error) from problem


def _filled(blocks: list[Json]) -> list[Json]:
    """The blocks with an id for each and for each of their elements, as Slack hands them out."""
    result: list[Json] = json.loads(json.dumps(blocks))
    given = {block["block_id"] for block in result if "block_id" in block}
    spare = (name for number in range(10_000) if (name := f"b{number:03d}") not in given)
    for block in result:
        block.setdefault("block_id", next(spare))
        for index, element in enumerate(interactive(block)):
            element.setdefault("action_id", f"a{index:03d}")
    return result


def interactive(block: Json) -> list[Json]:
    """The elements of a block that a person can use."""
    inside = [block.get("accessory"), block.get("element"), *(block["elements"] if block["type"] == "actions" else [])]
    return [element for element in inside if isinstance(element, dict) and element.get("type") != "image"]


def blocks_or_refuse(value: object) -> list[Json]:
    """The blocks of a message. Raises Refused: invalid_blocks_format, invalid_blocks, msg_blocks_too_long."""
    blocks = decoded(value, error="invalid_blocks_format")
    if blocks is None:
        return []
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    findings = Findings()
    _message_blocks(blocks, "/blocks", findings)
    if findings.messages:
        raise Refused("invalid_blocks", messages=findings.messages)
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if findings.characters + markdown > TEXT_OF_BLOCKS:
        raise Refused("msg_blocks_too_long")
    return _filled(blocks)


def view_or_refuse(value: object, *, kinds: tuple[str, ...] = ("modal",)) -> Json:
    """A view. Raises Refused: invalid_arguments, with what is wrong where."""
    view = decoded(value, error="invalid_arguments")
    findings = Findings()
    _view(view, "/view", findings)
    if not findings.messages:
        if view["type"] not in kinds:
            findings.add(f"must be a valid enum value ({', '.join(kinds)})", "/view/type")
        if view["type"] == "modal" and findings.inputs and view.get("submit") is None:
            findings.add("missing required field: submit (a view with an input needs it)", "/view")
    if findings.messages:
        raise Refused("invalid_arguments", messages=findings.messages)
    return {**view, "blocks": _filled(view["blocks"])}


def metadata_or_refuse(value: object) -> Json | None:
    """The metadata of a message. Raises Refused: invalid_metadata_format, invalid_metadata_schema, metadata_too_large."""
    metadata = decoded(value, error="invalid_metadata_format")
    if metadata is None or metadata == {}:
        return None
    if not isinstance(metadata, dict):
        raise Refused("invalid_metadata_format")
    findings = Findings()
    form = shape({"event_type": string(255, least=1, pattern=r"[A-Za-z0-9_.\-]+"), "event_payload": _payload})
    form(metadata, "/metadata", findings)
    if findings.messages:
        raise Refused("invalid_metadata_format", messages=findings.messages)
    if len(json.dumps(metadata, ensure_ascii=False)) > METADATA:
        raise Refused("metadata_too_large")
    result: Json = json.loads(json.dumps(metadata))
    return result


def _payload(value: object, path: str, findings: Findings) -> None:
    if not isinstance(value, dict):
        findings.add("must provide an object", path)
