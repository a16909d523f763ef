"""status, why and list of an env with parts in AWS: the frontdesk knows of them what the operator says."""

import pytest

from sundown_lab.slack.remote import Workspace
from support.apiserver import eventually
from support.envs import ALWAYS_AWAKE, Env, instant
from support.frontdesk.saying import answer_to, words
from support.frontdesks import Frontdesk
from support.operators import Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("frontdesk")]

WEEK = "AWS starts a stopped database after 7 days; it was stopped again on 2026-11-23 at 18:01 UTC"


@pytest.fixture(scope="module", autouse=True)
def _no_operator(stage: Stage) -> None:
    """What an operator that another test has left running says of an env would come in between."""
    stage.clear()


@pytest.fixture
def waking(env: Env) -> Env:
    """An env whose StatefulSet waits for a database that starts."""
    env.add("cache", 0, kind="StatefulSet", annotations={"sundown.dev/previous-replicas": "1"})
    env.schedule(ALWAYS_AWAKE)
    cloud = [
        {"kind": "RDSInstance", "id": "dev1-db", "state": "starting", "note": "5 to 10 minutes more"},
        {"kind": "EC2Instance", "id": "i-0abc", "name": "<!here>", "state": "running", "refused": "a spot instance"},
        {"kind": "AuroraCluster", "id": "reports", "state": "running", "note": WEEK},
    ]
    cost = {"perHour": 0.19, "currency": "USD", "priced": 1, "unpriced": 1}
    status = {"state": "Waking", "since": instant(), "observedGeneration": 1, "cloud": cloud, "cost": cost}
    env.api.merge(f"{env.schedules('default')}/status", {"status": status})
    return env


def asked(slack: Workspace, command: str, *, until: str) -> str:
    """The answer, once the frontdesk's watch has brought what the operator says."""
    person = slack.act("ana")
    return eventually(
        lambda: next((said for said in [words(answer_to(person, command))] if until in said), None),
        what=f"{command} knows of it",
    )


def test_status_tells_of_each_part_in_aws_and_of_the_minutes_that_a_database_takes(
    slack: Workspace, waking: Env, frontdesk: Frontdesk
) -> None:
    """D3 E5 B5"""
    said = asked(slack, f"status {waking.name}", until="is waking")
    for line in (
        "RDSInstance/dev1-db starting: 5 to 10 minutes more",
        "EC2Instance/i-0abc (&lt;!here&gt;) running, does not stop with the environment: a spot instance",
        "StatefulSet/cache asleep, wakes to 1",
        "Costs in AWS, awake: 0.19 USD an hour, without 1 of 2 whose price is unknown",
        "Next wave: waiting for RDSInstance/dev1-db before StatefulSets",
    ):
        assert line in said


def test_why_tells_what_waits_for_what_and_of_the_seven_days(slack: Workspace, waking: Env) -> None:
    """D7 E6 G3"""
    said = asked(slack, f"why {waking.name}", until="is waking")
    for line in (
        "Waiting for: RDSInstance/dev1-db: starting: 5 to 10 minutes more",
        "Next wave: waiting for RDSInstance/dev1-db before StatefulSets",
        f"In AWS: AuroraCluster/reports: running: {WEEK}",
        "In AWS: EC2Instance/i-0abc (&lt;!here&gt;): running, does not stop with the environment: a spot instance",
    ):
        assert line in said


def test_the_list_has_what_is_in_aws_in_short(slack: Workspace, waking: Env) -> None:
    """D4"""
    short = "1 EC2 instance, 1 RDS database, 1 Aurora cluster: 2 running, 1 starting (5 to 10 minutes more)"
    assert f"in AWS {short}" in asked(slack, "list", until=f"{waking.name} waking")
