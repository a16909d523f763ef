"""The line in which envs wait to wake, where so many pods a minute may start over the whole cluster. Pure: told the time.

Everything that is asked for stands in it and is granted in order, whoever comes to ask: an env that is slow to come back
takes nothing from the others, and one that hangs in a wave has nothing in it. Who was asked for by a person goes first, then
who began first; an env that has had a minute's worth goes behind those that have not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from sundown.model.resources import WakeQueuePlace

_AHEAD = timedelta(seconds=5)
"""So much is granted at once after a pause: a twelfth of a minute, so that no minute sees more than a tenth above the limit, what
comes a moment later than it was granted and a workload that was begun included."""
_NEAR = timedelta(seconds=30)
_FAR = timedelta(minutes=5)
"""So old a place that was said is at most. Nor does the line stand longer for what a process before had granted: its clock, or
whoever else wrote that status, may have been ahead."""


@dataclass(frozen=True, slots=True)
class Load:
    """What starts with one workload, by its uid: so many pods, and the cores that they request together."""

    uid: str
    pods: int
    cpu: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of an env is not to be woken yet, by uid; which place in the line it has; and when its turn is expected (UTC)."""

    uids: frozenset[str]
    place: WakeQueuePlace

    def look(self, now: datetime) -> datetime:
        """When to come again: at its turn, and before then ever more often, as what was said of its place gets old."""
        ahead = self.place.at - now
        return max(self.place.at, now) if ahead <= _NEAR else now + min(ahead / 2, _FAR)


class _Meter:
    """So much a minute, evenly: each grant moves the moment on at which all that was granted has had its time."""

    def __init__(self, per_minute: float) -> None:
        self._each = timedelta(minutes=1) / per_minute
        self._until: datetime | None = None

    def opens(self, now: datetime) -> datetime:
        """When something may be granted."""
        return now if self._until is None else max(now, self._until - _AHEAD)

    def takes(self, amount: float) -> timedelta:
        """How long the line stands for it."""
        return self._each * amount

    def begin(self, at: datetime) -> None:
        """Grant nothing before then, and nothing ahead after it."""
        self._until = at + _AHEAD

    def take(self, amount: float, now: datetime) -> None:
        """Grant it; what is more than may go at once is paid for by whoever comes after."""
        self._until = max(self._until or now, now) + self.takes(amount)


@dataclass(slots=True)
class _Env:
    name: str
    late: bool
    began: datetime
    wanted: tuple[Load, ...] = ()
    granted: set[str] = field(default_factory=set)
    had: float = 0.0

    @property
    def missing(self) -> tuple[Load, ...]:
        return tuple(load for load in self.wanted if load.uid not in self.granted)


@dataclass(slots=True)
class _Waited:
    """How long an env has stood in line: what is over, and since when it stands there."""

    before: timedelta = timedelta()
    since: datetime | None = None

    def note(self, *, waits: bool, now: datetime) -> None:
        self.before = self.until(now)
        self.since = now if waits else None

    def until(self, now: datetime) -> timedelta:
        return self.before + (now - self.since if self.since is not None else timedelta())


