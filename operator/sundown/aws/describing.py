"""AWS's Describe answers, read into CloudParts. What is gone, and what is for another Sundown, is left out.

A part without a namespace tag has an empty ``namespace``; what follows from that, the inventory decides.
"""

from __future__ import annotations

from collections import ChainMap, Counter
from collections.abc import Iterator, Mapping, MutableMapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from sundown.aws import eligibility, state_reasons, tags
from sundown.aws.account_regions import Place
from sundown.aws.eligibility import Claim, refusal
from sundown.aws.phases import phase_of, trouble_of
from sundown.model.cloud import CloudKind, CloudPart

Answer = Mapping[str, Any]


class Pricing(Protocol):
    """What an hour of something costs."""

    currency: str

    def hourly(
        self, kind: CloudKind, instance_class: str, region: str, *, engine: str = "", multi_az: bool = False
    ) -> float | None:
        """The price of an hour in use; None where nobody knows it."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What one has to know beside an answer to read it. The mappings are kept up to date by the inventory.

    ``stores`` says which disks the hosts of an instance type have, ``kept`` holds the ARNs of what was stopped, ``protected`` holds the ARNs of instances that are protected against being stopped, ``classes`` the instance class of
    each member of a database cluster by the member's ARN, ``clusters`` the namespace tag of each cluster by its ARN.
    """

    namespace_tag: str = "namespace"
    scheduler_tag: str = "scheduler"
    cluster_name: str = "default"
    prices: Pricing | None = None
    stores: MutableMapping[str, str] = field(default_factory=dict)
    kept: Set[str] = frozenset()
    protected: Mapping[str, bool] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    clusters: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> tags.Keys:
        """What the tags are called."""
        return tags.Keys(namespace=self.namespace_tag, scheduler=self.scheduler_tag)

    def with_clusters(self, *, classes: Mapping[str, str], clusters: Mapping[str, str]) -> Context:
        """The same with what is newly known of clusters and their members."""
        return replace(self, classes=ChainMap(dict(classes), dict(self.classes)), clusters=clusters)


def ec2_parts(answer: Answer, place: Place, context: Context) -> list[CloudPart]:
    """The instances of a DescribeInstances answer."""
    return [
        part
        for reservation in answer.get("Reservations", ())
        for instance in reservation.get("Instances", ())
        if (part := _instance(instance, str(reservation.get("OwnerId") or place.account), place, context)) is not None
    ]


def rds_parts(answer: Answer, place: Place, context: Context) -> list[CloudPart]:
    """The databases of a DescribeDBInstances answer."""
    found = (_database(database, place, context) for database in answer.get("DBInstances", ()))
    return [part for part in found if part is not None]


def cluster_parts(answer: Answer, place: Place, context: Context) -> list[CloudPart]:
    """The clusters of a DescribeDBClusters answer."""
    found = (_cluster(cluster, place, context) for cluster in answer.get("DBClusters", ()))
    return [part for part in found if part is not None]


def members_of(cluster: Answer) -> Iterator[str]:
    """The ARNs of the members of a database cluster, which DescribeDBClusters only names."""
    arn = str(cluster["DBClusterArn"])
    before, _, _ = arn.partition(":cluster:")
    for member in cluster.get("DBClusterMembers", ()):
        yield f"{before}:db:{member['DBInstanceIdentifier']}"


def cluster_arn(database: Answer) -> str:
    """The ARN of the cluster that a database is a member of, or nothing."""
    name = database.get("DBClusterIdentifier")
    before, _, _ = str(database["DBInstanceArn"]).partition(":db:")
    return f"{before}:cluster:{name}" if name else ""


def _instance(raw: Answer, owner: str, place: Place, context: Context) -> CloudPart | None:
    phase = str(raw["State"]["Name"])
    identifier = str(raw["InstanceId"])
    arn = f"arn:{_partition(place.region)}:ec2:{place.region}:{owner}:instance/{identifier}"
    labels = tags.as_mapping(raw.get("Tags", ()))
    operator = raw.get("Operator") or {}
    return _part(
        _Found(
            kind="EC2Instance",
            arn=arn,
            identifier=identifier,
            phase=phase,
            instance_class=str(raw.get("InstanceType", "")),
            engine=str(raw.get("PlatformDetails", "")),
            labels=labels,
            state_reason=raw.get("StateReason") or {},
        ),
        eligibility.Instance(
            lifecycle=str(raw.get("InstanceLifecycle", "")),
            root_device=str(raw.get("RootDeviceType", "ebs")),
            type=str(raw.get("InstanceType", "")),
            store=context.stores.get(str(raw.get("InstanceType", ""))),
            may_lose=labels.get(tags.INSTANCE_STORE) == tags.LOSE,
            operator=str(operator.get("Principal") or "another service") if operator.get("Managed") else "",
            stop_protected=context.protected.get(arn, False),
            tags=labels,
        ),
        context,
    )


