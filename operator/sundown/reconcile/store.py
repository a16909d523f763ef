"""What the operator knows of the cluster: fed by events and by the sweep, read by the visits.

The spec of things comes from the API server; their status is the operator's own word, so what it said last counts,
and an event that still carries an older status changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sundown.cluster.history import Versions, older, versions
from sundown.model.env import Env, Known, Namespace, crowd_out
from sundown.model.resources import (
    OWNER_ZONES,
    UNREACHED,
    ClusterEnvSchedule,
    EnvScheduleStatus,
    Savings,
    State,
    WakeQueuePlace,
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A complete listing of what the store holds."""

    namespaces: tuple[Namespace, ...]
    schedules: tuple[Known, ...]
    defaults: frozenset[str]
    """The names of all ClusterEnvSchedules; they are taken in one by one, for not each can be read."""


def _unheard(_known: Known, _said: EnvScheduleStatus) -> None:
    """Nobody compares."""


class Store:
    """Each ``put`` and ``drop`` answers with the namespaces that have to be looked at again.

    ``heard`` is called with each EnvSchedule that comes anew, and what was said of it last.
    """

    def __init__(self, *, heard: Callable[[Known, EnvScheduleStatus], None] = _unheard) -> None:
        self._heard = heard
        self._namespaces: dict[str, Namespace] = {}
        self._schedules: dict[str, dict[str, Known]] = {}
        self._defaults: dict[str, ClusterEnvSchedule] = {}
        self._unreadable: dict[str, str] = {}
        self._told: set[tuple[str, ...]] = set()
        self._versions = Versions()

    def begin_listing(self) -> None:
        """From now on events are noted, for they know more than a listing that was begun before them."""
        self._told.clear()
        schedules = (one for there in self._schedules.values() for one in there.values())
        self._versions.begin(versions(self._namespaces.values(), schedules))

    def env(self, name: str) -> Env:
        """All that is known of one namespace."""
        return Env(
            name=name,
            namespace=self._namespaces.get(name),
            schedules=tuple(self._schedules.get(name, {}).values()),
            defaults=tuple(self._defaults.values()),
            unreadable_defaults=frozenset(self._unreadable.values()),
        )

    @property
    def names(self) -> frozenset[str]:
        """Every namespace that has a schedule, may be given one, or is marked asleep."""
        marked = {name for name, namespace in self._namespaces.items() if namespace.marked_asleep}
        candidates = set(self._namespaces) if self._defaults else set()
        return frozenset(self._schedules) | marked | candidates

    @property
    def with_schedules(self) -> frozenset[str]:
        """Every namespace that has an EnvSchedule."""
        return frozenset(self._schedules)

    @property
    def with_askers(self) -> frozenset[str]:
        """Every namespace with an EnvSchedule that has an override of somebody's."""
        return frozenset(
            name
            for name, there in self._schedules.items()
            for known in there.values()
            if known.schedule is not None
            and known.schedule.spec.override is not None
            and known.schedule.spec.override.by
        )

    def states(self) -> Counter[State]:
        """How many envs are in each state."""
        everything = (known.status.state for there in self._schedules.values() for known in there.values())
        return Counter(state for state in everything if state is not None)

    def in_line(self) -> tuple[WakeQueuePlace, ...]:
        """The places in the line to wake that envs were told."""
        everything = (known.status.wake_queue for there in self._schedules.values() for known in there.values())
        return tuple(place for place in everything if place is not None)

    def savings(self) -> Savings:
        """What sleep has saved so far in all of them."""
        everything = (known.status.savings for there in self._schedules.values() for known in there.values())
        saved = [one for one in everything if one is not None]
        return Savings(
            asleep_hours=sum(one.asleep_hours for one in saved),
            cpu_hours=sum(one.cpu_hours for one in saved),
            memory_gib_hours=sum(one.memory_gib_hours for one in saved),
        )

    def put_namespace(self, namespace: Namespace) -> frozenset[str]:
        """Take in a namespace."""
        self._told.add((namespace.name,))
        before = self._namespaces.get(namespace.name)
        if before is not None and namespace.created < before.created:
            return frozenset()  # late word of one that is gone, and has been made anew
        if before is not None and before.created == namespace.created:
            if older(namespace.resource_version, before.resource_version):
                return frozenset()
            self._namespaces[namespace.name] = namespace
            if replace(namespace, resource_version="") == replace(before, resource_version=""):
                return frozenset()
        self._namespaces[namespace.name] = namespace
        return frozenset({namespace.name})

    def drop_namespace(self, name: str, *, resource_version: str = "") -> frozenset[str]:
        """Forget a namespace that is gone, with all that was in it; not the next one of the same name.

        Namespaces and EnvSchedules come on different watches, so that the next one may have come before.
        """
        self._told.add((name,))
        before = self._namespaces.get(name)
        if before is None or not older(resource_version, before.resource_version):
            self._namespaces.pop(name, None)
        there = self._schedules.pop(name, {})
        newer = {key: one for key, one in there.items() if older(resource_version, one.metadata.resource_version)}
        if newer:
            self._schedules[name] = newer
        return frozenset()

    def put_schedule(self, known: Known) -> frozenset[str]:
        """Take in an EnvSchedule."""
        metadata = known.metadata
        self._told.add((metadata.namespace, metadata.name))
        there = self._schedules.setdefault(metadata.namespace, {})
        before = there.get(metadata.name)
        late = before is not None and older(metadata.resource_version, before.metadata.resource_version)
        if late and before is not None and known.age <= before.age:
            return frozenset()
        if before is None or before.metadata.uid != metadata.uid:
            there[metadata.name] = known
            crowd_out(there)
            return frozenset({metadata.namespace})
        self._heard(known, before.status)
        there[metadata.name] = replace(known, status=before.status)
        if _outline(known) == _outline(before):
            return frozenset()
        return frozenset({metadata.namespace})

    def drop_schedule(self, namespace: str, name: str, *, uid: str = "") -> frozenset[str]:
        """Forget an EnvSchedule that is gone; not the next one of the same name."""
        self._told.add((namespace, name))
        there = self._schedules.get(namespace, {})
        before = there.get(name)
        if before is None or (uid and before.metadata.uid != uid):
            return frozenset()
        del there[name]
        if not there:
            del self._schedules[namespace]
        return frozenset({namespace})

    def put_default(self, default: ClusterEnvSchedule) -> frozenset[str]:
        """Take in a ClusterEnvSchedule."""
        self._told.add(("", default.metadata.name))
        self._unreadable.pop(default.metadata.name, None)
        before = self._defaults.get(default.metadata.name)
        if before is not None and older(default.metadata.resource_version, before.metadata.resource_version):
            return frozenset()
        self._defaults[default.metadata.name] = default
        if before is not None and before.spec == default.spec and before.metadata.uid == default.metadata.uid:
            return frozenset()
        return frozenset(self._namespaces)

    def put_unreadable_default(self, name: str, *, uid: str) -> frozenset[str]:
        """Note that there is a ClusterEnvSchedule that cannot be read; what was known of it before still counts."""
        self._told.add(("", name))
        self._unreadable[name] = uid
        return frozenset()

    def drop_default(self, name: str, *, uid: str = "") -> frozenset[str]:
        """Forget a ClusterEnvSchedule that is gone; not the next one of the same name."""
        self._told.add(("", name))
        before = self._defaults.get(name)
        if before is not None and uid and before.metadata.uid != uid:
            return frozenset()
        gone = (self._unreadable.pop(name, None), self._defaults.pop(name, None))
        return frozenset(self._namespaces) if gone != (None, None) else frozenset()

    def said(self, namespace: str, name: str, status: EnvScheduleStatus, *, uid: str) -> None:
        """Remember the status that is being written."""
        before = self._schedules.get(namespace, {}).get(name)
        if before is not None and before.metadata.uid == uid:
            self._schedules[namespace][name] = replace(before, status=status)

    def replace_all(self, snapshot: Snapshot) -> frozenset[str]:
        """Take in a complete listing: what it does not hold is gone, although no event said so.

        What events have told since ``begin_listing`` counts more than the listing.

        Raises:
            AnotherHistory: when the listing cannot follow on what was known when it was begun.
        """
        self._versions.compare(versions(snapshot.namespaces, snapshot.schedules))
        told = frozenset(self._told)
        namespaces = {(one.name,): one for one in snapshot.namespaces}
        schedules = {(one.metadata.namespace, one.metadata.name): one for one in snapshot.schedules}
        touched: set[str] = set()
        for name in [name for name in self._namespaces if (name,) not in told and (name,) not in namespaces]:
            del self._namespaces[name]
        for name in [
            name
            for name in {**self._defaults, **self._unreadable}
            if ("", name) not in told and name not in snapshot.defaults
        ]:
            touched |= self.drop_default(name)
        for key in [(space, name) for space, there in self._schedules.items() for name in there]:
            if key not in told and key not in schedules:
                touched |= self.drop_schedule(*key)
        touched |= _all(self.put_namespace(one) for key, one in namespaces.items() if key not in told)
        touched |= _all(self.put_schedule(one) for key, one in schedules.items() if key not in told)
        return frozenset(touched)


def _outline(known: Known) -> tuple[object, ...]:
    """What of an EnvSchedule can change a decision; its status is not part of it."""
    metadata = known.metadata
    return (
        metadata.generation,
        metadata.deletion_timestamp,
        metadata.annotations.get(OWNER_ZONES),
        metadata.annotations.get(UNREACHED),
        known.generated,
        known.taken_over,
    )


def _all(parts: Iterable[frozenset[str]]) -> set[str]:
    return {name for part in parts for name in part}
