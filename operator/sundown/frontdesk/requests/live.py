"""The message of a request: posted once, brought up to date as people answer and the operator acts.

It stands where it was asked for in Slack, and where a second person has to agree also in the channel that is told of the env: those
who may agree find it there, by whichever way it was asked for. What it shows is compared with what there is at each event, so that a restart repeats nothing and forgets nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any

import structlog
from pydantic import StringConstraints, ValidationError

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Missing
from sundown.errors import SundownError
from sundown.frontdesk.requests.outcomes import MESSAGE, kind_of
from sundown.frontdesk.requests.request_kind import RequestKind
from sundown.model import managers
from sundown.model.action_request import ActionRequestSpec, Asked
from sundown.model.resources import Lenient
from sundown.once import Once
from sundown.settings import Settings
from sundown.usecases.requests import Word

log = structlog.get_logger(__name__)

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_Id = Annotated[str, StringConstraints(max_length=80)]


class Live(Lenient):
    """Where the message stands, and which Slack user asked.

    ``user`` is empty where it was not asked for in Slack. ``elsewhere`` is the channel of the env, if it stands there too. ``face``
    is what it shows; ``posting`` that it was about to be posted, so perhaps it was.
    """

    channel: _Id
    user: _Id
    ts: _Id = ""
    elsewhere: _Id = ""
    elsewhere_ts: _Id = ""
    face: Annotated[str, StringConstraints(max_length=600)] = ""
    posting: bool = False

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Where it stands, by channel and ts."""
        both = (self.channel, self.ts), (self.elsewhere, self.elsewhere_ts)
        return tuple((channel, ts) for channel, ts in both if ts)

    @property
    def whole(self) -> bool:
        """Whether it stands wherever it shall."""
        return bool(self.ts) and bool(self.elsewhere_ts) == bool(self.elsewhere)


NOWHERE = Live(channel="", user="")


@dataclass(frozen=True, slots=True)
class Shown:
    """A request whose message has to show something else; ``begun`` says that it may be there, though nobody knows where."""

    asked: Asked
    kind: RequestKind
    live: Live
    begun: bool

    @property
    def spec(self) -> ActionRequestSpec:
        """What was asked for; a request that we made can be read."""
        assert self.asked.spec is not None
        return self.asked.spec


Show = Callable[[Shown], Awaitable[Live]]
"""Posts or updates it, and answers where it stands then. Raises SundownError when that has to be tried again."""
Where = Callable[[str], Awaitable[str]]
"""Answers in which channel people are told of an env; empty for none. Raises SundownError when that has to be tried again."""


def waits_for(asked: Asked) -> Word | None:
    """What somebody has to say next to a request; None where nothing is waited for."""
    if asked.spec is None or asked.status.finished or asked.status.state == "Approved":
        return None
    if asked.spec.confirmation is None:
        return "confirm"
    return "approve" if _reason(asked) == "WaitingForApproval" else None


def live_of(asked: Asked) -> Live | None:
    """Where its message stands, or is to stand; None for a request that has none, and needs none."""
    try:
        return Live.model_validate_json(asked.metadata.annotations.get(MESSAGE, ""))
    except ValidationError:
        return NOWHERE if waits_for(asked) == "approve" else None


def face_of(asked: Asked) -> str:
    """What a message of this request has to show, in short."""
    spec, status = asked.spec, asked.status
    approver = (spec.approval.by if spec is not None and spec.approval is not None else None) or ""
    return f"{status.state or ''}|{_reason(asked)}|{waits_for(asked) or ''}|{approver}"[:600]


def _reason(asked: Asked) -> str:
    return asked.status.conditions[0].reason if asked.status.conditions else ""


def wants_message(asked: Asked, kind: RequestKind, live: Live) -> bool:
    """Whether a message is due: where a window has asked for confirmation, only once somebody else has to agree."""
    return not kind.typed or bool(live.ts) or waits_for(asked) == "approve"


