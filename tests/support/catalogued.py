"""The catalogue's kinds as tests make them: a CRD with the fields that a row knows, an object, and who answers for its controller.

Kubernetes' own kinds have their real controllers in the lab. Of the others only the status is played, by the rules of their
documentation: nothing here knows anything of Sundown.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sundown.sleepers.catalogue import ROWS
from sundown_lab.open_crds import open_crd
from support.apiserver import Answered, Api, Json

BUILT_IN = frozenset({"CronJob", "DaemonSet", "HorizontalPodAutoscaler"})
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
OURS = "sundown.dev/"

_PODS: Json = {
    "metadata": {"labels": {"app": "it"}},
    "spec": {
        "terminationGracePeriodSeconds": 0,
        "containers": [{"name": "main", "image": "registry.example.com/main:1"}],
    },
}
_SELECTED: Json = {"selector": {"matchLabels": {"app": "it"}}, "template": _PODS}


def _counted(raw: Json, *, of: str = "replicas", default: int = 1) -> Json:
    count = raw["spec"].get(of, default)
    return {"replicas": count, "availableReplicas": count}


def _observed(raw: Json) -> Json:
    """Argo Rollouts write the generation as a text."""
    return {**_counted(raw), "observedGeneration": str(raw["metadata"]["generation"])}


def _conditions(*pairs: tuple[str, bool]) -> Json:
    return {"conditions": [{"type": name, "status": "True" if holds else "False"} for name, holds in pairs]}


def _annotated(raw: Json, name: str, value: str) -> bool:
    return (raw["metadata"].get("annotations") or {}).get(name) == value


def _is_annotated(raw: Json, name: str) -> bool:
    return name in (raw["metadata"].get("annotations") or {})


def _paused(raw: Json) -> Json:
    return _conditions(("Ready", True), ("Paused", _is_annotated(raw, "autoscaling.keda.sh/paused")))


def _percona(raw: Json) -> Json:
    return {"state": "paused" if raw["spec"].get("pause") else "ready"}


def _couchbase(raw: Json) -> Json:
    asleep = bool(raw["spec"].get("hibernate"))
    return _conditions(("Hibernating", asleep), ("Available", not asleep))


def _cassandra(raw: Json) -> Json:
    asleep = bool(raw["spec"].get("stopped"))
    return _conditions(("Stopped", asleep), ("Ready", not asleep))


def _hibernated(raw: Json) -> Json:
    asleep = _annotated(raw, "cnpg.io/hibernation", "on")
    return {"readyInstances": 0 if asleep else raw["spec"]["instances"], **_conditions(("cnpg.io/hibernation", asleep))}


def _strimzi(raw: Json) -> Json:
    return {
        "replicas": raw["spec"].get("replicas", 3),
        "observedGeneration": raw["metadata"]["generation"],
        **_conditions(("Ready", True)),
    }


@dataclass(frozen=True)
class Sample:
    """An object of a kind: its spec as its owner wrote it, other specs of the same kind, what an owner may do to it at night to
    have it run, and what its controller makes of it."""

    spec: Json
    others: tuple[Json, ...] = ()
    annotations: Json = field(default_factory=dict)
    runs: Json = field(default_factory=dict)
    status: Callable[[Json], Json] = lambda _raw: {}


def _replicas(kept: Json, *, status: Callable[[Json], Json] = _counted) -> Sample:
    return Sample(
        {"replicas": 3, **kept}, (dict(kept), {"replicas": 1, **kept}), runs={"spec": {"replicas": 5}}, status=status
    )


_JOBS: Json = {
    "schedule": "0 3 * * *",
    "jobTemplate": {"spec": {"template": {"spec": {**_PODS["spec"], "restartPolicy": "Never"}}}},
}
_TRIGGERS: Json = {"triggers": [{"type": "cron", "metadata": {}}]}
_KEDA = Sample(
    {"scaleTargetRef": {"name": "web"}, **_TRIGGERS},
    runs={"metadata": {"annotations": {"autoscaling.keda.sh/paused": None}}},
    status=_paused,
)
_RESUMED: Json = {"spec": {"suspend": False}}
_HPA = {
    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
    "maxReplicas": 4,
    "metrics": [
        {"type": "External", "external": {"metric": {"name": "queue"}, "target": {"type": "Value", "value": "1"}}}
    ],
}
SAMPLES: Mapping[str, Sample] = {
    "CronJob": Sample({**_JOBS, "suspend": False}, (_JOBS,), runs=_RESUMED),
    "DaemonSet": Sample(
        _SELECTED,
        (
            {
                **_SELECTED,
                "template": {**_PODS, "spec": {**_PODS["spec"], "nodeSelector": {"kubernetes.io/os": "linux"}}},
            },
        ),
        runs={"spec": {"template": {"spec": {"nodeSelector": {"sundown.dev/asleep": None}}}}},
    ),
    "HorizontalPodAutoscaler": Sample(
        {**_HPA, "minReplicas": 1, "behavior": {"scaleUp": {"selectPolicy": "Min"}}},
        (_HPA,),
        runs={"spec": {"behavior": {"scaleUp": {"selectPolicy": "Min"}}}},
    ),
    "Rollout": _replicas(_SELECTED, status=_observed),
    "ScaledObject": _KEDA,
    "ScaledJob": Sample({"jobTargetRef": {"template": {}}, **_TRIGGERS}, runs=_KEDA.runs, status=_paused),
    "Cluster": Sample(
        {"instances": 3, "storage": {"size": "1Gi"}},
        runs={"metadata": {"annotations": {"cnpg.io/hibernation": "off"}}},
        status=_hibernated,
    ),
    "Prometheus": _replicas({"serviceAccountName": "it"}),
    "Alertmanager": _replicas({"logLevel": "info"}),
    "ThanosRuler": _replicas({"queryEndpoints": ["it"]}),
    **dict.fromkeys(
        ("KafkaConnect", "KafkaMirrorMaker2", "KafkaBridge"), _replicas({"bootstrapServers": "it"}, status=_strimzi)
    ),
    "postgresql": Sample(
        {"numberOfInstances": 2, "teamId": "it"},
        runs={"spec": {"numberOfInstances": 1}},
        status=lambda _raw: {"PostgresClusterStatus": "Running"},
    ),
    "RabbitmqCluster": _replicas(
        {"image": "it"},
        status=lambda raw: {
            "observedGeneration": raw["metadata"]["generation"],
            **_conditions(("AllReplicasReady", raw["spec"].get("replicas", 1) > 0)),
        },
    ),
    "ClickHouseInstallation": Sample(
        {"stop": "no", "configuration": {}},
        ({"configuration": {}},),
        runs={"spec": {"stop": "no"}},
        status=lambda _raw: {"status": "Completed"},
    ),
    "PostgresCluster": Sample(
        {"instances": [{"replicas": 2}], "shutdown": False}, ({"instances": []},), runs={"spec": {"shutdown": False}}
    ),
    **dict.fromkeys(
        ("PerconaServerMongoDB", "PerconaXtraDBCluster", "PerconaPGCluster"),
        Sample(
            {"pause": False, "crVersion": "1"}, ({"crVersion": "1"},), runs={"spec": {"pause": False}}, status=_percona
        ),
    ),
    "MariaDB": Sample(
        {"replicas": 3, "suspend": False},
        ({"replicas": 3},),
        runs=_RESUMED,
        status=lambda _raw: _conditions(("Ready", True)),
    ),
    "CouchbaseCluster": Sample(
        {"hibernate": False, "image": "it"}, ({"image": "it"},), runs={"spec": {"hibernate": False}}, status=_couchbase
    ),
    "CassandraDatacenter": Sample(
        {"stopped": False, "size": 3}, ({"size": 3},), runs={"spec": {"stopped": False}}, status=_cassandra
    ),
    "Elasticsearch": Sample(
        {"version": "9.0.0", "nodeSets": [{"name": "default", "count": 3}]},
        runs={"metadata": {"annotations": {"eck.k8s.elastic.co/managed": "true"}}},
        status=lambda _raw: {"phase": "Ready"},
    ),
    "Kibana": Sample(
        {"version": "9.0.0", "count": 2},
        ({"version": "9.0.0"},),
        runs={"spec": {"count": 1}},
        status=lambda raw: {"availableNodes": raw["spec"].get("count", 0)},
    ),
    **dict.fromkeys(
        ("Pipeline", "MonoVertex"),
        Sample(
            {"lifecycle": {"desiredPhase": "Running"}, "vertices": []},
            ({"vertices": []}, {"lifecycle": {"pauseGracePeriodSeconds": 60}}),
            runs={"spec": {"lifecycle": {"desiredPhase": "Running"}}},
            status=lambda raw: {"phase": raw["spec"].get("lifecycle", {}).get("desiredPhase", "Running")},
        ),
    ),
    "RayCluster": Sample(
        {"suspend": False, "rayVersion": "2"},
        ({"rayVersion": "2"},),
        runs=_RESUMED,
        status=lambda raw: {"state": "suspended" if raw["spec"].get("suspend") else "ready"},
    ),
    "Notebook": Sample(
        {"template": {}},
        runs={"metadata": {"annotations": {"kubeflow-resource-stopped": None}}},
        status=lambda raw: {"readyReplicas": 0 if _is_annotated(raw, "kubeflow-resource-stopped") else 1},
    ),
    "Kustomization": Sample({"interval": "10m", "prune": True}, ({"suspend": False, "interval": "1m"},), runs=_RESUMED),
    "HelmRelease": Sample({"interval": "10m"}, ({"suspend": False, "interval": "1m"},), runs=_RESUMED),
    "Application": Sample(
        {"project": "default", "syncPolicy": {"automated": {"selfHeal": True}}},
        ({"syncPolicy": {"automated": {}}}, {"syncPolicy": {"automated": {"enabled": True, "prune": True}}}),
        runs={"spec": {"syncPolicy": {"automated": {"enabled": True}}}},
    ),
}
KINDS = {row.kind: row for row in ROWS}


def crd(group: str, version: str, kind: str, plural: str) -> Json:
    """A CRD that takes any spec and any status, with status as a subresource, as these kinds have it."""
    return open_crd(group, (version,), kind, plural)


def body(kind: str, spec: Json, *, name: str = "it", **annotations: str) -> Json:
    """An object of a kind of the catalogue."""
    notes = {**SAMPLES[kind].annotations, **annotations}
    metadata: Json = {"name": name, **({"annotations": notes} if notes else {})}
    return {"apiVersion": KINDS[kind].api_version, "kind": kind, "metadata": metadata, "spec": copy.deepcopy(spec)}


def as_owned(raw: Json) -> Json:
    """What of an object is its owner's: no numbers of the API server's, no status, nothing that its controller writes."""
    metadata = raw["metadata"]
    notes = {
        key: text for key, text in (metadata.get("annotations") or {}).items() if not key.startswith("deprecated.")
    }
    return {"spec": raw["spec"], "annotations": notes, "labels": metadata.get("labels")}


def of_sundown(raw: Json) -> list[str]:
    """The annotations of Sundown's that stand on it."""
    return [key for key in raw["metadata"].get("annotations") or {} if key.startswith(OURS)]


@contextmanager
def controllers(api: Api, namespace: str, kinds: tuple[str, ...]) -> Iterator[None]:
    """Have somebody write the statuses of these kinds, whenever they are not as they should be."""
    done = threading.Event()
    played = [KINDS[kind] for kind in kinds if kind not in BUILT_IN]

    def look() -> None:
        while not done.wait(0.1):
            for row in played:
                try:
                    for raw in api.items(row.collection(namespace)):
                        _play(api, row.collection(namespace), raw, SAMPLES[row.kind].status(raw))
                except Answered:
                    continue

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _play(api: Api, path: str, raw: Json, status: Json) -> None:
    if status and raw.get("status") != status:
        api.merge(f"{path}/{raw['metadata']['name']}/status", {"status": status})


def found(api: Api, kind: str, namespace: str, name: str = "it") -> Json:
    """The object as it is."""
    one: dict[str, Any] = api.get(f"{KINDS[kind].collection(namespace)}/{name}")
    return one
