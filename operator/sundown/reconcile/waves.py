"""In which order the parts of an env change: wave after wave, each where it should be before the next begins. Pure.

Waking goes up the numbers, falling asleep down. A wave that does not get there holds the others up until its time is
over, and no longer: one unhealthy part must not keep a whole env from waking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from sundown.aws import tags
from sundown.errors import Mistake
from sundown.model.cloud import CloudPart
from sundown.model.parts import QUIET, Part, Step, Workload
from sundown.model.resources import WAVE
from sundown.reconcile.part_verdict import Goal, Standing, shortened
from sundown.sleepers.kinds import row_of

_DATABASES = {"RDSInstance": 0, "AuroraCluster": 0}
THE_REST = 30
"""Who is called wakes before who calls; what neither stands here nor in the table of kinds comes last."""
FURTHEST = 1000

_INTEGER = re.compile(r"[+-]?[0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class Wave:
    """The parts of one wave that are not where they should be: what is changed, and what can only be waited for.

    ``number`` is None for those that wait for nobody, and nobody for them. ``released`` says that it is their turn,
    ``until`` (UTC) is when the others stop waiting for them, and ``time_is_up`` that this is past.
    """

    number: int | None
    steps: tuple[Step, ...]
    hanging: tuple[Part, ...]
    until: datetime
    released: bool
    time_is_up: bool

    @property
    def done(self) -> bool:
        """Whether nobody has to wait for it: what only has its record changed is where it should be."""
        return not self.hanging and all(step.action in QUIET for step in self.steps)

    @property
    def late(self) -> bool:
        """Whether it is not done although its time is over."""
        return self.time_is_up and not self.done

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the parts that are waited for."""
        # What somebody scaled anew in the middle of it is still to be written, and hangs on nothing but that.
        parts = self.hanging or tuple(step.part for step in self.steps if step.action not in QUIET)
        return tuple(part.title for part in parts)

    def __str__(self) -> str:
        name = "at once" if self.number is None else f"wave {self.number}"
        return f"{name}: {', '.join((*map(str, self.steps), *(f'wait for {part.title}' for part in self.hanging)))}"


def arrange(goal: Goal, standings: Iterable[Standing]) -> tuple[Wave, ...]:
    """The waves that are not done, in order.

    The n-th wave has until the beginning of the transition and n times the time-out. Waves in which everything is where
    it should be count too: or the limits would move as the transition goes on.
    """
    apart: list[Standing] = []
    quiet: list[Step] = []
    members: dict[int, list[Standing]] = {}
    for one in standings:
        if one.step is not None and one.step.action in QUIET:
            quiet.append(one.step)
        if one.selected and one.refused is None and one.fought is None:
            members.setdefault(wave_of(one.part)[0], []).append(one)
        else:
            apart.append(one)
    at_once = _wave(goal, None, apart, until=goal.began + goal.timeout, released=True)
    waves = [replace(at_once, steps=(*at_once.steps, *quiet))]
    released = True
    for place, number in enumerate(sorted(members, reverse=goal.wanted == "Asleep"), start=1):
        until = goal.began + place * goal.timeout
        waves.append(_wave(goal, number, members[number], until=until, released=released))
        released = released and (waves[-1].done or waves[-1].late)
    return tuple(wave for wave in waves if wave.steps or wave.hanging)


def _wave(goal: Goal, number: int | None, members: list[Standing], *, until: datetime, released: bool) -> Wave:
    steps = tuple(one.step for one in members if one.step is not None and one.step.action not in QUIET)
    hanging = tuple(one.part for one in members if one.hangs)
    return Wave(number, steps, hanging, until=until, released=released, time_is_up=goal.now >= until)


def wave_of(part: Part) -> tuple[int, Mistake | None]:
    """The wave that a part belongs to, and what is wrong with what its owner wrote; then its kind's usual one counts."""
    usual = usual_wave(part)
    if part.wave is None:
        return usual, None
    number = _number(part.wave)
    if number is not None:
        return number, None
    where = f"tag {tags.WAVE}" if isinstance(part, CloudPart) else f"annotation {WAVE}"
    return usual, Mistake(
        f"{part.title}: {where}",
        f'must be a whole number from -{FURTHEST} to {FURTHEST}, got "{shortened(part.wave)}"; it counts as {usual}',
    )


def usual_wave(part: Part) -> int:
    """The wave of a part whose owner says nothing."""
    return row_of(part).wave if isinstance(part, Workload) else _DATABASES.get(part.kind, THE_REST)


@lru_cache(maxsize=256)
def _number(written: str) -> int | None:
    text = written.strip()
    return int(text) if _INTEGER.fullmatch(text) and abs(int(text)) <= FURTHEST else None
