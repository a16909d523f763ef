"""What a process of Sundown watches, as Kopf's handlers: one for each kind, and those of its own beginning and end.

Only ``on.event``: Kopf's other handlers write annotations into the objects of users, and its timers and daemons outlive
the label selectors that they were started for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import kopf

from sundown.kopf_glue.setup import configure

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


def registry(process: Process, watched: Watched) -> kopf.OperatorRegistry:
    """The handlers of one process."""
    handlers = kopf.OperatorRegistry()

    @kopf.on.startup(registry=handlers, errors=kopf.ErrorsMode.PERMANENT)
    async def start(settings: kopf.OperatorSettings, **_: Any) -> None:
        configure(settings)
        await process.start()

    @kopf.on.cleanup(registry=handlers)
    async def stop(**_: Any) -> None:
        await process.stop()

    @kopf.on.login(registry=handlers, errors=kopf.ErrorsMode.PERMANENT)
    async def login(**_: Any) -> kopf.AiohttpSession:
        return await process.credentials()

    for resource, heard in watched.items():
        kopf.on.event(*resource, registry=handlers)(_handler(heard))
    return handlers


def _handler(heard: Heard) -> Callable[..., Any]:
    async def event(type: str | None, body: kopf.Body, **_: Any) -> None:  # noqa: A002 - Kopf's name
        heard(type, dict(body))

    return event
