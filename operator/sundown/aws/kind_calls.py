"""What AWS calls the things that Sundown does, one row a kind: the operations, and how they name what they are about.

Amazon EC2 API Reference and Amazon RDS API Reference, under the names of the operations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sundown.aws.account_regions import Place
from sundown.aws.describing import Context, cluster_parts, ec2_parts, rds_parts
from sundown.model.cloud import CloudKind, CloudPart

Arguments = dict[str, Any]
_DATABASES = 100
Read = Callable[[dict[str, Any], Place, Context], list[CloudPart]]


@dataclass(frozen=True, slots=True)
class Verbs:
    """How to describe, stop, start and tag what is of one kind.

    ``most`` go into one call: RDS answers with no more, EC2 takes twice as many and recommends fewer. ``together`` says that
    one call can stop (start, tag) them too; otherwise each needs its own. ``named`` makes the
    arguments of stopping and starting, ``put`` those of tagging, ``dropped`` those of taking tags off.
    """

    service: str
    most: int
    together: bool
    describe: str
    wanted: Callable[[Sequence[str]], Arguments]
    read: Read
    stop: str
    start: str
    named: Callable[[Sequence[CloudPart]], Arguments]
    tag: str
    put: Callable[[Sequence[CloudPart], Mapping[str, str]], Arguments]
    untag: str
    dropped: Callable[[Sequence[CloudPart], Sequence[str]], Arguments]
    starting: str
    """AWS's word for the state after it has agreed to start it."""


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _identifiers(parts: Sequence[CloudPart]) -> list[str]:
    return [part.identifier for part in parts]


def _filter(name: str) -> Callable[[Sequence[str]], Arguments]:
    return lambda identifiers: {"Filters": [{"Name": name, "Values": list(identifiers)}], "MaxRecords": _DATABASES}


def _database(noun: str, *, filter_name: str, parameter: str, read: Read) -> Verbs:
    return Verbs(
        service="rds",
        most=_DATABASES,
        together=False,
        describe=f"Describe{noun}s",
        wanted=_filter(filter_name),
        read=read,
        stop=f"Stop{noun}",
        start=f"Start{noun}",
        named=lambda parts: {parameter: parts[0].identifier},
        tag="AddTagsToResource",
        put=lambda parts, tags: {"ResourceName": parts[0].arn, "Tags": _pairs(tags)},
        untag="RemoveTagsFromResource",
        dropped=lambda parts, keys: {"ResourceName": parts[0].arn, "TagKeys": list(keys)},
        starting="starting",
    )


VERBS: Mapping[CloudKind, Verbs] = {
    "EC2Instance": Verbs(
        service="ec2",
        most=500,
        together=True,
        describe="DescribeInstances",
        wanted=lambda identifiers: {"InstanceIds": list(identifiers)},
        read=ec2_parts,
        stop="StopInstances",
        start="StartInstances",
        named=lambda parts: {"InstanceIds": _identifiers(parts)},
        tag="CreateTags",
        put=lambda parts, tags: {"Resources": _identifiers(parts), "Tags": _pairs(tags)},
        untag="DeleteTags",
        # With an empty value only tags that have an empty value would go.
        dropped=lambda parts, keys: {"Resources": _identifiers(parts), "Tags": [{"Key": key} for key in keys]},
        starting="pending",
    ),
    "RDSInstance": _database(
        "DBInstance", filter_name="db-instance-id", parameter="DBInstanceIdentifier", read=rds_parts
    ),
    "AuroraCluster": _database(
        "DBCluster", filter_name="db-cluster-id", parameter="DBClusterIdentifier", read=cluster_parts
    ),
}
