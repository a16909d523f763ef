"""What the App Home shows: which buttons an env has, when it stops, and all of it within Slack's limits."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sundown.frontdesk.people.preferences import NONE, Preferences, preferred
from sundown.frontdesk.slack.home_refresh import Glance
from sundown.frontdesk.slack.transport.targets import cluster_of
from sundown.frontdesk.slack.views import home as home_view
from sundown.frontdesk.slack.views import preferences_modal
from sundown.frontdesk.slack.views.home import PAGE, Home
from sundown.model.cloud import MORE_MINUTES
from sundown.model.resources import CloudStatus, Cost, EnvScheduleStatus
from sundown.usecases.find import Found
from sundown_lab.slack.blockkit import view_or_refuse
from support.samples import after, known, namespace


def found(name: str = "dev1", *, trouble: str | None = None, spec: Any = None, **status: Any) -> Found:
    """An env that is awake, unless the status says otherwise."""
    said = EnvScheduleStatus(**{"state": "Awake", "shutdown_at": after(hours=1), **status})
    return Found(name, known(status=said, spec=spec), trouble=trouble, paused_by=None, space=namespace(name))


def home(*envs: Found, preferences: Preferences = NONE, **glance: Any) -> Home:
    return Home(envs, Glance(**glance), preferences, cluster="default")


def texts(view: Any) -> str:
    return json.dumps(view["blocks"], ensure_ascii=False)


def offered(view: Any) -> list[str]:
    """The action ids of the buttons of all envs."""
    rows = [each for each in view["blocks"] if each["type"] == "actions" and each["block_id"] != "home/*"]
    return [element["action_id"] for row in rows for element in row["elements"]]


AWAKE = ["sundown.snooze", "sundown.extend", "sundown.suspend"]


@pytest.mark.parametrize(
    ("env", "buttons"),
    [
        pytest.param(found(), AWAKE, id="awake"),
        pytest.param(found(state="Waking"), AWAKE, id="waking"),
        pytest.param(found(state="Asleep"), ["sundown.resume"], id="asleep"),
        pytest.param(found(state="FallingAsleep"), ["sundown.resume"], id="falling asleep"),
        pytest.param(found(state="Paused"), [], id="paused"),
        pytest.param(found(state=None), [], id="not looked at yet"),
        pytest.param(found(trouble="the label is wrong"), [], id="in trouble"),
        pytest.param(found(spec={"allowDelete": True}), [*AWAKE, "sundown.delete"], id="may be deleted"),
    ],
)
def test_an_env_has_the_buttons_of_its_state(env: Found, buttons: list[str]) -> None:
    """C9"""
    assert offered(home_view.draw(home(env))) == buttons


def test_the_next_stop_is_shown_on_the_readers_own_clock() -> None:
    """C9"""
    assert f"<!date^{int(after(hours=1).timestamp())}^" in texts(home_view.draw(home(found())))
    chosen = home_view.draw(home(found(), preferences=preferred(timeZone="Asia/Kolkata")))
    assert "Tue 2026-11-24 00:30 Asia/Kolkata" in texts(chosen)


def test_what_is_in_aws_is_shown_in_short_with_its_cost() -> None:
    """C9 D4"""
    parts = (
        CloudStatus(kind="EC2Instance", id="i-0abc", state="running"),
        CloudStatus(kind="RDSInstance", id="dev1-db", state="starting", note=MORE_MINUTES),
    )
    view = texts(home_view.draw(home(found(cloud=parts, cost=Cost(per_hour=0.19, priced=2, unpriced=0)))))
    assert "in AWS 1 EC2 instance, 1 RDS database: 1 running, 1 starting (5 to 10 minutes more)" in view
    assert "0.19 USD an hour" in view
    assert "AWS" not in texts(home_view.draw(home(found())))


def test_the_usual_snooze_comes_first() -> None:
    """C9"""
    view = home_view.draw(home(found(), preferences=preferred(defaultSnooze="1d")))
    (row,) = [each for each in view["blocks"] if each.get("block_id") == "home/dev1"]
    carried = [json.loads(each["value"]) for each in row["elements"][0]["options"]]
    assert [each["span"] for each in carried] == ["1d", "1h", "3h", "3d"]


def test_whatever_can_be_clicked_names_its_cluster() -> None:
    """S18: by the socket it may arrive at another cluster's frontdesk, which has an env of that name too."""
    name = "c" * 63
    view = home_view.draw(replace(home(found()), cluster=name))
    (row,) = [each for each in view["blocks"] if each.get("block_id") == "home/dev1"]
    for element in row["elements"]:
        for value in [element["value"]] if "value" in element else [each["value"] for each in element["options"]]:
            action = {"action_id": element["action_id"], "value": value, "selected_option": {"value": value}}
            assert cluster_of({"actions": [action]}) == name
            assert "options" not in element or len(value) <= 150


