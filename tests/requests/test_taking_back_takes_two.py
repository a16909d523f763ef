"""Where to stop an env takes two people, to end sooner what keeps it awake takes them too (I6 I7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sundown.model.action_request import ActionRequestStatus, Asked
from sundown.model.env import Env
from sundown.model.resources import EnvScheduleStatus, State
from sundown.model.spec import Override
from sundown.reconcile.env_reset import cuts_short
from sundown.reconcile.reset_requests import is_reset, reset
from support.requested import Patched, asked, case_of, covered, verdict_on
from support.samples import NOW, after, known

BO = {"by": "bo@example.com", "at": NOW, "via": "api"}
WEEK: dict[str, Any] = {"awake": [{"days": ["Mon", "Tue", "Wed", "Thu", "Fri"], "from": "08:00", "to": "17:00"}]}
HELD = {"state": "Awake", "until": "2026-11-23T21:00:00Z"}
CHANGE = "Awake until 2026-11-23T21:00:00Z -> Asleep until 2026-11-24T08:00:00Z"
LATE, EARLY = after(hours=9), after(hours=1)


@pytest.mark.parametrize(
    ("held", "state", "wished", "short"),
    [
        (HELD, "Awake", None, True),
        (HELD, "Awake", {"state": "Asleep"}, True),
        (HELD, "Awake", {"state": "Awake", "until": EARLY}, True),
        (HELD, "Awake", {"state": "Awake", "until": LATE}, False),
        (HELD, "Awake", {"state": "Awake", "until": "2026-11-23T21:00:00Z"}, False),
        (HELD, "Awake", {"state": "Awake"}, False),
        (HELD, "Awake", {"state": "Awake", "until": LATE, "at": NOW, "dropAtReset": True}, True),
        (
            HELD | {"at": "2026-11-23T12:00:00Z", "dropAtReset": True},
            "Awake",
            {"state": "Awake", "until": LATE, "at": NOW, "dropAtReset": True},
            False,
        ),
        ({"state": "Awake"}, "Awake", {"state": "Awake", "until": LATE}, True),
        ({"state": "Awake"}, "Awake", {"state": "Awake"}, False),
        (HELD, "Waking", None, True),
        (HELD, "Paused", None, True),
        (HELD, None, None, True),
        (HELD, "Asleep", None, False),
        (HELD, "FallingAsleep", {"state": "Awake", "until": EARLY}, False),
        ({"state": "Asleep"}, "Awake", None, False),
        ({"state": "Asleep"}, "Asleep", {"state": "Awake", "until": EARLY}, False),
        (None, "Awake", {"state": "Awake", "until": EARLY}, False),
    ],
)
def test_what_ends_sooner_than_somebody_has_asked_for(
    held: dict[str, Any] | None, state: State | None, wished: dict[str, Any] | None, short: bool
) -> None:
    """Whatever wakes is never among it."""
    spec = WEEK | ({"override": held} if held is not None else {})
    override = Override.model_validate(wished) if wished is not None else None
    assert cuts_short(known(spec=spec, status=EnvScheduleStatus(state=state)), override) is short


def held(spec: dict[str, Any] | None = None, *, policy: dict[str, Any] | None = None) -> Env:
    """A guarded env after its hours, on a Monday evening, which somebody keeps awake."""
    where = covered(approval={"guarded": ["Stop"]} if policy is None else policy, guarded=True)
    return replace(where, schedules=(known(spec=WEEK | {"override": HELD} if spec is None else spec),))


def resetting(**spec: Any) -> Asked:
    seen = {"uid": "uid-mine", "change": CHANGE}
    return asked(**{"action": "Reset", "expiresAt": after(hours=1), "seen": seen, **spec})


def test_it_waits_for_a_second_person_as_a_stop_does() -> None:
    """I7: no policy has to name it."""
    assert verdict_on(resetting(), held()).reason == "WaitingForApproval"
    assert verdict_on(resetting(approval=BO), held()).act
    assert verdict_on(resetting(), held(policy={"actions": ["Delete"], "guarded": ["Scale"]})).act


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (WEEK, "NothingToDo"),
        ({"awake": [WEEK["awake"][0] | {"to": "21:00"}], "override": HELD}, "NothingToDo"),
        (WEEK | {"override": HELD | {"until": "2026-11-23T22:00:00Z"}}, "Changed"),
        (WEEK | {"override": HELD, "paused": True}, "Paused"),
        (WEEK | {"override": HELD, "dryRun": True}, "DryRun"),
    ],
    ids=["taken back meanwhile", "its schedule says the same", "put off meanwhile", "paused", "only tried"],
)
def test_what_is_not_as_it_was_shown_is_not_done(spec: dict[str, Any], reason: str) -> None:
    """I6"""
    verdict = verdict_on(resetting(approval=BO), held(spec))
    assert (verdict.state, verdict.reason, verdict.act) == ("Refused", reason, False)


async def test_the_wish_is_taken_away_from_the_very_schedule_that_was_judged() -> None:
    """I8: who wishes something else at that moment is not overwritten."""
    cluster = Patched()
    assert await reset(cluster, case_of(resetting(approval=BO), held()))
    assert cluster.body["spec"] == {"override": None}
    assert cluster.body["metadata"]["uid"] == "uid-mine"
    assert "resourceVersion" in cluster.body["metadata"]


def test_an_operator_that_ended_in_between_sees_that_it_is_done() -> None:
    begun = replace(
        resetting(approval=BO), status=ActionRequestStatus(state="Approved", approved_at=NOW + timedelta(seconds=1))
    )
    done = is_reset(case_of(begun, held(WEEK)))
    assert done is not None
    assert done.state == "Done"
    assert is_reset(case_of(begun, held())) is None
