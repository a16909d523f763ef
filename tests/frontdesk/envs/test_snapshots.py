"""Where an env stands: by the operator's word, and by the schedule until there is one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sundown.cluster import reading
from sundown.frontdesk.envs.snapshot import Standing, standing
from sundown.usecases.find import Found

NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)  # a Monday
WORKDAYS: dict[str, Any] = {"awake": [{"days": ["Mon", "Tue", "Wed", "Thu", "Fri"], "from": "08:00", "to": "18:00"}]}
SIX = "2026-11-23T18:00:00Z"
AWAKE: dict[str, Any] = {
    "observedGeneration": 1,
    "state": "Awake",
    "since": "2026-11-23T08:00:00Z",
    "shutdownAt": SIX,
    "nextTransition": {"at": SIX, "to": "Asleep"},
    "parts": {"total": 2, "asleep": 0, "ready": 2},
}
ASLEEP: dict[str, Any] = {
    "observedGeneration": 1,
    "state": "Asleep",
    "since": "2026-11-23T16:00:00Z",
    "nextTransition": {"at": "2026-11-24T08:00:00Z", "to": "Awake"},
    "parts": {"total": 2, "asleep": 2, "ready": 0},
}


def stands(
    spec: dict[str, Any] | None = None,
    status: dict[str, Any] | None = None,
    *,
    generation: int = 1,
    vouched: bool = False,
    **more: Any,
) -> Standing:
    raw = {
        "metadata": {"name": "default", "namespace": "dev1", "uid": "u", "generation": generation},
        "spec": {**WORKDAYS, **(spec or {})},
        "status": AWAKE if status is None else status,
    }
    found = Found("dev1", reading.env_schedule(raw), **{"trouble": None, "paused_by": None, **more})
    return standing(found, now=NOW, vouched=lambda _: vouched)


def override(state: str, **fields: Any) -> dict[str, Any]:
    return {
        "override": {"state": state, "by": "bo@example.com", "via": "slack", "at": "2026-11-23T17:29:00Z", **fields}
    }


def test_the_operators_word_counts() -> None:
    env = stands()
    assert (env.state, env.certain, env.shutdown_at) == ("Awake", True, datetime(2026, 11, 23, 18, tzinfo=UTC))
    assert env.runs


def test_until_the_operator_has_seen_a_wish_the_schedule_is_asked() -> None:
    """B8: a message is updated though the operator is away."""
    env = stands(override("Awake", until="2026-11-23T21:00:00Z"), generation=2)
    assert (env.state, env.certain, env.shutdown_at) == ("Awake", False, NOW.replace(hour=21, minute=0))
    assert env.asked is not None
    assert env.asked.by == "bo@example.com"


@pytest.mark.parametrize(
    ("unverified", "vouched", "doubted"),
    [(True, False, True), (True, True, False), (None, False, False), (None, True, False)],
)
def test_who_asked_is_doubted_where_neither_the_api_server_nor_slack_has_proved_it(
    unverified: bool | None, vouched: bool, doubted: bool
) -> None:
    """S7"""
    said = {**ASLEEP, "unverified": unverified}
    assert stands(override("Asleep"), said, vouched=vouched).doubted is doubted
    assert not stands(None, said, vouched=vouched).doubted  # nobody asked
    assert not stands({"override": {"state": "Asleep"}}, said, vouched=vouched).doubted


def test_a_suspended_env_falls_asleep_at_once_for_those_who_look() -> None:
    """C3"""
    env = stands(override("Asleep", until="2026-11-24T08:00:00Z"), generation=2)
    assert (env.state, env.sleeps, env.wakes_at) == ("FallingAsleep", True, NOW.replace(day=24, hour=8, minute=0))


def test_a_resumed_env_is_waking_at_once_for_those_who_look() -> None:
    """C5"""
    env = stands(override("Awake", until=SIX), ASLEEP, generation=2)
    assert (env.state, env.runs) == ("Waking", False)


def test_an_env_that_somebody_keeps_awake_beyond_its_hours_is_prolonged() -> None:
    """B7"""
    late = {**AWAKE, "shutdownAt": "2026-11-23T21:00:00Z"}
    env = stands(override("Awake", until="2026-11-23T21:00:00Z"), late)
    assert env.prolonged
    assert env.answered_at == NOW - timedelta(minutes=1)


def test_an_env_that_somebody_has_started_for_its_usual_hours_is_not_prolonged() -> None:
    """B7"""
    env = stands(override("Awake", until=SIX))
    assert not env.prolonged


def test_a_wish_that_is_over_is_nobodys_any_more() -> None:
    env = stands(override("Asleep", until="2026-11-23T17:00:00Z", at="2026-11-23T16:00:00Z"))
    assert (env.asked, env.answered_at) == (None, None)


def test_nobody_is_told_of_a_shutdown_of_an_env_that_is_paused_rehearsed_or_in_trouble() -> None:
    """A6"""
    assert stands({"paused": True}).silent
    assert stands({"dryRun": True}).silent
    assert stands(trouble="superseded").silent
    assert stands(paused_by="namespace label scheduler=disabled").silent
    rehearsed = {"type": "Ready", "status": "True", "reason": "DryRun", "lastTransitionTime": SIX}
    assert stands(status={**AWAKE, "conditions": [rehearsed]}).silent
    assert stands().silent is None


def test_an_env_whose_pods_are_not_there_does_not_run() -> None:
    """A6"""
    assert not stands(status={**AWAKE, "parts": {"total": 2, "asleep": 2, "ready": 0}}).runs
    assert not stands(status=ASLEEP).runs


def test_an_env_of_which_only_an_instance_in_aws_runs_runs() -> None:
    """A6: what a shutdown would end runs; that it is no pod is no comfort to who works on it."""
    instance = {"kind": "EC2Instance", "id": "i-0abc", "state": "running"}
    no_pods = {**AWAKE, "parts": {"total": 2, "asleep": 2, "ready": 0}}
    assert stands(status={**no_pods, "cloud": [instance]}).runs
    assert not stands(status={**no_pods, "cloud": [{**instance, "state": "stopped"}]}).runs
    assert not stands(status={**no_pods, "cloud": [{**instance, "refused": "a spot instance"}]}).runs
    assert not stands(status={**ASLEEP, "cloud": [instance]}).runs


def test_what_is_in_aws_and_what_it_costs_is_taken_from_the_operators_word() -> None:
    """B5: the frontdesk has no credentials for AWS."""
    cost = {"perHour": 0.1, "currency": "USD", "priced": 1, "unpriced": 0}
    env = stands(status={**AWAKE, "cloud": [{"kind": "RDSInstance", "id": "db", "state": "running"}], "cost": cost})
    assert [one.title for one in env.cloud] == ["RDSInstance/db"]
    assert env.cost is not None
    assert env.cost.per_hour == 0.1


def test_an_env_of_which_the_operator_has_said_nothing_is_judged_by_its_schedule() -> None:
    env = stands(status={})
    assert (env.state, env.certain, env.runs) == ("Awake", False, False)
