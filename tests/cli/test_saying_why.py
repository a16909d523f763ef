"""`sundown why`: state, since when, who, what comes next, what is not well, what hangs, what was before."""

from collections.abc import Callable
from pathlib import Path

import pytest

from support.apiserver import eventually
from support.commandline import Sundown
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env, instant, manifest
from support.operators import Operator

pytestmark = pytest.mark.lab


@pytest.fixture
def stopped(env: Env, operator: Operator) -> Env:
    """An env that ben put to sleep for an hour."""
    env.annotate(email="ana@example.com")
    env.add("web", 3)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    env.wish("Asleep", until=instant(hours=1), by="ben@example.com", via="slack", reason="costs")
    env.until("Asleep")
    return env


def test_it_says_the_state_who_brought_it_about_and_what_comes_next(sundown: Sundown, stopped: Env) -> None:
    """D7, S7: without the guard that stamps it, who asked is what somebody says."""
    called = sundown("why", stopped.name)
    assert called.code == 0
    first, *lines = called.out.splitlines()
    assert first.startswith(f"{stopped.name}: asleep since ")
    told = {line[2:12].strip(): line[12:] for line in lines if line.startswith("  ")}
    assert told["why"].endswith("asked for by ben@example.com via slack (unverified): costs")
    assert told["who"] == "ben@example.com (unverified)"
    assert told["next"].startswith("awake at ")
    assert told["parts"] == "1 part: 1 asleep"
    assert told["owner"] == "ana@example.com"


def test_it_shows_the_last_transitions_with_who_and_why(sundown: Sundown, stopped: Env) -> None:
    """D7 G7"""
    lines = sundown("why", stopped.name).out.splitlines()
    header = next(index for index, line in enumerate(lines) if line.startswith("WHEN"))
    assert "asleep   ben@example.com   asleep until" in lines[header + 1]


def test_json_tells_the_same(sundown: Sundown, stopped: Env) -> None:
    status = stopped.status()
    told = sundown("why", stopped.name, "-o", "json").json
    assert {key: told[key] for key in ("namespace", "schedule", "state", "since", "by", "owner", "parts")} == {
        "namespace": stopped.name,
        "schedule": "default",
        "state": "Asleep",
        "since": status["since"],
        "by": "ben@example.com",
        "owner": "ana@example.com",
        "parts": {"total": 1, "asleep": 1, "ready": 0},
    }
    assert told["unverified"] is True
    assert told["next"] == status["nextTransition"]
    assert [turn["to"] for turn in told["upcoming"]] == ["Awake"]
    assert [(entry["to"], entry["by"]) for entry in told["history"]] == [("Asleep", "ben@example.com")]
    assert (told["troubles"], told["hanging"], told["notes"]) == ([], [], [])


def test_workloads_that_are_not_ready_are_named(sundown: Sundown, env: Env, operator: Operator) -> None:
    """D3"""
    env.add("web", 2, annotations={"sundown.dev/exclude": "true"})
    env.add("stuck", 2)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    env.edit("stuck", {"spec": {"paused": True}})
    env.edit("stuck", {"spec": {"replicas": 5}})
    env.edit("stuck", {"spec": {"template": {"spec": {"nodeSelector": {"no": "such-node"}}}, "paused": False}})
    env.wish("Asleep")
    env.until("Asleep")
    env.wish("Awake")
    env.until("Waking")
    hanging = sundown("why", env.name, "-o", "json").json["hanging"]
    assert [(one["kind"], one["name"], one["replicas"], one["ready"]) for one in hanging] == [
        ("Deployment", "stuck", 5, 0)
    ]
    assert [one["late"] for one in hanging] == [False]
    assert "  waits for Deployment/stuck: 0 of 5 ready" in sundown("why", env.name).out


def test_what_hangs_is_told_from_what_is_on_its_way(sundown: Sundown, env: Env, no_operator: None) -> None:
    """D7: nothing hangs a moment after somebody asked for it, and something does when the time of its wave is over."""
    env.add("web", 0, annotations={"sundown.dev/previous-replicas": "2"})
    env.add("db", 1, kind="StatefulSet", pod={"lab.sundown.dev/fault": "Error"})
    env.schedule({**ALWAYS_AWAKE, "waves": {"timeout": "10m"}})
    for since, name in ((instant(seconds=-4), "waits for"), (instant(hours=-1), "hanging")):
        say(env, state="Waking", since=since, observedGeneration=1)
        out = sundown("why", env.name).out
        assert "StatefulSet/db: 0 of 1 ready" in out
        assert {line[2:12].strip() for line in out.splitlines()} & {"waits for", "hanging"} == {name}


