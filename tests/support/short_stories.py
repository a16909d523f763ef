"""Every story of a few deeds that befalls one workload, beside another that only sleeps and wakes.

Chance seldom finds the five deeds in a row that lose a count. There are not too many such stories to try them all, as long as
of those that come to the same only one is continued.
"""

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sundown.model.parts import Step
from sundown.model.record import Record
from sundown.reconcile.part_verdict import Goal
from support.counted_env import KEYS, MARKS, Env
from support.counting_api_server import Key

Deed = Callable[[Env], None]
Story = tuple[str, ...]

WEB, API, DB = KEYS
_STATE = ("server", "given", "pending", "old", "second_place", "unseen", "seen", "backup")
_IDS = re.compile(r"uid-[0-9]+|main:[0-9]+")
_MOMENTS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")


def _write(key: Key) -> Deed:
    def deed(env: Env) -> None:
        for number, (_, step) in enumerate(env.pending):
            if (step.workload.kind, step.workload.name) == key:
                return env.write(number)
        return None

    return deed


DEEDS: Mapping[str, Deed] = {
    "scale to 0": lambda env: env.scale(WEB, 0),
    "scale to 1": lambda env: env.scale(WEB, 1),
    "scale to 2": lambda env: env.scale(WEB, 2),
    "replace by 0": lambda env: env.replace(WEB, 0),
    "replace by 2": lambda env: env.replace(WEB, 2),
    "set image": lambda env: env.set_image(WEB),
    "undo to the first": lambda env: env.undo(WEB, 0),
    "undo to the second": lambda env: env.undo(WEB, 1),
    "strip": lambda env: env.strip(WEB, MARKS),
    "strip the record": lambda env: env.strip(WEB, MARKS[:1]),
    "strip the mark": lambda env: env.strip(WEB, MARKS[1:]),
    "strip the namespace": lambda env: env.strip_the_namespace(),
    "record 3": lambda env: env.edit_the_record(WEB, 3),
    "record 0": lambda env: env.edit_the_record(WEB, 0),
    "plan to sleep": lambda env: env.visit("Asleep", 0),
    "plan to wake": lambda env: env.visit("Awake", 0),
    "sleep": lambda env: env.visit("Asleep", len(KEYS)),
    "wake": lambda env: env.visit("Awake", len(KEYS)),
    "write it": _write(WEB),
    "write the other": _write(DB),
    "kill": lambda env: env.kill(),
}
SELDOM: Mapping[str, Deed] = {
    "kill between two writes": lambda env: env.kill_between_two_writes() if env.pending else None,
    "make anew with 1": lambda env: env.create(WEB, 1),
    "make anew with 0": lambda env: env.create(WEB, 0),
    "exclude": lambda env: env.exclude(WEB, "true"),
    "include": lambda env: env.exclude(WEB, None),
    "remake the schedule": lambda env: env.remake_the_schedule(),
    "back up": lambda env: env.back_up(),
    "restore": lambda env: env.restore(),
}


def begun(*, earlier_version: bool) -> Env:
    """An env in which nothing has happened yet."""
    env = Env()
    env.there_is_something(replicas=(1, 1, 1), earlier_version=earlier_version)
    env.delete(API)
    return env


def told(env: Env, story: Story) -> Env:
    """The env after what a story tells."""
    for name in story:
        {**DEEDS, **SELDOM}[name](env)
    return env


def losing(start: Env, deeds: Mapping[str, Deed], *, length: int) -> Iterator[Story]:
    """The stories of at most so many deeds after which a count is not what its owner gave it last."""
    known = {_print_of(start)}
    latest: list[tuple[Story, Env]] = [((), start)]
    for _ in range(length):
        before, latest = latest, []
        for story, env in before:
            for name, deed in deeds.items():
                after, longer = _copy_of(env), (*story, name)
                deed(after)
                if (found := _print_of(after)) in known:
                    continue
                known.add(found)
                if is_kept(after):
                    latest.append((longer, after))
                else:
                    yield longer


def is_kept(env: Env) -> bool:
    """Whether the promise is."""
    try:
        env.waking_gives_every_owner_the_count_they_gave_last()
        env.sleep_takes_all_and_forgets_nothing()
    except AssertionError:
        return False
    return True


def _copy_of(env: Env) -> Env:
    copied = Env()
    vars(copied).update(copy.deepcopy({name: vars(env)[name] for name in _STATE}))
    return copied


def _print_of(env: Env) -> int:
    """The same for envs that come to the same: uids and moments have no meaning but whose is whose, and which is later."""
    server, status = env.server, env.server.status
    objects = [
        (key, one["spec"], one["metadata"]["uid"], one["metadata"]["annotations"], one["metadata"]["managedFields"])
        for key, one in sorted(server.objects.items())
    ]
    seen = sorted(key for key, generation in env.seen.items() if generation == _generation(env, key))
    backup = (env.backup[0].state, env.backup[1]) if env.backup is not None else None
    beside = (status.state, status.asleep_since, status.outdated, len(status.history) > 0, server.space)
    known = (_records(env, status.records), sorted(env.given.items()), sorted(env.old.items()))
    pending = [_pending(env, goal, step) for goal, step in env.pending]
    told = repr((objects, beside, known, pending, env.second_place, sorted(env.unseen), seen, backup))
    for number, moment in enumerate(sorted(set(_MOMENTS.findall(told)))):
        told = told.replace(moment, f"moment {number}")
    names: dict[str, str] = {}
    return hash(_IDS.sub(lambda found: names.setdefault(found[0], f"name {len(names)}"), told))


def _records(env: Env, records: Iterable[Record]) -> list[Record]:
    """Of a generation it matters whether it still is the present one."""
    now = {(one.kind, one.uid): one.generation for one in env.server.all()}
    return [
        replace(one, generation=1 + (one.generation == now.get((one.kind, one.uid))))
        if one.generation is not None
        else one
        for one in records
    ]


def _pending(env: Env, goal: Goal, step: Step) -> tuple[Any, ...]:
    memory, found = goal.memory, step.workload
    is_current = any(
        one.uid == found.uid and one.resource_version == found.resource_version for one in env.server.all()
    )
    known = (_records(env, memory.records.values()), memory.sleep, memory.outdated, memory.unmarked, memory.at_rest)
    return (
        found.uid,
        step.action,
        step.replicas,
        step.restoring,
        step.edition,
        is_current,
        goal.wanted,
        goal.sleep,
        known,
    )


def _generation(env: Env, key: Key) -> int | None:
    return env.server.look(key).generation if key in env.server.objects else None
