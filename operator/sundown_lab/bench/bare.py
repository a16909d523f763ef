"""The yardstick: the same PATCHes and nothing else, in a process of its own that the bench's watches cannot slow down.

Reads JSON from standard input (``server``, ``authority``, ``token``, ``at_once``, ``patches`` as pairs of path and body),
opens its connections within the time that it takes, as the operator has to, and prints how long it took.
"""

import asyncio
import json
import ssl
import sys
import time
from typing import Any

import aiohttp

HEADERS = {
    "Accept": "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json",
    "Accept-Encoding": "identity",
    "Content-Type": "application/merge-patch+json",
    "User-Agent": "sundown-operator",
}


async def patch_all(wish: dict[str, Any]) -> dict[str, float]:
    """Sends every patch, ``at_once`` of them at a time, and says how many ``seconds`` that took, and of those on the CPU."""
    context = ssl.create_default_context(cadata=wish["authority"])
    headers = {**HEADERS, "Authorization": f"Bearer {wish['token']}"}
    patches = [(wish["server"] + path, json.dumps(body).encode()) for path, body in wish["patches"]]
    refused: list[str] = []
    waiting = iter(patches)
    connector = aiohttp.TCPConnector(limit=wish["at_once"], ssl=context)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def work() -> None:
            for url, data in waiting:
                async with session.patch(url, data=data) as reply:
                    answer = await reply.read()
                    if reply.status != 200:
                        refused.append(f"{reply.status}: {answer[:200].decode(errors='replace')}")

        cpu = time.process_time()
        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(wish["at_once"])))
        took = time.perf_counter() - began
        cpu = time.process_time() - cpu
    if refused:
        raise SystemExit(f"{len(refused)} of {len(patches)} were refused, such as {refused[0]}")
    return {"seconds": took, "cpu_seconds": cpu}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(patch_all(json.load(sys.stdin)))))
