"""The buttons of reminders, from the click to the EnvSchedule and the message, over both ways in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from sundown_lab.slack.remote import Workspace
from support.apiserver import Json, eventually
from support.envs import ASLEEP_FOR_EVER, Env
from support.frontdesk.reminded import all_about, announced, asked, button, left_behind, marks, running, stopping
from support.frontdesk.saying import buttons, words
from support.frontdesks import Frontdesk, both_ways
from support.operators import Operator, Stage

pytestmark = [pytest.mark.lab, both_ways, pytest.mark.usefixtures("operator", "frontdesk")]


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()


@pytest.fixture
def reminded(slack: Workspace, env: Env) -> Json:
    """The message in #dev that says that the env stops in half an hour."""
    running(env)
    stopping(env)
    return announced(slack, env, "stops")


@pytest.mark.parametrize(
    ("label", "hours"), [("Snooze 1 hour", 1), ("Snooze 3 hours", 3), ("Snooze 1 day", 24), ("Snooze 3 days", 72)]
)
def test_snoozing_holds_it_awake_for_that_long_and_the_message_says_who_did_it(
    slack: Workspace, env: Env, reminded: Json, label: str, hours: int
) -> None:
    """C1 C2 B8"""
    slack.act("bo").click(reminded, button(reminded, label))
    said = announced(slack, env, "does not stop", "bo@example.com put it off")
    assert said["ts"] == reminded["ts"]
    assert buttons(said) == []
    written = asked(env)
    assert (written["state"], written["by"], written["via"]) == ("Awake", "bo@example.com", "slack")
    assert _instant(written["until"]) - _instant(written["at"]) == timedelta(hours=hours)


def test_snoozing_takes_the_buttons_from_every_message_about_it(slack: Workspace, env: Env, reminded: Json) -> None:
    """C2: every other mark is dropped."""
    announced(slack, env, "stops", channel="@ana")
    slack.act("bo").click(reminded, button(reminded, "Snooze 3 hours"))
    assert buttons(announced(slack, env, "does not stop", channel="@ana")) == []
    eventually(lambda: '"stop"' not in marks(env), what="no reminder is pending")


def test_suspending_puts_it_to_sleep_and_confirms_with_a_way_back(slack: Workspace, env: Env, reminded: Json) -> None:
    """C1 C3 B8"""
    slack.act("bo").click(reminded, "sundown.suspend")
    said = announced(slack, env, "is asleep", "bo@example.com suspended it")
    assert said["ts"] == reminded["ts"]
    assert buttons(said) == ["sundown.resume"]
    assert env.replicas("web") == 0
    eventually(lambda: '"stop"' not in marks(env), what="no reminder is pending")


def test_resuming_says_waking_at_once_and_reports_when_all_is_ready(slack: Workspace, env: Env, reminded: Json) -> None:
    """A4 C5 C6"""
    bo = slack.act("bo")
    bo.click(reminded, "sundown.suspend")
    asleep = announced(slack, env, "is asleep")
    env.until("Asleep")
    chen = slack.act("chen")
    chen.click(asleep, "sundown.resume")
    report = announced(slack, env, "is awake again", "everything is ready, it took")
    assert f"<@{chen.id}>" in words(report)
    assert report["ts"] != reminded["ts"]
    assert env.status()["state"] == "Awake"
    assert asked(env)["by"] == "chen@example.com"
    slack.wait_for_message(
        lambda message: message["ts"] == reminded["ts"] and "sundown.resume" not in buttons(message), channel="#dev"
    )


def test_delete_is_offered_only_where_the_schedule_allows_it(slack: Workspace, env: Env) -> None:
    """C1 C4"""
    running(env)
    stopping(env, spec={"allowDelete": True})
    assert "sundown.delete" in buttons(announced(slack, env, "stops"))


def test_a_stale_button_says_who_has_done_what_and_changes_nothing(slack: Workspace, env: Env, reminded: Json) -> None:
    """B8: the click of somebody whose Slack has not shown the update yet."""
    slack.act("bo").click(reminded, button(reminded, "Snooze 3 hours"))
    eventually(lambda: asked(env).get("by") == "bo@example.com", what="bo has snoozed it")
    before = asked(env)
    late = left_behind(slack, reminded)
    slack.act("chen").click(late, "sundown.suspend")
    answer = slack.wait_for_message(lambda message: message["ephemeral"], channel="#dev", as_="chen")
    assert "is not stopped then: bo@example.com has put it off" in words(answer)
    assert "Nothing was changed by your click." in words(answer)
    assert asked(env) == before
    eventually(
        lambda: all(not buttons(message) for message in all_about(slack, env)), what="the stale buttons are gone"
    )