class LiveMessages:
    """Knows which messages are behind, and which request a message is about."""

    def __init__(self, cluster: Cluster, *, settings: Settings) -> None:
        self._cluster = cluster
        self._home = settings.namespace
        self._due: dict[str, Asked] = {}
        self._by_place: dict[tuple[str, str], str] = {}
        self._some = asyncio.Event()
        self._said = Once(at_most=1000)

    def event(self, kind: str | None, raw: dict[str, Any]) -> None:
        """A request came, changed or went."""
        asked = reading.action_request(raw)
        live, row = live_of(asked), kind_of(asked)
        if live is None or row is None or asked.metadata.namespace != self._home:
            self._due.pop(asked.key, None)
            return
        for place in live.places:
            if kind == "DELETED" or asked.status.finished:
                self._by_place.pop(place, None)
            else:
                self._by_place[place] = asked.metadata.name
        if kind == "DELETED":
            self._due.pop(asked.key, None)
            return
        if live.face != face_of(asked) and wants_message(asked, row, live):
            self._due[asked.key] = asked
            self._some.set()

    def request_at(self, channel: str, ts: str) -> str | None:
        """The name of the request that this message is about, while it waits; None for any other message."""
        return self._by_place.get((channel, ts))

    async def run(self, show: Show, where: Where) -> None:
        """Bring the messages up to date, until cancelled. What cannot be shown now is shown later."""
        wait = _FIRST_WAIT
        while True:
            await self._some.wait()
            self._some.clear()
            failed = [key for key in tuple(self._due) if not await self._bring_up_to_date(key, show, where)]
            wait = min(wait * 2, _LONGEST_WAIT) if failed else _FIRST_WAIT
            if failed:
                await asyncio.sleep(wait)
                self._some.set()

    async def _bring_up_to_date(self, key: str, show: Show, where: Where) -> bool:
        asked = self._due.get(key)
        live, kind = (live_of(asked), kind_of(asked)) if asked is not None else (None, None)
        if asked is None or live is None or kind is None:
            return True
        shown, begun = asked, live.posting
        try:
            live = await _spread(asked, live, where)
            if not live.channel:
                # Its environment says so too, where its owner looks.
                if self._said.is_new(asked.metadata.uid):
                    log.warning("nobody-to-tell", request=key, reason="no channel is told of its environment")
                return self._forget(key, shown)
            if not live.whole and not live.posting:
                live = live.model_copy(update={"posting": True})
                asked = await self._mark(asked, live)
            live = await show(Shown(shown, kind, live, begun))
            self._by_place |= dict.fromkeys(live.places, asked.metadata.name)
            update = {"face": face_of(shown), "posting": False} if live.whole else {}
            await self._mark(asked, live.model_copy(update=update))
        except Missing:
            self._due.pop(key, None)
        except (SundownError, ApiError) as error:
            # With Conflict among them: what came meanwhile is known by its event, and shown then.
            log.info("message-behind", request=key, error=str(error))
            return self._due.get(key) is not shown
        else:
            return self._forget(key, shown) if live.whole else self._due.get(key) is not shown
        return True

    def _forget(self, key: str, shown: Asked) -> bool:
        """What was shown is shown, unless something newer has come meanwhile."""
        if self._due.get(key) is shown:
            self._due.pop(key)
        return True

    async def _mark(self, asked: Asked, live: Live) -> Asked:
        metadata = asked.metadata
        body = {
            "metadata": {
                "uid": metadata.uid,
                "annotations": {MESSAGE: live.model_dump_json(exclude_defaults=True)},
            }
        }
        path = paths.action_request(metadata.namespace, metadata.name)
        written = await self._cluster.merge_patch(path, body, fieldManager=managers.FRONTDESK_MARKS)
        return replace(asked, metadata=reading.metadata(written))


async def _spread(asked: Asked, live: Live, where: Where) -> Live:
    """Where it is to stand: in the channel of the env too, once somebody else has to agree."""
    if waits_for(asked) != "approve" or asked.spec is None or live.elsewhere:
        return live
    channel = await where(asked.spec.target.namespace)
    if channel in {"", live.channel}:
        return live
    return live.model_copy(update={"elsewhere" if live.channel else "channel": channel})
