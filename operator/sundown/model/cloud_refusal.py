"""Why a part in the cloud is never stopped or started: the cause for machines, and its sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """What speaks against it. The inventory's table keeps these words."""

    SEVERAL_ENVS = "SeveralEnvs"
    HELD_BY_ANOTHER = "HeldByAnother"
    MISSPELT = "Misspelt"
    AUTO_SCALING = "AutoScaling"
    CLUSTER_NODE = "ClusterNode"
    MANAGED = "Managed"
    EMR = "EMR"
    SPOT = "Spot"
    ROOT_IN_STORE = "RootInStore"
    DISKS_IN_HOST = "DisksInHost"
    DISKS_UNKNOWN = "DisksUnknown"
    STOP_PROTECTED = "StopProtected"
    NOT_RDS = "NotRDS"
    CLUSTER_OF_ANOTHER = "ClusterOfAnother"
    CLUSTER_UNTAGGED = "ClusterUntagged"
    IN_A_CLUSTER = "InACluster"
    AURORA_INSTANCE = "AuroraInstance"
    RDS_CUSTOM = "RDSCustom"
    READ_REPLICA = "ReadReplica"
    HAS_REPLICAS = "HasReplicas"
    SQL_SERVER = "SQLServer"
    MULTI_AZ_CLUSTER = "MultiAZCluster"
    SERVERLESS = "Serverless"
    ENGINE_MODE = "EngineMode"
    GLOBAL_DATABASE = "GlobalDatabase"
    TOLD = "Told"
    """As somebody else says who has looked: the operator, in a status."""


_WORDS = {
    Cause.SEVERAL_ENVS: "its namespace tag names several envs ({what}): leave one, only one can decide when it sleeps",
    Cause.HELD_BY_ANOTHER: "it was stopped by {what}: tag it for that env again, or start it and take the tags {also} off",
    Cause.MISSPELT: "{what}; until then it does not sleep",
    Cause.AUTO_SCALING: "it is in the Auto Scaling group {what}, which would replace it: scale the group instead",
    Cause.CLUSTER_NODE: "it is a node of a Kubernetes cluster (tag {what})",
    Cause.MANAGED: "it is managed by {what}, which alone may stop it",
    Cause.EMR: "it is in the EMR cluster {what}, whose instances cannot be stopped",
    Cause.SPOT: "it is a spot instance, which need not come back after a stop",
    Cause.ROOT_IN_STORE: "its root device is an instance store, which a stop would destroy",
    Cause.DISKS_IN_HOST: "its type {what} has disks in its host ({also}), and a stop destroys what is on them: tag it "
    "sundown:instance-store=lose if it may be lost",
    Cause.DISKS_UNKNOWN: "nobody knows whether its type {what} has disks in its host, which a stop would empty: AWS does not "
    "say, or the policy does not allow ec2:DescribeInstanceTypes",
    Cause.STOP_PROTECTED: "it is protected against being stopped (attribute disableApiStop)",
    Cause.NOT_RDS: "it belongs to {what}, which Sundown does not stop",
    Cause.CLUSTER_OF_ANOTHER: "it is tagged for {also}, but is in the cluster {what}, which stops as a whole",
    Cause.CLUSTER_UNTAGGED: "it is in the cluster {what}, which stops as a whole: tag the cluster instead",
    Cause.IN_A_CLUSTER: "it is in the cluster {what}, which is stopped instead",
    Cause.AURORA_INSTANCE: "it is an Aurora instance: only its cluster can be stopped",
    Cause.RDS_CUSTOM: "it is RDS Custom, which cannot be stopped",
    Cause.READ_REPLICA: "it is a read replica (of {what}), which cannot be stopped",
    Cause.HAS_REPLICAS: "it has read replicas ({what}), and cannot be stopped while it has",
    Cause.SQL_SERVER: "SQL Server cannot be stopped while it is Multi-AZ",
    Cause.MULTI_AZ_CLUSTER: "it is a Multi-AZ DB cluster, which cannot be stopped; only Aurora clusters can",
    Cause.SERVERLESS: "it is Aurora Serverless v1, which pauses by itself and cannot be stopped",
    Cause.ENGINE_MODE: "its engine mode {what} cannot be stopped",
    Cause.GLOBAL_DATABASE: "it is in the global database {what}, whose clusters cannot be stopped",
    Cause.TOLD: "{what}",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cause and what it is about: ``what`` and, where there is a second thing to name, ``also``."""

    cause: Cause
    what: str = ""
    also: str = ""

    def __str__(self) -> str:
        """In words that follow the name of the part."""
        return _WORDS[self.cause].format(what=self.what, also=self.also)
