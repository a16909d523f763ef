"""An environment as its owners see it: a namespace, its workloads, its EnvSchedule, and what the operator says of it."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sundown.model import managers
from sundown.model.resources import API_VERSION, GENERATED_NAME, MANAGED_BY, TEMPLATE
from sundown.model.template_mark import TemplateMark, schedule_digest
from sundown_lab.cluster import Cluster
from support.apiserver import PATIENCE, Answered, Api, Json, eventually

SUNDOWN = "/apis/sundown.dev/v1alpha1"
DEFAULTS = f"{SUNDOWN}/clusterenvschedules"
NAMESPACES = "/api/v1/namespaces"
RECORD = "sundown.dev/previous-replicas"
STATE = "sundown.dev/state"
ASLEEP_FOR_EVER: Json = {"awake": []}
ALWAYS_AWAKE: Json = {
    "awake": [{"days": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], "from": "00:00", "to": "24:00"}]
}
PLURALS = {"Deployment": "deployments", "StatefulSet": "statefulsets"}


def instant(**later: float) -> str:
    """An instant as the API server writes it: ``instant(hours=-1)`` is an hour ago."""
    return (datetime.now(UTC) + timedelta(**later)).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(**later: float) -> str:
    """A local time of the zone UTC, as exceptions have it."""
    return instant(**later).removesuffix("Z")


def override(state: str, **fields: object) -> Json:
    """The patch of a person who wants the env awake or asleep; a field that is not given is taken away."""
    said: Json = {"until": None, "at": None, "by": "ana@example.com", "via": "kubectl", "reason": None}
    return {"spec": {"override": {**said, "dropAtReset": None, "state": state, **fields}}}


def manifest(kind: str, name: str, replicas: int | None, **changes: Any) -> Json:
    """A Deployment or StatefulSet whose pods are ready at once, unless ``pod`` annotations say otherwise."""
    labels = {"app": name}
    spec: Json = {
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {"labels": labels, "annotations": changes.get("pod", {})},
            "spec": {
                "terminationGracePeriodSeconds": 0,
                "containers": [
                    {
                        "name": "main",
                        "image": changes.get("image", "registry.example.com/main:1"),
                        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}},
                    }
                ],
            },
        },
    }
    if replicas is not None:
        spec["replicas"] = replicas
    if kind == "StatefulSet":
        spec |= {"serviceName": name, "podManagementPolicy": "Parallel"}
    metadata = {
        "name": name,
        "labels": {**labels, **changes.get("labels", {})},
        "annotations": changes.get("annotations", {}),
    }
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec}


@dataclass(frozen=True)
class Env:
    """One namespace through the eyes of an administrator."""

    api: Api
    name: str

    @property
    def path(self) -> str:
        """The path of the namespace itself."""
        return f"{NAMESPACES}/{self.name}"

    def collection(self, kind: str) -> str:
        """The path of its Deployments or StatefulSets."""
        return f"/apis/apps/v1/namespaces/{self.name}/{PLURALS[kind]}"

    def schedules(self, name: str = "") -> str:
        """The path of its EnvSchedules, or of one."""
        return f"{SUNDOWN}/namespaces/{self.name}/envschedules" + (f"/{name}" if name else "")

    # What its owners do.

    def label(self, **labels: str | None) -> None:
        """Set or (None) take away labels of the namespace."""
        self.api.merge(self.path, {"metadata": {"labels": labels}})

    def annotate(self, **annotations: str | None) -> None:
        """Set or (None) take away annotations of the namespace."""
        self.api.merge(self.path, {"metadata": {"annotations": annotations}})

    def add(self, name: str, replicas: int | None, *, kind: str = "Deployment", **changes: Any) -> None:
        """Make a workload."""
        self.api.create(self.collection(kind), manifest(kind, name, replicas, **changes))

    def edit(self, name: str, body: Json, *, kind: str = "Deployment") -> Json:
        """Merge into a workload."""
        return self.api.merge(f"{self.collection(kind)}/{name}", body)

    def scale(self, name: str, replicas: int, *, kind: str = "Deployment") -> None:
        """What ``kubectl scale`` does."""
        self.api.merge(f"{self.collection(kind)}/{name}/scale", {"spec": {"replicas": replicas}})

    def schedule(self, spec: Json, *, name: str = "default", **metadata: Any) -> None:
        """Make an EnvSchedule."""
        body = {"apiVersion": "sundown.dev/v1alpha1", "kind": "EnvSchedule", "spec": spec}
        self.api.create(self.schedules(), {**body, "metadata": {"name": name, **metadata}})

    def generated_schedule(self, spec: Json) -> None:
        """Have the EnvSchedule that Sundown makes of a ClusterEnvSchedule's template."""
        mark = TemplateMark("made", says=schedule_digest(spec))
        metadata = {
            "name": GENERATED_NAME,
            "labels": {MANAGED_BY: "sundown"},
            "annotations": {TEMPLATE: str(mark)},
        }
        body = {"apiVersion": API_VERSION, "kind": "EnvSchedule", "metadata": metadata, "spec": spec}
        self.api.apply(self.schedules(GENERATED_NAME), body, manager=managers.OPERATOR)

    def patch(self, body: Json, *, name: str = "default") -> None:
        """Merge into an EnvSchedule."""
        self.api.merge(self.schedules(name), body)

    def wish(self, state: str, *, name: str = "default", **fields: object) -> None:
        """Ask for the env to be awake or asleep, until further notice unless ``until`` is given."""
        self.patch(override(state, **fields), name=name)

    # What can be seen.

    def workload(self, name: str, *, kind: str = "Deployment") -> Json:
        """A workload as it is."""
        return self.api.get(f"{self.collection(kind)}/{name}")

    def replicas(self, name: str, *, kind: str = "Deployment") -> int:
        """The count that a workload is asked to have."""
        return int(self.workload(name, kind=kind)["spec"]["replicas"])

    def record(self, name: str, *, kind: str = "Deployment") -> str | None:
        """The recorded count, or None."""
        found = self.workload(name, kind=kind)["metadata"].get("annotations", {}).get(RECORD)
        return None if found is None else str(found)

    def counts(self) -> dict[str, int]:
        """What every workload is asked to have, by ``Kind/name``."""
        return {
            f"{kind}/{each['metadata']['name']}": each["spec"]["replicas"]
            for kind in PLURALS
            for each in self.api.items(self.collection(kind))
        }

    def pods(self) -> list[Json]:
        """Its pods that are not on their way out."""
        found = self.api.items(f"{self.path}/pods")
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def labels(self) -> Json:
        """The labels of the namespace."""
        found: Json = self.api.get(self.path)["metadata"].get("labels", {})
        return found

    def status(self, name: str = "default") -> Json:
        """The status of an EnvSchedule; empty while there is none."""
        try:
            found: Json = self.api.get(self.schedules(name)).get("status", {})
        except Answered:
            return {}
        return found

    def condition(self, kind: str, name: str = "default") -> tuple[str, str, str]:
        """A condition's status, reason and message; all empty while there is none."""
        for each in self.status(name).get("conditions", []):
            if each["type"] == kind:
                return each["status"], each["reason"], each.get("message", "")
        return "", "", ""

    def events(self) -> list[Json]:
        """The Events of the operator here, the oldest first."""
        found = self.api.items(f"/apis/events.k8s.io/v1/namespaces/{self.name}/events")
        ours = [each for each in found if each.get("reportingController") == "sundown.dev/operator"]
        return sorted(ours, key=lambda each: str(each["eventTime"]))

    def reasons(self) -> list[str]:
        """The reasons of these Events."""
        return [each["reason"] for each in self.events()]

    # What is waited for.

    def until(self, *states: str, name: str = "default", within: float = PATIENCE) -> Json:
        """The status, once its state is one of these and it speaks of the spec as it is now."""

        def there() -> Json | None:
            found = self.api.find(self.schedules(name))
            if found is None:
                return None
            status: Json = found.get("status", {})
            current = status.get("observedGeneration") == found["metadata"]["generation"]
            return status if current and status.get("state") in states else None

        return eventually(there, what=f"{self.name} is {' or '.join(states)}", within=within)

    def until_count(self, name: str, replicas: int, *, kind: str = "Deployment", within: float = PATIENCE) -> None:
        """Return when a workload is asked to have so many."""
        what = f"{self.name}: {name} has {replicas}"
        eventually(lambda: self.replicas(name, kind=kind) == replicas, what=what, within=within)

    def until_let_go(self, *, within: float = PATIENCE) -> None:
        """Return when the namespace is not marked as asleep any more."""
        eventually(lambda: STATE not in self.labels(), what=f"{self.name} is let go", within=within)

    def until_condition(self, kind: str, status: str, reason: str, *, name: str = "default") -> str:
        """The message, once a condition has this status and reason."""

        def there() -> list[str]:
            now = self.condition(kind, name)
            return [now[2]] if now[:2] == (status, reason) else []

        return eventually(there, what=f"{self.name}: {kind}={status}, reason {reason}")[0]

    def until_told(self, reason: str, *, times: int = 1) -> list[str]:
        """The notes of the Events with a reason, once there are so many and no more: they are posted behind everything else."""

        def notes() -> list[str]:
            return [each["note"] for each in self.events() if each["reason"] == reason]

        eventually(lambda: len(notes()) >= times, what=f"{self.name} is told of {reason}")
        told = notes()
        assert len(told) == times, told
        return told


