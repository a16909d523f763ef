"""What is applied: the four sample teams of examples/, and how any other env is written down."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import yaml

from sundown_lab.demo.stage import CHECKOUT
from sundown_lab.wire import Json

TEAMS = ("01-office-hours.yaml", "02-stop-only.yaml", "03-night-shift.yaml", "04-holidays-and-exceptions.yaml")
EVERY_DAY = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
IMAGE = "registry.k8s.io/pause:3.10"


def teams(files: Iterable[str] = TEAMS) -> list[Json]:
    """All objects of these files of examples/."""
    folder = CHECKOUT / "examples"
    return [each for name in files for each in yaml.safe_load_all((folder / name).read_text()) if each]


def owners() -> dict[str, str]:
    """Whose env each of the teams' namespaces is."""
    return {
        each["metadata"]["name"]: each["metadata"]["annotations"]["email"]
        for each in teams()
        if each["kind"] == "Namespace"
    }


def window(start: datetime | None, end: datetime, *, zone: str) -> Json:
    """A window of every day between two instants (aware, full minutes, less than a day apart) on the zone's clock.

    Without `start` it only stops.
    """
    local = ZoneInfo(zone)
    times = {"from": start, "to": end} if start is not None else {"to": end}
    return {"days": EVERY_DAY, **{key: f"{at.astimezone(local):%H:%M}" for key, at in times.items()}}


def full_minute(after: datetime) -> datetime:
    """The first full minute that is not before the instant."""
    floor = after.replace(second=0, microsecond=0)
    return floor if floor == after else floor + timedelta(minutes=1)


def env(namespace: str, *, owner: str, spec: Json) -> list[Json]:
    """A namespace that takes part, and its EnvSchedule."""
    return [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": namespace, "labels": {"scheduler": "enabled"}, "annotations": {"email": owner}},
        },
        {
            "apiVersion": "sundown.dev/v1alpha1",
            "kind": "EnvSchedule",
            "metadata": {"name": "default", "namespace": namespace},
            "spec": spec,
        },
    ]


def workload(kind: str, namespace: str, name: str, *, replicas: int) -> Json:
    """A Deployment or StatefulSet of one small container."""
    container = {"name": name, "image": IMAGE, "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}}}
    spec: Json = {
        "replicas": replicas,
        "selector": {"matchLabels": {"app": name}},
        "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}},
    }
    if kind == "StatefulSet":
        spec["serviceName"] = name
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


TOOLS, IMPORTER = "team-tools", "importer"
FAULT = "lab.sundown.dev/fault"


def tools(owner: str, *, fault: str = "") -> list[Json]:
    """An env that is always awake, as it has no schedule; its workload crashes where a fault is said (data/stages.yaml)."""
    importer = workload("Deployment", TOOLS, IMPORTER, replicas=1)
    if fault:
        importer["spec"]["template"]["metadata"]["annotations"] = {FAULT: fault}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": TOOLS, "annotations": {"email": owner}}},
        ownership(owner, TOOLS),
        importer,
    ]


def approving(person: str, namespace: str) -> list[Json]:
    """What somebody may do who approves what others ask for in a namespace, and nothing else there."""
    rbac = "rbac.authorization.k8s.io"
    metadata = {"name": "approver", "namespace": namespace}
    rules = [{"apiGroups": ["sundown.dev"], "resources": ["envschedules"], "verbs": ["approve"]}]
    return [
        {"apiVersion": f"{rbac}/v1", "kind": "Role", "metadata": metadata, "rules": rules},
        {
            "apiVersion": f"{rbac}/v1",
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": rbac, "kind": "Role", "name": "approver"},
            "subjects": [{"apiGroup": rbac, "kind": "User", "name": person}],
        },
    ]


def ownership(owner: str, namespace: str) -> Json:
    """What an owner may do: Kubernetes's own role `edit`, in the one namespace."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "owner", "namespace": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": owner}],
    }


def program(name: str, namespace: str) -> list[Json]:
    """An account of a program, which may do in the namespace what everybody may by Slack."""
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace}},
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": name, "namespace": namespace},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "sundown-slack"},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
        },
    ]
