"""A life as ``schedule`` judges it, and as the oracle lives it."""

from datetime import datetime

from sundown.model.base import parse
from sundown.model.spec import EnvScheduleSpec
from sundown.schedule.decision import Circumstances, decide, turns
from support.schedule.lives import Life
from support.schedule.oracle import Oracle


def judged(life: Life) -> list[tuple[datetime, str]]:
    spec = parse(EnvScheduleSpec, life.spec)
    circumstances = Circumstances(active_since=life.active_since, zones=tuple(life.zones))
    decision = decide(spec, circumstances, life.start)
    return [
        (life.start, decision.state),
        *((turn.at, turn.to) for turn in turns(spec, circumstances, start=life.start, until=life.until)),
    ]


def lived(life: Life) -> list[tuple[datetime, str]]:
    oracle = Oracle(life.spec, zones=life.zones, active_since=life.active_since)
    return list(oracle.live(life.start, life.until))
