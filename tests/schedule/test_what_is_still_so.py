"""Whether what was decided would be said at a later moment too: the reason changes where the state does not (A17, D7)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.model.base import parse
from sundown.model.spec import EnvScheduleSpec
from sundown.schedule.decision import Circumstances, decide, is_as_decided
from support.schedule.lives import Life, lives
from support.schedule.telling import WEEKDAYS, utc, window

OFFICE: dict[str, Any] = {"timeZone": "UTC", "awake": [window(WEEKDAYS, "08:00", "18:00")]}
BY_ANA = {"state": "Asleep", "by": "ana@example.com", "via": "slack", "until": "2026-11-23T21:00:00Z"}
CLOSED = {"from": "2026-11-23T20:00", "to": "2026-11-23T23:00", "state": "Asleep", "reason": "inventory"}
IN_FRANCE = {"country": "FR"}


@pytest.mark.parametrize(
    ("more", "until"),
    [
        pytest.param({"override": BY_ANA}, "2026-11-23 21:00", id="a person's wish ends"),
        pytest.param({"exceptions": [CLOSED]}, "2026-11-23 20:00", id="an exception begins"),
        pytest.param({"holidays": IN_FRANCE}, "2026-12-25 00:00", id="a holiday begins"),
    ],
)
def test_another_reason_to_sleep_is_something_else_to_say(more: dict[str, Any], until: str) -> None:
    """D7: no turn is due then."""
    spec, change = parse(EnvScheduleSpec, {**OFFICE, **more}), utc(until)
    before = change - timedelta(hours=1)
    decision = decide(spec, Circumstances(), before)
    assert decision.state == "Asleep"
    assert decision.until is None or decision.until > change
    assert is_as_decided(decision, spec, Circumstances(), change - timedelta(seconds=1))
    assert not is_as_decided(decision, spec, Circumstances(), change)


@given(life=lives(), minutes=st.integers(-20_000, 20_000))
def test_what_is_still_so_would_be_decided_anew(life: Life, minutes: int) -> None:
    """A17: at any other moment, an earlier one too."""
    spec = parse(EnvScheduleSpec, life.spec)
    circumstances = Circumstances(active_since=life.active_since, zones=tuple(life.zones))
    then, now = (decide(spec, circumstances, at) for at in (life.start, life.start + timedelta(minutes=minutes)))
    same = (then.state, then.why) == (now.state, now.why)
    assert is_as_decided(then, spec, circumstances, life.start + timedelta(minutes=minutes)) == same
