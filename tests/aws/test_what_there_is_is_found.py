"""What is tagged is found: all of it, wherever it is, as AWS describes it at that moment."""

from pathlib import Path

import pytest

from sundown_lab.aws.remote import Aws
from support.aws.skies import Sky

pytestmark = pytest.mark.timeout(300)

OTHER = "210987654321"
PRICES = """
currency: EUR
date: 2026-11-01
prices:
  - {service: ec2, class: t3.large, region: eu-central-1, hourly: 0.1}
  - {service: aurora, class: db.r6g.large, region: "*", hourly: 0.3}
"""


def role(account: str) -> str:
    return f"arn:aws:iam::{account}:role/sundown"


async def test_instances_databases_and_clusters_are_found(sky: Sky, aws: Aws) -> None:
    """E1."""
    instance = aws.instance(namespace="dev1", name="worker", tags={"sundown:wave": "5"})
    aws.database("dev1-db", namespace="dev1")
    aws.aurora("dev1-aurora", namespace="dev1")
    aws.instance(namespace="dev2")
    aws.instance(namespace="dev1", scheduler=None)
    async with sky.seen() as seen:
        assert seen.names() == ["dev1-aurora", instance, "dev1-aurora-0", "dev1-db"]
        part = seen.part(instance)
        assert (part.name, part.state, part.wave, part.account) == ("worker", "running", "5", "123456789012")
        assert (seen.part("dev1-db").kind, seen.part("dev1-db").state) == ("RDSInstance", "running")
        assert seen.part("dev1-aurora").kind == "AuroraCluster"
        assert seen.part("dev1-aurora").refused is None
        assert "is stopped instead" in str(seen.part("dev1-aurora-0").refused)
        assert sorted(set(seen.told)) == ["dev1", "dev2"]
        assert seen.cloud.health == ""


async def test_what_an_hour_costs_is_known_where_the_file_of_prices_says_so(sky: Sky, aws: Aws, tmp_path: Path) -> None:
    """B5."""
    prices = tmp_path / "prices.yaml"
    prices.write_text(PRICES)
    known = aws.instance(namespace="dev1", type="t3.large")
    unknown = aws.instance(namespace="dev1", type="x1.16xlarge")
    aws.aurora("dev1-aurora", namespace="dev1", members=2)
    async with sky.seen(prices=prices) as seen:
        assert seen.part(known).hourly == pytest.approx(0.1)
        assert seen.part(unknown).hourly is None
        assert seen.part("dev1-aurora").hourly == pytest.approx(0.6)
        assert seen.part("dev1-aurora").instance_class == "2 x db.r6g.large"


async def test_the_classes_of_members_that_are_not_tagged_are_asked_for_once(sky: Sky, aws: Aws) -> None:
    aws.aurora("dev1-aurora", namespace="dev1", members=0)
    aws.client("rds").create_db_instance(
        DBInstanceIdentifier="untagged",
        DBClusterIdentifier="dev1-aurora",
        Engine="aurora-postgresql",
        DBInstanceClass="db.r6g.large",
    )
    async with sky.seen() as seen:
        assert seen.part("dev1-aurora").instance_class == "db.r6g.large"
        before = aws.seq
        await seen.look()
        assert aws.called("DescribeDBInstances", since=before) == []
        assert seen.part("dev1-aurora").instance_class == "db.r6g.large"


async def test_what_comes_changes_and_goes_is_noticed_with_the_next_look(sky: Sky, aws: Aws) -> None:
    staying, going = aws.instances(2, namespace="dev1")
    async with sky.seen() as seen:
        seen.told.clear()
        aws.client("ec2").stop_instances(InstanceIds=[staying])
        aws.client("ec2").terminate_instances(InstanceIds=[going])
        coming = aws.instance(namespace="dev2")
        await seen.look()
        assert [(part.identifier, part.state) for part in seen.cloud.of("dev1")] == [(staying, "stopped")]
        assert seen.names("dev2") == [coming]
        assert sorted(set(seen.told)) == ["dev1", "dev2"]
        seen.told.clear()
        await seen.look()
        assert seen.told == []


async def test_an_instance_that_aws_has_forgotten_spoils_nothing_for_the_others(sky: Sky, aws: Aws) -> None:
    staying, going = aws.instances(2, namespace="dev1")
    async with sky.seen() as seen:
        aws.client("ec2").terminate_instances(InstanceIds=[going])
        aws.settle()
        await seen.look()
        assert seen.names() == [staying]
        assert seen.cloud.health == ""


