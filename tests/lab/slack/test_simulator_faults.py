"""Faults on demand, as Slack's own client meets them."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from sundown_lab.slack.onlooker import Refusal
from sundown_lab.slack.remote import Workspace
from support.slack.bolts import client, refusal


def test_a_rate_limit_says_when_to_come_back(slack: Workspace) -> None:
    slack.fault("chat.postMessage", "429", retry_after=7)

    with pytest.raises(SlackApiError) as limited:
        client(slack).chat_postMessage(channel="#dev", text="hello")

    answer = limited.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "7")
    assert slack.messages("#dev") == []


def test_slacks_retry_handler_gets_through_a_rate_limit(slack: Workspace) -> None:
    slack.fault("chat.postMessage", "429", retry_after=0)
    web = client(slack)
    web.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))

    web.chat_postMessage(channel="#dev", text="hello")

    assert [(c["status"], c["ok"]) for c in slack.calls("chat.postMessage")] == [(429, False), (200, True)]
    assert len(slack.messages("#dev")) == 1


def test_a_fault_of_one_method_leaves_the_others_alone(slack: Workspace) -> None:
    slack.fault("chat.postMessage", "error", error="fatal_error", times=2)
    web = client(slack)

    assert web.auth_test()["ok"]
    assert refusal(lambda: web.chat_postMessage(channel="#dev", text="1"))["error"] == "fatal_error"
    assert slack.faults()["faults"][0]["times"] == 1
    assert refusal(lambda: web.chat_postMessage(channel="#dev", text="2"))["error"] == "fatal_error"
    assert web.chat_postMessage(channel="#dev", text="3")["ok"]


def test_a_fault_of_all_methods_lasts_until_it_is_mended(slack: Workspace) -> None:
    slack.fault("*", "error", error="internal_error", times=None)
    web = client(slack)

    for call in (web.auth_test, web.users_list, web.conversations_list):
        assert refusal(call)["error"] == "internal_error"
    slack.mend()
    assert web.auth_test()["ok"]


def test_a_500_is_no_json(slack: Workspace) -> None:
    slack.fault("auth.test", "500")

    with pytest.raises(SlackApiError) as failed:
        client(slack).auth_test()

    assert failed.value.response.status_code == 500


def test_silence_lasts_until_the_client_gives_up(slack: Workspace) -> None:
    slack.fault("chat.postMessage", "silence")
    web = client(slack)
    web.timeout = 1

    with pytest.raises(TimeoutError):
        web.chat_postMessage(channel="#dev", text="hello")

    assert slack.messages("#dev") == []


def test_a_call_may_be_carried_out_and_only_its_answer_lost(slack: Workspace) -> None:
    slack.fault("chat.postMessage", "500", carried_out=True)

    with pytest.raises(SlackApiError):
        client(slack).chat_postMessage(channel="#dev", text="hello")

    assert [m["text"] for m in slack.messages("#dev")] == ["hello"]


def test_a_fault_that_is_none_is_refused(slack: Workspace) -> None:
    with pytest.raises(Refusal, match="kind"):
        slack.fault("chat.postMessage", "earthquake")
