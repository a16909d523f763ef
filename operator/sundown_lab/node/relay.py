"""Carries connections from an address inside a node's network to one outside it, which has no other way there.

Run as `python -m sundown_lab.node.relay PID ADDRESS PORT TARGET_ADDRESS TARGET_PORT`: it listens in the network of the process
PID and connects in its own. A socket belongs to the network in which it was made, wherever its owner is.
"""

import asyncio
import ctypes
import os
import socket
import sys
from pathlib import Path

CLONE_NEWNET = 0x40000000
CHUNK = 1 << 16


def main() -> None:
    """Listens until it is killed."""
    pid, address, port, target, target_port = sys.argv[1:]
    listener = listen(int(pid), address, int(port))
    asyncio.run(serve(listener, target=(target, int(target_port))))


def listen(pid: int, address: str, port: int) -> socket.socket:
    """A socket that listens in the network of that process."""
    with Path("/proc/self/ns/net").open() as here, Path(f"/proc/{pid}/ns/net").open() as there:
        enter(there.fileno())
        try:
            return socket.create_server((address, port), backlog=1024)
        finally:
            enter(here.fileno())


def enter(namespace: int) -> None:
    """setns(2). Raises OSError: the kernel refused."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


async def serve(listener: socket.socket, *, target: tuple[str, int]) -> None:
    """Joins each connection with one to the target."""

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection(*target)
        except OSError:
            writer.transport.abort()  # refused there, refused here
            return
        ways = (asyncio.create_task(carry(reader, there[1])), asyncio.create_task(carry(there[0], writer)))
        await asyncio.wait(ways)

    server = await asyncio.start_server(join, sock=listener)
    async with server:
        await server.serve_forever()


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One direction, until its source ends or breaks."""
    try:
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.transport.abort()


if __name__ == "__main__":
    main()
