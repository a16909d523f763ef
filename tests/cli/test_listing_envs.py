"""`sundown list`: every env that the person may see, as a table and as JSON."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from sundown_lab.cluster import Cluster
from support.commandline import Sundown
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env, local
from support.operators import Operator

pytestmark = pytest.mark.lab


@pytest.fixture
def asleep(env: Env, operator: Operator) -> Env:
    """An env of ana's that sleeps until an exception wakes it."""
    env.annotate(email="ana@example.com")
    env.add("web", 3)
    wakes = {"from": local(hours=1), "to": local(hours=2), "state": "Awake", "reason": "demo"}
    env.schedule({**ASLEEP_FOR_EVER, "exceptions": [wakes]})
    env.until("Asleep")
    return env


def test_json_has_exactly_what_was_promised(sundown: Sundown, asleep: Env) -> None:
    """D4"""
    wakes = asleep.api.get(asleep.schedules("default"))["spec"]["exceptions"][0]["from"]
    called = sundown("list", "-o", "json")
    assert called.code == 0
    assert [row for row in called.json if row["namespace"] == asleep.name] == [
        {
            "namespace": asleep.name,
            "state": "Asleep",
            "next": {"at": f"{wakes}Z", "to": "Awake"},
            "owner": "ana@example.com",
            "why": "the schedule has no windows, somebody has to start it",
            "parts": {"total": 1, "asleep": 1, "ready": 0},
            "cloud": [],
            "cost": None,
        }
    ]


def test_an_env_that_nothing_awaits_has_no_next(sundown: Sundown, env: Env, operator: Operator) -> None:
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    (row,) = sundown("list", "-n", env.name, "-o", "json").json
    assert (row["state"], row["next"], row["owner"]) == ("Awake", None, None)


def test_an_env_that_the_operator_has_not_seen_has_no_state(sundown: Sundown, env: Env, no_operator: None) -> None:
    env.schedule(ASLEEP_FOR_EVER)
    (row,) = sundown("list", "-n", env.name, "-o", "json").json
    assert (row["state"], row["next"], row["why"]) == (None, None, "the operator has not looked at it yet")


def test_the_table_tells_the_next_transition_in_local_time_and_from_now(sundown: Sundown, asleep: Env) -> None:
    """D4"""
    wakes = asleep.api.get(asleep.schedules("default"))["spec"]["exceptions"][0]["from"]
    header, row = sundown("list", "-n", asleep.name).out.splitlines()
    assert header.split() == ["NAMESPACE", "STATE", "NEXT", "AT", "OWNER", "WHY"]
    assert row.split()[:3] == [asleep.name, "asleep", "awake"]
    assert f"{wakes[11:16]} (in " in row
    assert "ana@example.com   the schedule has no windows" in row


def test_the_wide_table_counts_parts_too(sundown: Sundown, asleep: Env) -> None:
    header, row = sundown("list", "-n", asleep.name, "-o", "wide").out.splitlines()
    assert "SINCE" in header
    assert "1 part: 1 asleep   -        -      default" in row


def test_what_is_in_aws_is_listed_with_its_cost(sundown: Sundown, env: Env, no_operator: None) -> None:
    """D4 B5"""
    env.schedule(ALWAYS_AWAKE)
    database = {"kind": "RDSInstance", "id": "dev1-db", "state": "starting", "note": "5 to 10 minutes more"}
    cost = {"perHour": 0.19, "currency": "USD", "priced": 1, "unpriced": 0}
    status = {"state": "Waking", "observedGeneration": 1, "cloud": [database], "cost": cost}
    env.api.merge(f"{env.schedules('default')}/status", {"status": status})
    (row,) = sundown("list", "-n", env.name, "-o", "json").json
    assert (row["cloud"], row["cost"]) == ([database], cost)
    wide = sundown("list", "-n", env.name, "-o", "wide").out
    assert "1 RDS database: starting (5 to 10 minutes more)   0.19 USD an hour" in wide


