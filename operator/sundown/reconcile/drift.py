"""Drift: what sleeps, and is changed by somebody at night, has its env looked at within seconds instead of minutes (G1).

It decides nothing but when to look. What the look finds is judged as at any other look, so that fights are counted and backed
off from as always: of what is on its way, runs on, or is fought for, nothing is heard here. Pure but for the bookkeeping, of
which there is a number for each object that rests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sundown.backoff import Backoff
from sundown.cluster.heard import Heard, Place
from sundown.model.parts import Workload
from sundown.model.record import read_patch
from sundown.model.scalars import instant_or_none
from sundown.reconcile.plan import Plan
from sundown.sleepers.kinds import ReplicaKind, row_of
from sundown.sleepers.merge_patches import leaves
from sundown.sleepers.patch_kind import PatchKind

DEBOUNCE = Backoff(2.0, longest=600.0)
"""Until the look. An object that keeps changing and stays asleep all the same has its env looked at less and less often."""
_FORGOTTEN = timedelta(minutes=30)
_CLOCKS_APART = timedelta(seconds=10)
_NOWHERE: frozenset[Place] = frozenset()

Row = ReplicaKind | PatchKind
Sign = tuple[str, str, object]
"""Annotations or labels, the key, and what it is asleep: of custom resources no generation counts their changes."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """How a look left an env: ``began`` is when it was begun. ``at`` has for each path of a kind the objects by uid: the
    generation of each that rests, None for what is on its way, or is left alone. ``signs`` are those of a kind by its path.

    ``rests`` is whether nobody will look at it soon anyhow.
    """

    began: datetime
    at: Mapping[str, Mapping[str, int | None]]
    signs: Mapping[str, tuple[Sign, ...]] = field(default_factory=dict)
    rests: bool = True


@dataclass(slots=True)
class _Env:
    quiet: Quiet | None = None
    looking: bool = True
    heard: dict[tuple[str, str], tuple[str, Heard]] = field(default_factory=dict)
    due: datetime | None = None
    changed: set[str] = field(default_factory=set)
    in_vain: dict[str, tuple[int, datetime]] = field(default_factory=dict)


class Drift:
    """Compares what watches tell with how the last look left each env."""

    def __init__(self) -> None:
        self._envs: dict[str, _Env] = {}
        self._places: dict[str, frozenset[Place]] = {}

    @property
    def paths(self) -> frozenset[str]:
        """The kinds of which somebody has to tell: those of envs that rest."""
        resting = (env.quiet for env in self._envs.values() if env.quiet is not None and env.quiet.rests)
        return frozenset(path for quiet in resting for path in quiet.at)

    def places(self, path: str) -> frozenset[Place]:
        """Where an object of a kind says that it is asleep: what has to be read of it beside its generation."""
        return self._places.get(path, _NOWHERE)

    def begin(self, namespace: str) -> None:
        """A look at a sleeping env begins: what is heard from now on may be newer than what it sees."""
        self._envs.setdefault(namespace, _Env()).looking = True

    def looked(self, namespace: str, quiet: Quiet, *, now: datetime) -> datetime | None:
        """Such a look is over; answers when the next is due, where something has changed since it was begun."""
        env = self._envs.setdefault(namespace, _Env())
        resting = {uid for there in quiet.at.values() for uid, generation in there.items() if generation is not None}
        known = {uid for there in quiet.at.values() for uid in there}
        for uid in env.changed:
            if uid in resting or uid not in known:
                env.in_vain[uid] = (env.in_vain.get(uid, (0, now))[0] + 1, now)
            else:
                env.in_vain.pop(uid, None)
        for uid in [uid for uid, (_, last) in env.in_vain.items() if now - last > _FORGOTTEN]:
            del env.in_vain[uid]
        meanwhile, env.heard = env.heard, {}
        if env.quiet is not None and env.quiet.rests:
            # One that is woken for a moment will rest again: to end all watches and begin them anew costs more than to go on.
            quiet = replace(quiet, rests=True)
        for path, signs in quiet.signs.items():
            self._places[path] = self.places(path) | {(where, key) for where, key, _ in signs}
        env.quiet, env.looking, env.due, env.changed = quiet, False, None, set()
        due = [self._judged(env, path, kind, told, now=now) for (path, _), (kind, told) in meanwhile.items()]
        return min((at for at in due if at is not None), default=None)

    def told(self, path: str, kind: str, heard: Heard, *, now: datetime) -> datetime | None:
        """Take in what a watch tells (``kind`` is its word for it); answers when the env is to be looked at, None for never."""
        env = self._envs.get(heard.namespace)
        if env is None:
            return None
        if env.looking:
            if kind == "DELETED":
                env.heard.pop((path, heard.uid), None)
                return None
            first = env.heard.get((path, heard.uid), (kind, heard))[0]
            env.heard[path, heard.uid] = (first, heard)
            return None
        return self._judged(env, path, kind, heard, now=now)

    def suspects(self, namespace: str) -> frozenset[str]:
        """The uids of what rested at the last look at an env, and of what was heard of since: what of it runs was woken, or made."""
        env = self._envs.get(namespace)
        if env is None or env.quiet is None:
            return frozenset()
        there = env.quiet.at.values()
        return frozenset(uid for kind in there for uid, at in kind.items() if at is not None) | env.changed

    def forget(self, namespace: str) -> None:
        """Nobody is to sleep there."""
        self._envs.pop(namespace, None)

    def _judged(self, env: _Env, path: str, kind: str, heard: Heard, *, now: datetime) -> datetime | None:
        if env.quiet is None or kind == "DELETED" or heard.uid in env.changed:
            return None
        if not is_drift(env.quiet, path, kind, heard):
            return None
        env.changed.add(heard.uid)
        due = now + DEBOUNCE.span(env.in_vain.get(heard.uid, (0, now))[0] + 1)
        if env.due is not None and env.due <= due:
            return None
        env.due = due
        return due


def is_drift(quiet: Quiet, path: str, kind: str, heard: Heard) -> bool:
    """Whether an object is different from how a look left it, or has been made since."""
    there = quiet.at.get(path)
    if there is None:
        return False
    if heard.uid not in there:
        # What was there already is of no interest to its row; a watch tells of all that there is when it begins.
        made = instant_or_none(heard.creation_timestamp)
        return kind == "ADDED" and made is not None and made >= quiet.began - _CLOCKS_APART
    generation = there[heard.uid]
    if generation is None:
        return False
    signs = quiet.signs.get(path, ())
    return heard.generation > generation or any(heard.value(where, key) != value for where, key, value in signs)


def left_by(
    the_plan: Plan, workloads: Iterable[Workload], rows: Iterable[Row], *, began: datetime, rests: bool
) -> Quiet:
    """How a look leaves an env, of which these rows were listed."""
    listed = tuple(rows)
    moving = {step.part.title for step in the_plan.to_come} | {one.part.title for one in the_plan.fought}
    at: dict[str, dict[str, int | None]] = {row.collection(): {} for row in listed}
    for one in workloads:
        there = at.get(row_of(one).collection())
        if there is not None:
            there[one.uid] = one.generation if one.replicas == 0 and one.title not in moving else None
    signs = {row.collection(): found for row in listed if isinstance(row, PatchKind) and (found := _signs(row))}
    return Quiet(began, at, signs, rests=rests)


def _signs(row: PatchKind) -> tuple[Sign, ...]:
    paths = ((path, value) for path, value in leaves(read_patch(row.patch) or {}) if path[0] == "metadata")
    return tuple((path[1], path[2], value) for path, value in paths if len(path) == 3)
