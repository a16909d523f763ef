"""`sundown start|stop|extend|snooze`: what is written into the schedule, and what is refused."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Json
from support.commandline import Sundown
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env, instant

pytestmark = pytest.mark.lab


def overridden(env: Env) -> Json:
    found: Json = env.api.get(env.schedules("default"))["spec"].get("override", {})
    return found


def parsed(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
def sleeper(env: Env) -> Env:
    """An env that nobody has started, with a schedule that wakes it never."""
    env.schedule(ASLEEP_FOR_EVER)
    return env


def test_start_says_who_wants_it_since_when_by_which_door_and_why(sundown: Sundown, sleeper: Env, me: str) -> None:
    """D2"""
    before = datetime.now(UTC).replace(microsecond=0)
    called = sundown("start", sleeper.name, "--reason", "release test")
    assert (called.code, called.out) == (0, f"{sleeper.name}: awake until further notice\n")
    written = overridden(sleeper)
    assert before <= parsed(written.pop("at")) <= datetime.now(UTC)
    assert written == {
        "state": "Awake",
        "by": me,
        "via": "cli",
        "reason": "release test",
        "dropAtReset": False,
    }


def test_a_wish_is_the_only_field_that_the_command_line_owns(sundown: Sundown, sleeper: Env) -> None:
    sundown("start", sleeper.name)
    fields = sleeper.api.get(sleeper.schedules("default"))["metadata"]["managedFields"]
    ours = [entry["fieldsV1"] for entry in fields if entry["manager"] == "sundown-cli"]
    assert ours == [{"f:spec": {"f:override": {}}}]


def test_a_wish_replaces_the_one_before_as_a_whole(sundown: Sundown, sleeper: Env) -> None:
    sleeper.wish("Awake", until=instant(hours=9), reason="somebody else's", via="slack")
    sundown("snooze", sleeper.name, "1h")
    written = overridden(sleeper)
    assert "reason" not in written
    assert written["via"] == "cli"


def test_stop_lasts_until_the_next_scheduled_start(sundown: Sundown, env: Env) -> None:
    """D2"""
    env.schedule(ALWAYS_AWAKE)
    called = sundown("stop", env.name)
    assert called.out == f"{env.name}: asleep until somebody starts it\n"
    assert overridden(env)["state"] == "Asleep"
    assert "until" not in overridden(env)


def test_extending_adds_to_the_shutdown_in_force_and_twice_adds_twice(sundown: Sundown, sleeper: Env) -> None:
    """D1 Z"""
    shutdown = instant(hours=1)
    sleeper.wish("Awake", until=shutdown)
    for hours in (2, 4):
        assert sundown("extend", sleeper.name, "2h").code == 0
        assert parsed(overridden(sleeper)["until"]) == parsed(shutdown) + timedelta(hours=hours)
    assert overridden(sleeper)["dropAtReset"] is True


def test_extending_at_the_same_time_loses_nobodys_hours(control_plane: Cluster, sleeper: Env) -> None:
    """D1 Z"""
    shutdown = instant(hours=1)
    sleeper.wish("Awake", until=shutdown)
    command: list[str | Path] = [sys.executable, "-m", "sundown", "extend", sleeper.name, "1h"]
    command += ["--kubeconfig", control_plane.kubeconfig]
    callers = [subprocess.Popen(command) for _ in range(4)]
    assert [caller.wait(timeout=180) for caller in callers] == [0, 0, 0, 0]
    assert parsed(overridden(sleeper)["until"]) == parsed(shutdown) + timedelta(hours=4)


def test_extending_past_midnight_ends_on_the_next_day(sundown: Sundown, sleeper: Env) -> None:
    """D1 Z"""
    before_midnight = (datetime.now(UTC) + timedelta(hours=1)).replace(hour=23, minute=30, second=0, microsecond=0)
    sleeper.wish("Awake", until=before_midnight.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert sundown("extend", sleeper.name, "2h").code == 0
    assert parsed(overridden(sleeper)["until"]) == before_midnight + timedelta(hours=2)


def test_a_bare_number_is_hours(sundown: Sundown, sleeper: Env) -> None:
    shutdown = instant(hours=1)
    sleeper.wish("Awake", until=shutdown)
    assert sundown("extend", sleeper.name, "2").code == 0
    assert parsed(overridden(sleeper)["until"]) == parsed(shutdown) + timedelta(hours=2)


def test_extending_an_env_that_sleeps_counts_from_now(sundown: Sundown, sleeper: Env) -> None:
    sundown("extend", sleeper.name, "90m")
    written = overridden(sleeper)
    assert parsed(written["until"]) - parsed(written["at"]) == timedelta(minutes=90)


def test_snooze_counts_from_now_and_drops_what_was_asked_for_before(sundown: Sundown, sleeper: Env) -> None:
    """C2"""
    sleeper.wish("Awake", until=instant(days=9))
    sundown("snooze", sleeper.name, "3h")
    written = overridden(sleeper)
    assert parsed(written["until"]) - parsed(written["at"]) == timedelta(hours=3)


@pytest.mark.parametrize(
    ("verb", "span", "text"),
    [
        ("extend", "0", "between 1m and"),
        ("extend", "59s", "between 1m and"),
        ("extend", "24h1s", "between 1m and"),
        ("snooze", "0h", "between 1m and 30d"),
        ("snooze", "31d", "between 1m and 30d"),
        ("snooze", "9999d", "between 1m and 30d"),
    ],
)
def test_a_span_out_of_range_is_refused(sundown: Sundown, sleeper: Env, verb: str, span: str, text: str) -> None:
    """D1 Z"""
    called = sundown(verb, sleeper.name, span)
    assert called.code == 1
    assert text in called.err
    assert overridden(sleeper) == {}


@pytest.mark.parametrize("span", ["soon", "2 hours", "1.5h", "", "h", "1m2h", "99999999999999h"])
def test_what_is_no_span_is_a_mistake_in_the_call(sundown: Sundown, sleeper: Env, span: str) -> None:
    called = sundown("extend", sleeper.name, span)
    assert called.code == 2
    assert "30m, 2h, 1h30m or 3d" in called.err


def test_an_env_that_no_shutdown_awaits_cannot_be_extended(sundown: Sundown, env: Env) -> None:
    env.schedule(ALWAYS_AWAKE)
    called = sundown("extend", env.name, "1h")
    assert (called.code, overridden(env)) == (1, {})
    assert called.err == f"Error: {env.name}: no shutdown awaits it, so there is none to put off\n"


@pytest.mark.parametrize("wish", [["start"], ["stop"], ["extend", "1h"], ["snooze", "1h"]])
def test_a_paused_env_takes_no_wishes(sundown: Sundown, env: Env, wish: list[str]) -> None:
    env.schedule({**ASLEEP_FOR_EVER, "paused": True})
    verb, *span = wish
    called = sundown(verb, env.name, *span)
    assert (called.code, overridden(env)) == (1, {})
    assert "it is paused (spec.paused is true)" in called.err


def test_an_env_whose_namespace_is_disabled_takes_no_wishes(sundown: Sundown, sleeper: Env) -> None:
    """A9"""
    sleeper.label(scheduler="disabled")
    called = sundown("start", sleeper.name)
    assert (called.code, overridden(sleeper)) == (1, {})
    assert "it is paused (namespace label scheduler=disabled)" in called.err


def test_a_namespace_with_a_bad_label_is_not_promised_anything(sundown: Sundown, sleeper: Env) -> None:
    sleeper.label(scheduler="on")
    called = sundown("stop", sleeper.name)
    assert (called.code, overridden(sleeper)) == (1, {})
    assert 'must be "enabled" or "disabled", got "on"' in called.err


def test_a_schedule_that_cannot_be_read_is_refused_with_the_field(sundown: Sundown, env: Env) -> None:
    env.schedule({"timeZone": "Mars/Olympus"})
    called = sundown("stop", env.name)
    assert (called.code, overridden(env)) == (1, {})
    assert 'spec.timeZone: no time zone "Mars/Olympus"' in called.err
    assert sundown("why", env.name).code == 0


def test_the_wish_goes_to_the_schedule_in_force(sundown: Sundown, env: Env) -> None:
    env.generated_schedule(ASLEEP_FOR_EVER)
    env.schedule(ASLEEP_FOR_EVER, name="ours")
    assert sundown("start", env.name).code == 0
    assert overridden(env) == {}
    assert env.api.get(env.schedules("ours"))["spec"]["override"]["state"] == "Awake"


def test_one_env_that_fails_does_not_stop_the_others(sundown: Sundown, make_env: Callable[..., Env]) -> None:
    first, bare, last = make_env(), make_env(), make_env()
    for env in (first, last):
        env.schedule(ASLEEP_FOR_EVER)
    called = sundown("start", first.name, "no-such-env", bare.name, last.name)
    assert called.code == 1
    assert [overridden(env).get("state") for env in (first, last)] == ["Awake", "Awake"]
    assert 'no environment "no-such-env": there is no such namespace' in called.err
    assert f'no environment "{bare.name}": the namespace has no EnvSchedule' in called.err


@pytest.mark.parametrize("name", ["", "../kube-system", "Dev", "dev?x=1", "d" * 300])
def test_a_name_that_no_namespace_can_have_is_not_asked_for(sundown: Sundown, name: str) -> None:
    called = sundown("start", name)
    assert called.code == 1
    assert "no namespace can have that name" in called.err


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(sundown: Sundown, sleeper: Env, me: str) -> None:
    """G8"""
    called = sundown("snooze", sleeper.name, "2h", "--dry-run")
    assert called.code == 0
    assert f"{sleeper.name}: would be awake until" in called.out
    assert f'spec.override.by: "{me}"' in called.out
    assert overridden(sleeper) == {}


def test_json_tells_each_env_by_itself(sundown: Sundown, sleeper: Env) -> None:
    called = sundown("snooze", sleeper.name, "no-such-env", "2h", "-o", "json")
    assert called.code == 1
    done, refused = called.json
    assert done == {
        "namespace": sleeper.name,
        "ok": True,
        "dryRun": False,
        "state": "Awake",
        "until": overridden(sleeper)["until"],
        "override": overridden(sleeper),
        "seconds": None,
        "request": None,
        "error": None,
    }
    assert (refused["ok"], refused["override"], refused["error"]["reason"]) == (False, None, "NotFound")


def test_whoever_may_edit_the_namespace_may_wish_and_is_named(
    sundown: Sundown, sleeper: Env, person: Callable[..., Path]
) -> None:
    """J2"""
    ana = person(sleeper.name, "sundown-user")
    assert sundown("start", sleeper.name, who=ana).code == 0
    assert overridden(sleeper)["by"] == f"system:serviceaccount:{sleeper.name}:ana"


def test_whoever_may_only_look_is_told_so(sundown: Sundown, sleeper: Env, person: Callable[..., Path]) -> None:
    """J2 Z"""
    ana = person(sleeper.name, "sundown-viewer")
    called = sundown("stop", sleeper.name, who=ana)
    assert called.code == 1
    assert called.err.startswith(f'Error: you may not stop environment "{sleeper.name}": ask its owner')
    assert overridden(sleeper) == {}


def test_a_dry_run_asks_whether_one_may(sundown: Sundown, sleeper: Env, person: Callable[..., Path]) -> None:
    ana = person(sleeper.name, "sundown-viewer")
    called = sundown("stop", sleeper.name, "--dry-run", who=ana)
    assert (called.code, called.out) == (1, "")
    assert "you may not stop" in called.err


def test_whoever_may_nothing_is_told_so(sundown: Sundown, sleeper: Env, person: Callable[..., Path]) -> None:
    """J2 Z"""
    called = sundown("start", sleeper.name, who=person(sleeper.name))
    assert called.code == 1
    assert f'you may not look at environment "{sleeper.name}"' in called.err


def test_a_paused_env_is_known_by_the_operators_word_where_the_namespace_may_not_be_seen(
    sundown: Sundown, sleeper: Env, person: Callable[..., Path]
) -> None:
    ana = person(sleeper.name, "sundown-user")
    status = {"state": "Paused", "pausedBy": "namespace label scheduler=disabled", "observedGeneration": 1}
    sleeper.api.merge(f"{sleeper.schedules('default')}/status", {"status": status})
    called = sundown("start", sleeper.name, who=ana)
    assert (called.code, overridden(sleeper)) == (1, {})
    assert "it is paused (namespace label scheduler=disabled)" in called.err


def test_an_unreachable_cluster_is_said_to_be_so(sundown: Sundown, control_plane: Cluster, tmp_path: Path) -> None:
    """D5"""
    elsewhere = tmp_path / "kubeconfig"
    elsewhere.write_text(control_plane.kubeconfig.read_text().replace(control_plane.server, "https://127.0.0.1:1"))
    called = sundown("start", "dev1", who=elsewhere)
    assert called.code == 1
    assert "https://127.0.0.1:1 does not answer" in called.err
    assert "--context" in called.err


def test_it_works_as_a_plugin_of_kubectl(control_plane: Cluster, sleeper: Env, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    done = control_plane.kubectl("sundown", "start", sleeper.name)
    assert done.stdout == f"{sleeper.name}: awake until further notice\n"
