"""E5: what is refused with a reason, rule by rule, on answers made by hand; and what is allowed."""

from typing import Any

import pytest

from sundown.aws.describing import Context, cluster_parts, ec2_parts, rds_parts
from support.aws.described import HERE, cluster, clusters, database, databases, instance, instances, knowing

ARN = "arn:aws:ec2:eu-central-1:123456789012:instance/i-1"
CLUSTER_ARN = "arn:aws:rds:eu-central-1:123456789012:cluster:shared"
CONTEXT = knowing(cluster_name="eu")


def refused_instance(context: Context = CONTEXT, **fields: Any) -> str | None:
    (part,) = ec2_parts(instances(instance(**fields)), HERE, context)
    return str(part.refused) if part.refused is not None else None


def refused_database(context: Context = CONTEXT, **fields: Any) -> str | None:
    (part,) = rds_parts(databases(database(**fields)), HERE, context)
    return str(part.refused) if part.refused is not None else None


def refused_cluster(context: Context = CONTEXT, **fields: Any) -> str | None:
    (part,) = cluster_parts(clusters(cluster(**fields)), HERE, context)
    return str(part.refused) if part.refused is not None else None


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="plain"),
        pytest.param({"InstanceLifecycle": "scheduled"}, id="scheduled"),
        pytest.param({"tags": {"Name": "kubernetes.io/cluster/x"}}, id="a node's tag as a value"),
        pytest.param({"Operator": {"Managed": False}}, id="managed by nobody"),
        pytest.param({"tags": {"sundown:holder": "eu/dev1", "sundown:previous-state": "running"}}, id="our own record"),
        pytest.param({"tags": {"sundown:holder": "us/dev1"}}, id="a holder without a record"),
    ],
)
def test_an_instance_that_may_be_stopped(fields: dict[str, Any]) -> None:
    assert refused_instance(**fields) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"tags": {"aws:autoscaling:groupName": "web"}}, "Auto Scaling group web", id="Auto Scaling"),
        pytest.param(
            {"tags": {"kubernetes.io/cluster/main": "owned"}}, "kubernetes.io/cluster/main", id="in-tree node"
        ),
        pytest.param({"tags": {"aws:eks:cluster-name": "main"}}, "node of a Kubernetes cluster", id="EKS"),
        pytest.param({"tags": {"eks:nodegroup-name": "a"}}, "node of a Kubernetes cluster", id="EKS node group"),
        pytest.param({"tags": {"alpha.eksctl.io/nodegroup-name": "a"}}, "node of a Kubernetes cluster", id="eksctl"),
        pytest.param({"tags": {"karpenter.sh/nodepool": "a"}}, "node of a Kubernetes cluster", id="Karpenter"),
        pytest.param({"tags": {"kops.k8s.io/instancegroup": "a"}}, "node of a Kubernetes cluster", id="kOps"),
        pytest.param({"tags": {"KubernetesCluster": "main"}}, "node of a Kubernetes cluster", id="old kOps"),
        pytest.param({"tags": {"k8s.io/role/control-plane": "1"}}, "node of a Kubernetes cluster", id="control plane"),
        pytest.param(
            {"tags": {"sigs.k8s.io/cluster-api-provider-aws/role": "node"}}, "node of a Kubernetes", id="Cluster API"
        ),
        pytest.param({"tags": {"aws:elasticmapreduce:job-flow-id": "j-1"}}, "EMR cluster j-1", id="EMR"),
        pytest.param(
            {"Operator": {"Managed": True, "Principal": "eks.amazonaws.com"}},
            "managed by eks.amazonaws.com",
            id="managed",
        ),
        pytest.param({"InstanceLifecycle": "spot"}, "spot instance", id="spot"),
        pytest.param({"RootDeviceType": "instance-store"}, "instance store", id="instance store"),
    ],
)
def test_an_instance_that_is_refused(fields: dict[str, Any], words: str) -> None:
    """E5."""
    assert words in (refused_instance(**fields) or "")


def test_an_instance_that_is_protected_against_being_stopped() -> None:
    """E5."""
    assert "disableApiStop" in (refused_instance(knowing(protected={ARN: True})) or "")
    assert refused_instance(knowing(protected={ARN: False})) is None


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="plain"),
        pytest.param({"MultiAZ": True}, id="Multi-AZ"),
        pytest.param({"Engine": "sqlserver-se"}, id="SQL Server in one zone"),
        pytest.param({"Engine": "custom-sqlserver-ee"}, id="RDS Custom for SQL Server in one zone"),
        pytest.param({"Engine": "oracle-se2", "MultiAZ": True}, id="Oracle, Multi-AZ"),
    ],
)
def test_a_database_that_may_be_stopped(fields: dict[str, Any]) -> None:
    assert refused_database(**fields) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"ReadReplicaSourceDBInstanceIdentifier": "main"}, "read replica (of main)", id="read replica"),
        pytest.param({"ReadReplicaSourceDBClusterIdentifier": "main"}, "read replica (of main)", id="of a cluster"),
        pytest.param({"ReadReplicaDBInstanceIdentifiers": ["a", "b"]}, "read replicas (a, b)", id="source"),
        pytest.param({"ReadReplicaDBClusterIdentifiers": ["c"]}, "read replicas (c)", id="source of a cluster"),
        pytest.param({"Engine": "sqlserver-ee", "MultiAZ": True}, "SQL Server", id="SQL Server Multi-AZ"),
        pytest.param({"Engine": "custom-sqlserver-se", "MultiAZ": True}, "SQL Server", id="Custom SQL Server Multi-AZ"),
        pytest.param({"Engine": "custom-oracle-ee"}, "RDS Custom", id="RDS Custom for Oracle"),
        pytest.param({"Engine": "aurora-mysql"}, "only its cluster", id="Aurora"),
        pytest.param({"Engine": "docdb", "DBClusterIdentifier": "d"}, "DocumentDB", id="DocumentDB"),
        pytest.param({"Engine": "neptune", "DBClusterIdentifier": "n"}, "Neptune", id="Neptune"),
    ],
)
def test_a_database_that_is_refused(fields: dict[str, Any], words: str) -> None:
    """E5."""
    assert words in (refused_database(**fields) or "")


