"""Writes statuses behind the workloads: of several that an env is given in a row, only the last is sent."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

import structlog

from sundown.backoff import Backoff
from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.contenders import SOMEBODY, last_writer
from sundown.cluster.echoes import Made, unheard
from sundown.cluster.errors import ApiError, Conflict, Missing, Refused
from sundown.cluster.gate import Gate, Urgency
from sundown.cluster.history import older
from sundown.model.env import Known
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.disputes import Disputes
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

_AGAIN = Backoff(0.5, longest=30.0)
_VERSIONS = 8
_REPAIRED_AFTER = timedelta(seconds=5)
"""Not at once: where etcd was restored, what stands there is the truth, and that is found out meanwhile."""
_LATELY = timedelta(minutes=10)
_OLD_SCHEMA = (
    "the EnvSchedule CRD of this cluster is of an earlier version and drops status.{field}; "
    "kubectl apply --server-side -k crds brings it up to date"
)
_RELIED_ON = ("records", "asleepSince")
"""Fields that have to be kept, because workloads are put to sleep on the strength of them."""


@dataclass(frozen=True, slots=True)
class _Address:
    namespace: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class _Letter:
    """``again`` says that somebody has changed what stood there."""

    status: EnvScheduleStatus
    before: EnvScheduleStatus
    again: bool = False


@dataclass(slots=True)
class _Heard:
    """Which versions of an EnvSchedule our own writes made, or say the same, and which came by that were not known to."""

    ours: deque[str] = field(default_factory=lambda: deque(maxlen=_VERSIONS))
    others: deque[str] = field(default_factory=lambda: deque(maxlen=_VERSIONS))


def _nobody(_: Iterable[str]) -> None:
    """Who need not be told."""


class StatusWriter:
    """One write at a time for each EnvSchedule, repeated while the API server is away or does not allow it.

    What somebody else makes of a status is written again; less and less often where they do so again and again.
    """

    def __init__(
        self,
        cluster: Cluster,
        gate: Gate,
        clock: Clock,
        *,
        fought: Callable[[Iterable[str]], None] = _nobody,
        made: Made = unheard,
    ) -> None:
        """``fought`` is called with the namespaces in which somebody has turned out to do so.

        ``made`` is called with kind and version of what comes of a write, unless a watch has told of it before.
        """
        self._cluster = cluster
        self._clock = clock
        self._fought = fought
        self._made = made
        self._heard: dict[_Address, _Heard] = {}
        self._disputes: Disputes[_Address] = Disputes()
        self._repairs: dict[_Address, asyncio.Task[None]] = {}
        self._not_kept: set[str] = set()
        self._gate = gate
        self._letters: dict[_Address, _Letter] = {}
        self._unsent: dict[_Address, _Letter] = {}
        self._keeps_records = False
        self._turns: WeakValueDictionary[_Address, asyncio.Lock] = WeakValueDictionary()
        self._tasks: dict[_Address, asyncio.Task[None]] = {}

    def offer(
        self, namespace: str, name: str, *, uid: str, status: EnvScheduleStatus, before: EnvScheduleStatus
    ) -> None:
        """Have a status written as soon as no workload waits; ``before`` is what was said of this very object last."""
        address = _Address(namespace, name, uid)
        waiting = self._letters.get(address) or self._unsent.pop(address, None)
        self._post(address, replace(waiting, status=status) if waiting is not None else _Letter(status, before))

    def carry(
        self, namespace: str, name: str, *, uid: str, status: EnvScheduleStatus, before: EnvScheduleStatus
    ) -> None:
        """The same for what is not worth a write of its own: it goes with the next that is offered."""
        address = _Address(namespace, name, uid)
        places = self._letters if address in self._letters else self._unsent
        waiting = places.get(address)
        places[address] = replace(waiting, status=status) if waiting is not None else _Letter(status, before)

    async def acknowledged(self, namespace: str, name: str, *, uid: str, status: EnvScheduleStatus) -> None:
        """Return when this status, which was offered last, stands in the API server.

        It goes before the writes to workloads, because they wait for it.

        Raises:
            ApiError: when it could not be written now; it is tried again all the same. Refused: also where the API server
                takes it and drops what has to be kept.
        """
        address = _Address(namespace, name, uid)
        async with self._gate.slot(Urgency.RECORD, whose=namespace), self._turn(address):
            letter = self._letters.pop(address, None) or self._unsent.pop(address, None)
            if letter is None:
                return
            try:
                await self._send(address, replace(letter, status=status), check=not self._keeps_records)
            except Refused:
                self._put_back(address, letter)
                raise
            except (Missing, Conflict):
                raise
            except ApiError:
                self._post_again(address, letter)
                raise

    def heard(self, known: Known, said: EnvScheduleStatus) -> None:
        """An EnvSchedule as the API server has it came by; ``said`` is what was said of it last.

        Where its status is neither that nor on its way there, somebody else has changed it, and it is written again.
        """
        metadata = known.metadata
        address = _Address(metadata.namespace, metadata.name, metadata.uid)
        one = self._heard.setdefault(address, _Heard())
        if metadata.resource_version not in one.ours:
            one.others.append(metadata.resource_version)
        under_way = address in self._letters or self._turn(address).locked()
        if not one.others or under_way or (one.ours and older(metadata.resource_version, one.ours[-1])):
            return
        one.others.clear()
        unsent = self._unsent.get(address)
        if not self._differs(known.status, unsent.before if unsent is not None else said):
            self._disputes.settle(address, now=self._clock.now())
            one.ours.append(metadata.resource_version)
            return
        log.warning("status-changed-by-others", namespace=metadata.namespace, name=metadata.name)
        self._unsent[address] = _Letter(unsent.status if unsent is not None else said, known.status, again=True)
        if address not in self._repairs:
            name = f"repair of {metadata.namespace}/{metadata.name}"
            self._repairs[address] = asyncio.create_task(self._repair(address), name=name)

    def fought_by(self, known: Known) -> str | None:
        """Who changes a status again and again, None where nobody does."""
        return self._disputes.by(_Address(known.metadata.namespace, known.metadata.name, known.metadata.uid))

    def forget(self, known: Known) -> None:
        """An EnvSchedule is gone."""
        address = _Address(known.metadata.namespace, known.metadata.name, known.metadata.uid)
        self._heard.pop(address, None)
        self._disputes.forget(address)

    async def close(self, *, at_most: float) -> None:
        """Wait up to so many seconds until everything that was offered is written, and give up the rest."""
        for task in self._repairs.values():
            task.cancel()
        await asyncio.gather(*self._repairs.values(), return_exceptions=True)
        if self._tasks:
            _, late = await asyncio.wait(list(self._tasks.values()), timeout=at_most)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _deliver(self, address: _Address) -> None:
        failures = 0
        try:
            while address in self._letters:
                async with self._gate.slot(Urgency.STATUS, whose=address.namespace), self._turn(address):
                    letter = self._letters.pop(address, None)
                    if letter is None:
                        continue
                    try:
                        await self._send(address, letter)
                        failures = 0
                        continue
                    except (Missing, Conflict):
                        # The object is gone; another of its name may be there, of which this is not true.
                        continue
                    except Refused as error:
                        # The same again would be refused again. What is said next has to start from what stands there.
                        log.error("status-refused", namespace=address.namespace, name=address.name, error=str(error))
                        self._put_back(address, letter)
                        continue
                    except ApiError as error:
                        log.warning("status-delayed", namespace=address.namespace, name=address.name, error=str(error))
                        self._post_again(address, letter)
                failures += 1
                await asyncio.sleep(_AGAIN.after(failures))
        finally:
            del self._tasks[address]

    def _differs(self, there: EnvScheduleStatus, said: EnvScheduleStatus) -> bool:
        return there != said and bool(status_patch(there, said).keys() - self._not_kept)

    async def _repair(self, address: _Address) -> None:
        try:
            pause = self._disputes.pause(address, now=self._clock.now())
            await asyncio.sleep(max(pause, _REPAIRED_AFTER).total_seconds())
        finally:
            del self._repairs[address]
        letter = self._unsent.pop(address, None)
        if letter is not None:
            self._post(address, letter)

    async def _count(self, address: _Address) -> None:
        """Note that a status was written again, and who it is that changes it once that has been too often."""
        now = self._clock.now()
        if not self._disputes.written(address, now=now):
            return
        try:
            raw = await self._cluster.get(paths.env_schedule(address.namespace, address.name))
            by = last_writer(raw, since=now - _LATELY, subresource="status")
        except ApiError:
            by = SOMEBODY
        self._disputes.name(address, by)
        self._fought([address.namespace])

    def _turn(self, address: _Address) -> asyncio.Lock:
        """One write at a time for each EnvSchedule, whoever sends it."""
        return self._turns.setdefault(address, asyncio.Lock())

    def _post(self, address: _Address, letter: _Letter) -> None:
        self._letters[address] = letter
        if address not in self._tasks:
            name = f"status of {address.namespace}/{address.name}"
            self._tasks[address] = asyncio.create_task(self._deliver(address), name=name)

    def _post_again(self, address: _Address, letter: _Letter) -> None:
        """Of what was not written the last word is sent, as a change from what stands there."""
        later = self._letters.get(address) or self._unsent.pop(address, letter)
        self._post(address, replace(letter, status=later.status))

    def _put_back(self, address: _Address, letter: _Letter) -> None:
        later = self._letters.get(address)
        if later is not None:
            self._letters[address] = replace(letter, status=later.status)
        else:
            later = self._unsent.get(address, letter)
            self._unsent[address] = replace(letter, status=later.status)

    async def _send(self, address: _Address, letter: _Letter, *, check: bool = False) -> None:
        body = status_patch(letter.before, letter.status)
        if not body:
            return
        path = f"{paths.env_schedule(address.namespace, address.name)}/status"
        patch = {"metadata": {"uid": address.uid}, "status": body}
        check = check and bool(body.get("records"))
        reply = await self._cluster.merge_patch(path, patch, whole=check or letter.again)
        heard = self._heard.setdefault(address, _Heard())
        version = reply.get("metadata", {}).get("resourceVersion", "")
        heard.ours.append(version)
        if version in heard.others:
            heard.others.remove(version)  # the watch was faster than the reply
        else:
            self._made("EnvSchedule", version)
        kept = reply.get("status", {})
        if check:
            dropped = next((name for name in _RELIED_ON if body.get(name) and not kept.get(name)), None)
            if dropped is not None:
                raise Refused(_OLD_SCHEMA.format(field=dropped))
            self._keeps_records = True
        if letter.again:
            # What does not come out as it goes in is changed by nobody: the CRD is of another version.
            meant = _plain(letter.status)
            self._not_kept |= {name for name in body if kept.get(name) != meant.get(name)}
            await self._count(address)


def status_patch(before: EnvScheduleStatus, after: EnvScheduleStatus) -> dict[str, Any]:
    """The merge patch from one status to the other: the fields that differ, null for those that went away."""
    old, new = _plain(before), _plain(after)
    return {key: new.get(key) for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)} | {
        key: _nulls(old[key], new[key])
        for key in old.keys() & new.keys()
        if old[key] != new[key] and isinstance(old[key], dict) and isinstance(new[key], dict)
    }


def _nulls(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {**dict.fromkeys(old.keys() - new.keys()), **new}


def _plain(status: EnvScheduleStatus) -> dict[str, Any]:
    return status.model_dump(mode="json", exclude_none=True)
