"""Many envs at once: namespaces full of Deployments and StatefulSets, each with an EnvSchedule, made and taken away.

Everything carries a label, by which it is found again: a second call makes only what is missing, and removing removes
nothing that a person made.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from sundown_lab.wire import METADATA_LIST, Json, Wire, each, label_selector

LABEL = "sundown.dev/lab-load"
IMAGE = "registry.k8s.io/pause:3.10"
NAMESPACES = "/api/v1/namespaces"
PLURALS = {"Deployment": "deployments", "StatefulSet": "statefulsets"}
Step = Callable[[str, int, int], None]
"""Told what is being made or removed, how many there are, and how many are through."""


def _silent(_what: str, _of: int, _through: int) -> None:
    pass


@dataclass(frozen=True)
class Load:
    """So many ``envs`` with so many ``workloads`` each: Deployments and StatefulSets in turn, ``replicas`` pods each.

    ``spec`` is that of every EnvSchedule; without one, nobody governs the namespaces. ``wave`` puts all workloads into one,
    so that none waits for another; without it each has the wave of its kind.
    """

    envs: int
    workloads: int
    replicas: int = 1
    name: str = "load"
    wave: int | None = None
    spec: Json | None = field(default_factory=lambda: {"timeZone": "UTC", "awake": [ALWAYS]})

    @property
    def namespaces(self) -> list[str]:
        """Their names, in the order in which the API server lists them."""
        return [f"{self.name}-{number:04d}" for number in range(self.envs)]

    @property
    def size(self) -> str:
        """``100 x 10``: envs and workloads in each."""
        return f"{self.envs} x {self.workloads}"

    @property
    def labels(self) -> dict[str, str]:
        return {LABEL: self.name}

    @property
    def keys(self) -> list[tuple[str, str, str]]:
        """Kind, namespace and name of every workload."""
        return [
            ("StatefulSet" if number % 2 else "Deployment", namespace, f"app-{number:02d}")
            for namespace in self.namespaces
            for number in range(self.workloads)
        ]


ALWAYS: Json = {"days": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], "from": "00:00", "to": "24:00"}


def collection(kind: str, namespace: str | None = None) -> str:
    """Where the API server keeps the workloads of a kind."""
    return f"/apis/apps/v1/{f'namespaces/{namespace}/' if namespace else ''}{PLURALS[kind]}"


def env_schedules(namespace: str) -> str:
    """Where the API server keeps the EnvSchedules of a namespace."""
    return f"/apis/sundown.dev/v1alpha1/namespaces/{namespace}/envschedules"


async def fill(wire: Wire, load: Load, *, step: Step = _silent) -> int:
    """Makes what is missing, and returns how many objects that were. What is there is left as it is.

    Raises:
        LabError: the API server refuses something, or does not answer.
    """
    selector = label_selector(load.labels)
    there = {
        _path_of(found, kind=kind)
        for kind in ("Namespace", "EnvSchedule", *PLURALS)
        for found in (await wire.listed(_everywhere(kind), accept=METADATA_LIST, selector=selector))[0]
    }
    made = 0
    for what, wanted in _manifests(load):
        missing = [(path, body) for path, body in wanted if f"{path}/{body['metadata']['name']}" not in there]

        async def make(thing: tuple[str, Json]) -> None:
            await wire.ask("POST", thing[0], body=thing[1], fine=(409,))

        await each(missing, make, done=partial(step, what, len(missing)))
        made += len(missing)
    return made


async def clear(wire: Wire, *, name: str = "load", step: Step = _silent) -> int:
    """Deletes the namespaces of a load, and returns how many that were; the cluster empties them by and by.

    The EnvSchedules go first: else an operator that watches would wake each env while it is being taken away.
    """
    selector = label_selector({LABEL: name})
    for kind in ("EnvSchedule", "Namespace"):
        found, _ = await wire.listed(_everywhere(kind), accept=METADATA_LIST, selector=selector)
        paths = [_path_of(one, kind=kind) for one in found]

        async def delete(path: str) -> None:
            await wire.ask("DELETE", path, fine=(404, 409))

        await each(paths, delete, done=partial(step, f"{kind}s", len(paths)))
    return len(paths)


def _manifests(load: Load) -> Iterator[tuple[str, list[tuple[str, Json]]]]:
    """What to make, in order: a name for it, and the collection and body of each object."""
    namespaces = [
        (NAMESPACES, {"metadata": {"name": name, "labels": {**load.labels, "scheduler": "enabled"}}})
        for name in load.namespaces
    ]
    yield "namespaces", namespaces
    yield (
        "workloads",
        [(collection(kind, namespace), manifest(load, kind, name)) for kind, namespace, name in load.keys],
    )
    if load.spec is not None:
        yield "EnvSchedules", [(env_schedules(name), _env_schedule(load, load.spec)) for name in load.namespaces]


def manifest(load: Load, kind: str, name: str) -> Json:
    """A workload of a load, as it is made."""
    labels = {**load.labels, "app": name}
    container = {
        "name": "main",
        "image": IMAGE,
        "env": [{"name": "PORT", "value": "8080"}, {"name": "TEAM", "value": load.name}],
        "ports": [{"containerPort": 8080}],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}},
    }
    spec: Json = {
        "replicas": load.replicas,
        "selector": {"matchLabels": {"app": name}},
        "template": {
            "metadata": {"labels": labels},
            "spec": {"terminationGracePeriodSeconds": 1, "containers": [container]},
        },
    }
    if kind == "StatefulSet":
        spec |= {"serviceName": name, "podManagementPolicy": "Parallel"}
    annotations = {} if load.wave is None else {"sundown.dev/wave": str(load.wave)}
    metadata = {"name": name, "labels": labels, "annotations": annotations}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec}


def _env_schedule(load: Load, spec: Json) -> Json:
    return {
        "apiVersion": "sundown.dev/v1alpha1",
        "kind": "EnvSchedule",
        "metadata": {"name": "hours", "labels": load.labels},
        "spec": spec,
    }


def _everywhere(kind: str) -> str:
    if kind == "Namespace":
        return NAMESPACES
    return collection(kind) if kind in PLURALS else "/apis/sundown.dev/v1alpha1/envschedules"


def _path_of(found: Json, *, kind: str) -> str:
    metadata = found["metadata"]
    if kind == "Namespace":
        folder = NAMESPACES
    elif kind in PLURALS:
        folder = collection(kind, metadata["namespace"])
    else:
        folder = env_schedules(metadata["namespace"])
    return f"{folder}/{metadata['name']}"