def _database(raw: Answer, place: Place, context: Context) -> CloudPart | None:
    phase = str(raw["DBInstanceStatus"])
    cluster = cluster_arn(raw)
    return _part(
        _Found(
            kind="RDSInstance",
            arn=str(raw["DBInstanceArn"]),
            identifier=str(raw["DBInstanceIdentifier"]),
            phase=phase,
            instance_class=str(raw.get("DBInstanceClass", "")),
            engine=str(raw.get("Engine", "")),
            labels=tags.as_mapping(raw.get("TagList", ())),
            multi_az=bool(raw.get("MultiAZ")),
        ),
        eligibility.Database(
            engine=str(raw.get("Engine", "")),
            multi_az=bool(raw.get("MultiAZ")),
            source=str(
                raw.get("ReadReplicaSourceDBInstanceIdentifier")
                or raw.get("ReadReplicaSourceDBClusterIdentifier")
                or ""
            ),
            replicas=(
                *map(str, raw.get("ReadReplicaDBInstanceIdentifiers", ())),
                *map(str, raw.get("ReadReplicaDBClusterIdentifiers", ())),
            ),
            cluster=str(raw.get("DBClusterIdentifier") or ""),
            cluster_namespace=context.clusters.get(cluster),
        ),
        context,
    )


def _cluster(raw: Answer, place: Place, context: Context) -> CloudPart | None:
    phase = str(raw["Status"])
    classes = [context.classes.get(arn, "") for arn in members_of(raw)]
    return _part(
        _Found(
            kind="AuroraCluster",
            arn=str(raw["DBClusterArn"]),
            identifier=str(raw["DBClusterIdentifier"]),
            phase=phase,
            instance_class=_together(classes),
            engine=str(raw.get("Engine", "")),
            labels=tags.as_mapping(raw.get("TagList", ())),
            classes=tuple(classes),
        ),
        eligibility.DatabaseCluster(
            engine=str(raw.get("Engine", "")),
            engine_mode=str(raw.get("EngineMode") or "provisioned"),
            global_cluster=str(raw.get("GlobalClusterIdentifier") or ""),
            source=str(raw.get("ReplicationSourceIdentifier") or ""),
            replicas=tuple(map(str, raw.get("ReadReplicaIdentifiers", ()))),
        ),
        context,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What all three kinds have in common, and what prices depend on; ``classes`` are those of a cluster's members."""

    kind: CloudKind
    arn: str
    identifier: str
    phase: str
    instance_class: str
    engine: str
    labels: Mapping[str, str]
    classes: tuple[str, ...] | None = None
    multi_az: bool = False
    state_reason: Mapping[str, Any] = field(default_factory=dict)


def _part(found: _Found, facts: eligibility.Facts, context: Context) -> CloudPart | None:
    phase, written = phase_of(found.kind, found.phase), tags.read(found.labels, context.keys)
    theirs = written.cluster not in {None, context.cluster_name} and found.arn not in context.kept
    if phase.state is None or theirs:
        return None
    _, _, _, region, account, _ = found.arn.split(":", 5)
    claim = Claim(
        namespace=tags.env_of(written, cluster_name=context.cluster_name),
        cluster_name=context.cluster_name,
        record=written.record,
        holder=written.holder,
        misspelt=written.misspelt,
    )
    return CloudPart(
        kind=found.kind,
        arn=found.arn,
        identifier=found.identifier,
        name=found.labels.get("Name") or found.identifier,
        namespace=claim.namespace,
        account=account,
        region=region,
        state=phase.state,
        phase=found.phase,
        instance_class=found.instance_class,
        record=claim.record,
        stopped_at=written.stopped_at,
        holder=claim.holder,
        wave=written.wave,
        exclude=written.exclude,
        misspelt=written.misspelt,
        meant_for=written.meant_for if written.misspelt else "",
        enabled=written.enabled,
        refused=refusal(claim, facts, runs=phase.state in {"running", "busy"}),
        hourly=_price(found, region, context.prices),
        currency=context.prices.currency if context.prices is not None else "USD",
        reason=state_reasons.told(found.state_reason) if phase.state == "stopped" else "",
        trouble=trouble_of(phase, found.phase)
        or (state_reasons.failed_start(found.state_reason) if phase.state == "stopped" else ""),
    )


def _price(found: _Found, region: str, prices: Pricing | None) -> float | None:
    """A cluster costs what its members cost; unknown if any of them is."""
    if prices is None:
        return None
    if found.classes is None:
        return prices.hourly(found.kind, found.instance_class, region, engine=found.engine, multi_az=found.multi_az)
    each = [prices.hourly(found.kind, one, region, engine=found.engine) for one in found.classes]
    known = [price for price in each if price is not None]
    return sum(known) if each and len(known) == len(each) else None


def _together(classes: list[str]) -> str:
    """``2 x db.r6g.large, db.t4g.medium``; nothing where a class is not known."""
    if not all(classes):
        return ""
    return ", ".join(name if count == 1 else f"{count} x {name}" for name, count in Counter(classes).items())


def _partition(region: str) -> str:
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get("us-gov" if region.startswith("us-gov") else region[:2], "aws")
