"""The operator's process where AWS is configured: what it asks, what it says of itself, and how it ends."""

import pytest

from sundown_lab.aws.remote import Aws
from support.apiserver import eventually
from support.envs import ALWAYS_AWAKE, Env
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab

PATIENCE = 120.0


def operator(stage: Stage, aws: Aws, **settings: str) -> Operator:
    """One that looks at the simulator once, and then no more for a day."""
    region = {
        "SUNDOWN_CLUSTER_NAME": "lab",
        "SUNDOWN_AWS_REGIONS": '["eu-central-1"]',
        "SUNDOWN_AWS_INVENTORY_SECONDS": "86400",
    }
    return stage.fresh(**aws.environment, **{**region, **settings})


def sleeps_and_wakes(env: Env) -> None:
    """An env with a workload goes to sleep and comes back."""
    env.add("web", 2)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake", within=PATIENCE)
    env.wish("Asleep")
    env.until("Asleep", within=PATIENCE)
    env.wish("Awake")
    env.until("Awake", within=PATIENCE)
    assert env.replicas("web") == 2


def test_an_env_without_parts_in_aws_sleeps_and_wakes_without_a_call_to_aws(stage: Stage, env: Env, aws: Aws) -> None:
    """E8."""
    aws.instance(namespace="somebody-elses")
    running = operator(stage, aws)
    running.start()
    eventually(lambda: aws.called("DescribeInstanceAttribute"), what="the one look is over", within=PATIENCE)
    before = aws.seq
    sleeps_and_wakes(env)
    assert aws.seq == before
    status, text = running.probe("/readyz")
    assert (status, text.startswith("ok; policies: ")) == (200, True)
    assert 'sundown_aws_parts{kind="EC2Instance",state="running"} 1.0' in running.probe("/metrics")[1]
    stage.clear()


def test_the_operator_works_on_while_aws_lets_it_in_no_more_and_says_so(stage: Stage, env: Env, aws: Aws) -> None:
    """E4."""
    aws.faults.add("expired")
    running = operator(stage, aws, SUNDOWN_AWS_INVENTORY_SECONDS="1")
    running.start()
    sleeps_and_wakes(env)
    status, text = running.probe("/readyz")
    assert status == 200
    assert text.startswith("ok; AWS: its region cannot be looked at, the log says why (cloud-unreachable); ")
    assert "have expired" in running.output
    assert 'sundown_aws_unreachable{account="",region="eu-central-1"} 1.0' in running.probe("/metrics")[1]
    assert running.output.count('"cloud-unreachable"') == 3  # once for each kind, however often it tries
    aws.faults.clear()
    eventually(lambda: "AWS" not in running.probe("/readyz")[1], what="AWS lets it in again", within=PATIENCE)
    stage.clear()


def test_the_operator_ends_at_once_though_aws_does_not_answer(stage: Stage, aws: Aws) -> None:
    running = operator(stage, aws, SUNDOWN_AWS_INVENTORY_SECONDS="1", SUNDOWN_AWS_CALL_TIMEOUT_SECONDS="300")
    running.start()
    before = aws.seq
    aws.faults.add("silence")
    eventually(lambda: aws.seq > before, what="a call is under way", within=PATIENCE)
    assert running.terminate() == 0
    stage.clear()


@pytest.mark.parametrize(("setting", "said"), [("SUNDOWN_AWS_PRICES", "cannot be read")])
def test_a_file_that_a_setting_names_and_that_is_not_there_ends_it_with_a_plain_message(
    stage: Stage, aws: Aws, setting: str, said: str
) -> None:
    running = operator(stage, aws, **{setting: "/nowhere/prices.yaml"})
    running.launch()
    eventually(lambda: running.exit_code is not None, what="it has ended", within=PATIENCE)
    assert running.exit_code == 1
    assert said in running.output
    assert "Traceback" not in running.output