def test_many_envs_come_page_by_page() -> None:
    """C9"""
    envs = [found(f"dev-{number:03}") for number in range(2 * PAGE + 1)]
    seen = [texts(home_view.draw(home(*envs, everything=True, page=page))) for page in range(4)]
    assert ["dev-000" in each for each in seen] == [True, False, False, False]
    assert ["dev-060" in each for each in seen] == [False, False, True, True]
    assert ["sundown.home.later" in each for each in seen] == [True, True, False, False]
    assert ["sundown.home.earlier" in each for each in seen] == [False, True, True, True]


@settings(deadline=None)
@given(st.text(max_size=2000), st.text(max_size=300), st.text(max_size=300), st.integers(0, PAGE + 1))
def test_whatever_people_have_written_the_view_is_one_that_slack_takes(
    why: str, trouble: str, reason: str, count: int
) -> None:
    """Z: mrkdwn injection in names and owners."""
    envs = [found("e" * 63, why=why, trouble=trouble or None) for _ in range(min(count, 1))]
    envs += [found(f"{'e' * 60}{number:03}", why=reason) for number in range(count)]
    view = home_view.draw(home(*envs))
    view_or_refuse(json.dumps(view), kinds=("home",))
    assert "<!channel>" not in texts(view)


@pytest.mark.parametrize("name", ["<!channel>", "*bold*", "<https://example.com|here>", "`code`", "a & b"])
def test_what_people_have_written_is_shown_as_it_is(name: str) -> None:
    text = texts(home_view.draw(home(found(why=name))))
    assert name not in text


@pytest.mark.parametrize(
    "present",
    [NONE, preferred(timeZone="Asia/Kolkata", defaultSnooze="90m", quietHours={"from": "20:00", "to": "08:00"})],
    ids=["none", "all"],
)
def test_the_window_of_preferences_is_one_that_slack_takes(present: Preferences) -> None:
    """C9"""
    view_or_refuse(json.dumps(preferences_modal.window(present)))


def filled(**values: Any) -> dict[str, Any]:
    return {"state": {"values": {name: {name: said} for name, said in values.items()}}}


@pytest.mark.parametrize(
    ("values", "at"),
    [
        ({"time_zone": {"value": "Mars/Olympus_Mons"}}, "time_zone"),
        ({"time_zone": {"value": "x" * 65}}, "time_zone"),
        ({"default_snooze": {"selected_option": {"value": "never"}}}, "default_snooze"),
        ({"quiet_from": {"selected_time": "20:00"}}, "quiet_to"),
        ({"quiet_to": {"selected_time": "08:00"}}, "quiet_from"),
        ({"quiet_from": {"selected_time": "08:00"}, "quiet_to": {"selected_time": "08:00"}}, "quiet_to"),
    ],
)
def test_what_cannot_be_is_said_at_the_input(values: dict[str, Any], at: str) -> None:
    """C9"""
    with pytest.raises(preferences_modal.Unfit) as caught:
        preferences_modal.read(filled(**values))
    assert caught.value.errors.keys() == {at}


def test_an_empty_window_means_no_preferences() -> None:
    """C9"""
    empty = filled(
        time_zone={"value": None}, default_snooze={"selected_option": None}, quiet_from={"selected_time": None}
    )
    assert preferences_modal.read(empty) == preferences_modal.read({}) == NONE


keys = st.sampled_from(["value", "selected_option", "selected_time"])
values = st.recursive(
    st.none() | st.integers() | st.sampled_from(["", "08:00", "25:00", "3h", "UTC"]) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=5,
)
inputs = st.sampled_from(["time_zone", "default_snooze", "quiet_from", "quiet_to"])


@settings(deadline=None)
@given(st.dictionaries(inputs, values))
def test_no_payload_breaks_the_reading_of_preferences(said: dict[str, Any]) -> None:
    with suppress(preferences_modal.Unfit):
        preferences_modal.read(filled(**said))
