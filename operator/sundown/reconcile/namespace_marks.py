"""What Sundown writes on a namespace: that it takes part, that it sleeps, and in which sleep."""

from __future__ import annotations

from collections.abc import Mapping

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import Missing
from sundown.cluster.gate import Gate, Urgency
from sundown.model.env import Env
from sundown.model.resources import ASLEEP, ASLEEP_SINCE, STATE_LABEL
from sundown.reconcile.store import Store

Changes = Mapping[str, str | None]


class NamespaceMarks:
    """Writes them, and has the store know at once. Each raises ApiError where the API server does not take it."""

    def __init__(self, cluster: Cluster, gate: Gate, store: Store) -> None:
        self._cluster = cluster
        self._gate = gate
        self._store = store

    async def put(self, env: Env, sleep: str) -> bool:
        """Say that it sleeps, in one write, before anything does; whether there was something to write."""
        space = self._store.env(env.name).namespace
        if space is None or space.is_marked(sleep):
            return False
        await self._write(env.name, Urgency.HOLD, labels={STATE_LABEL: ASLEEP}, annotations={ASLEEP_SINCE: sleep})
        return True

    async def take_off(self, env: Env) -> None:
        """Take it off again, when nothing sleeps any more."""
        if env.namespace is not None and env.namespace.marked_asleep:
            await self._write(env.name, Urgency.RELEASE, labels={STATE_LABEL: None}, annotations={ASLEEP_SINCE: None})

    async def label(self, env: Env, key: str, value: str) -> None:
        """Set another label."""
        await self._write(env.name, Urgency.HOLD, labels={key: value}, annotations={})

    async def _write(self, namespace: str, urgency: Urgency, *, labels: Changes, annotations: Changes) -> None:
        body = {"metadata": {"labels": labels, "annotations": annotations}}
        try:
            async with self._gate.slot(urgency):
                reply = await self._cluster.merge_patch(paths.namespace(namespace), body)
        except Missing:
            return
        self._store.put_namespace(reading.namespace(reply))
