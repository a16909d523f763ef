"""The databases, queues and stores of the catalogue: what each calls sleep, and how anybody knows that it is there.

Most keep their disks and let their pods go by a field of their own. Two cannot: their controllers are told to look away, and
the StatefulSets that they control sleep beside them (``with_owned``).
"""

from __future__ import annotations

from sundown.sleepers.judges import AtLeast, Condition, Held, Is
from sundown.sleepers.patch_kind import PatchKind

_DATABASES, _KEEPERS = 10, 40
"""Who would bring back what it controls looks away before that sleeps, and looks again after it is up."""

OPEN_CRD = "an open CRD and a scripted controller"
"""How a kind was tried whose own controller did not run: its CRD took any field, and a test wrote the status."""
_ECK = "ECK 3.5.0"
_PAUSE = '{"spec":{"pause":true}}'

ROWS: tuple[PatchKind, ...] = (
    PatchKind(
        kind="Cluster",
        group="postgresql.cnpg.io",
        versions=("v1",),
        plural="clusters",
        patch='{"metadata":{"annotations":{"cnpg.io/hibernation":"on"}}}',
        resting=Condition("cnpg.io/hibernation"),
        ready=AtLeast(("status", "readyInstances"), ("spec", "instances")),
        held=Held(
            "Supervised",
            by=(Is(("spec", "primaryUpdateStrategy"), ("supervised",)),),
            pending=Is(("status", "phase"), ("Waiting for user action",)),
        ),
        wave=_DATABASES,
        title="CloudNativePG Cluster",
        source="https://cloudnative-pg.io/documentation/current/declarative_hibernation/",
        tried=OPEN_CRD,
        component="cloudnative-pg",
    ),
    PatchKind(
        kind="postgresql",
        group="acid.zalan.do",
        versions=("v1",),
        plural="postgresqls",
        patch='{"spec":{"numberOfInstances":0}}',
        count=("spec", "numberOfInstances"),
        ready=Is(("status", "PostgresClusterStatus"), ("Running",)),
        wave=_DATABASES,
        title="Zalando postgresql",
        source="https://postgres-operator.readthedocs.io/en/latest/reference/cluster_manifest/",
        tried=OPEN_CRD,
        component="zalando-postgres",
    ),
    PatchKind(
        kind="PostgresCluster",
        group="postgres-operator.crunchydata.com",
        versions=("v1", "v1beta1"),
        plural="postgresclusters",
        patch='{"spec":{"shutdown":true}}',
        wave=_DATABASES,
        title="Crunchy PostgresCluster",
        source="https://access.crunchydata.com/documentation/postgres-operator/latest/tutorials/cluster-management/administrative-tasks",
        tried=OPEN_CRD,
        component="crunchy-postgres",
    ),
    *(
        PatchKind(
            kind=kind,
            group=group,
            versions=versions,
            plural=plural,
            patch=_PAUSE,
            resting=Is(("status", state), ("paused",)),
            ready=Is(("status", state), ("ready",)),
            wave=_DATABASES,
            title=f"Percona's {kind}",
            source=f"https://docs.percona.com/percona-operator-for-{page}/pause.html",
            tried=OPEN_CRD,
            component="percona",
        )
        for kind, group, versions, plural, state, page in (
            ("PerconaServerMongoDB", "psmdb.percona.com", ("v1",), "perconaservermongodbs", "state", "mongodb"),
            ("PerconaXtraDBCluster", "pxc.percona.com", ("v1",), "perconaxtradbclusters", "state", "mysql/pxc"),
            ("PerconaPGCluster", "pgv2.percona.com", ("v2",), "perconapgclusters", "state", "postgresql/2.0"),
        )
    ),
    PatchKind(
        kind="MariaDB",
        group="k8s.mariadb.com",
        versions=("v1alpha1",),
        plural="mariadbs",
        patch='{"spec":{"suspend":true}}',
        ready=Condition("Ready"),
        with_owned=True,
        wave=_KEEPERS,
        title="MariaDB, with its StatefulSet",
        source="https://mariadb.com/docs/tools/mariadb-enterprise-operator/suspend-reconciliation",
        tried=OPEN_CRD,
        component="mariadb",
    ),
    PatchKind(
        kind="CouchbaseCluster",
        group="couchbase.com",
        versions=("v2",),
        plural="couchbaseclusters",
        patch='{"spec":{"hibernate":true}}',
        resting=Condition("Hibernating"),
        ready=Condition("Available"),
        wave=_DATABASES,
        title="CouchbaseCluster",
        source="https://docs.couchbase.com/operator/current/concept-hibernation.html",
        tried=OPEN_CRD,
        component="couchbase",
    ),
    PatchKind(
        kind="CassandraDatacenter",
        group="cassandra.datastax.com",
        versions=("v1beta1",),
        plural="cassandradatacenters",
        patch='{"spec":{"stopped":true}}',
        resting=Condition("Stopped"),
        ready=Condition("Ready"),
        wave=_DATABASES,
        title="Cass-operator's CassandraDatacenter",
        source="https://docs.k8ssandra.io/reference/crd/cass-operator-crds-latest/",
        tried=OPEN_CRD,
        component="cassandra",
    ),
    PatchKind(
        kind="Elasticsearch",
        group="elasticsearch.k8s.elastic.co",
        versions=("v1",),
        plural="elasticsearches",
        patch='{"metadata":{"annotations":{"eck.k8s.elastic.co/managed":"false"}}}',
        ready=Is(("status", "phase"), ("Ready",)),
        with_owned=True,
        wave=_KEEPERS,
        title="ECK Elasticsearch, with its StatefulSets",
        source="https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s/k8s-pause-orchestration",
        tried=_ECK,
        component="elastic",
    ),
    PatchKind(
        kind="Kibana",
        group="kibana.k8s.elastic.co",
        versions=("v1",),
        plural="kibanas",
        patch='{"spec":{"count":0}}',
        count=("spec", "count"),
        resting=Is(("status", "availableNodes"), (0, None)),
        # One without a count has none by day either.
        ready=AtLeast(("status", "availableNodes"), ("spec", "count"), default=0),
        title="ECK Kibana",
        source="https://www.elastic.co/docs/reference/cloud-on-k8s/apis/kibana",
        tried=_ECK,
        component="elastic",
    ),
    PatchKind(
        kind="RabbitmqCluster",
        group="rabbitmq.com",
        versions=("v1beta1",),
        plural="rabbitmqclusters",
        patch='{"spec":{"replicas":0}}',
        count=("spec", "replicas"),
        ready=Condition("AllReplicasReady"),
        wave=_DATABASES,
        title="RabbitmqCluster, from operator 2.16 on",
        source="https://www.rabbitmq.com/kubernetes/operator/using-operator",
        tried=OPEN_CRD,
        component="rabbitmq",
    ),
    PatchKind(
        kind="ClickHouseInstallation",
        group="clickhouse.altinity.com",
        versions=("v1",),
        plural="clickhouseinstallations",
        patch='{"spec":{"stop":"yes"}}',
        resting=Is(("status", "status"), ("Completed",)),
        ready=Is(("status", "status"), ("Completed",)),
        wave=_DATABASES,
        title="Altinity ClickHouseInstallation",
        source="https://docs.altinity.com/altinitykubernetesoperator/",
        tried=OPEN_CRD,
        component="clickhouse",
    ),
)
