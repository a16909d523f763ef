"""Reminders, from the schedule in the cluster to the messages that people see."""

import json
from collections.abc import Callable

import pytest

from sundown_lab.slack.remote import Workspace
from support.apiserver import eventually
from support.envs import Env, instant
from support.frontdesk.reminded import all_about, announced, marks, running, stopping
from support.frontdesk.saying import buttons, words
from support.frontdesks import Frontdesk
from support.operators import Operator, Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("operator", "frontdesk")]


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()


def test_the_channel_and_the_owner_are_told_once_each(slack: Workspace, env: Env) -> None:
    """B1 B4 B5 B6 C1"""
    running(env)
    stopping(env)
    for channel in ("#dev", "@ana"):
        said = announced(slack, env, "stops", channel=channel)
        assert "Owner: ana@example.com" in words(said)
        assert "Runs: 1 Deployment (1 part: 1 ready)" in words(said)
        assert "No answer means that it stops." in words(said)
        assert buttons(said) == [
            "sundown.snooze",
            "sundown.snooze.1",
            "sundown.snooze.2",
            "sundown.snooze.3",
            "sundown.suspend",
        ]
    assert "Europe/Berlin" in words(announced(slack, env, channel="@ana"))
    assert [len(all_about(slack, env, channel=channel)) for channel in ("#dev", "@ana")] == [1, 1]


def test_a_message_says_in_its_metadata_what_it_is_about(slack: Workspace, env: Env) -> None:
    """C7"""
    running(env)
    until = stopping(env)
    said = announced(slack, env, "stops")
    metadata = said["metadata"]
    uid = env.api.get(env.schedules("default"))["metadata"]["uid"]
    assert metadata["event_type"] == "sundown_notice"
    payload = metadata["event_payload"]
    channel = payload["key"].rpartition("/")[2]
    assert payload == {
        "namespace": env.name,
        "cluster": "default",
        "action": "stop",
        "duration": "1h",
        "callback_url": "",
        "key": f"default/{env.name}/{uid}/{until}/{channel}",
    }


def test_the_same_message_is_brought_up_to_date_with_every_notice(slack: Workspace, env: Env) -> None:
    """B6 B8"""
    running(env)
    stopping(env, before=("1h", "10m"), minutes=28)
    first = announced(slack, env, "Reminded again")
    env.patch({"spec": {"notify": {"before": ["1h", "29m"]}}})
    last = announced(slack, env, "This is the last reminder.")
    assert last["ts"] == first["ts"]
    assert len(all_about(slack, env)) == 1


def test_without_an_answer_it_stops_and_the_same_message_says_so(slack: Workspace, env: Env) -> None:
    """B4 B8 A5"""
    running(env)
    stopping(env, before=("1m",), seconds=10)
    announced(slack, env, "stops")
    said = announced(slack, env, "is asleep", "nobody answered")
    assert buttons(said) == ["sundown.resume"]
    assert len(all_about(slack, env)) == 1
    eventually(lambda: '"stop"' not in marks(env), what="no reminder is pending")


def test_nobody_is_told_of_an_env_in_which_nothing_runs(
    slack: Workspace, env: Env, make_env: Callable[..., Env]
) -> None:
    """A6"""
    env.add("web", 0)
    stopping(env)
    env.until("Awake")
    other = running(make_env())
    stopping(other)
    announced(slack, other, "stops")
    assert all_about(slack, env) == []


@pytest.mark.parametrize("spec", [{"paused": True}, {"dryRun": True}])
def test_nobody_is_told_of_an_env_that_will_not_be_stopped(
    slack: Workspace, env: Env, make_env: Callable[..., Env], spec: dict[str, bool]
) -> None:
    """A6"""
    running(env)
    stopping(env, spec=spec)
    other = running(make_env())
    stopping(other)
    announced(slack, other, "stops")
    assert all_about(slack, env) == []


def test_a_prolonged_env_has_its_notices_moved_and_its_own_wording(slack: Workspace, env: Env) -> None:
    """B7 B8, S7: who it was is what somebody wrote."""
    running(env)
    stopping(env, before=("40m",))
    old = announced(slack, env, "stops")
    env.wish("Awake", until=instant(hours=2), at=instant(), by="bo@example.com", via="cli")
    moved = announced(slack, env, "does not stop", "bo@example.com (unverified) put it off")
    assert moved["ts"] == old["ts"]
    assert buttons(moved) == []
    env.patch({"spec": {"notify": {"before": ["3h"]}}})
    new = announced(slack, env, "was prolonged by bo@example.com", "then it stops")
    assert new["ts"] != old["ts"]
    assert len(all_about(slack, env)) == 2


