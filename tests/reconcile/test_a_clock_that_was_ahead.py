"""Both records of a night are gone, and the operator's clock was wrong in the evening: it is said all the same (fault W3)."""

from datetime import datetime, timedelta

import pytest

from sundown.model.parts import Owner, Workload
from sundown.model.record import sleep_id
from sundown.model.resources import EnvScheduleStatus, HistoryEntry
from sundown.reconcile.memory import GONE, Memory, believed, recall
from support.samples import NOW, env, known, planned, workload

EVENING = NOW
MORNING = EVENING - timedelta(hours=10)
AHEAD = [
    timedelta(0),
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=9),
    timedelta(days=3),
    timedelta(hours=-1),
]


def zero(written: datetime) -> Workload:
    """A Deployment at 0 that Sundown wrote at a moment of the API server's, with nothing on it."""
    ours = Owner(
        "sundown-operator", applies=False, fields=frozenset({"replicas"}), time=f"{written:%Y-%m-%dT%H:%M:%SZ}"
    )
    return workload("web", 0, owners=(ours,))


def night(ahead: timedelta, *, woken: datetime | None = MORNING) -> Memory:
    """What is remembered of the sleep that began in the evening by a clock that was so far ahead."""
    history: tuple[HistoryEntry, ...] = (HistoryEntry(at=EVENING + ahead, to="Asleep"),)
    if woken is not None:
        history += (HistoryEntry(at=woken, to="Awake"), HistoryEntry(at=woken - timedelta(hours=14), to="Asleep"))
    status = EnvScheduleStatus(state="Asleep", asleep_since=sleep_id(EVENING + ahead), history=history)
    schedule = known(status=status, creation_timestamp=MORNING - timedelta(days=30 if woken is not None else 0))
    return recall(env(schedule), schedule)


@pytest.mark.parametrize("ahead", AHEAD)
@pytest.mark.parametrize("woken", [MORNING, None], ids=["as every night", "in its first night"])
def test_a_zero_that_nobody_knows_a_count_of_is_named(ahead: timedelta, woken: datetime | None) -> None:
    """W3: with an hour it was awake at 0, and nothing was said."""
    remembered = night(ahead, woken=woken)
    assert believed(zero(EVENING), remembered).doubt == GONE
    assert planned("Awake", zero(EVENING), memory=remembered).unknown == ("Deployment/web",)


@pytest.mark.parametrize("ahead", AHEAD)
@pytest.mark.parametrize("before", [timedelta(0), timedelta(minutes=1), timedelta(days=7)])
def test_one_that_was_woken_to_zero_some_morning_is_its_owners_wish(ahead: timedelta, before: timedelta) -> None:
    """W4: its record said so."""
    assert believed(zero(MORNING - before), night(ahead)).doubt is None


def test_one_of_before_the_schedule_is_its_owners_wish() -> None:
    assert believed(zero(MORNING - timedelta(days=1)), night(timedelta(hours=1), woken=None)).doubt is None
