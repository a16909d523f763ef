"""What people and machines read of an env: columns, conditions, history, Events; and how seldom it is written."""

import json

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Json, eventually
from support.audit import Audit
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env, instant, local, manifest

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("operator")]


@pytest.fixture
def team(env: Env) -> Env:
    """An env with ten workloads of one and an owner."""
    env.annotate(email="ana@example.com")
    for number in range(5):
        env.add(f"web-{number}", 1)
        env.add(f"db-{number}", 1, kind="StatefulSet")
    return env


def test_kubectl_can_wait_for_sleep_and_for_waking(team: Env, control_plane: Cluster) -> None:
    """G9"""
    kubectl = control_plane.kubectl
    team.schedule(ASLEEP_FOR_EVER)
    kubectl("wait", "--for=condition=Asleep", "envs/default", "-n", team.name, "--timeout=110s")
    assert set(team.counts().values()) == {0}
    team.wish("Awake")
    kubectl("wait", "--for=condition=Asleep=false", "envs/default", "-n", team.name, "--timeout=110s")
    kubectl("wait", "--for=condition=Progressing=false", "envs/default", "-n", team.name, "--timeout=110s")
    assert set(team.counts().values()) == {1}


def test_kubectl_get_envs_says_state_health_next_owner_and_why(team: Env, control_plane: Cluster) -> None:
    """G9"""
    begins = local(hours=2)
    rule = {"from": begins, "to": local(hours=3), "state": "Asleep"}
    team.schedule({**ALWAYS_AWAKE, "exceptions": [rule]})
    team.until("Awake")
    head, row = control_plane.kubectl("get", "envs", "-n", team.name).stdout.splitlines()
    assert head.split() == ["NAME", "STATE", "HEALTH", "NEXT", "AT", "OWNER", "WHY", "AGE"]
    assert row.split()[:6] == ["default", "Awake", "AllWell", "Asleep", f"{begins}Z", "ana@example.com"]


def test_a_new_owner_is_shown(team: Env) -> None:
    """B1"""
    team.schedule(ALWAYS_AWAKE)
    assert team.until("Awake")["owner"] == "ana@example.com"
    team.annotate(**{"sundown.dev/owner": "bo@example.com"})
    eventually(lambda: team.status()["owner"] == "bo@example.com", what="the new owner")


def test_an_owner_of_ten_thousand_characters_is_cut(team: Env) -> None:
    """Bad input: 10,000-character strings."""
    team.annotate(email="a" * 10_000)
    team.schedule(ASLEEP_FOR_EVER)
    assert len(team.until("Asleep")["owner"]) <= 256


def test_conditions_tell_the_four_things_that_are_asked(team: Env) -> None:
    """G9"""
    team.schedule(ASLEEP_FOR_EVER)
    status = team.until("Asleep")
    assert {each["type"]: each["status"] for each in status["conditions"]} == {
        "Ready": "True",
        "Asleep": "True",
        "Progressing": "False",
        "Degraded": "False",
    }


def test_the_status_is_written_at_most_three_times_a_transition(team: Env) -> None:
    """Design 5"""
    team.schedule(ALWAYS_AWAKE)
    team.until("Awake")
    for state in ("Asleep", "Awake"):
        team.wish(state)
        wished = team.api.get(team.schedules("default"))["metadata"]
        team.until(state)
        versions = team.api.since(team.schedules(), wished["resourceVersion"])
        assert 1 <= len([each for each in versions if each["metadata"]["generation"] == wished["generation"]]) <= 3


