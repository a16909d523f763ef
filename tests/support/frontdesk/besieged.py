"""Run as a program of its own: opens a door, says where, and when told to, by how many bytes its memory has grown at most."""

import asyncio
import gc
import sys
from pathlib import Path

from support.frontdesk.doors import door


def memory(field: str) -> int:
    """``VmRSS`` or, the most since the last reset, ``VmHWM``."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) * 1024


def memory_now() -> int:
    """And from now on the most is counted afresh."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


async def main() -> None:
    """Until a line comes."""
    async with door([]) as visitor:
        before = memory_now()
        print(visitor.url, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        print("grown", memory("VmHWM") - before, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
