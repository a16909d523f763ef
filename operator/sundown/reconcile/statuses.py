"""Writes statuses behind the workloads: of several that an env is given in a row, only the last is sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import structlog

from sundown.backoff import Backoff
from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Conflict, Missing, Refused
from sundown.cluster.gate import Gate, Urgency
from sundown.model.resources import EnvScheduleStatus

log = structlog.get_logger(__name__)

_AGAIN = Backoff(0.5, longest=30.0)
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
    status: EnvScheduleStatus
    before: EnvScheduleStatus


class StatusWriter:
    """One write at a time for each EnvSchedule, repeated while the API server is away or does not allow it."""

    def __init__(self, cluster: Cluster, gate: Gate) -> None:
        self._cluster = cluster
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
        self._post(address, _Letter(status, waiting.before if waiting is not None else before))

    def carry(
        self, namespace: str, name: str, *, uid: str, status: EnvScheduleStatus, before: EnvScheduleStatus
    ) -> None:
        """The same for what is not worth a write of its own: it goes with the next that is offered."""
        address = _Address(namespace, name, uid)
        places = self._letters if address in self._letters else self._unsent
        waiting = places.get(address)
        places[address] = _Letter(status, waiting.before if waiting is not None else before)

    async def acknowledged(self, namespace: str, name: str, *, uid: str, status: EnvScheduleStatus) -> None:
        """Return when this status, which was offered last, stands in the API server.

        It goes before the writes to workloads, because they wait for it.

        Raises:
            ApiError: when it could not be written now; it is tried again all the same. Refused: also where the API server
                takes it and drops what has to be kept.
        """
        address = _Address(namespace, name, uid)
        async with self._gate.slot(Urgency.HOLD, whose=namespace), self._turn(address):
            letter = self._letters.pop(address, None) or self._unsent.pop(address, None)
            if letter is None:
                return
            try:
                await self._send(address, _Letter(status, letter.before), check=not self._keeps_records)
            except Refused:
                self._put_back(address, letter)
                raise
            except (Missing, Conflict):
                raise
            except ApiError:
                self._post_again(address, letter)
                raise

    async def close(self, *, at_most: float) -> None:
        """Wait up to so many seconds until everything that was offered is written, and give up the rest."""
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
        self._post(address, _Letter(later.status, letter.before))

    def _put_back(self, address: _Address, letter: _Letter) -> None:
        later = self._letters.get(address)
        if later is not None:
            self._letters[address] = _Letter(later.status, letter.before)
        else:
            later = self._unsent.get(address, letter)
            self._unsent[address] = _Letter(later.status, letter.before)

    async def _send(self, address: _Address, letter: _Letter, *, check: bool = False) -> None:
        body = status_patch(letter.before, letter.status)
        if not body:
            return
        path = f"{paths.env_schedule(address.namespace, address.name)}/status"
        patch = {"metadata": {"uid": address.uid}, "status": body}
        if not (check and body.get("records")):
            await self._cluster.merge_patch(path, patch)
            return
        kept = (await self._cluster.merge_patch(path, patch, whole=True)).get("status", {})
        dropped = next((field for field in _RELIED_ON if body.get(field) and not kept.get(field)), None)
        if dropped is not None:
            raise Refused(_OLD_SCHEMA.format(field=dropped))
        self._keeps_records = True


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
