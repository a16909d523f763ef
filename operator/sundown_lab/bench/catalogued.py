"""The kinds of the catalogue as a cluster has them that serves them all: CRDs which take any field, rights, objects. Mostly pure.

An object here looks to its controller's status as if it slept: nobody plays the controllers of thirty kinds, and an env is
asleep when all of it rests.
"""

import json
from typing import Any

import yaml

from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.judges import Condition, Either, Is
from sundown.sleepers.patch_kind import PatchKind
from sundown_lab.bench.policies import COMPONENTS
from sundown_lab.bench.stage import ACCOUNT, NAMESPACE
from sundown_lab.controlplane import ControlPlane
from sundown_lab.open_crds import open_crd
from sundown_lab.wire import Json

KUBERNETES_OWN = frozenset({"batch", "apps", "autoscaling"})
NAME = "it"
_PODS: Json = {
    "metadata": {"labels": {"app": NAME}},
    "spec": {"containers": [{"name": "main", "image": "registry.example.com/main:1"}]},
}
_SPECS: dict[str, Json] = {
    "DaemonSet": {"selector": {"matchLabels": {"app": NAME}}, "template": _PODS},
    "CronJob": {
        "schedule": "0 3 * * *",
        "jobTemplate": {"spec": {"template": {"spec": {**_PODS["spec"], "restartPolicy": "Never"}}}},
    },
    "Application": {"syncPolicy": {"automated": {}}},
}


def kinds() -> list[str]:
    """What a schedule names to have all of them sleep."""
    return ["Deployment", "StatefulSet", *(row.kind for row in ROWS)]


def crd(row: PatchKind) -> Json:
    """The CRD of a kind in all versions of its row."""
    return open_crd(row.group, row.versions, row.api_kind, row.plural, count=row.count)


def samples() -> list[tuple[PatchKind, Json, Json]]:
    """An object of each kind, and the status that goes with it. Autoscalers rest by themselves, but for an alpha feature."""
    return [(row, _object(row), _resting(row)) for row in ROWS if row.kind != "HorizontalPodAutoscaler"]


def serve(control_plane: ControlPlane) -> None:
    """Have all of them served, and the operator allowed to put them to sleep.

    The controller that adds up ClusterRoles does not run in a bench, so each is bound by itself.
    """
    crds = [crd(row) for row in ROWS if row.group not in KUBERNETES_OWN]
    file = control_plane.directory / "catalogue.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": crds}))
    control_plane.install([file])
    for role in sorted(COMPONENTS.glob("kinds/*/clusterrole.yaml")):
        control_plane.kubectl("apply", "--server-side", "-f", str(role))
        name = yaml.safe_load(role.read_text())["metadata"]["name"]
        whose = f"--serviceaccount={NAMESPACE}:{ACCOUNT}"
        control_plane.kubectl("create", "clusterrolebinding", name, f"--clusterrole={name}", whose)


def _object(row: PatchKind) -> Json:
    spec = _SPECS.get(row.kind, {"replicas": 2})
    if row.count is not None:
        spec = {row.count[-1]: 2}
    return {"apiVersion": row.api_version, "kind": row.api_kind, "metadata": {"name": NAME}, "spec": spec}


def _resting(row: PatchKind) -> Json:
    """A status by which the row's judge says that it rests; empty where none is needed."""
    judge = row.resting.of[0] if isinstance(row.resting, Either) else row.resting
    if isinstance(judge, Condition) and None not in judge.statuses:
        return {"conditions": [{"type": judge.type, "status": judge.statuses[0]}]}
    if isinstance(judge, Is) and None not in judge.values and judge.path[0] == "status":
        return _nested(judge.path[1:], judge.values[0])
    return {}


def _nested(path: tuple[str, ...], value: Any) -> Json:
    for step in reversed(path):
        value = {step: value}
    return dict(value)
