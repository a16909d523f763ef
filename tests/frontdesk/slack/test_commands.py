"""The slash command and mentions, from the person in Slack to the EnvSchedule and back, over both ways in."""

from datetime import UTC, datetime, timedelta

import pytest

from sundown_lab.slack.remote import Workspace
from support.apiserver import Json, eventually
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env, instant
from support.frontdesk.saying import answer_to, buttons, words
from support.frontdesks import Frontdesk, both_ways
from support.operators import Stage

pytestmark = [pytest.mark.lab, both_ways, pytest.mark.usefixtures("frontdesk")]


def overridden(env: Env) -> Json:
    found: Json = env.api.get(env.schedules("default"))["spec"].get("override", {})
    return found


def parsed(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture(scope="module", autouse=True)
def _no_operator(stage: Stage) -> None:
    """What an operator that another test has left running says of an env would come in between."""
    stage.clear()


@pytest.fixture
def sleeper(env: Env) -> Env:
    """An env that nobody has started, with a schedule that wakes it never."""
    env.schedule(ASLEEP_FOR_EVER)
    return env


def test_start_is_written_in_the_persons_name_and_told_to_all(slack: Workspace, sleeper: Env) -> None:
    """D2 C6"""
    before = datetime.now(UTC).replace(microsecond=0)
    answer = answer_to(slack.act("ana"), f"start {sleeper.name} because release test")
    written = overridden(sleeper)
    assert before <= parsed(written.pop("at")) <= datetime.now(UTC)
    assert written == {
        "state": "Awake",
        "by": "ana@example.com",
        "via": "slack",
        "reason": "release test",
        "dropAtReset": False,
    }
    assert f"{sleeper.name} stays awake: awake until further notice" in words(answer)
    assert not answer["ephemeral"]


def test_a_wish_and_where_it_was_asked_for_are_all_that_the_frontdesk_owns(slack: Workspace, sleeper: Env) -> None:
    """A19: and the seal that it came from Slack (fault S6)."""
    answer_to(slack.act("ana"), f"start {sleeper.name}")
    fields = sleeper.api.get(sleeper.schedules("default"))["metadata"]["managedFields"]
    ours = [entry["fieldsV1"] for entry in fields if entry["manager"] == "sundown-frontdesk"]
    asked: Json = {"f:annotations": {"f:sundown.dev/slack-asked": {}}}
    assert ours == [{"f:metadata": asked, "f:spec": {"f:override": {}}}]


def test_stop_lasts_until_the_next_start_and_offers_to_resume(slack: Workspace, env: Env) -> None:
    """D2 C3"""
    env.schedule(ALWAYS_AWAKE)
    answer = answer_to(slack.act("bo"), f"stop {env.name}")
    assert (overridden(env)["state"], overridden(env)["by"]) == ("Asleep", "bo@example.com")
    assert "asleep until somebody starts it" in words(answer)
    assert buttons(answer) == ["sundown.resume"]


def test_extending_adds_to_the_shutdown_in_force_and_twice_adds_twice(slack: Workspace, sleeper: Env) -> None:
    """D1 Z"""
    shutdown = instant(hours=1)
    sleeper.wish("Awake", until=shutdown)
    for text, hours in ((f"prolongate {sleeper.name} for 2h", 2), (f"extend {sleeper.name} 90m", 3.5)):
        answer_to(slack.act("ana"), text)
        assert parsed(overridden(sleeper)["until"]) == parsed(shutdown) + timedelta(hours=hours)
    assert overridden(sleeper)["dropAtReset"] is True


def test_snooze_counts_from_now(slack: Workspace, sleeper: Env) -> None:
    """D2 C2"""
    sleeper.wish("Awake", until=instant(days=9))
    answer_to(slack.act("ana"), f"snooze {sleeper.name} for 3 hours")
    written = overridden(sleeper)
    assert parsed(written["until"]) - parsed(written["at"]) == timedelta(hours=3)


def test_hours_out_of_range_change_nothing_and_are_explained_to_the_person_alone(
    slack: Workspace, sleeper: Env
) -> None:
    """D1 D5 Z"""
    answer = answer_to(slack.act("ana"), f"extend {sleeper.name} for 25h")
    assert 'Between 1 minute and 24 hours, please, not "25h".' in words(answer)
    assert "/devenv extend dev1 for 2h" in words(answer)
    assert answer["ephemeral"]
    assert overridden(sleeper) == {}


def test_a_wrong_command_gets_help_with_an_example(slack: Workspace) -> None:
    """D5"""
    said = words(answer_to(slack.act("ana"), "strat dev1"))
    assert 'I do not know "strat"; did you mean start?' in said
    assert "/devenv start dev1" in said


def test_an_env_that_does_not_exist_is_said_to(slack: Workspace) -> None:
    """D3 D5"""
    said = words(answer_to(slack.act("ana"), "status no-such-env"))
    assert 'No environment "no-such-env": there is no such namespace; /devenv list shows all.' in said


def test_a_mention_is_answered_in_its_thread(slack: Workspace, sleeper: Env) -> None:
    """D2"""
    ana = slack.act("ana")
    asked = ana.say("#dev", f"@Sundown start {sleeper.name}")
    answer = slack.wait_for_message(lambda message: message["thread_ts"] == asked["ts"], channel="#dev")
    assert f"{sleeper.name} stays awake" in words(answer)
    assert overridden(sleeper)["by"] == "ana@example.com"


def test_a_mention_that_is_edited_is_not_carried_out_again(slack: Workspace, sleeper: Env) -> None:
    """D1, Z"""
    shutdown, ana = instant(hours=1), slack.act("ana")
    sleeper.wish("Awake", until=shutdown)
    said = ana.say("#dev", f"@Sundown extend {sleeper.name} 1h")
    slack.wait_for_message(lambda message: message["thread_ts"] == said["ts"], channel="#dev")
    ana.edit(
        next(each for each in ana.messages("#dev") if each["ts"] == said["ts"]),
        f"@Sundown extend {sleeper.name} for 1h",
    )
    answer = ana.wait_for_message(lambda message: message["ephemeral"], channel="#dev")
    assert "What was edited is not carried out" in words(answer)
    assert parsed(overridden(sleeper)["until"]) == parsed(shutdown) + timedelta(hours=1)


def test_a_reason_cannot_mention_everybody(slack: Workspace, sleeper: Env) -> None:
    answer = answer_to(
        slack.act("ana"), f"start {sleeper.name} because <!channel> *loud* <https://evil.example.com|here>"
    )
    shown = "".join(block.get("text", {}).get("text", "") for block in answer["blocks"])
    assert "<!channel>" not in shown
    assert "*loud*" not in shown
    assert "<https" not in shown


def test_all_envs_are_listed_ones_own_first(slack: Workspace, env: Env) -> None:
    """D4"""
    env.schedule(ALWAYS_AWAKE)
    ana = slack.act("ana")
    said = eventually(
        lambda: next((text for text in [words(answer_to(ana, "list"))] if env.name in text), None),
        what="the new env is listed",
    )
    assert "environment" in said.splitlines()[0]


def test_every_delivery_is_acknowledged_in_time(slack: Workspace, frontdesk: Frontdesk, sleeper: Env) -> None:
    slack.patience(1)
    ana = slack.act("ana")
    for _ in range(3):
        answer_to(ana, f"status {sleeper.name}")
    traffic = slack.traffic()
    assert (traffic["late"], traffic["missed"]) == (0, 0)
    assert {each["via"] for each in traffic["deliveries"]} == {frontdesk.transport}
