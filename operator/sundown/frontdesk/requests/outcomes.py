"""Who has to be told what became of an ActionRequest: once, whatever ends in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any

import structlog
from cachetools import FIFOCache
from pydantic import StringConstraints, ValidationError

from sundown.backoff import Backoff
from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Missing
from sundown.errors import SundownError
from sundown.frontdesk.requests.request_kind import RequestKind
from sundown.frontdesk.requests.table import REQUESTS
from sundown.model import managers
from sundown.model.action_request import ActionRequestSpec, Asked, RequestState
from sundown.model.resources import API_VERSION, GROUP, Lenient
from sundown.settings import Settings

log = structlog.get_logger(__name__)

TELLING = f"{GROUP}/slack"
"""Annotation of a request that was made in Slack: who asked, and what they have been told."""
MESSAGE = f"{GROUP}/slack-message"
"""Annotation of a request: where its message stands, and what it shows; see ``live``."""

_AGAIN = Backoff(2.0, longest=60.0)
_MOST_SETTLED = 10_000


class Told(Lenient):
    """Which Slack user asked; ``about`` is the state they are being told of, ``told`` the one that they have been told."""

    user: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    about: RequestState | None = None
    told: RequestState | None = None


@dataclass(frozen=True, slots=True)
class News:
    """A request that is finished, or does not get there, and that somebody waits for.

    ``begun``: they were about to be told before, so perhaps they have been.
    """

    asked: Asked
    kind: RequestKind
    user: str
    begun: bool

    @property
    def spec(self) -> ActionRequestSpec:
        """What was asked for; a request that we made can be read."""
        assert self.asked.spec is not None
        return self.asked.spec


Tell = Callable[[News], Awaitable[None]]
"""Tells somebody. Raises SundownError when that has to be tried again."""


class Outcomes:
    """Knows which requests somebody waits to hear of."""

    def __init__(self, cluster: Cluster, *, settings: Settings) -> None:
        self._cluster = cluster
        self._home = settings.namespace
        self._news: dict[str, Asked] = {}
        self._settled: FIFOCache[tuple[str, RequestState | None], None] = FIFOCache(_MOST_SETTLED)
        self._some = asyncio.Event()

    def event(self, kind: str | None, raw: dict[str, Any]) -> None:
        """A request came, changed or went."""
        asked = reading.action_request(raw)
        told = _told(asked)
        if kind == "DELETED" or told is None or asked.metadata.namespace != self._home:
            self._news.pop(asked.key, None)
        elif _is_told_of(asked) and asked.status.worth_telling and told.told != asked.status.state:
            self._put(asked)

    def _put(self, asked: Asked) -> None:
        if (asked.metadata.uid, asked.status.state) not in self._settled:
            self._news[asked.key] = asked
            self._some.set()

    async def run(self, tell: Tell) -> None:
        """Have everybody told who waits to hear, until cancelled. What cannot be told now is told later.

        First it is written that somebody is about to be told, then they are, then that is written.
        """
        failures = 0
        while True:
            await self._some.wait()
            self._some.clear()
            failed = [key for key in tuple(self._news) if not await self._tell(key, tell)]
            failures = failures + 1 if failed else 0
            if failed:
                await asyncio.sleep(_AGAIN.after(failures))
                self._some.set()

    async def _tell(self, key: str, tell: Tell) -> bool:
        asked = self._news.get(key)
        told = _told(asked) if asked is not None else None
        kind = kind_of(asked) if asked is not None else None
        if asked is None or told is None or kind is None:
            return True
        state = asked.status.state
        try:
            if told.about != state:
                asked = await self._mark(asked, told.model_copy(update={"about": state}))
            await tell(News(asked, kind, told.user, begun=told.about == state))
            await self._mark(asked, told.model_copy(update={"about": None, "told": state}))
            self._settled[asked.metadata.uid, state] = None
        except Missing:
            self._news.pop(key, None)
        except (SundownError, ApiError) as error:
            log.warning("outcome-untold", request=key, error=str(error))
            return False
        else:
            self._news.pop(key, None)
        return True

    async def _mark(self, asked: Asked, told: Told) -> Asked:
        metadata = asked.metadata
        body = {
            "apiVersion": API_VERSION,
            "kind": "ActionRequest",
            "metadata": {
                "name": metadata.name,
                "namespace": metadata.namespace,
                "uid": metadata.uid,
                "resourceVersion": metadata.resource_version,
                "annotations": {TELLING: told.model_dump_json(exclude_none=True)},
            },
        }
        path = paths.action_request(metadata.namespace, metadata.name)
        written = await self._cluster.apply(path, body, manager=managers.FRONTDESK_MARKS, force=True)
        return replace(asked, metadata=reading.metadata(written))


def _is_told_of(asked: Asked) -> bool:
    """Whether whoever asked is written to: where a message of their request stands in a channel, they see it there."""
    kind = kind_of(asked)
    return kind is not None and (kind.typed or MESSAGE not in asked.metadata.annotations)


def kind_of(asked: Asked) -> RequestKind | None:
    """The row of what was asked for; None for what another version of the frontdesk has asked for."""
    return REQUESTS.get(asked.spec.action) if asked.spec is not None else None


def _told(asked: Asked) -> Told | None:
    text = asked.metadata.annotations.get(TELLING, "")
    if not text or len(text) > 1_000:
        return None
    try:
        return Told.model_validate_json(text)
    except ValidationError:
        log.warning("annotation-unreadable", request=asked.key, annotation=TELLING)
        return None
