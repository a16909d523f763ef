"""E1: what its owner stopped between two lives of the operator stays stopped, whatever the life before had in mind for it."""

from functools import partial

import pytest

from sundown_lab.aws.remote import Aws
from support.apiserver import eventually
from support.aws.teams import RECORD, Team, until_quiet
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab

TABLE = {"SUNDOWN_AWS_TABLE": "whose", "SUNDOWN_AWS_TABLE_CREATE": "true"}
LATE = 2.0
"""Seconds after which a new operator hears of AWS what its table does not say."""


@pytest.fixture
def team(env: Env, aws: Aws, stage: Stage) -> Team:
    """An env that is to sleep, and that no operator has seen yet."""
    stage.clear()
    env.schedule(ASLEEP_FOR_EVER)
    return Team(env, aws)


def born(stage: Stage, aws: Aws, **settings: str) -> Operator:
    """A new operator, which is ready."""
    one = stage.fresh(
        **aws.environment,
        **settings,
        SUNDOWN_CLUSTER_NAME="lab",
        SUNDOWN_AWS_REGIONS='["eu-central-1"]',
        SUNDOWN_AWS_INVENTORY_SECONDS="0.5",
        SUNDOWN_AWS_WATCH_SECONDS="0.1",
    )
    one.start()
    return one


def dies_in(operator: Operator, aws: Aws, operation: str) -> None:
    """Return when an operator has come to an operation, and died of it."""
    eventually(lambda: aws.called(operation), what=f"the operator comes to {operation}", within=60)
    operator.kill()
    aws.faults.clear()


def stop(aws: Aws, instance: str) -> None:
    """Its owner stops an instance that nobody else has a hand in."""
    until_quiet(aws)
    aws.settle()
    assert not RECORD & aws.tags(instance).keys()
    aws.client("ec2").stop_instances(InstanceIds=[instance])
    aws.settle()


def stays_stopped(stage: Stage, team: Team, instance: str, **settings: str) -> None:
    """Have it looked at for another night and another day."""
    born(stage, team.aws, **settings)
    for _ in range(2):
        team.wakes()
        # What the table said is not all that is known any more.
        looked = partial(team.aws.called, "GetResources", since=team.aws.seq)
        eventually(looked, what="another look", within=60)
        team.sleeps()
    team.wakes()
    assert (team.aws.state(instance), RECORD & team.aws.tags(instance).keys()) == ("stopped", set())


def test_what_was_only_to_be_stopped(stage: Stage, team: Team, aws: Aws) -> None:
    """E1, A15: the status names it, and the operator dies before it has written a tag."""
    instance = aws.instance(namespace=team.env.name)
    aws.faults.add("silence", operation="CreateTags", times=1)
    dies_in(born(stage, aws), aws, "CreateTags")
    assert [one["restore"] for one in team.env.status()["records"]] == ["planned"]
    stop(aws, instance)
    stays_stopped(stage, team, instance)


def test_what_sleeps_by_the_word_of_an_old_table(stage: Stage, team: Team, aws: Aws) -> None:
    """E1, A16: the item is of the night before the last, and it is believed for as long as AWS has not answered."""
    instance = aws.instance(namespace=team.env.name)
    old = born(stage, aws, **TABLE)
    team.env.until("Asleep", within=60)
    eventually(lambda: _is_in_the_table(aws, instance, "stopped"), what="the table has it as stopped", within=60)
    old.kill()
    born(stage, aws)
    team.wakes()
    team.until_forgotten(instance)
    stage.clear()
    stop(aws, instance)
    aws.faults.add("slow", operation="GetResources", seconds=LATE)
    stays_stopped(stage, team, instance, **TABLE)


def test_what_runs_again_while_the_rest_is_being_woken(stage: Stage, team: Team, aws: Aws) -> None:
    """E1, A15: the operator dies when it has taken the tags off, and the database is still on its way."""
    instance = aws.instance(namespace=team.env.name)
    aws.database(f"{team.env.name}-db", namespace=team.env.name, tags={"sundown:wave": "40"})
    one = born(stage, aws)
    team.env.until("Asleep", within=60)
    aws.delay(None, service="rds")
    aws.faults.add("silence", operation="DeleteTags", times=1, carried_out=True)
    team.env.wish("Awake")
    dies_in(one, aws, "DeleteTags")
    aws.delay(0)
    stop(aws, instance)
    stays_stopped(stage, team, instance)


def _is_in_the_table(aws: Aws, instance: str, state: str) -> bool:
    items = aws.client("dynamodb").scan(TableName=TABLE["SUNDOWN_AWS_TABLE"])["Items"]
    return any(item["arn"]["S"].endswith(instance) and item["state"]["S"] == state for item in items)
