"""Envs that have more than workloads: what is theirs in AWS sleeps and wakes with them. The real operator, over HTTP."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sundown_lab.aws.remote import Aws
from support.apiserver import eventually
from support.aws.teams import PATIENCE, RECORD, Team
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab

HOLD = "lab.sundown.dev/hold"
TABLE = {"SUNDOWN_AWS_TABLE": "sundown", "SUNDOWN_AWS_TABLE_CREATE": "true"}


@pytest.fixture(scope="module", params=["memory", "table"])
def operator(stage: Stage, aws_server: Aws, request: pytest.FixtureRequest) -> Iterator[Operator]:
    """One operator for all of these tests, which keeps what it knows in memory only, or in a DynamoDB table too."""
    aws_server.reset()
    one = stage.fresh(
        **aws_server.environment,
        **(TABLE if request.param == "table" else {}),
        SUNDOWN_CLUSTER_NAME="lab",
        SUNDOWN_AWS_REGIONS='["eu-central-1"]',
        SUNDOWN_AWS_INVENTORY_SECONDS="0.5",
        SUNDOWN_AWS_WATCH_SECONDS="0.2",
    )
    one.start()
    yield one
    stage.clear()


@pytest.fixture
def sky(aws_server: Aws) -> Iterator[Aws]:
    """AWS as the operator knows it, whole before and after the test."""
    yield aws_server
    aws_server.faults.clear()
    aws_server.delay(0)
    aws_server.settle()


@pytest.fixture
def team(operator: Operator, env: Env, sky: Aws) -> Team:
    """An env that is awake, without anything in it."""
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    return Team(env, sky)


def test_everything_that_it_has_in_aws_sleeps_and_wakes_with_it(team: Team) -> None:
    """E1: asleep is said when all have really stopped, awake when all really run; no trace is left of it."""
    aws, env = team.aws, team.env
    aws.delay(0.5)
    names = [
        aws.instance(namespace=env.name),
        aws.database(f"{env.name}-db", namespace=env.name),
        aws.aurora(f"{env.name}-aurora", namespace=env.name),
    ]
    env.add("web", 2)
    team.known(*names)
    given = {name: aws.tags(name) for name in names}
    team.sleeps()
    assert team.phases(*names) == ["stopped"] * 3
    assert env.status()["parts"] == {"total": 4, "asleep": 4, "ready": 0}
    for name in names:
        tags = aws.tags(name)
        assert (tags["sundown:previous-state"], tags["sundown:holder"]) == ("running", f"lab/{env.name}")
    team.wakes()
    assert team.phases(*names) == ["running", "available", "available"]
    team.until_forgotten(*names)
    assert {name: aws.tags(name) for name in names} == given


def test_databases_stop_after_the_workloads_that_need_them_and_run_before_them(team: Team) -> None:
    """E7: a database is not touched while a pod is left, and no pod is asked for before it runs."""
    aws, env = team.aws, team.env
    database = aws.database(f"{env.name}-db", namespace=env.name)
    env.add("web", 1)
    env.add("queue", 0, kind="StatefulSet")
    env.edit("queue", {"spec": {"template": {"metadata": {"finalizers": [HOLD]}}}}, kind="StatefulSet")
    env.scale("queue", 1, kind="StatefulSet")
    team.known(database)
    eventually(lambda: env.workload("queue", kind="StatefulSet")["status"].get("readyReplicas"), what="queue is ready")
    env.wish("Asleep")
    env.until_count("queue", 0, kind="StatefulSet", within=PATIENCE)
    env.until("FallingAsleep")
    assert aws.state(database) == "available"
    assert not RECORD & aws.tags(database).keys()
    env.api.merge(f"{env.path}/pods/queue-0", {"metadata": {"finalizers": None}})
    env.until("Asleep", within=PATIENCE)
    assert aws.state(database) == "stopped"
    env.edit("queue", {"spec": {"template": {"metadata": {"finalizers": None}}}}, kind="StatefulSet")
    aws.delay(None, service="rds")
    env.wish("Awake")
    team.until_phase("starting", database)
    seen = aws.seq
    eventually(lambda: aws.called("DescribeDBInstances", since=seen), what="the operator looks at the database")
    assert env.counts() == {"Deployment/web": 0, "StatefulSet/queue": 0}
    aws.settle()
    env.until("Awake", within=PATIENCE)
    assert env.counts() == {"Deployment/web": 1, "StatefulSet/queue": 1}


def test_what_a_person_had_stopped_before_stays_stopped_on_waking(team: Team) -> None:
    """E1."""
    aws, env = team.aws, team.env
    running, stopped = aws.instances(2, namespace=env.name)
    database = aws.database(f"{env.name}-db", namespace=env.name)
    aws.client("ec2").stop_instances(InstanceIds=[stopped])
    aws.client("rds").stop_db_instance(DBInstanceIdentifier=database)
    team.known(running, stopped, database)
    team.sleeps()
    assert not RECORD & (aws.tags(stopped).keys() | aws.tags(database).keys())
    team.wakes()
    assert team.phases(running, stopped, database) == ["running", "stopped", "stopped"]


def test_one_that_fails_degrades_the_env_and_the_others_go_on(team: Team) -> None:
    """E4: with its name and with what AWS said; when AWS lets it be stopped, that is noticed without anybody's help."""
    aws, env = team.aws, team.env
    good, bad, other = aws.instances(3, namespace=env.name)
    database = aws.database(f"{env.name}-db", namespace=env.name)
    env.add("web", 1)
    team.known(good, bad, other, database)
    aws.faults.add("denied", operation="StopInstances", resource=bad)
    env.patch({"spec": {"waves": {"timeout": "1s"}}})
    env.wish("Asleep")
    message = env.until_condition("Degraded", "True", "WriteFailed")
    assert f"EC2Instance/{bad}: ec2:StopInstances" in message
    assert good not in message
    team.until_phase("stopped", good, other, database)
    env.until_count("web", 0, within=PATIENCE)
    assert aws.state(bad) == "running"
    aws.faults.clear()
    env.until("Asleep", within=PATIENCE)
    assert aws.state(bad) == "stopped"
    assert env.condition("Degraded")[0] == "False"


