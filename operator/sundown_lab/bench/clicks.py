"""Clicks in Slack, fifty a second: how soon the first workload is written, and how soon Slack has its ack."""

import asyncio
import json
import math
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sundown_lab.bench.memory import peak_mib
from sundown_lab.bench.rows import Row, bar
from sundown_lab.bench.stage import Stage, Wanted
from sundown_lab.errors import LabError
from sundown_lab.processes import LOOPBACK, Command, Process, answers, free_ports, wait_until
from sundown_lab.slack.remote import Workspace
from sundown_lab.wire import Json

A_SECOND = 50
CHANNEL, PERSON = "#dev", "ana"
BUTTONS: dict[Wanted, str] = {"Asleep": "sundown.suspend", "Awake": "sundown.resume"}
NAMES: dict[Wanted, str] = {"Asleep": "suspend", "Awake": "resume"}
# Fifty envs a second with ten workloads each are more PATCHes than the control plane takes on the machines that this runs on.
ENVS, WORKLOADS = 100, 2
_PATIENCE = 120.0


async def clicks(stage: Stage) -> list[Row]:
    """Have every env reminded of in a channel, suspend each by a click, resume each by a click.

    Raises:
        LabError: something does not start, or a click is not followed by what it asks for.
    """
    progress, rows, acks = stage.progress, [], []
    async with stage.operator() as subject, slack_and_frontdesk(stage) as (workspace, frontdesk):
        await subject.decided(stage.load.envs, patience=_PATIENCE)
        with progress.step(f"{stage.load.envs} reminders in Slack"):
            await stage.remind(CHANNEL, minutes=50)
            await _shown(workspace, stage, BUTTONS["Asleep"])
        await subject.rest(patience=_PATIENCE)
        for to in ("Asleep", "Awake"):
            with progress.step(f"{stage.load.envs} clicks, {A_SECOND} a second: {NAMES[to]}"):
                shown = await _shown(workspace, stage, BUTTONS[to])
                clicked, took = await _round(workspace, stage, shown, to)
            late = sorted(clicked.values())
            detail = {
                "p50": round(quantile(late, 0.5), 3),
                "p95": round(quantile(late, 0.95), 3),
                "most": round(late[-1], 3),
            }
            rows.append(Row(bar("click"), stage.load.size, quantile(late, 0.95), way=NAMES[to], detail=detail))
            acks += took
            await subject.rest(patience=_PATIENCE)
        missed = workspace.traffic()["missed"]
        resident = peak_mib(frontdesk)
    spoiled = f"{missed} missed" if missed else ""
    rows.append(Row(bar("ack"), stage.load.size, max(acks), spoiled=spoiled, detail={"clicks": len(acks)}))
    rows.append(Row(bar("frontdesk-memory"), stage.load.size, resident))
    return rows


async def _round(
    workspace: Workspace, stage: Stage, shown: dict[str, Json], to: Wanted
) -> tuple[dict[str, float], list[float]]:
    """Click once for each env; for each the seconds to its first write, and all seconds to an ack."""
    expected = stage.expect_written(to)
    person, at = workspace.act(PERSON), {}
    began = time.time() + 0.5

    async def click(number: int, namespace: str) -> Json:
        await asyncio.sleep(began + number / A_SECOND - time.time())
        at[namespace] = time.time()
        return await asyncio.to_thread(person.click, shown[namespace], BUTTONS[to])

    answered = await asyncio.gather(*(click(number, one) for number, one in enumerate(stage.load.namespaces)))
    await stage.written(expected, patience=_PATIENCE)
    await stage.settle(to, patience=_PATIENCE)
    await stage.check(to)
    first: dict[str, float] = {}
    for (namespace, _), seen in (pair for each in expected.values() for pair in each.times.items()):
        first[namespace] = min(seen, first.get(namespace, math.inf))
    unheard = [each for each in answered if not each.get("acked")]
    if unheard:
        raise LabError(f"{len(unheard)} of {len(answered)} clicks were not acked in time", hint=str(unheard[0]))
    return {namespace: first[namespace] - at[namespace] for namespace in at}, [float(one["took"]) for one in answered]


async def _shown(workspace: Workspace, stage: Stage, button: str) -> dict[str, Json]:
    """The message with that button of each env, once there is one of each."""

    def find() -> dict[str, Json] | None:
        found = {
            json.loads(each["value"])["ns"]: message for message, each in _buttons(workspace.messages(CHANNEL), button)
        }
        return found if found.keys() >= set(stage.load.namespaces) else None

    return await asyncio.to_thread(
        lambda: workspace.wait_for(find, within=_PATIENCE, otherwise=lambda: f"not every env has {button} in {CHANNEL}")
    )


def _buttons(messages: Sequence[Json], action_id: str) -> Iterator[tuple[Json, dict[str, Any]]]:
    for message in messages:
        for block in message.get("blocks") or ():
            yield from ((message, each) for each in block.get("elements") or () if each.get("action_id") == action_id)


@asynccontextmanager
async def slack_and_frontdesk(
    stage: Stage, *, settings: Mapping[str, str] | None = None
) -> AsyncIterator[tuple[Workspace, Process]]:
    """A frontdesk and the Slack that it needs, for the length of the block; ``settings`` are added to its environment."""
    logs = stage.control_plane.directory / "logs"
    slack_port, port = free_ports(2)
    url = f"http://{LOOPBACK}:{slack_port}"
    simulator = Process(
        Command("slack", (sys.executable, "-m", "sundown_lab", "slack", "--port", str(slack_port))),
        log=logs / "slack.log",
    )
    simulator.start()
    try:
        await asyncio.to_thread(
            wait_until,
            lambda: answers(f"{url}/control/clock"),
            what="Slack is ready",
            timeout=60,
            processes=[simulator],
        )
        workspace = Workspace(url)
        environment = {
            **workspace.environment,
            "KUBECONFIG": str(stage.identity),
            "SUNDOWN_PERSON_REQUESTS": "100000",  # one person clicks for a hundred
            "SUNDOWN_HTTP_HOST": LOOPBACK,
            "SUNDOWN_HTTP_PORT": str(port),
            **(settings or {}),
        }
        frontdesk = Process(
            Command("frontdesk", (sys.executable, "-m", "sundown", "frontdesk"), env=environment),
            log=logs / "frontdesk.log",
        )
        frontdesk.start()
        try:
            ready = f"http://{LOOPBACK}:{port}/readyz"
            await asyncio.to_thread(
                wait_until, lambda: answers(ready), what="the frontdesk is ready", timeout=60, processes=[frontdesk]
            )
            yield workspace, frontdesk
        finally:
            frontdesk.stop()
    finally:
        simulator.stop()


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest figure that is not exceeded by this share of them; ``ordered`` from the smallest."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
