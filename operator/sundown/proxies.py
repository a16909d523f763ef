"""Which proxy is on the way to an address, by the environment: as kubectl and all of Go's programs understand it.

Python's own reading knows no ranges of addresses in ``NO_PROXY``. What a cluster gives its pods has the range of its Services
there, and in a pod the API server is an address of that range: it would be looked for behind a proxy that cannot reach it.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


def proxy_for(url: str) -> str | None:
    """The proxy on the way to ``url``, by ``HTTPS_PROXY``, ``HTTP_PROXY`` and ``NO_PROXY``; None for no proxy."""
    address = urlsplit(url)
    host, port = address.hostname or "", address.port or _PORTS.get(address.scheme)
    found = urllib.request.getproxies()
    proxy = found.get(address.scheme)
    if not proxy or _is_this_machine(host) or urllib.request.proxy_bypass(host):
        return None
    if any(_excepts(one, host, port) for one in _exceptions(found.get("no", ""))):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _exceptions(text: str) -> Iterator[tuple[str, int | None]]:
    """What ``NO_PROXY`` names, with the port where it is about one alone."""
    for one in (entry.strip().lower() for entry in text.split(",")):
        name, colon, port = one.rpartition(":")
        if colon and port.isdecimal() and (":" not in name or name.endswith("]")):
            yield name.strip("[]"), int(port)
        elif one:
            yield one.strip("[]"), None


def _excepts(exception: tuple[str, int | None], host: str, port: int | None) -> bool:
    name, only = exception
    if only not in {None, port}:
        return False
    try:
        return ip_address(host) in ip_network(name, strict=False)
    except ValueError:
        suffix = "." + name.removeprefix("*").removeprefix(".")
        return name in {"*", host} or host.endswith(suffix)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
