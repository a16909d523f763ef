"""Run as a program of its own: reads what a glutton serves, and prints by how many bytes its memory has grown at most."""

import asyncio
import gc
import sys
from pathlib import Path
from typing import Any

import kopf
from kubernetes_asyncio.client import Configuration

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.kopf_glue import setup
from sundown.sleepers.kinds import KINDS
from support.cluster.gluttons import DEPLOYMENTS

_KIB = 1024


def memory(field: str) -> int:
    """``VmRSS`` or, the most since the last reset, ``VmHWM``."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) * _KIB


def memory_now() -> int:
    """And from now on the most is counted afresh."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


async def deployments(cluster: Cluster) -> int:
    """How many there are, listed twice at once, as two envs would ask."""
    kind = KINDS["Deployment"]
    found = await asyncio.gather(*(cluster.list_pages(DEPLOYMENTS, kind.read_page, limit=1000) for _ in range(2)))
    return len(found[0])


async def namespaces(cluster: Cluster) -> int:
    """How many there are."""
    return len(await cluster.list_as(paths.NAMESPACES, reading.namespace, limit=1000))


async def schedules(cluster: Cluster) -> int:
    """How many there are."""
    return len(await cluster.list_as(paths.ENV_SCHEDULES, reading.env_schedule, limit=1000))


async def watch(configuration: Configuration, *, plural: str, expected: int) -> int:
    """How many events Kopf hands on."""
    handlers, stopped = kopf.OperatorRegistry(), asyncio.Event()
    seen = 0

    @kopf.on.startup(registry=handlers)
    async def start(settings: kopf.OperatorSettings, **_: Any) -> None:
        setup.configure(settings)

    @kopf.on.login(registry=handlers)
    async def login(**_: Any) -> kopf.AiohttpSession:
        return await setup.credentials(configuration)

    group = ("v1", plural) if plural == "namespaces" else ("sundown.dev", "v1alpha1", plural)

    @kopf.on.event(*group, registry=handlers)
    async def event(**_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == expected:
            stopped.set()

    await setup.run_until(stopped, handlers)
    return seen


async def main(address: str, what: str, expected: int) -> None:
    """Print what was counted, and how much the memory grew."""
    configuration = Configuration()
    configuration.host = address
    async with Cluster(configuration, request_timeout=120) as cluster:
        before = memory_now()
        if what.startswith("watch "):
            counted = await watch(configuration, plural=what.removeprefix("watch "), expected=expected)
        else:
            counted = await {"deployments": deployments, "namespaces": namespaces, "schedules": schedules}[what](
                cluster
            )
        print(counted, memory("VmHWM") - before)


if __name__ == "__main__":
    from sundown.slim_kubernetes_import import spare_the_models

    spare_the_models()
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