def test_what_still_runs_is_listed_and_told(sundown: Sundown, env: Env, no_operator: None) -> None:
    """X11 A20"""
    env.schedule(ALWAYS_AWAKE)
    left = {"pods": 1, "owners": 1, "first": [{"kind": "Pod", "name": "debug", "pods": 1, "why": "Unowned"}]}
    status = {"state": "Asleep", "observedGeneration": 1, "stillRunning": left}
    env.api.merge(f"{env.schedules('default')}/status", {"status": status})
    (row,) = sundown("list", "-n", env.name, "-o", "json").json
    assert row["stillRunning"] == left
    told = "1 pod: Pod/debug (owned by nothing)"
    assert told in sundown("list", "-n", env.name, "-o", "wide").out
    assert f"  runs on   {told}" in sundown("why", env.name).out
    assert sundown("why", env.name, "-o", "json").json["stillRunning"] == left


def test_the_place_in_the_line_to_wake_is_listed_and_told(sundown: Sundown, env: Env, no_operator: None) -> None:
    """G4"""
    env.schedule(ALWAYS_AWAKE)
    place = {"position": 3, "at": "2026-01-01T08:00:00Z"}
    env.api.merge(f"{env.schedules('default')}/status", {"status": {"state": "Waking", "wakeQueue": place}})
    (row,) = sundown("list", "-n", env.name, "-o", "json").json
    assert row["wakeQueue"] == place
    assert "3rd in line to wake, any moment now" in sundown("list", "-n", env.name).out
    assert "  in line   3rd in line to wake" in sundown("why", env.name).out
    assert sundown("why", env.name, "-o", "json").json["wakeQueue"] == place


def test_envs_whose_transition_nobody_makes_are_named(sundown: Sundown, env: Env, no_operator: None) -> None:
    """D4: after `make undeploy`, say, what stands there is what once was."""
    env.schedule(ALWAYS_AWAKE)
    status = {"state": "Awake", "nextTransition": {"at": "2026-01-01T18:00:00Z", "to": "Asleep"}}
    env.api.merge(f"{env.schedules('default')}/status", {"status": status})
    told = sundown("list", "-n", env.name).err
    assert f"overdue: {env.name}; the operator does not answer: is it running?" in told


def test_nothing_is_said_of_the_operator_while_it_runs(sundown: Sundown, asleep: Env) -> None:
    assert "operator" not in sundown("list", "-n", asleep.name).err


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        (("--state", "asleep"), True),
        (("--state", "Awake"), False),
        (("--state", "degraded"), False),
        (("--owner", "ana@*"), True),
        (("--owner", "Ana@Example.com"), True),
        (("--owner", "ben@*"), False),
        (("--state", "asleep", "--owner", "ana@*"), True),
    ],
)
def test_envs_are_chosen_by_state_and_owner(
    sundown: Sundown, asleep: Env, chosen: tuple[str, ...], shown: bool
) -> None:
    rows = sundown("list", "-n", asleep.name, "-o", "json", *chosen).json
    assert [row["namespace"] for row in rows] == ([asleep.name] if shown else [])


def test_an_env_with_two_schedules_is_listed_once(sundown: Sundown, asleep: Env) -> None:
    asleep.schedule(ALWAYS_AWAKE, name="second")
    (row,) = sundown("list", "-n", asleep.name, "-o", "json").json
    assert row["state"] == "Asleep"


def test_a_schedule_that_cannot_be_followed_says_why(sundown: Sundown, asleep: Env) -> None:
    asleep.label(scheduler="on")
    asleep.until_condition("Ready", "False", "InvalidLabel")
    (row,) = sundown("list", "-n", asleep.name, "-o", "json").json
    assert 'must be "enabled" or "disabled", got "on"' in row["why"]


def test_a_schedule_that_cannot_be_read_is_listed_with_its_mistake(sundown: Sundown, asleep: Env) -> None:
    """Z"""
    asleep.patch({"spec": {"timeZone": "Mars/Olympus"}})
    asleep.until_condition("Ready", "False", "InvalidSpec")
    (row,) = sundown("list", "-n", asleep.name, "-o", "json").json
    assert row["why"].startswith('spec.timeZone: no time zone "Mars/Olympus"')
    assert sundown("list", "-n", asleep.name, "-o", "json", "--state", "degraded").json == [row]