def test_a_member_of_a_cluster_leaves_it_to_the_cluster() -> None:
    """E5."""
    context = knowing(clusters={CLUSTER_ARN: "dev1"})
    said = refused_database(context, Engine="aurora-postgresql", DBClusterIdentifier="shared")
    assert said == "it is in the cluster shared, which is stopped instead"


def test_a_member_of_a_cluster_that_is_not_tagged_says_what_to_tag() -> None:
    """E5."""
    said = refused_database(Engine="postgres", DBClusterIdentifier="shared")
    assert "tag the cluster instead" in (said or "")


def test_a_member_that_is_tagged_for_another_env_than_its_cluster_names_both() -> None:
    """E5."""
    context = knowing(clusters={CLUSTER_ARN: "dev2"})
    said = refused_database(context, Engine="aurora-postgresql", DBClusterIdentifier="shared") or ""
    assert "tagged for dev1" in said
    assert "cluster shared of dev2" in said


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="plain"),
        pytest.param({"Engine": "aurora-mysql"}, id="MySQL"),
        pytest.param({"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5}}, id="Serverless v2"),
        pytest.param({"Engine": "aurora", "EngineMode": None}, id="an old one that names no mode"),
    ],
)
def test_a_cluster_that_may_be_stopped(fields: dict[str, Any]) -> None:
    assert refused_cluster(**fields) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"EngineMode": "serverless"}, "Serverless v1", id="Serverless v1"),
        pytest.param({"EngineMode": "parallelquery"}, "parallelquery", id="parallel query"),
        pytest.param({"EngineMode": "multimaster"}, "multimaster", id="multi-master"),
        pytest.param({"EngineMode": "global"}, "global database", id="global by mode"),
        pytest.param({"GlobalClusterIdentifier": "world"}, "global database world", id="global"),
        pytest.param({"Engine": "postgres"}, "Multi-AZ DB cluster", id="Multi-AZ DB cluster"),
        pytest.param({"Engine": "docdb"}, "DocumentDB", id="DocumentDB"),
        pytest.param({"Engine": "neptune"}, "Neptune", id="Neptune"),
        pytest.param({"ReplicationSourceIdentifier": "arn:x"}, "read replica (of arn:x)", id="replica"),
        pytest.param({"ReadReplicaIdentifiers": ["arn:y"]}, "read replicas (arn:y)", id="source"),
    ],
)
def test_a_cluster_that_is_refused(fields: dict[str, Any], words: str) -> None:
    """E5."""
    assert words in (refused_cluster(**fields) or "")


OURS = {"sundown:previous-state": "running", "sundown:holder": "eu/dev1"}


def test_what_sundown_stopped_is_given_back_whatever_has_become_of_it() -> None:
    """A15."""
    grouped = {**OURS, "aws:autoscaling:groupName": "web"}
    assert refused_instance(phase="stopped", tags=grouped) is None
    assert "Auto Scaling" in (refused_instance(phase="running", tags=grouped) or "")
    assert refused_database(phase="stopped", tags=OURS, ReadReplicaDBInstanceIdentifiers=["a"]) is None


@pytest.mark.parametrize("phase", ["stopped", "pending", "running"])
def test_one_that_was_protected_while_it_slept_wakes_and_loses_its_record_first(phase: str) -> None:
    context = knowing(cluster_name="eu", protected={ARN: True})
    assert refused_instance(context, phase=phase, tags=OURS) is None
    assert refused_instance(context, phase=phase) is not None


@pytest.mark.parametrize("value", ["dev1,dev2", "dev1, dev2", "dev1 dev2", "dev1;dev2", "dev1/dev2", "dev1+dev2"])
def test_what_two_envs_claim_is_left_alone(value: str) -> None:
    said = refused_instance(tags={"namespace": value}) or ""
    assert "several envs (dev1, dev2)" in said
    assert "several envs" in (refused_database(tags={"namespace": value}) or "")
    assert "several envs" in (refused_cluster(tags={"namespace": value}) or "")


def test_what_was_stopped_for_another_env_names_it() -> None:
    said = refused_instance(tags={"sundown:previous-state": "running", "sundown:holder": "eu/dev2"}) or ""
    assert "it was stopped by eu/dev2" in said


def test_what_was_stopped_by_another_cluster_names_it() -> None:
    said = refused_database(tags={"sundown:previous-state": "running", "sundown:holder": "us/dev1"}) or ""
    assert "it was stopped by us/dev1" in said
