"""What may be stopped at all, and why the rest may not: pure, from plain facts.

Sources: "Stop and start Amazon EC2 instances", "Enable stop protection for your EC2 instances", "Spot Instance
interruptions" and "Amazon EC2 managed instances" (EC2 User Guide); "Health checks for instances in an Auto Scaling group"
(a stopped member is replaced); "Stopping an Amazon RDS DB instance temporarily" and "Limitations of Multi-AZ DB clusters
for Amazon RDS" (RDS User Guide); StopDBInstance (RDS API Reference: not for RDS Custom); "Stopping and starting an Amazon
Aurora DB cluster" (Aurora User Guide); "AWS-StartStopAuroraCluster" (Systems Manager Automation runbook reference: neither
Serverless v1, multi-master, global databases nor parallel query).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from sundown.aws import tags
from sundown.model.cloud_refusal import Cause, Refusal


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a thing belongs to. ``namespace`` is what its tag names; ``holder`` the one that stopped it, None for nobody.

    ``misspelt`` is what is wrong with how its tags are written.
    """

    namespace: str
    cluster_name: str
    record: str | None = None
    holder: str | None = None
    misspelt: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """Of an EC2 instance; the words are those of DescribeInstances. ``operator`` is the service that manages it.

    ``store`` says which disks the host of its type has, empty for none, None where nobody knows; ``may_lose`` that they may
    be emptied.
    """

    lifecycle: str = ""
    root_device: str = "ebs"
    type: str = ""
    store: str | None = ""
    may_lose: bool = False
    operator: str = ""
    stop_protected: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Database:
    """Of an RDS instance. ``cluster`` is the cluster that it is in, ``cluster_namespace`` that one's tag where known."""

    engine: str
    multi_az: bool = False
    source: str = ""
    replicas: tuple[str, ...] = ()
    cluster: str = ""
    cluster_namespace: str | None = None


@dataclass(frozen=True, slots=True)
class DatabaseCluster:
    """Of a database cluster; ``global_cluster`` is the global database that it is in."""

    engine: str
    engine_mode: str = "provisioned"
    global_cluster: str = ""
    source: str = ""
    replicas: tuple[str, ...] = ()


Facts = Instance | Database | DatabaseCluster

_Rule = tuple[bool, Cause] | tuple[bool, Cause, str] | tuple[bool, Cause, str, str]
"""Whether it applies, the cause, and what the cause is about. The first that applies counts."""

_GROUP = "aws:autoscaling:groupName"
_EMR = "aws:elasticmapreduce:job-flow-id"
_NODE_KEYS = (
    "KubernetesCluster",
    "alpha.eksctl.io/nodegroup-name",
    "aws:eks:cluster-name",
    "eks:cluster-name",
    "eks:nodegroup-name",
    "kops.k8s.io/instancegroup",
)
_NODE_PREFIXES = (
    "karpenter.k8s.aws/",
    "karpenter.sh/",
    "k8s.io/role/",
    "kubernetes.io/cluster/",
    "sigs.k8s.io/cluster-api-provider-aws/",
)
_NOT_RDS = {"docdb": "Amazon DocumentDB", "neptune": "Amazon Neptune"}


def refusal(claim: Claim, facts: Facts, *, runs: bool) -> Refusal | None:
    """Why it is never stopped or started; None where it may be.

    What Sundown has stopped is started again whatever has become of it meanwhile, and one that somebody protected since
    loses the record first.
    """
    tagged = refusal_of_claim(claim)
    if tagged is not None or (claim.record is not None and not runs):
        return tagged
    found = _of_facts(claim, facts)
    protected = found is not None and found.cause is Cause.STOP_PROTECTED
    return None if protected and claim.record is not None else found


def protection(refused: Refusal | None, *, protected: bool) -> Refusal | None:
    """What speaks against stopping an instance, now that it is known whether it is protected; other reasons stay."""
    if refused is not None and refused.cause is not Cause.STOP_PROTECTED:
        return refused
    return Refusal(Cause.STOP_PROTECTED) if protected else None


