"""Faults of AWS and of the way to it: what was known is kept and marked, and everything else goes on."""

import asyncio
from typing import Any

import pytest
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from sundown_lab.aws.remote import Aws
from support.aws.skies import Sky

pytestmark = pytest.mark.timeout(300)

BOTH = ("eu-central-1", "us-east-1")
OTHER = "210987654321"


def of(event: str, logs: list[Any]) -> list[Any]:
    return [log for log in logs if log["event"] == event]


async def test_expired_credentials_leave_what_was_known_and_say_what_to_do(sky: Sky, aws: Aws) -> None:
    instance = aws.instance(namespace="dev1")
    aws.database("dev1-db", namespace="dev1")
    async with sky.seen() as seen:
        aws.faults.add("expired")
        await seen.look()
        assert seen.names() == [instance, "dev1-db"]
        for part in seen.cloud.of("dev1"):
            assert "have expired" in part.unreachable
            assert "renew them" in part.unreachable
        assert "have expired" in seen.cloud.health
        aws.faults.clear()
        await seen.look()
        assert [part.unreachable for part in seen.cloud.of("dev1")] == ["", ""]
        # The table is written behind the looks, where there is one.
        await seen.until(lambda: seen.cloud.health == "", "all is well")


@pytest.mark.parametrize(
    ("service", "operation", "reached", "missed"),
    [
        ("rds", "DescribeDBInstances", {"EC2Instance", "AuroraCluster"}, {"RDSInstance"}),
        ("rds", "DescribeDBClusters", {"EC2Instance", "RDSInstance"}, {"AuroraCluster"}),
        ("ec2", "DescribeInstances", {"RDSInstance", "AuroraCluster"}, {"EC2Instance"}),
        ("tagging", "GetResources", set(), {"EC2Instance", "RDSInstance", "AuroraCluster"}),
    ],
)
async def test_a_permission_that_is_missing_for_one_action_leaves_the_others_alone(
    sky: Sky, aws: Aws, *, service: str, operation: str, reached: set[str], missed: set[str]
) -> None:
    aws.instance(namespace="dev1")
    aws.database("dev1-db", namespace="dev1")
    aws.aurora("dev1-aurora", namespace="dev1", members=0)
    async with sky.seen() as seen:
        aws.faults.add("denied", service=service, operation=operation)
        await seen.look()
        found = seen.cloud.of("dev1")
        assert {part.kind for part in found if not part.unreachable} == reached
        assert {part.kind for part in found if part.unreachable} == missed
        action = f"{'tag' if service == 'tagging' else service}:{operation}"
        assert f"has to allow {action}" in seen.cloud.health


async def test_a_region_that_is_down_is_marked_and_the_other_is_kept_up_to_date(sky: Sky, aws: Aws) -> None:
    here = aws.instance(namespace="dev1")
    there = aws.instance(namespace="dev1", region="us-east-1")
    async with sky.seen(regions=BOTH) as seen:
        aws.faults.down("us-east-1")
        aws.client("ec2").stop_instances(InstanceIds=[here])
        await seen.look()
        assert (seen.part(here).state, seen.part(here).unreachable) == ("stopped", "")
        assert seen.part(there).state == "running"
        assert "no answer" in seen.part(there).unreachable
        assert "us-east-1" in seen.cloud.health


async def test_a_region_that_is_down_from_the_start_keeps_the_others_from_nothing(sky: Sky, aws: Aws) -> None:
    here = aws.instance(namespace="dev1")
    there = aws.instance(namespace="dev1", region="us-east-1")
    aws.faults.down("us-east-1")
    async with sky.seen(regions=BOTH, inventory_seconds=0.2) as seen:
        await seen.until(lambda: seen.names() == [here], "what can be reached is known")
        aws.faults.clear()
        await seen.until(lambda: set(seen.names()) == {here, there}, "what is up again is known")


async def test_a_region_that_was_down_for_a_moment_is_looked_at_again_soon(sky: Sky, aws: Aws) -> None:
    aws.faults.add("dropped", operation="GetResources", times=6)  # two questions, three tries each
    instance = aws.instance(namespace="dev1")
    async with sky.seen() as seen:  # which looks once a day where all is well
        await seen.until(lambda: seen.names() == [instance], "it was tried again")