def test_an_env_says_that_aws_has_no_room_and_wakes_when_it_has(team: Team) -> None:
    """E4: the other instance of the same call runs meanwhile."""
    aws, env = team.aws, team.env
    lucky, unlucky = aws.instances(2, namespace=env.name)
    team.known(lucky, unlucky)
    team.sleeps()
    aws.faults.add("capacity", operation="StartInstances", resource=unlucky)
    env.wish("Awake")
    message = env.until_condition("Degraded", "True", "WriteFailed")
    assert f"EC2Instance/{unlucky}: ec2:StartInstances" in message
    assert "InsufficientInstanceCapacity" in message
    team.until_phase("running", lucky)
    assert aws.state(unlucky) == "stopped"
    aws.faults.clear()
    env.until("Awake", within=PATIENCE)
    assert aws.state(unlucky) == "running"


def test_an_env_that_leaves_aws_alone_stops_nothing_there_and_starts_what_it_had_stopped(team: Team) -> None:
    """E1: ``spec.aws.enabled: false``, before it sleeps and while it does."""
    aws, env = team.aws, team.env
    instance = aws.instance(namespace=env.name)
    env.add("web", 1)
    team.known(instance)
    env.patch({"spec": {"aws": {"enabled": False}}})
    team.sleeps()
    assert (aws.state(instance), env.counts()) == ("running", {"Deployment/web": 0})
    env.patch({"spec": {"aws": {"enabled": True}}})
    team.until_phase("stopped", instance)
    env.patch({"spec": {"aws": {"enabled": False}}})
    team.until_phase("running", instance)
    team.until_forgotten(instance)
    assert env.counts() == {"Deployment/web": 0}


def test_one_that_is_taken_out_while_the_env_sleeps_is_woken(team: Team) -> None:
    """E1: the scheduler tag is gone from one, another is excluded; the third sleeps on."""
    aws, env = team.aws, team.env
    untagged, excluded, asleep = aws.instances(3, namespace=env.name)
    team.known(untagged, excluded, asleep)
    team.sleeps()
    ec2 = aws.client("ec2")
    ec2.delete_tags(Resources=[untagged], Tags=[{"Key": "scheduler"}])
    ec2.create_tags(Resources=[excluded], Tags=[{"Key": "sundown:exclude", "Value": "true"}])
    team.until_phase("running", untagged, excluded)
    team.until_forgotten(untagged, excluded)
    assert aws.state(asleep) == "stopped"