def refusal_of_claim(claim: Claim) -> Refusal | None:
    """The same as far as it is about tags only."""
    names = tags.claimed(claim.namespace)
    if len(names) > 1:
        return Refusal(Cause.SEVERAL_ENVS, _listed(names))
    if claim.record is not None and claim.holder and claim.holder != f"{claim.cluster_name}/{claim.namespace}":
        return Refusal(Cause.HELD_BY_ANOTHER, claim.holder, _listed(tags.RECORD))
    # What was stopped before somebody wrote it otherwise is woken all the same.
    return Refusal(Cause.MISSPELT, claim.misspelt) if claim.misspelt and claim.record is None else None


def _of_facts(claim: Claim, facts: Facts) -> Refusal | None:
    match facts:
        case Instance():
            rules = _of_instance(facts)
        case Database():
            rules = _of_database(claim, facts)
        case DatabaseCluster():
            rules = _of_cluster(facts)
        case _:
            assert_never(facts)
    return next((Refusal(*row) for applies, *row in rules if applies), None)


def _of_instance(facts: Instance) -> tuple[_Rule, ...]:
    node = next((key for key in facts.tags if key in _NODE_KEYS or key.startswith(_NODE_PREFIXES)), "")
    kept = not facts.may_lose
    return (
        (_GROUP in facts.tags, Cause.AUTO_SCALING, facts.tags.get(_GROUP, "")),
        (bool(node), Cause.CLUSTER_NODE, node),
        (bool(facts.operator), Cause.MANAGED, facts.operator),
        (_EMR in facts.tags, Cause.EMR, facts.tags.get(_EMR, "")),
        (facts.lifecycle == "spot", Cause.SPOT),
        (facts.root_device == "instance-store", Cause.ROOT_IN_STORE),
        (bool(facts.store) and kept, Cause.DISKS_IN_HOST, facts.type, facts.store or ""),
        (facts.store is None and kept, Cause.DISKS_UNKNOWN, facts.type),
        (facts.stop_protected, Cause.STOP_PROTECTED),
    )


def _of_database(claim: Claim, facts: Database) -> tuple[_Rule, ...]:
    engine = facts.engine.removeprefix("custom-")
    of_cluster, tagged = bool(facts.cluster), facts.cluster_namespace
    elsewhere = tagged not in {None, "", claim.namespace}
    return (
        (facts.engine in _NOT_RDS, Cause.NOT_RDS, _NOT_RDS.get(facts.engine, "")),
        (of_cluster and elsewhere, Cause.CLUSTER_OF_ANOTHER, f"{facts.cluster} of {tagged}", claim.namespace),
        (of_cluster and tagged is None, Cause.CLUSTER_UNTAGGED, facts.cluster),
        (of_cluster, Cause.IN_A_CLUSTER, facts.cluster),
        (facts.engine.startswith("aurora"), Cause.AURORA_INSTANCE),
        (facts.engine != engine and not engine.startswith("sqlserver"), Cause.RDS_CUSTOM),
        (bool(facts.source), Cause.READ_REPLICA, facts.source),
        (bool(facts.replicas), Cause.HAS_REPLICAS, _listed(facts.replicas)),
        (facts.multi_az and engine.startswith("sqlserver"), Cause.SQL_SERVER),
    )


def _of_cluster(facts: DatabaseCluster) -> tuple[_Rule, ...]:
    in_one = bool(facts.global_cluster) or facts.engine_mode == "global"
    return (
        (facts.engine in _NOT_RDS, Cause.NOT_RDS, _NOT_RDS.get(facts.engine, "")),
        (not facts.engine.startswith("aurora"), Cause.MULTI_AZ_CLUSTER),
        (facts.engine_mode == "serverless", Cause.SERVERLESS),
        (facts.engine_mode in {"multimaster", "parallelquery"}, Cause.ENGINE_MODE, facts.engine_mode),
        (in_one, Cause.GLOBAL_DATABASE, facts.global_cluster),
        (bool(facts.source), Cause.READ_REPLICA, facts.source),
        (bool(facts.replicas), Cause.HAS_REPLICAS, _listed(facts.replicas)),
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:5]) + (" and more" if len(names) > 5 else "")
