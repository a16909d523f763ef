"""Modals and the App Home: opening, typing, submitting, and every answer that an app may give."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from sundown_lab.slack.onlooker import Refusal
from sundown_lab.slack.remote import Workspace
from support.slack.bolts import Bolt, client, refusal

both_ways = pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
Json = dict[str, Any]
Answer = Callable[[Any, Json], Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def modal(title: str = "Delete dev1", **more: Any) -> Json:
    name: Json = {
        "type": "input",
        "block_id": "name",
        "label": plain("Its name"),
        "element": {"type": "plain_text_input", "action_id": "typed", "max_length": 63},
    }
    return {
        "type": "modal",
        "callback_id": "delete",
        "title": plain(title),
        "submit": plain("Delete"),
        "blocks": [name],
        **more,
    }


def deleting(answer: Answer, *, view: Json | None = None) -> tuple[Callable[[AsyncApp], None], list[Json]]:
    seen: list[Json] = []

    def listen(app: AsyncApp) -> None:
        @app.command("/devenv")
        async def devenv(ack: Any, body: Json, client: Any) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=view or modal())

        @app.view("delete")
        async def submitted(ack: Any, body: Json) -> None:
            await answer(ack, body)
            seen.append(body)

        @app.view_closed("delete")
        async def closed(ack: Any, body: Json) -> None:
            await ack()
            seen.append(body)

    return listen, seen


async def plainly(ack: Any, _body: Json) -> None:
    await ack()


@both_ways
def test_a_command_opens_a_modal_which_is_submitted(slack: Workspace, http: bool) -> None:
    listen, seen = deleting(plainly)
    ana = slack.act("ana")

    with Bolt(slack, listen, http=http):
        ana.command("delete dev1")
        went = ana.submit(ana.wait_for_modal(), {"name": "dev1"})
        slack.wait_until(lambda: len(seen) == 1)

    assert went["acked"], went
    assert ana.modals == []
    assert slack.act("bo").modals == []
    assert seen[0]["view"]["state"]["values"]["name"]["typed"] == {"type": "plain_text_input", "value": "dev1"}


@both_ways
def test_an_app_may_answer_with_errors_which_stand_at_their_inputs(slack: Workspace, http: bool) -> None:
    async def refuse(ack: Any, _body: Json) -> None:
        await ack(response_action="errors", errors={"name": "That is not its name."})

    listen, _ = deleting(refuse)
    ana = slack.act("ana")

    with Bolt(slack, listen, http=http):
        ana.command("delete dev1")
        went = ana.submit(ana.wait_for_modal(), {"name": "dev2"})

    assert went["view_errors"] == {"name": "That is not its name."}
    (view,) = ana.modals
    assert view["errors"] == went["view_errors"]
    assert view["state"]["values"]["name"]["typed"]["value"] == "dev2"


def test_errors_at_a_block_that_is_no_input_are_a_fault_of_the_app(slack: Workspace) -> None:
    async def wrong(ack: Any, _body: Json) -> None:
        await ack(response_action="errors", errors={"elsewhere": "?"})

    listen, _ = deleting(wrong)
    ana = slack.act("ana")

    with Bolt(slack, listen):
        ana.command("delete dev1")
        went = ana.submit(ana.wait_for_modal(), {"name": "dev1"})

    assert went["error"] == "invalid_response"
    assert ana.modals[0]["error"] == "invalid_response"


def test_an_app_may_answer_with_another_view(slack: Workspace) -> None:
    async def update(ack: Any, _body: Json) -> None:
        await ack(response_action="update", view=modal("Really?"))

    listen, _ = deleting(update)
    ana = slack.act("ana")

    with Bolt(slack, listen):
        ana.command("delete dev1")
        first = ana.wait_for_modal()
        ana.submit(first, {"name": "dev1"})

    (view,) = ana.modals
    assert (view["id"], view["title"]) == (first["id"], "Really?")
    assert view["hash"] != first["hash"]


def test_an_app_may_push_a_view_and_clear_them_all(slack: Workspace) -> None:
    async def push_then_clear(ack: Any, body: Json) -> None:
        if body["view"]["previous_view_id"] is None:
            await ack(response_action="push", view=modal("Second"))
        else:
            await ack(response_action="clear")

    listen, _ = deleting(push_then_clear)
    ana = slack.act("ana")

    with Bolt(slack, listen):
        ana.command("delete dev1")
        first = ana.wait_for_modal()
        ana.submit(first, {"name": "dev1"})
        second = ana.wait_for_modal(lambda view: view["title"] == "Second")
        assert (second["previous_view_id"], second["root_view_id"]) == (first["id"], first["id"])
        with pytest.raises(Refusal, match="on top"):
            ana.submit(first, {"name": "dev1"})
        ana.submit(second, {"name": "dev1"})

    assert ana.modals == []


def test_a_submission_that_is_not_acked_leaves_the_modal_open_and_says_so(slack: Workspace) -> None:
    async def nothing(_ack: Any, _body: Json) -> None:
        pass

    listen, _ = deleting(nothing)
    ana = slack.act("ana")

    with Bolt(slack, listen):
        ana.command("delete dev1")
        view = ana.wait_for_modal()
        slack.patience(0.1)
        went = ana.submit(view, {"name": "dev1"})

    assert (went["acked"], went["error"]) == (False, "operation_timeout")
    assert ana.modals[0]["error"] == "operation_timeout"


@pytest.mark.parametrize(
    ("typed", "error"),
    [(None, "Please complete this required field."), ("x" * 64, "Please enter no more than 63 characters.")],
)
def test_slack_itself_refuses_what_an_input_does_not_allow(slack: Workspace, typed: str | None, error: str) -> None:
    listen, seen = deleting(plainly)
    ana = slack.act("ana")

    with Bolt(slack, listen):
        ana.command("delete dev1")
        went = ana.submit(ana.wait_for_modal(), {"name": typed})

    assert (went["acked"], went["view_errors"]) == (None, {"name": error})
    assert seen == []


def test_closing_tells_the_app_when_it_wants_to_know(slack: Workspace) -> None:
    listen, seen = deleting(plainly, view=modal(notify_on_close=True))
    ana = slack.act("ana")

    with Bolt(slack, listen):
        ana.command("delete dev1")
        ana.close(ana.wait_for_modal())
        slack.wait_until(lambda: len(seen) == 1)

    assert (seen[0]["type"], seen[0]["is_cleared"]) == ("view_closed", False)
    assert ana.modals == []


def test_closing_tells_nobody_else(slack: Workspace) -> None:
    listen, _ = deleting(plainly)
    ana = slack.act("ana")

    with Bolt(slack, listen):
        ana.command("delete dev1")
        assert ana.close(ana.wait_for_modal())["acked"] is None

    assert ana.modals == []


def opened(slack: Workspace, view: Json) -> Json:
    """A view that was opened after ana ran a command that nobody answered."""
    slack.patience(10)
    trigger = slack.act("ana").command("x")["trigger_id"]
    answer = client(slack).views_open(trigger_id=trigger, view=view)["view"]
    assert isinstance(answer, dict)
    return answer


def test_an_update_with_an_old_hash_is_a_conflict(slack: Workspace) -> None:
    web, view = client(slack), opened(slack, modal())

    web.views_update(view_id=view["id"], hash=view["hash"], view=modal("Second"))

    refused = refusal(lambda: web.views_update(view_id=view["id"], hash=view["hash"], view=modal("Third")))
    assert refused["error"] == "hash_conflict"
    assert slack.act("ana").modals[0]["title"] == "Second"


def test_a_closed_view_cannot_be_updated(slack: Workspace) -> None:
    view = opened(slack, modal())
    slack.act("ana").close(view)

    assert refusal(lambda: client(slack).views_update(view_id=view["id"], view=modal()))["error"] == "not_found"


def test_what_was_typed_survives_an_update_that_keeps_the_block(slack: Workspace) -> None:
    view = opened(slack, modal())
    slack.act("ana").choose(view, "typed", "dev1")

    client(slack).views_update(view_id=view["id"], view=modal("Second"))

    assert slack.act("ana").modals[0]["state"]["values"]["name"]["typed"]["value"] == "dev1"


def test_three_views_may_be_stacked(slack: Workspace) -> None:
    button = {"type": "button", "action_id": "more", "text": plain("More")}
    view = {"type": "modal", "title": plain("One"), "blocks": [{"type": "actions", "elements": [button]}]}
    web, ana = client(slack), slack.act("ana")
    opened(slack, view)

    def push() -> None:
        web.views_push(trigger_id=ana.click(ana.modals[-1], "more")["trigger_id"], view=view)

    push()
    push()

    assert refusal(push)["error"] == "push_limit_reached"


def test_a_trigger_from_outside_pushes_nothing(slack: Workspace) -> None:
    opened(slack, modal())
    trigger = slack.act("ana").command("x")["trigger_id"]

    assert refusal(lambda: client(slack).views_push(trigger_id=trigger, view=modal()))["error"] == "invalid_arguments"


HOME = {
    "type": "home",
    "blocks": [
        {
            "type": "section",
            "text": plain("dev1 is awake"),
            "accessory": {"type": "button", "action_id": "suspend", "text": plain("Suspend"), "value": "dev1"},
        }
    ],
}


@both_ways
def test_the_home_is_published_when_it_is_opened_and_its_buttons_work(slack: Workspace, http: bool) -> None:
    """C9: the simulator has an App Home of each user's own."""
    seen: list[Json] = []

    def listen(app: AsyncApp) -> None:
        @app.event("app_home_opened")
        async def opened_home(event: Json, client: Any) -> None:
            await client.views_publish(user_id=event["user"], view=HOME)

        @app.action("suspend")
        async def suspend(ack: Any, body: Json) -> None:
            await ack()
            seen.append(body)

    ana = slack.act("ana")
    with Bolt(slack, listen, http=http):
        assert ana.open_home()["acked"]
        ana.wait_for_home()
        assert ana.home_click("suspend")["acked"]
        slack.wait_until(lambda: len(seen) == 1)

    assert seen[0]["view"]["type"] == "home"
    assert seen[0]["actions"][0]["value"] == "dev1"
    assert slack.act("bo").home is None


def test_a_home_is_for_a_user_and_no_modal(slack: Workspace) -> None:
    web, ana = client(slack), slack.act("ana").id

    assert refusal(lambda: web.views_publish(user_id="U0NOBODY", view=HOME))["error"] == "invalid_arguments"
    assert refusal(lambda: web.views_publish(user_id=ana, view=modal()))["error"] == "invalid_arguments"


def test_a_home_published_with_an_old_hash_is_a_conflict(slack: Workspace) -> None:
    web, ana = client(slack), slack.act("ana").id
    first = web.views_publish(user_id=ana, view=HOME)["view"]["hash"]
    web.views_publish(user_id=ana, view=HOME, hash=first)

    assert refusal(lambda: web.views_publish(user_id=ana, view=HOME, hash=first))["error"] == "hash_conflict"