class WakeQueue:
    """Who waits, and how much more may start now. Without limits everybody's turn is now.

    ``call`` is told the names of envs whose turn has come while another asked.
    """

    def __init__(
        self, *, pods_per_minute: float = 0, cpu_per_minute: float = 0, call: Callable[[Iterable[str]], None]
    ) -> None:
        limits: tuple[tuple[float, Callable[[Load], float]], ...] = (
            (pods_per_minute, lambda load: load.pods),
            (cpu_per_minute, lambda load: load.cpu),
        )
        self._meters = tuple((_Meter(limit), amount) for limit, amount in limits if limit > 0)
        self._call = call
        self._line: dict[str, _Env] = {}
        self._waited: dict[str, _Waited] = {}
        self._next: str | None = None

    @property
    def limited(self) -> bool:
        """Whether anybody has to wait at all."""
        return bool(self._meters)

    @property
    def waiting(self) -> tuple[int, int]:
        """How many envs wait, and for how many pods."""
        missing = [env.missing for env in self._line.values()]
        return sum(map(bool, missing)), sum(load.pods for loads in missing for load in loads)

    def waited(self, name: str, now: datetime) -> timedelta | None:
        """How long an env has stood in line in this transition so far; None for one that has never come."""
        waited = self._waited.get(name)
        return waited.until(now) if waited is not None else None

    def resume(self, places: Iterable[WakeQueuePlace], *, now: datetime) -> None:
        """Go on with the line of a process before, of which nothing is left but the places that its envs were told.

        What that process granted last counts on: the line opens when it was said to open for the first, at once where nobody was
        told to wait, and then evenly. Or each of many restarts would start as much as may go at once after a pause.
        """
        opens = min((place.at for place in places), default=now)
        for meter, _ in self._meters:
            meter.begin(min(max(opens, now), now + _FAR))

    def ask(self, name: str, loads: Iterable[Load], *, urgent: bool, began: datetime, now: datetime) -> Waiting | None:
        """Say what an env wants to start now, all of it; None: it may. ``urgent`` is what a person waits for.

        What was granted stays granted until it is not asked for any more.
        """
        if not self.limited:
            return None
        wanted = tuple(loads)
        if not wanted:
            self._line.pop(name, None)
            self._waited.setdefault(name, _Waited()).note(waits=False, now=now)
            return None
        env = self._line.setdefault(name, _Env(name, late=not urgent, began=began))
        env.late = env.late and not urgent
        env.wanted = wanted
        env.granted &= {load.uid for load in wanted}
        self._serve(now, asker=name)
        missing = env.missing
        self._waited.setdefault(name, _Waited()).note(waits=bool(missing), now=now)
        if not missing:
            return None
        return Waiting(frozenset(load.uid for load in missing), self._place(env, now))

    def leave(self, name: str) -> None:
        """Forget an env that does not wake any more."""
        self._waited.pop(name, None)
        if self._line.pop(name, None) is not None:
            self._tell_next(asker=name)

    def _serve(self, now: datetime, *, asker: str) -> None:
        called: dict[str, None] = {}
        while self._opens(now) <= now:
            env = self._first()
            if env is None:
                break
            load = env.missing[0]
            for meter, amount in self._meters:
                meter.take(amount(load), now)
            env.granted.add(load.uid)
            env.had += self._share(load)
            called[env.name] = None
        called.pop(asker, None)
        if called:
            self._call(called)
        self._tell_next(asker=asker)

    def _tell_next(self, *, asker: str) -> None:
        """Have whoever is next now come when the line opens: when it asked last, others were before it."""
        env = self._first()
        name = env.name if env is not None else None
        if name is not None and name not in {self._next, asker}:
            self._call((name,))
        self._next = name

    def _first(self) -> _Env | None:
        return min((one for one in self._line.values() if one.missing), key=self._key, default=None)

    def _place(self, env: _Env, now: datetime) -> WakeQueuePlace:
        ahead = [one for one in takewhile(lambda one: one is not env, self._in_order()) if one.missing]
        loads = [load for one in ahead for load in one.missing]
        at = max(meter.opens(now) + meter.takes(sum(map(amount, loads))) for meter, amount in self._meters)
        return WakeQueuePlace(position=len(ahead) + 1, at=at)

    def _in_order(self) -> list[_Env]:
        return sorted(self._line.values(), key=self._key)

    def _key(self, env: _Env) -> tuple[bool, int, datetime, str]:
        return env.late, int(env.had), env.began, env.name

    def _opens(self, now: datetime) -> datetime:
        return max((meter.opens(now) for meter, _ in self._meters), default=now)

    def _share(self, load: Load) -> float:
        """How much of a minute's worth it is."""
        return max((meter.takes(amount(load)) / timedelta(minutes=1) for meter, amount in self._meters), default=0.0)