async def test_what_sundown_stopped_is_found_though_nobody_says_any_more_that_it_sleeps(sky: Sky, aws: Aws) -> None:
    record = {"sundown:previous-state": "running", "sundown:holder": "default/dev1"}
    instance = aws.instance(namespace="dev1", scheduler=None, tags=record)
    aws.database("dev1-db", namespace="dev1", scheduler="disabled", tags=record)
    async with sky.seen() as seen:
        assert [(part.identifier, part.enabled, part.ours) for part in seen.cloud.of("dev1")] == [
            (instance, False, True),
            ("dev1-db", False, True),
        ]


async def test_two_thousand_five_hundred_instances_come_in_pages(aws: Aws, sky: Sky) -> None:
    """E2."""
    for env in range(5):
        aws.instances(500, namespace=f"dev{env}")
    before = aws.seq
    async with sky.seen(call_timeout_seconds=120) as seen:
        await seen.until(lambda: len(seen.cloud.inventory.parts) == 2500, "all of them are known")
        assert [len(seen.names(f"dev{env}")) for env in range(5)] == [500] * 5
        assert len(aws.called("GetResources", since=before)) > 25
        assert len(aws.called("DescribeInstances", since=before)) == 3


async def test_databases_come_in_pages_too(sky: Sky, aws: Aws) -> None:
    """E2."""
    for number in range(101):
        aws.database(f"db-{number}", namespace="dev1")
    before = aws.seq
    async with sky.seen(call_timeout_seconds=120) as seen:
        await seen.until(lambda: len(seen.names()) == 101, "all of them are known")
        assert len(aws.called("DescribeDBInstances", since=before)) == 2


async def test_several_regions_are_looked_at(sky: Sky, aws: Aws) -> None:
    here = aws.instance(namespace="dev1")
    there = aws.instance(namespace="dev1", region="us-east-1")
    aws.instance(namespace="dev1", region="ap-south-1")
    async with sky.seen(regions=("eu-central-1", "us-east-1")) as seen:
        assert {part.identifier: part.region for part in seen.cloud.of("dev1")} == {
            here: "eu-central-1",
            there: "us-east-1",
        }


async def test_several_accounts_are_looked_at_each_by_its_role(sky: Sky, aws: Aws) -> None:
    first = aws.instance(namespace="dev1")
    second = aws.instance(namespace="dev1", account=OTHER)
    roles = (role("123456789012"), role(OTHER))
    before = aws.seq
    async with sky.seen(roles=roles, external_id="the-agreed-word") as seen:
        assert {part.identifier: part.account for part in seen.cloud.of("dev1")} == {
            first: "123456789012",
            second: OTHER,
        }
        await seen.look()
        assert len(aws.called("AssumeRole", since=before)) == 2  # and not again for each call


async def test_what_is_for_another_cluster_is_not_ours(sky: Sky, aws: Aws) -> None:
    aws.instance(namespace="dev1", tags={"sundown:cluster": "other"})
    ours = aws.instance(namespace="dev1", tags={"sundown:cluster": "eu"})
    async with sky.seen(cluster_name="eu") as seen:
        assert seen.names() == [ours]
        assert seen.cloud.problems == ()


async def test_a_tag_without_a_namespace_is_warned_about_and_skipped(sky: Sky, aws: Aws) -> None:
    """E3."""
    lost = aws.instance()
    aws.instance(namespace="dev1")
    async with sky.seen() as seen:
        (problem,) = seen.cloud.problems
        assert (problem.title, problem.region) == (f"EC2Instance/{lost}", "eu-central-1")
        assert "no namespace tag" in problem.text
        assert set(seen.told) == {"dev1"}


async def test_the_env_that_a_tag_names_need_not_exist(sky: Sky, aws: Aws) -> None:
    nobodys = aws.instance(namespace="dev9")
    record = {"sundown:previous-state": "running", "sundown:holder": "default/old"}
    left = aws.instance(namespace="old", tags=record)
    aws.client("ec2").stop_instances(InstanceIds=[left])
    async with sky.seen(known={"dev1"}.__contains__) as seen:
        problems = {problem.title: problem.text for problem in seen.cloud.problems}
        assert "there is no namespace dev9" in problems[f"EC2Instance/{nobodys}"]
        assert "stopped for the env old, which is gone" in problems[f"EC2Instance/{left}"]


async def test_what_two_envs_claim_is_refused_in_both(sky: Sky, aws: Aws) -> None:
    """E5."""
    both = aws.instance(namespace="dev1,dev2")
    async with sky.seen() as seen:
        for env in ("dev1", "dev2"):
            assert "names several envs (dev1, dev2)" in str(seen.part(both, env).refused)


async def test_an_env_without_parts_asks_nobody(sky: Sky, aws: Aws) -> None:
    """E8."""
    aws.instance(namespace="dev1")
    async with sky.seen() as seen:
        await seen.until(lambda: bool(aws.called("DescribeInstanceAttribute")), "the first look is over")
        before = aws.seq
        assert seen.cloud.of("dev2") == ()
        assert seen.names("dev1") != []
        assert aws.seq == before