def test_the_channel_is_told_which_other_envs_stop_and_which_are_prolonged(
    slack: Workspace, make_env: Callable[..., Env]
) -> None:
    """B7"""
    one, two, kept = (running(make_env()) for _ in range(3))
    stopping(kept, hours=3, before=("10m",))
    stopping(two, minutes=20)
    stopping(one)
    said = announced(slack, one, f"Stop by then too: {two.name}", f"Prolonged: {kept.name}")
    assert "dina@example.com" in words(said)


def test_what_people_write_cannot_mention_everybody(slack: Workspace, env: Env) -> None:
    """B5: injection in names and owners."""
    running(env, owner=None)
    env.annotate(**{"sundown.dev/owner": "<!channel> *x* <https://evil.example.com|click>"})
    stopping(env)
    said = announced(slack, env, "stops")
    shown = json.dumps(said["blocks"])
    assert "<!channel>" not in shown
    assert "<https" not in shown


def test_an_owner_can_be_a_slack_user_or_group_named_in_the_schedule(slack: Workspace, env: Env) -> None:
    """B1"""
    running(env)
    bo = slack.act("bo").id
    notify = {"before": ["1h"], "channel": "#dev"}
    said = {"state": "Awake", "until": instant(minutes=30)}
    env.schedule(
        {"awake": [], "override": said, "notify": notify},
        annotations={"sundown.dev/owner": f"<@{bo}>, @platform"},
    )
    for person in ("bo", "ana", "chen"):
        announced(slack, env, "stops", channel=f"@{person}")


def test_the_owners_zones_are_those_of_their_slack_profiles_and_stay_so(slack: Workspace, env: Env) -> None:
    """B2 B3"""
    running(env, owner="chen@example.com, ana@example.com")
    env.schedule({"timeZone": "owner", "awake": []})

    def zones() -> str:
        found = env.api.get(env.schedules("default"))["metadata"]
        return str(found.get("annotations", {}).get("sundown.dev/owner-time-zones", ""))

    eventually(lambda: zones() == "Asia/Kolkata,Europe/Berlin", what="the zones are there")
    slack.act("chen").change_profile(tz="Asia/Tokyo")
    eventually(lambda: zones() == "Asia/Tokyo,Europe/Berlin", what="the zones have followed")


def test_a_malformed_annotation_is_replaced_and_nothing_is_posted_twice(
    slack: Workspace, env: Env, frontdesk: Frontdesk
) -> None:
    """Z: one malformed annotation stops nothing."""
    running(env)
    stopping(env)
    first = announced(slack, env, "stops")
    eventually(lambda: first["ts"] in marks(env), what="the message is remembered")
    env.patch({"metadata": {"annotations": {"sundown.dev/slack": '{"messages": [{"what": "nonsense"}'}}})
    eventually(lambda: first["ts"] in marks(env), what="the message is remembered again")
    assert len(all_about(slack, env)) == 1
    assert any(line.get("event") == "marks-not-believed" for line in frontdesk.lines)


def test_the_messages_of_a_deleted_env_say_that_it_is_gone(slack: Workspace, env: Env) -> None:
    """B8"""
    running(env)
    stopping(env)
    announced(slack, env, "stops")
    env.api.delete(env.schedules("default"))
    assert buttons(announced(slack, env, "is not there any more")) == []


def test_each_manager_owns_its_own_field_alone(slack: Workspace, env: Env, operator: Operator) -> None:
    """Design, section 5"""
    running(env)
    stopping(env, spec={"timeZone": "owner"})
    announced(slack, env, "stops")
    eventually(lambda: "Europe/Berlin" in json.dumps(env.api.get(env.schedules("default"))["metadata"]), what="zones")
    fields = env.api.get(env.schedules("default"))["metadata"]["managedFields"]
    ours = {each["manager"]: each["fieldsV1"] for each in fields if each["manager"].startswith("sundown-frontdesk")}
    assert ours == {
        "sundown-frontdesk-marks": {"f:metadata": {"f:annotations": {"f:sundown.dev/slack": {}}}},
        "sundown-frontdesk-zones": {"f:metadata": {"f:annotations": {"f:sundown.dev/owner-time-zones": {}}}},
    }


def test_a_channel_that_does_not_exist_is_said_once_and_hinders_nobody(
    slack: Workspace, env: Env, make_env: Callable[..., Env], frontdesk: Frontdesk
) -> None:
    """Faults: one failing channel."""
    running(env)
    stopping(env, spec={"notify": {"before": ["1h"], "channel": "#no-such-channel"}})
    announced(slack, env, "stops", channel="@ana")
    other = running(make_env())
    stopping(other)
    announced(slack, other, "stops")
    said = [line for line in frontdesk.lines if line.get("name") == "#no-such-channel"]
    assert len(said) == 1
