"""Small samples for the tests of notices: an env that stops at 18:00, told to #dev and to ana."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sundown.frontdesk.alerts.marks import Mark, Marks
from sundown.frontdesk.alerts.notice import Close, Drop, Find, Forget, Others, Place, Plan, Post, Update
from sundown.frontdesk.alerts.plan import plan
from sundown.frontdesk.envs.snapshot import Standing
from sundown.model.resources import CloudStatus, Cost, Parts
from sundown.model.spec import Override

INSTANCE = CloudStatus(kind="EC2Instance", id="i-0abc", state="running")
DATABASE = CloudStatus(kind="RDSInstance", id="dev1-db", state="running")
COST = Cost(per_hour=0.19, priced=2, unpriced=1)
STOP = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
CHANNEL = Place(to="C1", channel="C1")
ANA = Place(to="U1", channel="D1", person=True, time_zone="Europe/Berlin")
BOTH = (CHANNEL, ANA)


def before(**span: float) -> datetime:
    """So long before the shutdown."""
    return STOP - timedelta(**span)


def awake(**changes: Any) -> Standing:
    """An env that runs and stops at 18:00, with notices at 60, 30 and 15 minutes."""
    usual = Standing(
        namespace="dev1",
        uid="uid-1",
        owner="ana@example.com",
        state="Awake",
        since=before(hours=10),
        certain=True,
        shutdown_at=STOP,
        wakes_at=None,
        parts=Parts(total=3, asleep=0, ready=3),
        asked=None,
        answered_at=None,
        prolonged=False,
        before=(timedelta(hours=1), timedelta(minutes=30), timedelta(minutes=15)),
        allow_delete=False,
    )
    return replace(usual, **changes)


def asleep(**changes: Any) -> Standing:
    """The env after somebody suspended it, or after its time."""
    return awake(
        **{
            "state": "Asleep",
            "since": before(minutes=20),
            "shutdown_at": None,
            "wakes_at": STOP + timedelta(hours=14),
            "parts": Parts(total=3, asleep=3, ready=0),
            **changes,
        }
    )


def kept_awake(until: datetime, *, at: datetime, **changes: Any) -> Standing:
    """The env after somebody put off its shutdown."""
    asked = Override(state="Awake", until=until, at=at, by="bo@example.com", via="slack")
    return awake(**{"shutdown_at": until, "asked": asked, "answered_at": at, "prolonged": True, **changes})


def steps(standing: Standing, marks: Marks, *places: Place, now: datetime, **more: Any) -> Plan:
    """The plan."""
    return plan(standing, marks, places, now=now, **more)


def done(marks: Marks, planned: Plan) -> Marks:
    """The marks when every step has worked, and nothing of ours was there before."""
    for step in planned.steps:
        if isinstance(step, Post):
            marks = marks.put(step.mark.model_copy(update={"ts": f"1.{len(marks.messages)}"}))
        elif isinstance(step, Update):
            marks = marks.put(step.mark)
        elif isinstance(step, Close | Drop | Find):
            marks = marks.drop(step.mark)
        elif isinstance(step, Forget):
            marks = marks.told(to=step.waiting.to, at=step.waiting.at)
    return marks


def told(standing: Standing, *places: Place, now: datetime) -> Marks:
    """The marks after the notice that applies at ``now`` has gone out."""
    return done(Marks(), steps(standing, Marks(), *places, now=now))


def said(planned: Plan) -> list[tuple[str, str, str]]:
    """What each message step is, to whom, and what it says."""
    return [
        (type(step).__name__, step.notice.place.to, step.notice.says)
        for step in planned.steps
        if isinstance(step, Post | Update | Close)
    ]


def live(marks: Marks) -> list[Mark]:
    """The messages that announce a shutdown."""
    return [mark for mark in marks.messages if mark.what == "stop"]


__all__ = ["ANA", "BOTH", "CHANNEL", "STOP", "Others", "asleep", "awake", "before", "done", "kept_awake", "live"]
