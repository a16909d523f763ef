"""One Slack app before two clusters: each has a frontdesk of its own, and Slack posts to the first one's door."""

import pytest

from sundown_lab.slack.remote import Workspace
from support.apiserver import Json, eventually
from support.envs import Env
from support.frontdesk.saying import answer_to, buttons, words
from support.frontdesks import Counter
from support.two_clusters import FIRST, Desks, Pair

pytestmark = pytest.mark.lab


def overridden(env: Env) -> Json:
    found: Json = env.api.get(env.schedules("default"))["spec"].get("override", {})
    return found


def test_a_request_about_another_cluster_is_carried_out_there_and_answered_from_there(
    slack: Workspace, scheduled: Pair, desks: Desks
) -> None:
    """C8: a command, a mention, and the button of a message that came from there"""
    desks.there(slack)
    slack.patience(1)
    ana = slack.act("ana")
    answer = answer_to(ana, f"stop {scheduled.name}@eu-west")
    assert (overridden(scheduled.env_there)["state"], overridden(scheduled.env_there)["by"]) == (
        "Asleep",
        "ana@example.com",
    )
    assert overridden(scheduled.env_here) == {}
    assert buttons(answer) == ["sundown.resume"]
    assert ana.click(answer, "sundown.resume")["acked"]
    eventually(lambda: overridden(scheduled.env_there)["state"] == "Awake", what="the button resumes it there")
    ana.say("#dev", f"@Sundown stop {scheduled.name}@eu-west")
    eventually(lambda: overridden(scheduled.env_there)["state"] == "Asleep", what="the mention stops it there")
    assert overridden(scheduled.env_here) == {}
    ana.command(f"stop {scheduled.name}")
    eventually(lambda: overridden(scheduled.env_here).get("state") == "Asleep", what="without a cluster it is this one")
    assert slack.traffic()["late"] == 0


def test_the_other_cluster_checks_the_signature_itself(slack: Workspace, scheduled: Pair, desks: Desks) -> None:
    """C8 J1"""
    strict = desks.fresh_there(slack, SLACK_SIGNING_SECRET="another secret")
    said = words(answer_to(slack.act("ana"), f"stop {scheduled.name}@eu-west"))
    assert 'The cluster "eu-west" did not accept the request (401)' in said
    assert overridden(scheduled.env_there) == {}
    assert [each["reason"] for each in strict.lines if each["event"] == "request-refused"] == ["forged"]


def test_a_cluster_that_cannot_be_reached_is_said_to_be(slack: Workspace, scheduled: Pair, desks: Desks) -> None:
    """C8 D5"""
    desks.distant.clear()
    ana = slack.act("ana")
    answer = answer_to(ana, f"status {scheduled.name}@eu-west")
    assert 'The cluster "eu-west" cannot be reached at the moment, so nothing was done' in words(answer)
    assert answer["ephemeral"]
    asked = ana.say("#dev", f"@Sundown start {scheduled.name}@eu-west")
    told = ana.wait_for_message(lambda message: message["thread_ts"] == asked["ts"], channel="#dev")
    assert "cannot be reached" in words(told)
    assert f"{scheduled.name} is" in words(answer_to(ana, f"status {scheduled.name}@home"))


def test_a_cluster_that_nobody_knows_is_said_to_be_unknown(slack: Workspace, scheduled: Pair) -> None:
    """C8 D5"""
    said = words(answer_to(slack.act("ana"), f"stop {scheduled.name}@mars"))
    assert 'I know no cluster "mars", only eu-west, home.' in said


def test_what_is_passed_on_to_the_wrong_cluster_goes_no_further(
    slack: Workspace, scheduled: Pair, desks: Desks, counter: Counter
) -> None:
    """C8: two that take each other for a third would pass it on for ever"""
    doors = f'{{"mars": "{desks.there(slack).url}"}}'
    ours = {"SUNDOWN_CLUSTER_NAME": "home", "SUNDOWN_SLACK_PORT": "0", "SUNDOWN_CLUSTERS": doors}
    counter.fresh(slack, **ours, **FIRST).start()
    said = words(answer_to(slack.act("ana"), f"stop {scheduled.name}@mars"))
    assert 'passed on to the one that calls itself "eu-west"' in said


def test_by_socket_mode_nothing_is_passed_on_and_the_person_learns_why(slack: Workspace, counter: Counter) -> None:
    """C8"""
    counter.fresh(slack, SUNDOWN_CLUSTERS='{"eu-west": "http://127.0.0.1:9/slack/events"}').start()
    said = words(answer_to(slack.act("ana"), "stop dev1@eu-west"))
    assert 'I speak for the cluster "default" and cannot pass anything on to "eu-west"' in said
    assert "Socket Mode" in said
