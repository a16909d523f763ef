"""What the frontdesk knows of the cluster: every env with what the operator says of it, as the watches bring it.

It is fed by ``feed`` and read by everybody. Who governs an env is decided as the operator decides it; why one is paused is
taken from the operator's word where only the operator can know.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import structlog

from sundown.cluster.history import Versions, older, versions
from sundown.model.env import Known, Namespace, crowd_out
from sundown.settings import Settings
from sundown.usecases.find import Found, choose

log = structlog.get_logger(__name__)

Compare = Callable[[Known, Known], None]
"""Called with an EnvSchedule as it was and as it is, at once and for each that is newer."""

Listener = Callable[[str], Awaitable[None]]
"""Called with the name of a namespace in which something is different, or which is gone."""


class Board:
    """The envs of the cluster.

    Append to ``changed`` to be told of changes: ``board.changed.append(listener)``. Listeners are awaited one after the other
    by one task, so they put what takes time into a task of their own; several changes of an env may be told as one. What has to
    see each change of an EnvSchedule is appended to ``replaced``.
    ``complete`` is set once everything there is has been read. Envs are judged by ``rules``, the settings of the moment
    where there are none.
    """

    def __init__(self, *, rules: Settings | None = None) -> None:
        self._rules = rules
        self._namespaces: dict[str, Namespace] = {}
        self._schedules: dict[str, dict[str, Known]] = {}
        self._envs: dict[str, Found] = {}
        self._told: set[tuple[str, ...]] = set()
        self._versions = Versions()
        self._news: dict[str, None] = {}
        self._some = asyncio.Event()
        self.changed: list[Listener] = []
        self.replaced: list[Compare] = []
        self.complete = asyncio.Event()

    @property
    def envs(self) -> tuple[Found, ...]:
        """All envs, by name."""
        return tuple(self._envs[name] for name in sorted(self._envs))

    def env(self, namespace: str) -> Found | None:
        """The env of that name; None where the namespace, or an EnvSchedule in it, does not exist."""
        return self._envs.get(namespace)

    def namespace(self, name: str) -> Namespace | None:
        """A namespace, whether it is an env or not."""
        return self._namespaces.get(name)

    async def run(self) -> None:
        """Tell the listeners, until cancelled."""
        while True:
            await self._some.wait()
            self._some.clear()
            while self._news:
                namespace = next(iter(self._news))
                del self._news[namespace]
                for listener in tuple(self.changed):
                    try:
                        await listener(namespace)
                    except Exception:
                        log.exception("listener-failed", namespace=namespace)

    # What feeds it.

    def begin_listing(self) -> None:
        """From now on events are noted, for they know more than a listing that was begun before them."""
        self._told.clear()
        schedules = (one for there in self._schedules.values() for one in there.values())
        self._versions.begin(versions(self._namespaces.values(), schedules))

    def put_namespace(self, namespace: Namespace) -> None:
        """Take in a namespace."""
        self._told.add((namespace.name,))
        before = self._namespaces.get(namespace.name)
        if before is not None and older(namespace.resource_version, before.resource_version):
            return
        self._namespaces[namespace.name] = namespace
        if before is None or before.resource_version != namespace.resource_version:
            self._look_again(namespace.name)

    def drop_namespace(self, name: str, *, resource_version: str = "") -> None:
        """Forget a namespace that is gone; not the next one of the same name."""
        self._told.add((name,))
        before = self._namespaces.get(name)
        if before is not None and not older(resource_version, before.resource_version):
            del self._namespaces[name]
            self._look_again(name)

    def put_schedule(self, known: Known) -> None:
        """Take in an EnvSchedule."""
        self._told.add((known.metadata.namespace, known.metadata.name))
        self._put(known)

    def _put(self, known: Known) -> None:
        metadata = known.metadata
        there = self._schedules.setdefault(metadata.namespace, {})
        before = there.get(metadata.name)
        if before is not None and older(metadata.resource_version, before.metadata.resource_version):
            return
        there[metadata.name] = known
        if before is not None:
            for compare in self.replaced:
                compare(before, known)
        crowd_out(there)
        if before is None or before.metadata.resource_version != metadata.resource_version:
            self._look_again(metadata.namespace)

    def has_schedule(self, namespace: str, name: str, *, resource_version: str) -> bool:
        """Whether an event tells nothing new; it counts as told."""
        known = self._schedules.get(namespace, {}).get(name)
        if known is None or known.metadata.resource_version != resource_version:
            return False
        self._told.add((namespace, name))
        return True

    def written(self, known: Known) -> None:
        """Take in what was written of an EnvSchedule, ahead of the watches; of one that is gone nothing is."""
        metadata = known.metadata
        there = self._schedules.get(metadata.namespace, {}).get(metadata.name)
        if there is not None and there.metadata.uid == metadata.uid:
            self._put(known)

    def drop_schedule(self, namespace: str, name: str, *, uid: str = "") -> None:
        """Forget an EnvSchedule that is gone; not the next one of the same name."""
        self._told.add((namespace, name))
        there = self._schedules.get(namespace, {})
        before = there.get(name)
        if before is None or (uid and before.metadata.uid != uid):
            return
        del there[name]
        if not there:
            del self._schedules[namespace]
        self._look_again(namespace)

    def replace_all(self, namespaces: Iterable[Namespace], schedules: Iterable[Known]) -> None:
        """Take in a complete listing; what events have told since ``begin_listing`` counts more.

        Raises:
            AnotherHistory: when it cannot follow on what was known when it was begun.
        """
        told = frozenset(self._told)
        spaces = {(one.name,): one for one in namespaces}
        known = {(one.metadata.namespace, one.metadata.name): one for one in schedules}
        self._versions.compare(versions(spaces.values(), known.values()))
        for name in [name for name in self._namespaces if (name,) not in told and (name,) not in spaces]:
            del self._namespaces[name]
            self._look_again(name)
        for key in [(space, name) for space, there in self._schedules.items() for name in there]:
            if key not in told and key not in known:
                self.drop_schedule(*key)
        for namespace in (one for key, one in spaces.items() if key not in told):
            self.put_namespace(namespace)
        for schedule in (one for key, one in known.items() if key not in told):
            self.put_schedule(schedule)
        self.complete.set()

    def _look_again(self, name: str) -> None:
        space = self._namespaces.get(name)
        schedules = tuple(self._schedules.get(name, {}).values())
        found = None
        if space is not None and schedules:
            found = choose(name, schedules, space=space, defaults=None, rules=self._rules)
        before = self._envs.get(name)
        if found is not None:
            self._envs[name] = found
        else:
            self._envs.pop(name, None)
        if found != before:
            self._news[name] = None
            self._some.set()