def test_what_is_not_well_is_said(sundown: Sundown, env: Env, operator: Operator) -> None:
    env.add("web", 1, annotations={"sundown.dev/exclude": "perhaps"})
    env.schedule(ALWAYS_AWAKE)
    env.until_condition("Degraded", "True", "InvalidAnnotation")
    assert (
        "  not well  InvalidAnnotation: Deployment/web: annotation sundown.dev/exclude" in sundown("why", env.name).out
    )
    assert sundown("why", env.name).out.startswith(f"{env.name}: awake, degraded since")


def test_kinds_that_nobody_knows_are_noted(sundown: Sundown, env: Env, operator: Operator) -> None:
    """D7: what is followed all the same is said too."""
    env.schedule({**ALWAYS_AWAKE, "workloads": {"kinds": ["Deployment", "CronJbo"]}})
    env.until("Awake")
    assert '  note      spec.workloads.kinds: nothing is known of a kind "CronJbo"; ' in sundown("why", env.name).out


def test_cron_jobs_that_start_pods_at_night_are_noted(sundown: Sundown, env: Env, operator: Operator) -> None:
    """A20: of one that has no pod just now nothing else tells."""
    template = {"spec": {"template": manifest("Deployment", "x", 1)["spec"]["template"]}}
    template["spec"]["template"]["spec"]["restartPolicy"] = "Never"
    spec = {"schedule": "0 3 * * *", "jobTemplate": template}
    made = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "nightly"}, "spec": spec}
    env.api.create(f"/apis/batch/v1/namespaces/{env.name}/cronjobs", made)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    assert "  note      CronJob/nightly starts pods at night too: " in sundown("why", env.name).out
    env.patch({"spec": {"workloads": {"kinds": ["CronJob"]}}})
    assert "CronJob/nightly starts" not in sundown("why", env.name).out


def test_a_schedule_that_cannot_be_read_is_said_once_and_blames_nobody(
    sundown: Sundown, env: Env, operator: Operator
) -> None:
    """D7 D4: the administrator may look at the workloads."""
    env.add("web", 1)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    env.patch({"spec": {"timeZone": "Europe/Berlim"}})
    env.until_condition("Ready", "False", "InvalidSpec")
    called = sundown("why", env.name)
    assert called.out.startswith(f"{env.name}: awake, degraded")
    assert called.out.count('spec.timeZone: no time zone "Europe/Berlim"') == 1
    assert "  not well  InvalidSpec\n" in called.out
    assert "  note      its schedule cannot be read, so what hangs is not shown\n" in called.out
    assert "you may not" not in called.out


def test_a_bad_label_is_said_once_and_what_is_awake_is_not_woken(
    sundown: Sundown, env: Env, operator: Operator
) -> None:
    """D7 D4"""
    env.add("web", 1)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    env.wish("Awake", by="ben@example.com", via="slack")
    env.label(scheduler="perhaps")
    env.until_condition("Ready", "False", "InvalidLabel")
    out = sundown("why", env.name).out
    assert out.count("nothing is changed until it is") == 1
    assert "it is to be awake all the same, because ben@example.com asked for it" in out
    assert "  not well  InvalidLabel\n" in out
    assert "awake, degraded" in sundown("list", "-n", env.name).out


def test_a_pod_that_finds_no_node_is_told_with_the_schedulers_word(
    sundown: Sundown, env: Env, operator: Operator
) -> None:
    """D3: its workload's conditions say nothing of it."""
    env.add("stuck", 1, kind="StatefulSet")
    env.edit("stuck", {"spec": {"template": {"spec": {"nodeSelector": {"no": "such-node"}}}}}, kind="StatefulSet")
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    env.wish("Awake")
    env.until("Waking")
    told = "  waits for StatefulSet/stuck: 0 of 1 ready: Unschedulable: "
    eventually(lambda: told in sundown("why", env.name).out, what="the scheduler has said so")


def say(env: Env, **status: object) -> None:
    """Have the status say what an operator that went away has left behind."""
    env.api.merge(f"{env.schedules('default')}/status", {"status": status})


def test_a_transition_that_is_overdue_casts_doubt_on_the_operator(
    sundown: Sundown, env: Env, no_operator: None
) -> None:
    env.schedule(ALWAYS_AWAKE)
    say(env, state="Awake", observedGeneration=1, nextTransition={"at": instant(minutes=-10), "to": "Asleep"})
    (note,) = sundown("why", env.name, "-o", "json").json["notes"]
    assert note.startswith("asleep is overdue since ")
    assert "the operator does not answer: is it running?" in note