def test_of_two_people_who_click_at_once_one_wins_and_the_other_is_told(
    slack: Workspace, env: Env, reminded: Json
) -> None:
    """B8, faults: two people clicking different buttons at once."""
    clicks = (("bo", "sundown.suspend"), ("chen", "sundown.snooze"))
    seen = {who: left_behind(slack, reminded) for who, _ in clicks}
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda click: slack.act(click[0]).click(seen[click[0]], click[1]), clicks))
    eventually(lambda: asked(env).get("via") == "slack", what="one of them is heard")
    winner = str(asked(env)["by"]).partition("@")[0]
    loser = "chen" if winner == "bo" else "bo"
    answer = slack.wait_for_message(lambda message: message["ephemeral"], channel="#dev", as_=loser)
    assert f"{winner}@example.com" in words(answer)
    assert asked(env)["by"] == f"{winner}@example.com"
    expected = "is asleep" if winner == "bo" else "does not stop"
    announced(slack, env, expected, f"{winner}@example.com")


def test_a_click_on_an_env_that_was_deleted_says_so_politely(
    slack: Workspace, env: Env, reminded: Json, frontdesk: Frontdesk
) -> None:
    """Faults: the env deleted between message and click."""
    env.api.delete(env.path)
    slack.act("bo").click(left_behind(slack, reminded), "sundown.suspend")
    answer = slack.wait_for_message(lambda message: message["ephemeral"], channel="#dev", as_="bo")
    assert env.name in words(answer)
    assert "there is no such namespace" in words(answer) or "being deleted" in words(answer)
    assert not [line for line in frontdesk.lines if line.get("level") == "error"]


def test_a_resume_by_a_message_that_nobody_looks_after_is_confirmed_in_it(slack: Workspace, env: Env) -> None:
    """C3 C5: the confirmation of the slash command."""
    running(env)
    env.schedule({**ASLEEP_FOR_EVER, "override": {"state": "Awake"}, "notify": {"channel": "#dev"}})
    env.until("Awake")
    slack.act("bo").command(f"stop {env.name}", channel="#dev")
    stopped = slack.wait_for_message(lambda m: env.name in words(m) and "sundown.resume" in buttons(m))
    env.until("Asleep")
    slack.act("bo").click(stopped, "sundown.resume")
    announced(slack, env, "is awake again", "everything is ready", channel="#dev")
    env.until("Awake")


@pytest.mark.parametrize(
    "value",
    ["{", "[]", '{"ns":"../etc","cluster":"default","do":"suspend"}', '{"ns":"x","do":"suspend"}', "x" * 2000],
)
def test_a_button_that_says_nothing_sensible_is_answered_and_logged_once(
    slack: Workspace, env: Env, reminded: Json, frontdesk: Frontdesk, value: str
) -> None:
    """Bad input: payloads with unknown actions."""
    before = asked(env)
    slack.act("bo").click(left_behind(slack, reminded, value=value), "sundown.suspend")
    answer = slack.wait_for_message(lambda message: message["ephemeral"], channel="#dev", as_="bo")
    assert "cannot be read" in words(answer)
    assert asked(env) == before
    assert not [line for line in frontdesk.lines if line.get("level") == "error"]


def test_an_env_of_another_cluster_is_not_touched(slack: Workspace, env: Env, reminded: Json) -> None:
    """Bad input: a foreign cluster."""
    value = f'{{"ns":"{env.name}","cluster":"elsewhere","do":"suspend"}}'
    slack.act("bo").click(left_behind(slack, reminded, value=value), "sundown.suspend")
    slack.wait_for_message(lambda message: message["ephemeral"], channel="#dev", as_="bo")
    assert asked(env)["state"] == "Awake"


def test_somebody_whom_the_cluster_cannot_know_is_told_why(slack: Workspace, env: Env, reminded: Json) -> None:
    """Bad input: an unknown e-mail."""
    before = asked(env)
    slack.act("dina").change_profile(email="")
    slack.act("dina").click(reminded, "sundown.suspend")
    answer = slack.wait_for_message(lambda message: message["ephemeral"], channel="#dev", as_="dina")
    assert "e-mail" in words(answer)
    assert asked(env) == before


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
