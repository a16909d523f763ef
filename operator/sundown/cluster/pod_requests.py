"""What a pod requests, counted from its template as the scheduler counts: sidecars, init containers, the pod's own, overhead.

Templates lack what the API server fills into pods only: there a limit without a request is a request too. The overhead of
a RuntimeClass is known only where the template repeats it.
"""

from __future__ import annotations

import msgspec

from sundown.model.quantities import quantity

_GIB = 1024**3


class _Read(msgspec.Struct, rename="camel", gc=False):
    """Base of what is read: camelCase on the wire, other fields skipped."""


class Resources(_Read):
    """Requests and limits, of a container or of a whole pod."""

    requests: dict[str, str] | None = None
    limits: dict[str, str] | None = None


class Container(_Read):
    """A container; an init container that is restarted always is a sidecar, and goes on beside the others."""

    resources: Resources | None = None
    restart_policy: str | None = None


class PodSpec(_Read):
    """The part of a pod template's spec that says how much room a pod takes."""

    containers: list[Container] | None = None
    init_containers: list[Container] | None = None
    resources: Resources | None = None
    overhead: dict[str, str] | None = None


def pod_requests(pod: PodSpec | None) -> tuple[float, float]:
    """CPU in cores and memory in GiB that one pod takes of its node."""
    if pod is None:
        return 0.0, 0.0
    return _of_pod(pod, "cpu"), _of_pod(pod, "memory") / _GIB


def _of_pod(pod: PodSpec, name: str) -> float:
    amount = _of_containers(pod, name)
    if pod.resources is not None:
        requests, limits = pod.resources.requests or {}, pod.resources.limits or {}
        if name in requests:
            amount = quantity(requests[name])
        elif amount is None and name in limits:
            # Where no container asks for any, the pod is taken to ask for as much as it may have.
            amount = quantity(limits[name])
    overhead = quantity(pod.overhead[name]) if pod.overhead and name in pod.overhead else 0.0
    return (amount or 0.0) + overhead


def _of_containers(pod: PodSpec, name: str) -> float | None:
    """The containers and sidecars together, or the most that is needed while an init container runs; None: nobody asks."""
    asked: list[float] = []
    sidecars = starting = 0.0
    for container in pod.init_containers or ():
        needs = _of_container(container, name)
        if needs is None:
            continue
        asked.append(needs)
        if container.restart_policy == "Always":
            sidecars += needs
            needs = 0.0
        # Of the sidecars only those that were started before it run beside it.
        starting = max(starting, sidecars + needs)
    running = [needs for one in pod.containers or () if (needs := _of_container(one, name)) is not None]
    return max(sidecars + sum(running), starting) if asked or running else None


def _of_container(container: Container, name: str) -> float | None:
    resources = container.resources
    if resources is None:
        return None
    for quantities in (resources.requests, resources.limits):
        if quantities and name in quantities:
            return quantity(quantities[name])
    return None