@pytest.fixture(scope="session")
def api(control_plane: Cluster) -> Api:
    """The API server, as its administrator."""
    return Api(control_plane.kubeconfig)


@pytest.fixture
def make_env(api: Api) -> Iterator[Callable[..., Env]]:
    """``make_env(labels={...})`` makes a namespace; all of them are deleted after the test without waiting for it."""
    made: list[Env] = []

    def make(labels: Json | None = None, **metadata: Any) -> Env:
        made.append(Env(api, f"env-{secrets.token_hex(4)}"))
        api.create(NAMESPACES, {"metadata": {"name": made[-1].name, "labels": labels or {}, **metadata}})
        return made[-1]

    yield make
    for env in made:
        api.delete(env.path)


@pytest.fixture
def env(make_env: Callable[..., Env]) -> Env:
    """A new namespace without labels."""
    return make_env()


@pytest.fixture
def make_default(api: Api) -> Iterator[Callable[..., str]]:
    """``make_default(template, team="a")`` makes a ClusterEnvSchedule for the namespaces with that label, and gives its name."""
    made: list[str] = []

    def make(template: Json, *, priority: int = 0, name: str | None = None, **labels: str) -> str:
        made.append(name or f"default-{secrets.token_hex(4)}")
        spec = {"namespaceSelector": {"matchLabels": labels}, "priority": priority, "template": template}
        kind = {"apiVersion": "sundown.dev/v1alpha1", "kind": "ClusterEnvSchedule"}
        api.create(DEFAULTS, {**kind, "metadata": {"name": made[-1]}, "spec": spec})
        return made[-1]

    yield make
    for name in made:
        api.delete(f"{DEFAULTS}/{name}")