async def test_trouble_that_lasts_is_logged_once_and_its_end_once(sky: Sky, aws: Aws) -> None:
    aws.instance(namespace="dev1")
    async with sky.seen() as seen:
        with capture_logs() as logs:
            aws.faults.add("denied", operation="DescribeInstances")
            for _ in range(3):
                await seen.look()
            aws.faults.clear()
            for _ in range(2):
                await seen.look()
        (said,) = of("cloud-unreachable", logs)
        assert (said["kind"], said["reason"], said["log_level"]) == ("EC2Instance", "CloudDenied", "warning")
        assert len(of("cloud-reachable-again", logs)) == 1


async def test_an_account_whose_role_cannot_be_assumed_leaves_the_others_alone(sky: Sky, aws: Aws) -> None:
    ours = aws.instance(namespace="dev1")
    aws.instance(namespace="dev1", account=OTHER)
    roles = tuple(f"arn:aws:iam::{account}:role/sundown" for account in ("123456789012", OTHER))
    aws.faults.add("denied", service="sts", operation="AssumeRole", resource=roles[1])
    async with sky.seen(roles=roles) as seen:
        assert seen.names() == [ours]
        assert f"the trust policy of {roles[1]}" in seen.cloud.health
        everybody = generate_latest().decode() + seen.cloud.health_for_everybody
        assert "1 of 2 regions cannot be looked at" in everybody  # S18: every pod can read that
        assert 'sundown_aws_unreachable{account="2",region="eu-central-1"} 1.0' in everybody
        assert [secret for secret in (OTHER, "123456789012", "arn:aws") if secret in everybody] == []


async def test_a_throttled_call_is_made_again(sky: Sky, aws: Aws) -> None:
    instance = aws.instance(namespace="dev1")
    aws.faults.add("throttled", operation="DescribeInstances", times=1)
    aws.faults.add("500", operation="GetResources", times=1)
    async with sky.seen() as seen:
        assert seen.names() == [instance]
        assert seen.cloud.health == ""


async def test_a_service_that_never_answers_is_given_up(sky: Sky, aws: Aws) -> None:
    instance = aws.instance(namespace="dev1")
    aws.database("dev1-db", namespace="dev1")
    async with sky.seen(call_timeout_seconds=0.5) as seen:
        aws.faults.add("silence", service="rds")
        await seen.look()
        assert seen.part(instance).unreachable == ""
        assert "no answer" in seen.part("dev1-db").unreachable


async def test_a_restart_while_aws_is_away_knows_what_the_table_knows(sky: Sky, aws: Aws) -> None:
    """E2."""
    instance = aws.instance(namespace="dev1")
    async with sky.seen() as seen:
        await seen.until(lambda: not sky.kept or _saved(aws) == 1, "it is in the table")
    aws.faults.add("503", service="tagging")
    async with sky.seen() as seen:
        assert seen.names() == ([instance] if sky.kept else [])
        await seen.until(lambda: seen.cloud.health != "", "it has found out that AWS is away")
        assert seen.names() == ([instance] if sky.kept else [])


async def test_an_instance_that_is_protected_against_being_stopped_is_refused(sky: Sky, aws: Aws) -> None:
    """E5."""
    protected, plain = aws.instances(2, namespace="dev1")
    aws.client("ec2").modify_instance_attribute(InstanceId=protected, DisableApiStop={"Value": True})
    async with sky.seen() as seen:
        await seen.until(lambda: seen.part(protected).refused is not None, "it was asked about")
        assert "disableApiStop" in str(seen.part(protected).refused)
        await seen.look()
        assert "disableApiStop" in str(seen.part(protected).refused)
        assert seen.part(plain).refused is None


async def test_without_the_right_to_ask_for_the_protection_all_else_goes_on(sky: Sky, aws: Aws) -> None:
    instance = aws.instance(namespace="dev1")
    aws.faults.add("denied", operation="DescribeInstanceAttribute")
    with capture_logs() as logs:
        async with sky.seen() as seen:
            await seen.until(lambda: bool(of("stop-protection-unknown", logs)), "it has tried to ask")
            assert seen.part(instance).refused is None
            assert seen.cloud.health == ""


async def test_a_table_that_does_not_answer_holds_up_no_look(sky: Sky, aws: Aws) -> None:
    """E2."""
    instance = aws.instance(namespace="dev1")
    aws.faults.add("silence", service="dynamodb", operation="TransactWriteItems")
    async with asyncio.timeout(60), sky.seen(call_timeout_seconds=300) as seen:
        later = aws.instance(namespace="dev1")
        await seen.look()
        assert sorted(seen.names()) == sorted([instance, later])


def _saved(aws: Aws) -> int:
    return int(aws.client("dynamodb").scan(TableName="sundown", Select="COUNT")["Count"])
