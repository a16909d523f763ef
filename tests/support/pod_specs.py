"""Pods of every form, with what the scheduler counts for them: thousandths of a core, and MiB."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from support.apiserver import Json

IMAGE = "registry.example.com/main:1"


def asks(cpu: str | None = None, memory: str | None = None) -> Json:
    """Amounts of a request or a limit; what is None is not named."""
    return {name: amount for name, amount in (("cpu", cpu), ("memory", memory)) if amount is not None}


def container(requests: Json | None = None, limits: Json | None = None) -> Json:
    """A container, or an init container, with these resources."""
    return {"resources": {"requests": requests or {}, "limits": limits or {}}}


def sidecar(requests: Json) -> Json:
    """An init container that goes on beside the others."""
    return {**container(requests), "restartPolicy": "Always"}


def pod(*containers: Json, init: Iterable[Json] = (), **more: Any) -> Json:
    """The spec of a pod."""
    return {
        "containers": [{"name": f"main-{n}", "image": IMAGE, **one} for n, one in enumerate(containers)],
        "initContainers": [{"name": f"init-{n}", "image": IMAGE, **one} for n, one in enumerate(init)],
        **more,
    }


@dataclass(frozen=True)
class Case:
    """A pod, and what a node has to have free for it."""

    name: str
    spec: Json
    cpu: int
    memory: int


SMALL = asks("100m", "64Mi")
HALF = asks("500m", "512Mi")
BIG = asks("1", "1Gi")

CASES = (
    Case("nothing is asked for", pod(container()), 0, 0),
    Case("containers add up", pod(container(SMALL), container(BIG), container()), 1100, 1088),
    Case("a limit alone is a request", pod(container(limits=HALF)), 500, 512),
    Case("a request goes before its limit", pod(container(asks(cpu="100m"), BIG)), 100, 1024),
    Case("an init container that asks for less", pod(container(HALF), init=[container(SMALL)]), 500, 512),
    Case("an init container that asks for more", pod(container(SMALL), init=[container(BIG)]), 1000, 1024),
    Case("the most by each resource", pod(container(asks("2", "64Mi")), init=[container(BIG)]), 2000, 1024),
    Case("init containers one after the other", pod(container(), init=[container(HALF), container(HALF)]), 500, 512),
    Case("a limit of an init container", pod(container(), init=[container(limits=HALF)]), 500, 512),
    Case("a sidecar adds up", pod(container(SMALL), init=[sidecar(HALF)]), 600, 576),
    Case("sidecars alone", pod(container(), init=[sidecar(SMALL), sidecar(SMALL)]), 200, 128),
    Case("a sidecar started before", pod(container(SMALL), init=[sidecar(HALF), container(BIG)]), 1500, 1536),
    Case("a sidecar started after", pod(container(SMALL), init=[container(BIG), sidecar(HALF)]), 1000, 1024),
    Case("requests of the pod", pod(container(), resources={"requests": BIG}), 1000, 1024),
    Case("requests of the pod over its containers'", pod(container(SMALL), resources={"requests": BIG}), 1000, 1024),
    Case(
        "the pod asks for one, its containers for the other",
        pod(container(SMALL), resources={"requests": asks(cpu="1")}),
        1000,
        64,
    ),
    Case("limits of the pod alone", pod(container(), resources={"limits": BIG}), 1000, 1024),
    Case(
        "limits of the pod yield to its containers' requests",
        pod(container(SMALL), init=[sidecar(asks(cpu="50m"))], resources={"limits": BIG}),
        150,
        64,
    ),
    Case(
        "limits of the pod where one resource is not asked for",
        pod(container(asks(cpu="100m")), resources={"limits": BIG}),
        100,
        1024,
    ),
    Case("overhead comes on top", pod(container(SMALL), overhead=asks("250m", "120Mi")), 350, 184),
    Case(
        "overhead on top of the pod's own",
        pod(container(SMALL), resources={"requests": BIG}, overhead=asks("250m", "120Mi")),
        1250,
        1144,
    ),
    Case("sizes of the pod that nobody counts in", pod(container(asks(cpu="0")), resources={"limits": BIG}), 0, 1024),
)
