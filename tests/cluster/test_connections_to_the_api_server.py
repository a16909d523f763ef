"""How connections to the API server are kept."""

import socket

from kubernetes_asyncio.client import Configuration

from sundown.cluster.session import open_session
from support.loopback import serve


async def test_what_is_silent_for_minutes_is_not_forgotten_on_the_way() -> None:
    """kopf #847, kubernetes-client/python #2067: what is in between cuts a watch off on which nothing is said, and tells nobody."""
    with serve(lambda _: bytes(4 * 2**20)) as port:
        async with (
            open_session(Configuration(), timeout=5, manager="test") as session,
            session.get(f"http://127.0.0.1:{port}/") as response,
        ):
            assert response.connection is not None
            assert response.connection.transport is not None
            there: socket.socket = response.connection.transport.get_extra_info("socket")
            assert there.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert 0 < there.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) < 60
            await response.read()