def test_what_a_terminal_would_obey_is_not_printed(sundown: Sundown, env: Env, operator: Operator) -> None:
    env.annotate(email="ana\x1b[2J@example.com\nforged line")
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    called = sundown("list", "-n", env.name)
    assert "\x1b" not in called.out
    assert len(called.out.splitlines()) == 2


def test_no_envs_are_no_error(sundown: Sundown, namespace: str) -> None:
    assert sundown("list", "-n", namespace).out == f"no environment in {namespace}\n"
    assert sundown("list", "-n", namespace, "-o", "json").json == []


def test_what_was_looked_for_in_vain_is_said(sundown: Sundown, asleep: Env) -> None:
    """ "No environments of that kind" left it open what was meant by that."""

    def told(*chosen: str) -> str:
        return sundown("list", "-n", asleep.name, *chosen).out

    assert told("--owner", "ben@*") == "the only environment is not owned by ben@*\n"
    assert told("--state", "awake", "--owner", "ben@*") == "the only environment is not awake and owned by ben@*\n"


def test_who_may_not_list_the_cluster_is_shown_the_namespace_of_the_context(
    sundown: Sundown, env: Env, person: Callable[..., Path]
) -> None:
    """D4 J2"""
    env.schedule(ALWAYS_AWAKE)
    called = sundown("list", who=person(env.name, "sundown-viewer"))
    assert called.code == 0
    assert called.err.startswith("you may not list the whole cluster")
    assert called.out.splitlines()[1].startswith(env.name)
    assert len(called.out.splitlines()) == 2


def test_who_may_list_namespaces_is_shown_all_that_may_be_seen(
    sundown: Sundown, make_env: Callable[..., Env], person: Callable[..., Path], control_plane: Cluster
) -> None:
    mine, theirs = make_env(), make_env()
    for env in (mine, theirs):
        env.schedule(ALWAYS_AWAKE)
    ana = person(mine.name, "sundown-viewer")
    role = f"list-namespaces-{mine.name}"
    control_plane.kubectl("create", "clusterrole", role, "--verb=list", "--resource=namespaces")
    account = f"--serviceaccount={mine.name}:ana"
    control_plane.kubectl("create", "clusterrolebinding", role, f"--clusterrole={role}", account)
    try:
        rows = sundown("list", "-o", "json", who=ana).json
    finally:
        control_plane.kubectl("delete", "clusterrolebinding,clusterrole", role)
    assert [row["namespace"] for row in rows] == [mine.name]


def test_who_may_see_nothing_is_told_to_name_a_namespace(
    sundown: Sundown, namespace: str, person: Callable[..., Path]
) -> None:
    called = sundown("list", who=person(namespace))
    assert (called.code, called.out) == (1, "")
    assert called.err.startswith("Error: you may list neither the environments of the whole cluster nor those of ")
    assert "-n NAMESPACE" in called.err


def test_a_namespace_that_may_not_be_seen_is_refused_by_name(
    sundown: Sundown, make_env: Callable[..., Env], person: Callable[..., Path]
) -> None:
    mine, theirs = make_env(), make_env()
    called = sundown("list", "-n", theirs.name, who=person(mine.name, "sundown-viewer"))
    assert called.code == 1
    assert f'you may not look at environment "{theirs.name}"' in called.err


def test_credentials_that_the_cluster_does_not_know_are_said_to_be_so(
    sundown: Sundown, namespace: str, person: Callable[..., Path]
) -> None:
    ana = person(namespace)
    document = yaml.safe_load(ana.read_text())
    document["users"][0]["user"] = {"token": "expired"}
    ana.write_text(yaml.safe_dump(document))
    called = sundown("list", who=ana)
    assert called.code == 1
    assert "the cluster does not know you: log in again" in called.err


def test_envs_beyond_the_first_page_are_listed(
    sundown: Sundown, make_env: Callable[..., Env], no_operator: None
) -> None:
    """Z"""
    first, last = sorted((make_env(), make_env()), key=lambda env: env.name)
    for number in range(501):
        first.schedule(ALWAYS_AWAKE, name=f"schedule-{number}")
    last.schedule(ALWAYS_AWAKE)
    listed = [row["namespace"] for row in sundown("list", "-o", "json").json]
    assert [listed.count(env.name) for env in (first, last)] == [1, 1]
