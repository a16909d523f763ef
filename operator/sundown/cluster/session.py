"""The connection to the API server: TLS, proxy and time-outs from the configuration of kubernetes-asyncio.

Not its own session: to look for proxies and .netrc that asks two threads before each request, which costs more than the
request itself. Compression costs both sides more than it saves on the way.
"""

from __future__ import annotations

import asyncio.sslproto
import socket
from collections.abc import Mapping, Sequence

import aiohttp
from kubernetes_asyncio.client import Configuration

from sundown import __version__, proxies
from sundown.cluster.credentials import impersonation_of
from sundown.cluster.trust import Trust

# Twice as much may wait in each connection.
_BUFFER = 256 * 1024
_TLS_BUFFER = 32 * 1024

_SIGNS_OF_LIFE = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}
"""In seconds, and how many may stay unanswered; as Go's programs send them. What is between here and the API server forgets
connections on which nothing is said for minutes, as on the watch of a cluster that sleeps, and tells nobody."""


def open_session(
    configuration: Configuration,
    *,
    timeout: float,
    manager: str,
    headers: Mapping[str, str] | None = None,
    proxy: str | None = None,
    middlewares: Sequence[aiohttp.ClientMiddlewareType] = (),
) -> aiohttp.ClientSession:
    """A session whose requests end after ``timeout`` seconds; writes that name no field manager are ``manager``'s.

    Whomever the kubeconfig acts as, each of its requests does.
    """
    # Each connection keeps a buffer of 256 KiB; a TLS record has 16 KiB at most, and there are many connections.
    asyncio.sslproto.SSLProtocol.max_size = _TLS_BUFFER
    connector = aiohttp.TCPConnector(
        limit=configuration.connection_pool_maxsize, ssl=Trust(configuration), socket_factory=_socket
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=[
            # The API server takes the part before the slash for the field manager.
            ("User-Agent", f"{manager}/{__version__}"),
            ("Accept-Encoding", "identity"),
            *impersonation_of(configuration),
            *(headers or {}).items(),
        ],
        timeout=aiohttp.ClientTimeout(total=timeout, connect=min(10.0, timeout)),
        read_bufsize=_BUFFER,
        proxy=proxy,
        middlewares=middlewares,
    )


def proxy_for(configuration: Configuration) -> str | None:
    """The proxy on the way to the API server: the kubeconfig's, else the environment's."""
    return str(configuration.proxy) if configuration.proxy else proxies.proxy_for(str(configuration.host))


def _socket(address: aiohttp.AddrInfoType) -> socket.socket:
    family, kind, protocol, _, _ = address
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _SIGNS_OF_LIFE.items():
        option = getattr(socket, name, None)
        if option is not None:  # a developer's machine
            made.setsockopt(socket.IPPROTO_TCP, option, value)
    return made
