"""The REST API: how long a list of everything takes, and how soon an env that is woken by a call has its first workload written."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from sundown_lab.bench.clicks import quantile, slack_and_frontdesk
from sundown_lab.bench.rows import Row, bar
from sundown_lab.bench.stage import ACCOUNT, NAMESPACE, ROOT, Stage
from sundown_lab.errors import LabError
from sundown_lab.processes import LOOPBACK, free_ports
from sundown_lab.wire import Json

WORKLOADS = 1
LISTS, WAKES = 60, 40
CALLER = "bench-caller"
_BETWEEN = 0.25
_PATIENCE = 180.0


async def calls(stage: Stage) -> list[Row]:
    """List all envs again and again, have them all fall asleep, and wake some, one call after the other.

    Raises:
        LabError: something does not start, or a call is not followed by what it asks for.
    """
    step, envs = stage.progress.step, stage.load.envs
    token = await asyncio.to_thread(_caller, stage)
    (port,) = free_ports(1)
    settings = {"SUNDOWN_API_HOST": LOOPBACK, "SUNDOWN_API_PORT": str(port), "SUNDOWN_API_REQUESTS": "100000"}
    async with (
        stage.operator() as subject,
        slack_and_frontdesk(stage, settings=settings),
        _session(port, token) as session,
    ):
        await subject.decided(envs, patience=_PATIENCE)
        with step(f"{LISTS} lists of {envs} envs"):
            lists = sorted([await _list(session, envs=envs) for _ in range(LISTS)])
        with step(f"{envs} envs fall asleep"):
            asleep = stage.expect_written("Asleep")
            await stage.schedule("Asleep")
            await stage.written(asleep, patience=_PATIENCE)
            await stage.settle("Asleep", patience=_PATIENCE)
        await subject.rest(patience=_PATIENCE)
        with step(f"{WAKES} envs woken, one call after the other"):
            some = list(stage.load.namespaces)[:WAKES]
            awake, at = stage.expect_written("Awake", namespaces=some), {}
            for namespace in some:
                at[namespace] = time.time()
                await _ask(session, f"/api/v1/envs/{namespace}/start", {})
                await asyncio.sleep(_BETWEEN)
            await stage.written(awake, patience=_PATIENCE)
    first: dict[str, float] = {}
    for (namespace, _), seen in (pair for each in awake.values() for pair in each.times.items()):
        first[namespace] = min(seen, first.get(namespace, math.inf))
    wakes = sorted(first[namespace] - begun for namespace, begun in at.items())
    return [
        Row(
            bar("api-list"),
            stage.load.size,
            quantile(lists, 0.95),
            detail={"p50": round(quantile(lists, 0.5), 4), "most": round(lists[-1], 4)},
        ),
        Row(
            bar("api-wake"),
            stage.load.size,
            quantile(wakes, 0.95),
            detail={"p50": round(quantile(wakes, 0.5), 4), "most": round(wakes[-1], 4)},
        ),
    ]


async def _list(session: aiohttp.ClientSession, *, envs: int) -> float:
    began = time.perf_counter()
    async with session.get("/api/v1/envs?limit=1000") as answer:
        found = await answer.json()
    took = time.perf_counter() - began
    if answer.status != 200 or len(found["items"]) < min(envs, 1000):
        raise LabError("the list is not whole", hint=f"{answer.status}: {str(found)[:200]}")
    return took


async def _ask(session: aiohttp.ClientSession, path: str, body: Json) -> None:
    async with session.post(path, json=body) as answer:
        text = await answer.text()
        if answer.status != 200:
            raise LabError(f"{path} is answered with {answer.status}", hint=text[:300])


@asynccontextmanager
async def _session(port: int, token: str) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {token}"}
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(f"http://{LOOPBACK}:{port}", headers=headers, timeout=timeout) as session:
        yield session


def _caller(stage: Stage) -> str:
    """The token of a program that may do everything; and the frontdesk, under the operator's account here, may ask whose it is."""
    cluster = stage.control_plane
    cluster.kubectl("apply", "--server-side", "-f", str(ROOT / "deploy" / "components" / "api" / "clusterrole.yaml"))
    account = f"{NAMESPACE}:{CALLER}"
    cluster.kubectl("create", "serviceaccount", CALLER, "-n", NAMESPACE)
    for name, role, whose in (
        ("bench-api", "sundown-api", f"{NAMESPACE}:{ACCOUNT}"),
        (CALLER, "sundown-slack", account),
    ):
        cluster.kubectl("create", "clusterrolebinding", name, f"--clusterrole={role}", f"--serviceaccount={whose}")
    made = cluster.kubectl("create", "token", CALLER, "-n", NAMESPACE, "--audience=sundown", "--duration=2h")
    return made.stdout.strip()
