"""Describe answers made by hand, as AWS gives them: what differs from the usual is said by each test."""

from typing import Any

from sundown.aws.account_regions import Place
from sundown.aws.describing import Context

ACCOUNT = "123456789012"
REGION = "eu-central-1"
HERE = Place(role=None, account="", region=REGION)

Json = dict[str, Any]


def knowing(**fields: Any) -> Context:
    """What one knows beside an answer; that the types of the instances here have no disks in their hosts, too."""
    return Context(**{"stores": {"t3.large": "", "t3.small": ""}, **fields})


def tagged(tags: dict[str, str]) -> list[Json]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def instance(name: str = "i-1", *, phase: str = "running", tags: dict[str, str] | None = None, **fields: Any) -> Json:
    """What DescribeInstances says of one."""
    return {
        "InstanceId": name,
        "InstanceType": "t3.large",
        "State": {"Code": 16, "Name": phase},
        "RootDeviceType": "ebs",
        "PlatformDetails": "Linux/UNIX",
        "Tags": tagged({"namespace": "dev1", "scheduler": "enabled", **(tags or {})}),
        **fields,
    }


def instances(*raw: Json) -> Json:
    """A DescribeInstances answer."""
    return {"Reservations": [{"OwnerId": ACCOUNT, "ReservationId": "r-1", "Instances": list(raw)}]}


def database(
    name: str = "dev1-db", *, phase: str = "available", tags: dict[str, str] | None = None, **fields: Any
) -> Json:
    """What DescribeDBInstances says of one."""
    return {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{name}",
        "DBInstanceClass": "db.t4g.medium",
        "DBInstanceStatus": phase,
        "Engine": "postgres",
        "MultiAZ": False,
        "ReadReplicaDBInstanceIdentifiers": [],
        "TagList": tagged({"namespace": "dev1", "scheduler": "enabled", **(tags or {})}),
        **fields,
    }


def databases(*raw: Json) -> Json:
    """A DescribeDBInstances answer."""
    return {"DBInstances": list(raw)}


def cluster(
    name: str = "dev1-aurora", *, phase: str = "available", tags: dict[str, str] | None = None, **fields: Any
) -> Json:
    """What DescribeDBClusters says of one, with two members."""
    return {
        "DBClusterIdentifier": name,
        "DBClusterArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:{name}",
        "Status": phase,
        "Engine": "aurora-postgresql",
        "EngineMode": "provisioned",
        "DBClusterMembers": [{"DBInstanceIdentifier": f"{name}-0"}, {"DBInstanceIdentifier": f"{name}-1"}],
        "ReadReplicaIdentifiers": [],
        "TagList": tagged({"namespace": "dev1", "scheduler": "enabled", **(tags or {})}),
        **fields,
    }


def clusters(*raw: Json) -> Json:
    """A DescribeDBClusters answer."""
    return {"DBClusters": list(raw)}