@pytest.fixture
def waking_with_a_database(env: Env, no_operator: None) -> Env:
    """An env whose workloads wait for a database that starts."""
    asleep = {"sundown.dev/previous-replicas": "1"}
    env.add("cache", 0, kind="StatefulSet", annotations=asleep)
    env.add("web", 0, annotations=asleep)
    env.schedule(ALWAYS_AWAKE)
    database = {"kind": "RDSInstance", "id": "dev1-db", "state": "starting", "note": "5 to 10 minutes more"}
    spot = {"kind": "EC2Instance", "id": "i-0abc", "name": "web", "state": "running", "refused": "a spot instance"}
    week = "AWS starts a stopped database after 7 days; it was stopped again on 2026-11-23 at 18:01 UTC"
    again = {"kind": "AuroraCluster", "id": "reports", "state": "stopped", "note": week}
    cost = {"perHour": 0.19, "currency": "USD", "priced": 1, "unpriced": 1}
    say(env, state="Waking", since=instant(), observedGeneration=1, cloud=[again, database, spot], cost=cost)
    return env


def test_parts_in_aws_are_told_with_their_cost_and_who_waits_for_them(
    sundown: Sundown, waking_with_a_database: Env
) -> None:
    """D3 D7 E5 E6 G3"""
    out = sundown("why", waking_with_a_database.name).out
    for line in (
        "  in AWS    AuroraCluster/reports: stopped: AWS starts a stopped database after 7 days; it was stopped again on ",
        "            RDSInstance/dev1-db: starting: 5 to 10 minutes more\n",
        "            EC2Instance/i-0abc (web): running, does not stop with the environment: a spot instance\n",
        "  costs     in AWS, awake: 0.19 USD an hour, without 1 of 2 whose price is unknown\n",
        "            Deployment/web: at 0, was 1\n",
        "  waves     waiting for RDSInstance/dev1-db before StatefulSets and Deployments\n",
    ):
        assert line in out


def test_json_tells_of_aws_as_the_status_does(sundown: Sundown, waking_with_a_database: Env) -> None:
    """D7"""
    status = waking_with_a_database.status()
    told = sundown("why", waking_with_a_database.name, "-o", "json").json
    assert (told["cloud"], told["cost"]) == (status["cloud"], status["cost"])
    assert told["waiting"] == "waiting for RDSInstance/dev1-db before StatefulSets and Deployments"


def test_a_change_that_the_operator_has_not_seen_is_said_to_be_so(
    sundown: Sundown, env: Env, no_operator: None
) -> None:
    env.schedule(ALWAYS_AWAKE)
    say(env, state="Awake", observedGeneration=1)
    env.wish("Asleep")
    assert "the operator has not looked at it yet since it was changed" in sundown("why", env.name).out


def test_who_may_see_only_schedules_is_told_what_is_missing(
    sundown: Sundown, stopped: Env, person: Callable[..., Path]
) -> None:
    told = sundown("why", stopped.name, "-o", "json", who=person(stopped.name, "sundown-viewer")).json
    assert told["state"] == "Asleep"
    assert told["notes"] == ["you may not look at its workloads, so what hangs is not shown"]


def test_a_name_that_is_no_env_is_said_to_be_none(sundown: Sundown, namespace: str) -> None:
    """D5"""
    for name, text in (("no-such-env", "there is no such namespace"), (namespace, "the namespace has no EnvSchedule")):
        called = sundown("why", name)
        assert (called.code, called.out) == (1, "")
        assert called.err.startswith(f'Error: no environment "{name}": {text}')
        assert "; `sundown list` shows all" in called.err


def test_a_label_alone_is_said_to_do_nothing(sundown: Sundown, env: Env, no_operator: None) -> None:
    """D5"""
    env.label(scheduler="enabled")
    called = sundown("why", env.name)
    assert called.code == 1
    assert "its label scheduler=enabled alone does nothing: apply one (examples/01-office-hours.yaml)" in called.err


def test_an_env_that_sleeps_for_want_of_windows_says_so(sundown: Sundown, env: Env, operator: Operator) -> None:
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    out = sundown("why", env.name).out
    assert "  who       its schedule\n" in out
    assert "  next      nothing is scheduled\n" in out
    assert "  owner     nobody: annotate the namespace" in out


def test_a_dry_run_tells_all_that_it_would_do_wave_after_wave(sundown: Sundown, env: Env, operator: Operator) -> None:
    """G8 G3"""
    env.add("web", 3)
    env.add("api", 1, annotations={"sundown.dev/wave": "15"})
    env.add("db", 2, kind="StatefulSet")
    env.schedule({**ASLEEP_FOR_EVER, "dryRun": True})
    env.until("Awake")
    lines = sundown("why", env.name).out.splitlines()
    begin = next(index for index, line in enumerate(lines) if line.startswith("  would do"))
    assert [line[12:] for line in lines[begin : begin + 3]] == [
        "wave 20: Sleep Deployment/web: 3 -> 0",
        "wave 15: Sleep Deployment/api: 1 -> 0",
        "wave 10: Sleep StatefulSet/db: 2 -> 0",
    ]
    told = sundown("why", env.name, "-o", "json").json["rehearsal"]
    assert [one["wave"] for one in told] == [20, 15, 10]
    assert env.counts() == {"Deployment/web": 3, "Deployment/api": 1, "StatefulSet/db": 2}