def test_an_env_that_is_applied_at_night_falls_asleep_and_then_is_asleep(env: Env, control_plane: Cluster) -> None:
    """G9: its namespace is empty when the schedule is seen, and nobody is told of a sleep before anything sleeps."""
    schedule = {"apiVersion": "sundown.dev/v1alpha1", "kind": "EnvSchedule", "metadata": {"name": "default"}}
    env.label(scheduler="enabled")
    objects = [{**schedule, "spec": ASLEEP_FOR_EVER}, *(manifest("Deployment", f"web-{each}", 1) for each in range(4))]
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    control_plane.kubectl("apply", "-n", env.name, "-f", "-", input=document)
    eventually(lambda: set(env.counts().values()) == {0} and env.status().get("state") == "Asleep", what="all sleep")

    def told_to_the_end() -> list[str] | None:
        said = env.reasons()
        return said if said[-1:] == ["Asleep"] else None

    told = eventually(told_to_the_end, what="it is told")
    assert told[0] == "FallingAsleep"
    assert told == ["FallingAsleep", "Asleep"] * (len(told) // 2)


def test_history_says_who_and_why(team: Env) -> None:
    """G7"""
    team.schedule(ALWAYS_AWAKE)
    team.until("Awake")
    team.wish("Asleep", by="bo@example.com", reason="gone home")
    newest = team.until("Asleep")["history"][0]
    assert (newest["to"], newest["by"]) == ("Asleep", "bo@example.com")
    assert "gone home" in newest["why"]


def test_history_keeps_the_last_ten(env: Env) -> None:
    """G7"""
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    for number in range(6):
        env.wish("Asleep", reason=f"round {number}")
        env.until("Asleep")
        env.wish("Awake", reason=f"round {number}")
        env.until("Awake")
    history = env.status()["history"]
    assert len(history) == 10
    assert [each["to"] for each in history] == ["Awake", "Asleep"] * 5
    assert "round 5" in history[0]["why"]
    assert "round 1" in history[-1]["why"]


def test_events_have_stable_reasons(team: Env) -> None:
    """Design 5; the reasons are an interface."""
    team.schedule(ALWAYS_AWAKE)
    team.until("Awake")
    team.wish("Asleep")
    team.until("Asleep")
    team.wish("Awake")
    team.until("Awake")
    expected = ["FallingAsleep", "Asleep", "Waking", "Awake"]
    eventually(lambda: team.reasons() == expected, what=f"the Events {expected}")


def test_events_stand_where_kubectl_describe_looks(team: Env, control_plane: Cluster) -> None:
    """G9"""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    eventually(lambda: "Asleep" in team.reasons(), what="the Event is posted")
    assert "FallingAsleep" in control_plane.kubectl("describe", "envs", "default", "-n", team.name).stdout


def test_the_same_trouble_is_told_once(team: Env) -> None:
    """Z (alerts repeat on every watch event)"""
    team.label(scheduler="sometimes")
    team.schedule(ASLEEP_FOR_EVER)
    team.until_condition("Ready", "False", "InvalidLabel")
    for number in range(3):
        team.annotate(note=str(number))
        team.patch({"metadata": {"annotations": {"note": str(number)}}})
    team.label(scheduler="enabled")
    team.until("Asleep")
    team.until_told("InvalidLabel")


def test_a_zone_that_only_the_operator_can_check_is_refused_with_its_path(team: Env) -> None:
    """A17, bad input: an unknown zone."""
    team.schedule({"timeZone": "Mars/Olympus_Mons", **ASLEEP_FOR_EVER})
    message = team.until_condition("Ready", "False", "InvalidSpec")
    assert message.startswith("spec.timeZone: ")
    assert set(team.counts().values()) == {1}


def test_a_mended_schedule_takes_effect(team: Env) -> None:
    """A17"""
    team.schedule({"timeZone": "Mars/Olympus_Mons", **ASLEEP_FOR_EVER})
    team.until_condition("Ready", "False", "InvalidSpec")
    team.patch({"spec": {"timeZone": "America/Port-au-Prince"}})
    team.until("Asleep")
    assert team.condition("Ready")[:2] == ("True", "Scheduled")


def test_overlapping_windows_are_judged_as_one_and_remarked_upon(team: Env) -> None:
    """Bad input: overlapping windows."""
    twice = {"days": ["Mon"], "from": "00:00", "to": "12:00"}
    team.schedule({"awake": [*ALWAYS_AWAKE["awake"], twice]})
    team.until("Awake")
    assert "overlaps spec.awake[0]" in team.condition("Ready")[2]


def test_what_was_saved_is_counted(team: Env) -> None:
    """G6: nothing else than hours asleep times what the pods had asked for."""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.wish("Awake", at=instant())
    saved = eventually(lambda: team.until("Awake", "Waking").get("savings"), what="savings")
    assert saved["cpuHours"] == pytest.approx(saved["asleepHours"] * 10 * 0.1, abs=0.01)


def test_an_env_at_rest_is_not_written_to(team: Env, audit: Audit) -> None:
    """Design 5: status is written only when it changes."""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    eventually(lambda: "Asleep" in team.reasons(), what="the Event is posted")
    audit.forget()
    team.annotate(note="of no concern")
    team.patch({"metadata": {"labels": {"note": "of-no-concern"}}})
    another = json.loads(json.dumps({"metadata": {"annotations": {"note": "still"}}}))
    team.patch(another)
    look_at_another(team)
    assert audit.writes(team.name) == []


def look_at_another(env: Env) -> None:
    """Return when the operator has looked at an env that was made just now, and so has seen what came before."""
    spare = Env(env.api, f"{env.name}-2")
    spare.api.create("/api/v1/namespaces", {"metadata": {"name": spare.name}})
    body: Json = {"awake": []}
    spare.schedule(body)
    spare.until("Asleep")
    spare.api.delete(spare.path)


@pytest.mark.parametrize("sign", ["😴", "中", "e\u0301"], ids=["emoji", "ideograph", "accent"])
def test_an_event_is_there_however_a_reason_is_written(team: Env, sign: str) -> None:
    """X9: an Event takes 1,024 bytes, and 256 emojis are as many"""
    team.schedule(ALWAYS_AWAKE)
    team.until("Awake")
    reason = sign * (256 // len(sign))
    team.wish("Asleep", reason=reason)
    team.until("Asleep")
    notes = eventually(
        lambda: [each["note"] for each in team.events() if sign * 10 in each["note"]], what="an Event with the reason"
    )
    assert all(len(note.encode()) <= 1024 for note in notes)
