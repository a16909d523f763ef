"""`sundown wake-all --direct` where Sundown has stopped things in AWS: uninstalled, it leaves nothing asleep there either."""

from typing import Any

import pytest

from sundown_lab.aws.remote import Aws
from support.commandline import Sundown
from support.envs import ASLEEP_FOR_EVER, RECORD, STATE, Env

pytestmark = pytest.mark.lab


@pytest.fixture
def there(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """The caller has credentials, and a region."""
    settings = {"SUNDOWN_AWS_REGIONS": '["eu-central-1"]', "SUNDOWN_AWS_WATCH_SECONDS": "0.2"}
    for name, value in {**aws.environment, **settings}.items():
        monkeypatch.setenv(name, value)
    return aws


def record(env: Env, *, cluster: str = "default") -> dict[str, str]:
    return {
        "sundown:previous-state": "running",
        "sundown:stopped-at": "2026-11-22T18:00:00Z",
        "sundown:holder": f"{cluster}/{env.name}",
    }


def ours(tags: dict[str, str]) -> list[str]:
    return [key for key in tags if key.startswith("sundown:")]


@pytest.fixture
def asleep(env: Env, there: Aws, no_operator: None) -> tuple[str, str]:
    """An instance and a database that an operator, now gone, has stopped; the namespace has no EnvSchedule any more."""
    env.label(**{STATE: "asleep"})
    env.add("web", 0, annotations={RECORD: "3"})
    database = there.database(f"{env.name}-db", namespace=env.name, tags=record(env))
    there.client("rds").stop_db_instance(DBInstanceIdentifier=database)
    return there.instance(namespace=env.name, tags=record(env), state="stopped"), database


def asleep_with(env: Env, instance: str, *, restore: str) -> None:
    """A schedule whose status knows an instance, as running before the night or as only planned to be stopped."""
    env.schedule(ASLEEP_FOR_EVER)
    arn = f"arn:aws:ec2:eu-central-1:123456789012:instance/{instance}"
    record = {"kind": "EC2Instance", "name": instance, "uid": arn, "restore": restore}
    env.api.merge(f"{env.schedules('default')}/status", {"status": {"state": "Asleep", "records": [record]}})


def test_what_sundown_stopped_in_aws_is_started_and_forgotten(
    sundown: Sundown, env: Env, there: Aws, asleep: tuple[str, str]
) -> None:
    """A15 E1"""
    instance, database = asleep
    called = sundown("wake-all", "--direct", "-n", env.name)
    assert called.code == 0
    assert [there.state(each) for each in asleep] == ["running", "available"]
    assert [ours(there.tags(each)) for each in asleep] == [[], []]
    assert called.out.splitlines() == [
        f"{env.name}: Deployment/web woken, 0 -> 3 replicas",
        f"{env.name}: EC2Instance/{instance} in eu-central-1 started",
        f"{env.name}: RDSInstance/{database} in eu-central-1 started",
        "1 workload woken, 2 in AWS",
    ]
    assert sundown("wake-all", "--direct", "-n", env.name).out == "nothing sleeps\n"


def test_a_dry_run_shows_them_and_starts_nothing(
    sundown: Sundown, env: Env, there: Aws, asleep: tuple[str, str]
) -> None:
    """G8"""
    called = sundown("wake-all", "--direct", "--dry-run", "-n", env.name)
    assert f"{env.name}: EC2Instance/{asleep[0]} in eu-central-1 would be started" in called.out
    (row,) = sundown("wake-all", "--direct", "--dry-run", "-n", env.name, "-o", "json").json
    assert [(part["id"], part["state"]) for part in row["cloud"]] == [(each, "stopped") for each in asleep]
    assert there.state(asleep[0]) == "stopped"
    assert there.called("StartInstances") == []


def test_what_was_stopped_by_a_person_stays_stopped(sundown: Sundown, env: Env, there: Aws, no_operator: None) -> None:
    instance = there.instance(namespace=env.name, state="stopped")
    assert sundown("wake-all", "--direct", "-n", env.name).out == "nothing sleeps\n"
    assert there.state(instance) == "stopped"


def test_what_runs_already_only_loses_its_tags(sundown: Sundown, env: Env, there: Aws, no_operator: None) -> None:
    instance = there.instance(namespace=env.name, tags=record(env))
    called = sundown("wake-all", "--direct", "-n", env.name)
    assert "runs already, its tags dropped" in called.out
    assert ours(there.tags(instance)) == []


def test_what_lost_its_tags_is_started_by_what_the_status_remembers(
    sundown: Sundown, env: Env, there: Aws, no_operator: None
) -> None:
    """W12"""
    instance = there.instance(namespace=env.name, tags=record(env), state="stopped")
    there.strip(instance)
    asleep_with(env, instance, restore="running")
    called = sundown("wake-all", "--direct", "-n", env.name)
    assert (called.code, there.state(instance)) == (0, "running")
    assert f"{env.name}: EC2Instance/{instance} in eu-central-1 started" in called.out
    assert ours(there.tags(instance)) == []


def test_what_was_only_to_be_stopped_is_left_to_its_owner(
    sundown: Sundown, env: Env, there: Aws, no_operator: None
) -> None:
    """E1: the operator died before it stopped it, and its owner did since."""
    instance = there.instance(namespace=env.name, state="stopped")
    asleep_with(env, instance, restore="planned")
    called = sundown("wake-all", "--direct", "-n", env.name)
    assert (called.code, there.state(instance)) == (0, "stopped")


def test_what_another_cluster_stopped_is_left_to_it(sundown: Sundown, env: Env, there: Aws, no_operator: None) -> None:
    instance = there.instance(namespace=env.name, tags=record(env, cluster="green"), state="stopped")
    called = sundown("wake-all", "--direct", "-n", env.name)
    assert called.code == 0
    assert "set SUNDOWN_CLUSTER_NAME=green" in called.err
    assert there.state(instance) == "stopped"


def test_one_that_cannot_be_started_does_not_stop_the_others(
    sundown: Sundown, env: Env, there: Aws, asleep: tuple[str, str]
) -> None:
    """E4"""
    instance, database = asleep
    there.faults.add("denied", operation="StartDBInstance")
    called = sundown("wake-all", "--direct", "-n", env.name)
    assert called.code == 1
    assert f"RDSInstance/{database} in eu-central-1: rds:StartDBInstance" in called.err
    assert (there.state(instance), env.replicas("web")) == ("running", 3)


def test_what_does_not_start_in_time_keeps_its_tags(sundown: Sundown, env: Env, there: Aws, no_operator: None) -> None:
    instance = there.instance(namespace=env.name, tags=record(env), state="stopped")
    there.delay(None)
    called = sundown("wake-all", "--direct", "-n", env.name, "--timeout", "2s")
    assert called.code == 1
    assert "it is pending still: call this again later" in called.err
    assert len(ours(there.tags(instance))) == 3


@pytest.mark.parametrize("regions", ["[]", '["eu-central-1"]'])
def test_what_sleeps_in_a_region_that_is_not_configured_is_named(
    sundown: Sundown, env: Env, there: Aws, no_operator: None, monkeypatch: pytest.MonkeyPatch, regions: str
) -> None:
    """A15"""
    monkeypatch.setenv("SUNDOWN_AWS_REGIONS", regions)
    env.schedule(ASLEEP_FOR_EVER)
    part: dict[str, Any] = {"kind": "RDSInstance", "id": "dev1-db", "region": "eu-west-1", "state": "stopped"}
    env.api.merge(f"{env.schedules('default')}/status", {"status": {"state": "Asleep", "cloud": [part]}})
    called = sundown("wake-all", "--direct", "-n", env.name)
    assert called.code == 1
    assert f"{env.name}: RDSInstance/dev1-db sleeps in eu-west-1, which is not configured here" in called.err
