"""What may be stopped at all, and in words why the rest may not: pure, from plain facts.

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

from sundown.aws import tags

STOP_PROTECTED = "it is protected against being stopped (attribute disableApiStop)"


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


def refusal(claim: Claim, facts: Facts, *, runs: bool) -> str | None:
    """Why it is never stopped or started, in words that follow its name; None where it may be.

    What Sundown has stopped is started again whatever has become of it meanwhile, and one that somebody protected since
    loses the record first.
    """
    tagged = refusal_of_claim(claim)
    if tagged is not None or (claim.record is not None and not runs):
        return tagged
    words = _of_facts(claim, facts)
    return None if words == STOP_PROTECTED and claim.record is not None else words


def refusal_of_claim(claim: Claim) -> str | None:
    """The same as far as it is about tags only."""
    names = tags.claimed(claim.namespace)
    if len(names) > 1:
        return f"its namespace tag names several envs ({_listed(names)}): leave one, only one can decide when it sleeps"
    if claim.record is not None and claim.holder and claim.holder != f"{claim.cluster_name}/{claim.namespace}":
        return (
            f"it was stopped by {claim.holder}: tag it for that env again, or start it and take the tags "
            f"{_listed(tags.RECORD)} off"
        )
    # What was stopped before somebody wrote it otherwise is woken all the same.
    return f"{claim.misspelt}; until then it does not sleep" if claim.misspelt and claim.record is None else None


def _of_facts(claim: Claim, facts: Facts) -> str | None:
    match facts:
        case Instance():
            return _of_instance(facts)
        case Database():
            return _of_database(claim, facts)
        case DatabaseCluster():
            return _of_cluster(facts)


def _of_instance(facts: Instance) -> str | None:
    node = next((key for key in facts.tags if key in _NODE_KEYS or key.startswith(_NODE_PREFIXES)), None)
    rules = (
        (
            _GROUP in facts.tags,
            f"it is in the Auto Scaling group {facts.tags.get(_GROUP)}, which would replace it: scale the group instead",
        ),
        (node is not None, f"it is a node of a Kubernetes cluster (tag {node})"),
        (bool(facts.operator), f"it is managed by {facts.operator}, which alone may stop it"),
        (_EMR in facts.tags, f"it is in the EMR cluster {facts.tags.get(_EMR)}, whose instances cannot be stopped"),
        (facts.lifecycle == "spot", "it is a spot instance, which need not come back after a stop"),
        (facts.root_device == "instance-store", "its root device is an instance store, which a stop would destroy"),
        (
            bool(facts.store) and not facts.may_lose,
            (
                f"its type {facts.type} has disks in its host ({facts.store}), and a stop destroys what is on them: tag it "
                f"{tags.INSTANCE_STORE}={tags.LOSE} if it may be lost"
            ),
        ),
        (
            facts.store is None and not facts.may_lose,
            (
                f"nobody knows whether its type {facts.type} has disks in its host, which a stop would empty: AWS does not "
                "say, or the policy does not allow ec2:DescribeInstanceTypes"
            ),
        ),
        (facts.stop_protected, STOP_PROTECTED),
    )
    return next((words for applies, words in rules if applies), None)


def _of_database(claim: Claim, facts: Database) -> str | None:
    engine = facts.engine.removeprefix("custom-")
    rules = (
        (facts.engine in _NOT_RDS, f"it belongs to {_NOT_RDS.get(facts.engine)}, which Sundown does not stop"),
        (
            bool(facts.cluster) and facts.cluster_namespace not in {None, "", claim.namespace},
            (
                f"it is tagged for {claim.namespace}, but is in the cluster {facts.cluster} of {facts.cluster_namespace}, "
                "which stops as a whole"
            ),
        ),
        (
            bool(facts.cluster) and facts.cluster_namespace is None,
            f"it is in the cluster {facts.cluster}, which stops as a whole: tag the cluster instead",
        ),
        (bool(facts.cluster), f"it is in the cluster {facts.cluster}, which is stopped instead"),
        (facts.engine.startswith("aurora"), "it is an Aurora instance: only its cluster can be stopped"),
        (facts.engine != engine and not engine.startswith("sqlserver"), "it is RDS Custom, which cannot be stopped"),
        (bool(facts.source), f"it is a read replica (of {facts.source}), which cannot be stopped"),
        (
            bool(facts.replicas),
            f"it has read replicas ({_listed(facts.replicas)}), and cannot be stopped while it has",
        ),
        (facts.multi_az and engine.startswith("sqlserver"), "SQL Server cannot be stopped while it is Multi-AZ"),
    )
    return next((words for applies, words in rules if applies), None)


def _of_cluster(facts: DatabaseCluster) -> str | None:
    rules = (
        (facts.engine in _NOT_RDS, f"it belongs to {_NOT_RDS.get(facts.engine)}, which Sundown does not stop"),
        (
            not facts.engine.startswith("aurora"),
            "it is a Multi-AZ DB cluster, which cannot be stopped; only Aurora clusters can",
        ),
        (facts.engine_mode == "serverless", "it is Aurora Serverless v1, which pauses by itself and cannot be stopped"),
        (
            facts.engine_mode in {"multimaster", "parallelquery"},
            f"its engine mode {facts.engine_mode} cannot be stopped",
        ),
        (
            bool(facts.global_cluster) or facts.engine_mode == "global",
            f"it is in the global database {facts.global_cluster}, whose clusters cannot be stopped",
        ),
        (bool(facts.source), f"it is a read replica (of {facts.source}), which cannot be stopped"),
        (
            bool(facts.replicas),
            f"it has read replicas ({_listed(facts.replicas)}), and cannot be stopped while it has",
        ),
    )
    return next((words for applies, words in rules if applies), None)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:5]) + (" and more" if len(names) > 5 else "")
