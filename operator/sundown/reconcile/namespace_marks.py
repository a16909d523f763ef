"""What Sundown writes on a namespace: that it takes part, that it sleeps, and in which sleep."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.contenders import SOMEBODY, last_writer
from sundown.cluster.echoes import Made, unheard
from sundown.cluster.errors import ApiError, Conflict, Missing, Unreachable
from sundown.cluster.gate import Gate, Urgency
from sundown.cluster.ownership import is_applied, let_go
from sundown.model.env import Env
from sundown.model.resources import ASLEEP, ASLEEP_BY, ASLEEP_SINCE, NEEDS_APPROVAL, STATE_LABEL
from sundown.reconcile.disputes import Disputes, told_of
from sundown.reconcile.mark_troubles import MarkTrouble
from sundown.reconcile.mark_troubles import What as _What
from sundown.reconcile.store import Store
from sundown.schedule.clock import Clock

Changes = Mapping[str, str | None]

log = structlog.get_logger(__name__)

_LATELY = timedelta(minutes=10)
_TRIES = 3
_MARKS = f"label {STATE_LABEL} and annotation {ASLEEP_SINCE}"
_TAKEN_BACK: Mapping[_What, str] = {
    "asleep": f"{_MARKS} are taken off the namespace",
    "awake": f"{_MARKS} are put on the namespace, which is awake,",
    "labelled": "the label by which the namespace takes part is taken off it",
    "guarded": f"annotation {NEEDS_APPROVAL} of the namespace is changed",
    "noted": f"annotation {ASLEEP_BY} of the namespace is changed",
}
_ENDS: Mapping[_What, tuple[_What, ...]] = {"asleep": ("awake",), "awake": ("asleep", "noted")}
"""Who writes the one takes the others off themselves, so that nobody has taken them back."""


class NamespaceMarks:
    """Writes them, and has the store know at once.

    A write that the API server does not take, because of somebody's policy or of a webhook that is down, is remembered as a
    trouble until it is taken: without the mark nothing may sleep, and waking goes on all the same. What somebody takes back
    again and again is written less and less often, and what sleeps, sleeps. Each raises Unreachable where the API server does
    not answer.
    """

    def __init__(self, cluster: Cluster, gate: Gate, store: Store, clock: Clock, *, made: Made = unheard) -> None:
        self._cluster = cluster
        self._clock = clock
        self._disputes: Disputes[tuple[str, _What]] = Disputes()
        self._gate = gate
        self._store = store
        self._made = made
        self._troubles: dict[str, dict[_What, str]] = {}
        self._wanted: dict[tuple[str, _What], str] = {}

    async def put(self, env: Env, sleep: str) -> bool:
        """Say that it sleeps, in one write, before anything does; whether that was written."""
        space = self._store.env(env.name).namespace
        if space is None or space.is_marked(sleep):
            self._well(env.name, "asleep")
            self._disputes.settle((env.name, "asleep"), now=self._clock.now())
            return False
        changes = {"labels": {STATE_LABEL: ASLEEP}, "annotations": {ASLEEP_SINCE: sleep}}
        return await self._try(env.name, "asleep", Urgency.HOLD, **changes)

    async def take_off(self, env: Env) -> bool:
        """Take it off again, when nothing sleeps any more; whether it is off."""
        if env.namespace is None or not (env.namespace.marked_asleep or env.namespace.asleep_by):
            self._well(env.name, "awake")
            self._disputes.settle((env.name, "awake"), now=self._clock.now())
            return True
        changes = {"labels": {STATE_LABEL: None}, "annotations": {ASLEEP_SINCE: None, ASLEEP_BY: None}}
        return await self._try(env.name, "awake", Urgency.RELEASE, **changes)

    async def note(self, env: Env, text: str | None) -> None:
        """Say by which kinds something sleeps there by a patch, before it does; None leaves it as it is."""
        if text is None:
            return
        space = self._store.env(env.name).namespace
        if space is None or space.asleep_by == text:
            self._well(env.name, "noted")
            self._disputes.settle((env.name, "noted"), now=self._clock.now())
            return
        self._want(env.name, "noted", text)
        await self._try(env.name, "noted", Urgency.HOLD, labels={}, annotations={ASLEEP_BY: text or None})

    async def label(self, env: Env, key: str, value: str) -> None:
        """Set another label."""
        await self._try(env.name, "labelled", Urgency.HOLD, labels={key: value}, annotations={})

    async def guard(self, env: Env, actions: tuple[str, ...]) -> None:
        """Say what takes two people where the API server's guard of a new EnvSchedule can read it: that has no status yet."""
        text = ",".join(actions)
        if env.namespace is None or env.namespace.annotations.get(NEEDS_APPROVAL, "") == text:
            self._well(env.name, "guarded")
            self._disputes.settle((env.name, "guarded"), now=self._clock.now())
            return
        self._want(env.name, "guarded", text)
        await self._try(env.name, "guarded", Urgency.HOLD, labels={}, annotations={NEEDS_APPROVAL: text or None})

    def trouble(self, env: Env, *, asleep: bool) -> MarkTrouble | None:
        """What could not be written of an env that should be ``asleep``, or awake."""
        known = self._troubles.get(env.name, {})
        if asleep:
            whats: tuple[_What, ...] = ("asleep", "labelled", "guarded", "noted")
            return next((found for what in whats if (found := _trouble(known, what)) is not None), None)
        marked = env.namespace is not None and env.namespace.marked_asleep
        return (
            (_trouble(known, "awake") if marked else None) or _trouble(known, "labelled") or _trouble(known, "guarded")
        )

    def fought(self, namespace: str) -> tuple[str, ...]:
        """What is said of who takes back again and again what was written."""
        found = ((_TAKEN_BACK[what], self._disputes.by((namespace, what))) for what in _TAKEN_BACK)
        return tuple(told_of(text, by) for text, by in found if by is not None)

    def forget(self, namespace: str) -> None:
        """An env has gone."""
        self._troubles.pop(namespace, None)
        for what in _TAKEN_BACK:
            self._disputes.forget((namespace, what))
            self._wanted.pop((namespace, what), None)

    def _want(self, namespace: str, what: _What, text: str) -> None:
        """Whoever wants something else there than they wrote last has not been taken that back."""
        key = (namespace, what)
        if self._wanted.get(key, text) != text:
            self._disputes.forget(key)
        self._wanted[key] = text

    async def _try(
        self, namespace: str, what: _What, urgency: Urgency, *, labels: Changes, annotations: Changes
    ) -> bool:
        if self._disputes.pause((namespace, what), now=self._clock.now()):
            return False
        try:
            await self._write(namespace, urgency, labels=labels, annotations=annotations)
        except Unreachable:
            raise
        except ApiError as error:
            log.warning("namespace-not-written", namespace=namespace, what=what, error=str(error))
            self._troubles.setdefault(namespace, {})[what] = str(error)
            return False
        self._well(namespace, what)
        await self._count(namespace, what)
        return True

    async def _count(self, namespace: str, what: _What) -> None:
        """Note a write, and who it is that takes it back once it has been made too often."""
        now = self._clock.now()
        for ended in _ENDS.get(what, ()):
            self._disputes.forget((namespace, ended))
        if self._disputes.written((namespace, what), now=now):
            try:
                by = last_writer(await self._cluster.get(paths.namespace(namespace)), since=now - _LATELY)
            except ApiError:
                by = SOMEBODY  # a fight that is not told would be taken for peace
            self._disputes.name((namespace, what), by)

    def _well(self, namespace: str, what: _What) -> None:
        known = self._troubles.get(namespace)
        if known is not None:
            known.pop(what, None)
            if not known:
                del self._troubles[namespace]

    async def _write(self, namespace: str, urgency: Urgency, *, labels: Changes, annotations: Changes) -> None:
        path, body = paths.namespace(namespace), {"metadata": {"labels": labels, "annotations": annotations}}
        try:
            async with self._gate.slot(urgency, whose=namespace):
                reply = await self._cluster.merge_patch(path, body)
                # What an env sleeps by is written often, and stands in nobody's manifest who has not exported it.
                if ASLEEP_SINCE not in (reply["metadata"].get("annotations") or {}) or is_applied(reply["metadata"]):
                    reply = await self._let_go(path, reply)
        except Missing:
            return
        self._store.put_namespace(reading.namespace(reply))
        self._made("Namespace", reply["metadata"].get("resourceVersion", ""))

    async def _let_go(self, path: str, reply: dict[str, Any]) -> dict[str, Any]:
        """Own nothing of it: whoever applies the same label or annotation would be refused."""
        for _ in range(_TRIES):
            patch = let_go(reply["metadata"])
            if patch is None:
                return reply
            try:
                return await self._cluster.merge_patch(path, patch)
            except Conflict:
                reply = await self._cluster.get(path)
            except Missing:
                raise
            except ApiError as error:
                log.warning("namespace-not-let-go", path=path, error=str(error))
                return reply
        return reply


def _trouble(known: Mapping[_What, str], what: _What) -> MarkTrouble | None:
    return MarkTrouble(what, known[what]) if what in known else None
