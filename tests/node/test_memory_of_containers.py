"""How much memory operator and frontdesk take of what their containers may, by the kernel's own count (S2's kind; issue 9, item 3)."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from sundown_lab.load import Load, clear, env_schedules, fill
from sundown_lab.slack.remote import Workspace
from sundown_lab.wire import MERGE_PATCH, Json, Wire, each
from support.nodes import Ground, Installation

pytestmark = [pytest.mark.node, pytest.mark.timeout(900, func_only=True)]

MANY = Load(envs=300, workloads=4, name="crowd")
SHARE = 0.75
"""Of the limit: beyond it, an env or two more and the kernel ends the container."""


@pytest.fixture
def installed(ground: Ground, slack_of_pods: Workspace) -> Installation:
    one = ground.install(slack=slack_of_pods.environment)
    one.renew()  # what happened before is not counted
    return one


async def wish(wire: Wire, state: str) -> None:
    """Have somebody want all of them asleep, or awake, as fast as the API server takes it."""

    async def ask(namespace: str) -> None:
        body = {"spec": {"override": {"state": state, "by": "ana@example.com", "via": "kubectl"}}}
        await wire.ask("PATCH", f"{env_schedules(namespace)}/hours", body=body, content_type=MERGE_PATCH)

    await each(MANY.namespaces, ask)


async def until_all(wire: Wire, state: str, *, within: float = 240.0) -> None:
    seen: Counter[str] = Counter()
    async with asyncio.timeout(within):
        while seen[state] < MANY.envs:
            await asyncio.sleep(1)
            listed: Json = await wire.ask("GET", "/apis/sundown.dev/v1alpha1/envschedules")
            ours = [one for one in listed["items"] if one["metadata"]["namespace"] in set(MANY.namespaces)]
            seen = Counter(one.get("status", {}).get("state", "-") for one in ours)


async def test_three_hundred_envs_sleep_and_wake_within_the_limits_of_the_containers(
    installed: Installation, record_property: Callable[[str, object], None]
) -> None:
    async with Wire(installed.cluster.kubeconfig) as wire:
        try:
            await fill(wire, MANY)
            await until_all(wire, "Awake")
            for state in ("Asleep", "Awake"):
                await wish(wire, state)
                await until_all(wire, state)
        finally:
            await clear(wire, name=MANY.name)
    for container in installed.containers().values():
        memory = container.memory
        record_property(container.name, f"{memory.peak / 2**20:.0f} of {memory.limit / 2**20:.0f} MiB")
        print(f"{container.name}: at most {memory.peak / 2**20:.0f} of {memory.limit / 2**20:.0f} MiB")
        assert container.restarts == 0
        assert memory.limit == 256 * 2**20
        assert 0 < memory.peak <= SHARE * memory.limit
