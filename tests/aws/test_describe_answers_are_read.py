"""AWS's Describe answers become parts: what is in them, and what is left out."""

from datetime import UTC, datetime

import pytest

from sundown.aws.account_regions import Place
from sundown.aws.describing import cluster_parts, ec2_parts, rds_parts
from sundown.model.cloud import CloudKind
from support.aws.described import HERE, REGION, cluster, clusters, database, databases, instance, instances, knowing

PLAIN = knowing()


class Prices:
    """Every t3.large costs 0.1, every db.r6g.large 0.3, twice as much in two zones; nobody knows about the rest."""

    currency = "EUR"

    def hourly(
        self, kind: CloudKind, instance_class: str, region: str, *, engine: str = "", multi_az: bool = False
    ) -> float | None:
        assert kind in {"EC2Instance", "RDSInstance", "AuroraCluster"}
        assert region == REGION
        assert engine
        price = {"t3.large": 0.1, "db.r6g.large": 0.3}.get(instance_class)
        return price * 2 if price is not None and multi_az else price


def test_an_instance_is_read() -> None:
    (part,) = ec2_parts(
        instances(instance("i-7", tags={"Name": "worker", "sundown:wave": "3", "sundown:exclude": "true"})), HERE, PLAIN
    )
    assert part.kind == "EC2Instance"
    assert part.arn == "arn:aws:ec2:eu-central-1:123456789012:instance/i-7"
    assert (part.identifier, part.name, part.namespace) == ("i-7", "worker", "dev1")
    assert (part.account, part.region) == ("123456789012", "eu-central-1")
    assert (part.state, part.phase, part.instance_class) == ("running", "running", "t3.large")
    assert (part.wave, part.exclude, part.enabled, part.refused) == ("3", "true", True, None)
    assert (part.record, part.stopped_at, part.holder) == (None, None, None)


def test_the_record_is_read() -> None:
    tags = {
        "sundown:previous-state": "running",
        "sundown:stopped-at": "2026-11-23T18:00:00Z",
        "sundown:holder": "default/dev1",
    }
    (part,) = rds_parts(databases(database(phase="stopped", tags=tags)), HERE, PLAIN)
    assert part.ours
    assert part.stopped_at == datetime(2026, 11, 23, 18, tzinfo=UTC)
    assert part.holder == "default/dev1"
    assert part.refused is None


@pytest.mark.parametrize("said", ["yesterday", "2026-11-23T18:00:00", ""])
def test_a_moment_that_cannot_be_read_is_none(said: str) -> None:
    (part,) = ec2_parts(instances(instance(tags={"sundown:stopped-at": said})), HERE, PLAIN)
    assert part.stopped_at is None


@pytest.mark.parametrize(
    ("phase", "state"),
    [("pending", "starting"), ("running", "running"), ("stopping", "stopping"), ("stopped", "stopped")],
)
def test_the_states_of_instances(phase: str, state: str) -> None:
    (part,) = ec2_parts(instances(instance(phase=phase)), HERE, PLAIN)
    assert (part.state, part.phase) == (state, phase)


@pytest.mark.parametrize("phase", ["shutting-down", "terminated"])
def test_an_instance_that_is_terminated_is_left_out(phase: str) -> None:
    assert ec2_parts(instances(instance("i-1", phase=phase), instance("i-2")), HERE, PLAIN)[0].identifier == "i-2"


@pytest.mark.parametrize(
    ("phase", "state"),
    [
        ("available", "running"),
        ("starting", "starting"),
        ("stopping", "stopping"),
        ("stopped", "stopped"),
        ("backing-up", "busy"),
        ("maintenance", "busy"),
        ("modifying", "busy"),
        ("creating", "starting"),
        ("storage-optimization", "busy"),
        ("what-aws-thinks-of-next", "unknown"),
    ],
)
def test_the_states_of_databases_and_clusters(phase: str, state: str) -> None:
    (part,) = rds_parts(databases(database(phase=phase)), HERE, PLAIN)
    assert (part.state, part.phase) == (state, phase)
    (part,) = cluster_parts(clusters(cluster(phase=phase)), HERE, PLAIN)
    assert (part.state, part.phase) == (state, phase)


