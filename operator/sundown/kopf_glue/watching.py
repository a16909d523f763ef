"""What a process of Sundown watches, as Kopf's handlers: one for each kind, and those of its own beginning and end.

Only ``on.event``: Kopf's other handlers write annotations into the objects of users, and its timers and daemons outlive
the label selectors that they were started for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import kopf

from sundown.backoff import Backoff
from sundown.kopf_glue.setup import configure

_SOON = 60.0
"""Seconds: less than the life of credentials, and more than the longest pause. Who logs in again so soon was not let in."""
_AGAIN = Backoff(0.5, longest=15.0)

Heard = Callable[[str | None, dict[str, Any]], None]
"""Takes the type of an event, None for what was there already, and the object."""
Watched = Mapping[tuple[str, ...], Heard]
"""Who answers, by group, version and plural; of the core group by version and plural."""


class Process(Protocol):
    """A process that begins and ends with Kopf's operator."""

    async def start(self) -> None:
        """Begin; what it raises ends the process."""
        ...

    async def stop(self) -> None:
        """End within a few seconds."""
        ...

    async def credentials(self) -> kopf.AiohttpSession:
        """A session with which Kopf watches."""
        ...


class Logins:
    """Paces logins. Who is not let in (401) is made to log in anew at once, and would ask a hundred times a second for as long.

    So it is while a token has been revoked and kubelet has no other yet, or the API server cannot look up whose it is.
    """

    def __init__(self) -> None:
        self._in_vain = 0
        self._last: float | None = None

    async def turn(self) -> None:
        """Wait until another may be tried."""
        now = asyncio.get_running_loop().time
        is_soon = self._last is not None and now() - self._last < _SOON
        self._in_vain = self._in_vain + 1 if is_soon else 0
        if self._in_vain:
            await asyncio.sleep(_AGAIN.after(self._in_vain))
        self._last = now()


def registry(process: Process, watched: Watched) -> kopf.OperatorRegistry:
    """The handlers of one process."""
    handlers, logins = kopf.OperatorRegistry(), Logins()

    @kopf.on.startup(registry=handlers, errors=kopf.ErrorsMode.PERMANENT)
    async def start(settings: kopf.OperatorSettings, **_: Any) -> None:
        configure(settings)
        await process.start()

    @kopf.on.cleanup(registry=handlers)
    async def stop(**_: Any) -> None:
        await process.stop()

    @kopf.on.login(registry=handlers, errors=kopf.ErrorsMode.PERMANENT)
    async def login(**_: Any) -> kopf.AiohttpSession:
        await logins.turn()
        return await process.credentials()

    for resource, heard in watched.items():
        kopf.on.event(*resource, registry=handlers)(_handler(heard))
    return handlers


def _handler(heard: Heard) -> Callable[..., Any]:
    async def event(type: str | None, body: kopf.Body, **_: Any) -> None:  # noqa: A002 - Kopf's name
        heard(type, dict(body))

    return event