def test_what_sleeps_is_woken_when_its_schedule_is_deleted(team: Team) -> None:
    """A15."""
    aws, env = team.aws, team.env
    names = [aws.instance(namespace=env.name), aws.database(f"{env.name}-db", namespace=env.name)]
    env.add("web", 1)
    team.known(*names)
    team.sleeps()
    env.api.delete(env.schedules("default"))
    team.until_phase("running", names[0])
    team.until_phase("available", names[1])
    team.until_forgotten(*names)
    env.until_let_go(within=PATIENCE)
    assert env.counts() == {"Deployment/web": 1}


def test_a_database_that_aws_starts_after_seven_days_is_stopped_again(team: Team) -> None:
    """E6: it is said, and the seven days begin anew."""
    aws, env = team.aws, team.env
    database = aws.database(f"{env.name}-db", namespace=env.name)
    team.known(database)
    team.sleeps()
    rds = aws.client("rds")
    (found,) = rds.describe_db_instances(DBInstanceIdentifier=database)["DBInstances"]
    long_ago = (datetime.now(UTC) - timedelta(days=8)).strftime("%Y-%m-%dT%H:%M:%SZ")
    rds.add_tags_to_resource(
        ResourceName=found["DBInstanceArn"], Tags=[{"Key": "sundown:stopped-at", "Value": long_ago}]
    )
    rds.start_db_instance(DBInstanceIdentifier=database)
    eventually(lambda: aws.tags(database)["sundown:stopped-at"] != long_ago, what="a new moment", within=PATIENCE)
    team.until_phase("stopped", database)
    stopped_at = datetime.fromisoformat(aws.tags(database)["sundown:stopped-at"])
    assert stopped_at > datetime.now(UTC) - timedelta(days=1)
    again = f"AWS starts a stopped database after 7 days; it was stopped again on {stopped_at:%Y-%m-%d at %H:%M} UTC"
    eventually(lambda: env.status()["cloud"][0].get("note") == again, what="the status says so", within=PATIENCE)
    team.wakes()
    assert aws.state(database) == "available"


def test_a_database_in_maintenance_is_stopped_when_that_is_over(team: Team) -> None:
    """E4: until then the env falls asleep, and the rest of it is asleep already."""
    aws, env = team.aws, team.env
    database = aws.database(f"{env.name}-db", namespace=env.name)
    env.add("web", 1)
    team.known(database)
    aws.phase(database, "maintenance")
    env.wish("Asleep")
    env.until_count("web", 0, within=PATIENCE)
    env.until("FallingAsleep")
    assert aws.state(database) == "maintenance"
    assert not RECORD & aws.tags(database).keys()
    aws.phase(database, "available")
    env.until("Asleep", within=PATIENCE)
    assert aws.state(database) == "stopped"


def test_no_two_envs_share_an_instance(team: Team, make_env: Callable[..., Env]) -> None:
    """E1: it is stopped for one, which alone starts it again, though its tag names another by then."""
    aws, env = team.aws, team.env
    instance = aws.instance(namespace=env.name)
    team.known(instance)
    team.sleeps()
    other = make_env()
    other.schedule(ASLEEP_FOR_EVER)
    ec2 = aws.client("ec2")
    ec2.create_tags(Resources=[instance], Tags=[{"Key": "namespace", "Value": other.name}])
    Team(other, aws).known(instance)
    Team(other, aws).wakes()
    assert aws.state(instance) == "stopped"
    ec2.create_tags(Resources=[instance], Tags=[{"Key": "namespace", "Value": env.name}])
    team.wakes()
    team.until_phase("running", instance)


def test_a_database_that_comes_back_broken_is_told_and_the_env_is_not_awake_without_it(team: Team) -> None:
    """W13: with AWS's word and what helps, until somebody has mended it."""
    aws, env = team.aws, team.env
    database = aws.database(f"{env.name}-db", namespace=env.name)
    env.add("web", 1)
    team.known(database)
    team.sleeps()
    aws.starts_end(database, "incompatible-network")
    env.patch({"spec": {"waves": {"timeout": "1s"}}})
    env.wish("Awake")
    message = env.until_condition("Degraded", "True", "CloudBroken")
    assert f"RDSInstance/{database}: AWS says incompatible-network" in message
    env.until_count("web", 1, within=PATIENCE)
    assert env.status()["state"] == "Waking"
    assert "subnet" in env.status()["cloud"][0]["note"]
    aws.phase(database, "available")
    env.until("Awake", within=PATIENCE)
    assert env.condition("Degraded")[0] == "False"
    team.until_forgotten(database)


