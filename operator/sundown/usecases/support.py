"""Support pods started, extended, stopped and listed: the same for Slack, the command line and whatever comes later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Conflict, Denied, Missing
from sundown.errors import NotFound, OutOfRange, SundownError
from sundown.model.addresses import same_person
from sundown.model.resources import API_VERSION
from sundown.model.scalars import format_duration
from sundown.model.support_pod import LONGEST_LIFE, SHORTEST_LIFE, SupportPodSpec, Wanted, ends_at
from sundown.usecases.doors import Door
from sundown.usecases.find import NotAllowed

_LOOK_EVERY = 0.2
_ANEW = 4
"""So often a change is tried that others got in the way of."""

Permit = Callable[[Wanted], Awaitable[None]]
"""Returns if somebody may do it to that one. Raises SundownError."""


class AlreadyExists(SundownError):
    """There is a support pod of that name."""

    reason = "AlreadyExists"


class NoSuchPod(NotFound):
    """There is no support pod of that name."""


class NoSuchSize(SundownError):
    """There is no size of that name."""

    reason = "NoSuchSize"


class TooMany(SundownError):
    """There are as many as there may be."""

    reason = "QuotaExceeded"


class TurnedOff(SundownError):
    """There are no support pods here."""

    reason = "TurnedOff"


OFF = "there are no support pods in this cluster: whoever runs it turns them on with deploy/components/support"


@dataclass(frozen=True, slots=True)
class Place:
    """The namespace of support pods, as one comes to it by a door."""

    cluster: Cluster
    namespace: str
    door: Door

    async def all(self) -> list[Wanted]:
        """All that there are, by name.

        Raises:
            TurnedOff, NotAllowed, ApiError
        """
        if not self.namespace:
            raise TurnedOff(OFF)
        try:
            found = await self.cluster.list_as(paths.support_pods(self.namespace), reading.support_pod)
        except ApiError as error:
            raise self._plainly(error, wish="list support pods") from error
        return sorted(found, key=lambda one: one.name)

    async def find(self, name: str) -> Wanted:
        """The one of that name.

        Raises:
            NoSuchPod, TurnedOff, NotAllowed, ApiError
        """
        for one in await self.all():
            if one.name == name:
                return one
        raise NoSuchPod(f'support pod "{name}" does not exist; `{self.door.program} support list` shows all')

    async def start(
        self,
        name: str,
        *,
        owner: str,
        size: str | None = None,
        life: timedelta | None = None,
        sizes: tuple[str, ...] = (),
        at_most: int | None = None,
        in_all: int | None = None,
        dry_run: bool = False,
    ) -> Wanted:
        """Make one; where ``sizes`` are known, of one of these, and only if its owner has fewer than ``at_most``, and
        all of them together fewer than ``in_all``.

        Where nobody knows how many, the operator has it wait.

        Raises:
            AlreadyExists, NoSuchSize, TooMany, OutOfRange, TurnedOff, NotAllowed, ApiError
        """
        if not self.namespace:
            raise TurnedOff(OFF)
        if size is not None and sizes and size not in sizes:
            raise NoSuchSize(f'there is no size "{size}"; there are {", ".join(sizes)}')
        if life is not None:
            _require_bearable(life)
        if at_most is not None or in_all is not None:
            _require_room(await self.all(), owner, at_most=at_most, in_all=in_all, program=self.door.program)
        spec = SupportPodSpec(size=size, ttl=life, owner=owner or None)
        body: dict[str, Any] = {
            "apiVersion": API_VERSION,
            "kind": "SupportPod",
            "metadata": {"name": name},
            "spec": spec.model_dump(mode="json", exclude_none=True),
        }
        params = {"fieldManager": self.door.manager, **({"dryRun": "All"} if dry_run else {})}
        try:
            return reading.support_pod(await self.cluster.create(paths.support_pods(self.namespace), body, **params))
        except Conflict as error:
            raise AlreadyExists(f'support pod "{name}" already exists: use another name') from error
        except ApiError as error:
            raise self._plainly(error, wish="start support pods") from error

    async def looked_at(self, one: Wanted, *, within: timedelta) -> Wanted:
        """The same once the operator has said something of it, or as it is after so long.

        Raises:
            NoSuchSize: it was taken away again, for none of its size can be started.
            NoSuchPod, NotAllowed, ApiError
        """
        clock = asyncio.get_running_loop().time
        until = clock() + within.total_seconds()
        while one.status.state is None and clock() < until:
            await asyncio.sleep(_LOOK_EVERY)
            one = await self.find(one.name)
        if one.status.reason == "NoSuchSize":
            await self.cluster.delete(paths.support_pod(self.namespace, one.name), uid=one.metadata.uid)
            raise NoSuchSize(one.status.message)
        return one

    async def stop(self, name: str, *, permit: Permit, dry_run: bool = False) -> Wanted:
        """Take one away, the very one that ``permit`` was asked about.

        Raises:
            NoSuchPod, TurnedOff, NotAllowed, ApiError, and what ``permit`` raises
        """
        one = await self.find(name)
        await permit(one)
        if dry_run:
            return one
        try:
            await self.cluster.delete(paths.support_pod(self.namespace, name), uid=one.metadata.uid)
        except Missing:
            pass  # somebody was faster
        except Conflict as error:
            raise NoSuchPod(f'support pod "{name}" has just been made anew by somebody: look again') from error
        except ApiError as error:
            raise self._plainly(error, wish="stop support pods") from error
        return one

    async def extend(
        self, name: str, *, span: timedelta, now: datetime, usual: timedelta, permit: Permit, dry_run: bool = False
    ) -> Wanted:
        """Have one live for ``span`` from now, if it would not live for longer anyway.

        Raises:
            NoSuchPod, OutOfRange, TurnedOff, NotAllowed, ApiError, and what ``permit`` raises
        """
        for attempt in range(_ANEW):
            one = await self.find(name)
            await permit(one)
            made, end = one.metadata.creation_timestamp or now, ends_at(one, usual=usual)
            if end is not None and end >= now + span:
                return one
            life = timedelta(seconds=round((now + span - made).total_seconds()))
            _require_bearable(life)
            meant = {"uid": one.metadata.uid, "resourceVersion": one.metadata.resource_version}
            body = {"metadata": meant, "spec": {"ttl": format_duration(life)}}
            params = {"fieldManager": self.door.manager, **({"dryRun": "All"} if dry_run else {})}
            try:
                path = paths.support_pod(self.namespace, name)
                return reading.support_pod(await self.cluster.merge_patch(path, body, whole=True, **params))
            except Conflict:
                if attempt == _ANEW - 1:
                    raise
            except Missing:
                continue  # gone since: the next look says so
            except ApiError as error:
                raise self._plainly(error, wish="extend support pods") from error
        raise NoSuchPod(f'support pod "{name}" does not exist any more')

    def exec_line(self, name: str) -> str:
        """What to type to work in it."""
        return f"kubectl exec -it {name} -n {self.namespace} -- sh"

    def _plainly(self, error: ApiError, *, wish: str) -> SundownError:
        text = str(error)
        if isinstance(error, Missing):
            return TurnedOff(OFF)
        if isinstance(error, Denied) and "exceeded quota" in text:
            return TooMany(
                f'there are as many support pods as the quota of "{self.namespace}" allows: stop one first, '
                f"`{self.door.program} support list` shows all"
            )
        if isinstance(error, Denied) and "status unknown for quota" in text:
            return TooMany(
                f'the cluster has not counted yet what the quota of "{self.namespace}" is used for: try again in a minute'
            )
        if isinstance(error, Denied) and error.status == 401:
            return NotAllowed(f"the cluster does not know you: log in again, or choose another --context ({text})")
        if isinstance(error, Denied):
            who = "you" if self.door.own_rights else "Sundown itself"
            return NotAllowed(f"{who} may not {wish}: whoever runs the cluster has to grant it ({text})")
        return error


def is_owner(one: Wanted, *names: str) -> bool:
    """Whether it was started by somebody of one of these names, letter by letter, as RBAC has them."""
    return one.owner != "" and one.owner in names


def _require_room(there: list[Wanted], owner: str, *, at_most: int | None, in_all: int | None, program: str) -> None:
    theirs = [one.name for one in there if same_person(one.owner, owner)]
    if at_most is not None and len(theirs) >= at_most:
        raise TooMany(
            f"you have {len(theirs)} support pods ({', '.join(theirs)}), and {at_most} at a time are the most: stop one first"
        )
    if in_all is not None and len(there) >= in_all:
        raise TooMany(
            f"there are {len(there)} support pods in this cluster, and {in_all} at a time are the most: stop one first, "
            f"`{program} support list` shows all"
        )


def _require_bearable(life: timedelta) -> None:
    if life > LONGEST_LIFE:
        raise OutOfRange(f"a support pod lives for {LONGEST_LIFE.days} days at most: start another one then")
    if life < SHORTEST_LIFE:
        raise OutOfRange(f"a support pod lives for {SHORTEST_LIFE.seconds // 60} minutes at least")