def test_a_database_that_is_being_deleted_is_left_out() -> None:
    assert rds_parts(databases(database(phase="deleting")), HERE, PLAIN) == []
    assert cluster_parts(clusters(cluster(phase="deleting")), HERE, PLAIN) == []


def test_what_is_for_another_cluster_is_invisible() -> None:
    tags = {"sundown:cluster": "us"}
    context = knowing(cluster_name="eu")
    assert ec2_parts(instances(instance(tags=tags)), HERE, context) == []
    assert rds_parts(databases(database(tags=tags)), HERE, context) == []
    assert cluster_parts(clusters(cluster(tags=tags)), HERE, context) == []
    assert len(ec2_parts(instances(instance(tags=tags)), HERE, knowing(cluster_name="us"))) == 1


def test_the_names_of_the_tags_can_be_chosen() -> None:
    context = knowing(namespace_tag="env", scheduler_tag="sleep")
    (part,) = ec2_parts(instances(instance(tags={"env": "qa", "sleep": "enabled"})), HERE, context)
    assert (part.namespace, part.enabled) == ("qa", True)
    (part,) = ec2_parts(instances(instance(tags={"env": "qa"})), HERE, context)
    assert not part.enabled


@pytest.mark.parametrize("value", ["disabled", "Enabled", ""])
def test_only_enabled_enables(value: str) -> None:
    (part,) = ec2_parts(instances(instance(tags={"scheduler": value})), HERE, PLAIN)
    assert not part.enabled


def test_arns_in_china_and_for_the_government_have_their_own_beginning() -> None:
    china = ec2_parts(instances(instance()), Place(None, "", "cn-north-1"), PLAIN)
    government = ec2_parts(instances(instance()), Place(None, "", "us-gov-west-1"), PLAIN)
    assert china[0].arn.startswith("arn:aws-cn:ec2:cn-north-1:")
    assert government[0].arn.startswith("arn:aws-us-gov:ec2:us-gov-west-1:")


def test_prices_are_put_on_parts_where_they_are_known() -> None:
    context = knowing(prices=Prices())
    priced, unpriced = ec2_parts(instances(instance("i-1"), instance("i-2", InstanceType="x9.huge")), HERE, context)
    assert (priced.hourly, unpriced.hourly) == (0.1, None)


def test_a_database_in_two_zones_has_the_price_of_one_in_two_zones() -> None:
    context = knowing(prices=Prices())
    (part,) = rds_parts(databases(database(DBInstanceClass="db.r6g.large", MultiAZ=True)), HERE, context)
    assert part.hourly == pytest.approx(0.6)


def test_a_cluster_costs_what_its_members_cost() -> None:
    member = "arn:aws:rds:eu-central-1:123456789012:db:dev1-aurora-"
    context = knowing(prices=Prices(), classes={f"{member}0": "db.r6g.large", f"{member}1": "db.r6g.large"})
    (part,) = cluster_parts(clusters(cluster()), HERE, context)
    assert part.hourly == pytest.approx(0.6)
    assert part.instance_class == "2 x db.r6g.large"


def test_a_cluster_with_a_member_that_nobody_knows_the_price_of_has_no_price() -> None:
    member = "arn:aws:rds:eu-central-1:123456789012:db:dev1-aurora-"
    context = knowing(prices=Prices(), classes={f"{member}0": "db.r6g.large", f"{member}1": "db.serverless"})
    (part,) = cluster_parts(clusters(cluster()), HERE, context)
    assert part.hourly is None
    (part,) = cluster_parts(clusters(cluster()), HERE, knowing(prices=Prices()))
    assert part.hourly is None