def test_an_instance_that_aws_starts_in_vain_is_started_seldom_and_never_called_awake(team: Team) -> None:
    """W14: with EC2's own reason; a second start comes after a pause."""
    aws, env = team.aws, team.env
    instance = aws.instance(namespace=env.name)
    team.known(instance)
    team.sleeps()
    aws.starts_end(
        instance, "stopped", code="Client.InternalError", message="Client.InternalError: Client error on launch"
    )
    since = aws.seq
    env.wish("Awake")
    message = env.until_condition("Degraded", "True", "CloudBroken")
    assert f"EC2Instance/{instance}: AWS accepted its start in vain: Client.InternalError" in message
    eventually(lambda: len(aws.called("StartInstances", since=since)) == 2, what="a second start", within=PATIENCE)
    first, second = aws.called("StartInstances", since=since)
    assert second.at - first.at >= 10
    assert env.status()["state"] == "Waking"
    aws.starts_end(instance)
    env.until("Awake")
    assert [entry["to"] for entry in env.status()["history"][:2]] == ["Awake", "Asleep"]
    team.until_forgotten(instance)


def test_what_lost_its_tags_at_night_is_started_in_the_morning(team: Team) -> None:
    """W12: one lost all of them, two lost those of Sundown's only, which come back at night."""
    aws, env = team.aws, team.env
    bare, stripped = aws.instances(2, namespace=env.name)
    database = aws.database(f"{env.name}-db", namespace=env.name)
    team.known(bare, stripped, database)
    team.sleeps()
    assert {one["name"] for one in env.status()["records"]} == {bare, stripped, database}
    for name in (stripped, database):
        aws.strip(name, *RECORD)
    eventually(
        lambda: all(aws.tags(name).keys() >= RECORD for name in (stripped, database)), what="tags", within=PATIENCE
    )
    assert team.phases(stripped, database) == ["stopped", "stopped"]
    aws.strip(bare)
    team.until_phase("running", bare)
    team.wakes()
    assert team.phases(bare, stripped, database) == ["running", "running", "available"]
    team.until_forgotten(bare, stripped, database)
    eventually(lambda: not env.status().get("records"), what="nothing is remembered", within=PATIENCE)


def test_what_another_seems_to_have_stopped_is_told_until_a_person_has_settled_it(team: Team) -> None:
    """W12: somebody wrote over the tag that says for whom it was stopped."""
    aws, env = team.aws, team.env
    instance = aws.instance(namespace=env.name)
    team.known(instance)
    team.sleeps()
    mine = aws.tags(instance)["sundown:holder"]
    for holder in ("lab/somebody-else", mine):
        aws.client("ec2").create_tags(Resources=[instance], Tags=[{"Key": "sundown:holder", "Value": holder}])
        if holder != mine:
            env.wish("Awake")
            message = env.until_condition("Degraded", "True", "CloudBroken")
            assert "says lab/somebody-else" in message
            assert env.status()["state"] == "Waking"
            assert {one["name"] for one in env.status()["records"]} == {instance}
            assert team.phases(instance) == ["stopped"]
    env.until("Awake")
    assert team.phases(instance) == ["running"]
    assert env.condition("Degraded")[0] == "False"


def test_what_was_terminated_at_night_is_waited_for_by_nobody(team: Team) -> None:
    """W12"""
    aws, env = team.aws, team.env
    gone, there = aws.instances(2, namespace=env.name)
    team.known(gone, there)
    team.sleeps()
    aws.client("ec2").terminate_instances(InstanceIds=[gone])
    aws.settle()
    team.wakes()
    assert aws.state(there) == "running"
    assert env.condition("Degraded")[0] == "False"


def test_what_is_tagged_nearly_right_is_named_on_the_env_that_was_meant(team: Team) -> None:
    """W11, X5: it runs on while the env sleeps."""
    aws, env = team.aws, team.env
    blank = aws.instance(namespace=f"{env.name} ")
    shouted = aws.instance(namespace=env.name, scheduler="Enabled")
    disks = aws.instance(namespace=env.name, type="i3.large")
    env.add("web", 1)
    team.known(blank, disks)
    message = ""

    def told() -> bool:
        nonlocal message
        message = env.condition("Ready")[2]
        return all(name in message for name in (blank, shouted, disks))

    eventually(told, what="all three are named", within=PATIENCE)
    assert f'write "{env.name}"' in message
    assert 'write "enabled"' in message
    assert "sundown:instance-store=lose" in message
    team.sleeps()
    assert team.phases(blank, shouted, disks) == ["running"] * 3
