"""Where the cluster's owner wants it, to stop an env takes two people: how that is told, and what is made of the request (I6 I7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sundown.cluster.client import Cluster
from sundown.model.action_request import ActionRequestStatus, Asked
from sundown.model.env import Env, Known
from sundown.reconcile.approvals import needing_two
from sundown.reconcile.env_stop import reason_for
from sundown.reconcile.request_judge import judge, understand
from sundown.reconcile.request_verdict import Case, Verdict
from sundown.reconcile.stop_requests import stop, stopped
from support.requested import SETTINGS, asked, covered
from support.samples import NOW, after, known

BO = {"by": "bo@example.com", "at": NOW, "via": "api"}
WEEK: dict[str, Any] = {"awake": [{"days": ["Mon", "Tue", "Wed", "Thu", "Fri"], "from": "08:00", "to": "20:00"}]}
CHANGE = "Awake -> Asleep until 2026-11-24T08:00:00Z"
SEEN = {"uid": "uid-mine", "change": CHANGE}
TWO = {"guarded": ["Stop"]}


def awake(spec: dict[str, Any] | None = None, *, policy: dict[str, Any] | None = None) -> Env:
    """A guarded env in its hours, on a Monday evening."""
    where = covered(approval=TWO if policy is None else policy, guarded=True)
    return replace(where, schedules=(known(spec=WEEK if spec is None else spec),))


def stopping(**spec: Any) -> Asked:
    return asked(**{"action": "Stop", "expiresAt": after(hours=1), "seen": SEEN, **spec})


def verdict_on(request: Asked, where: Env) -> Verdict:
    return judge(request, where, settings=SETTINGS, now=NOW)


def case_of(request: Asked, where: Env, *, now: timedelta = timedelta()) -> Case:
    case = understand(request, where, settings=SETTINGS, now=NOW + now)
    assert isinstance(case, Case)
    return case


@pytest.mark.parametrize(
    ("policy", "guarded", "needs"),
    [
        ({}, False, ()),
        ({}, True, ("Delete", "Restart", "Scale")),
        ({"guarded": ["Stop"]}, True, ("Stop",)),
        ({"guarded": ["Stop"]}, False, ()),
        ({"actions": ["Stop"], "guarded": ["Delete"]}, False, ("Stop",)),
        ({"actions": ["Stop"], "guarded": ["Stop", "Delete"]}, True, ("Delete", "Stop")),
    ],
)
def test_what_takes_two_people_is_told_where_who_asks_can_read_it(
    policy: dict[str, Any], guarded: bool, needs: tuple[str, ...]
) -> None:
    """I7: the frontdesk and people may not read ClusterEnvSchedules."""
    assert needing_two(covered(approval=policy, guarded=guarded)) == needs


def test_it_waits_for_a_second_person_and_is_done_then() -> None:
    """I6 I7"""
    assert verdict_on(stopping(), awake()).reason == "WaitingForApproval"
    assert verdict_on(stopping(approval=BO), awake()).act
    assert verdict_on(stopping(), awake(policy={})).act


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (WEEK | {"override": {"state": "Asleep"}}, "NothingToDo"),
        ({"awake": []}, "NothingToDo"),
        (WEEK | {"paused": True}, "Paused"),
        (WEEK | {"dryRun": True}, "DryRun"),
        ({"awake": [WEEK["awake"][0] | {"from": "09:00"}]}, "Changed"),
    ],
    ids=["stopped meanwhile", "asleep by its schedule", "paused", "only tried", "another schedule meanwhile"],
)
def test_what_is_not_as_it_was_shown_is_not_done(spec: dict[str, Any], reason: str) -> None:
    """I6"""
    verdict = verdict_on(stopping(approval=BO), awake(spec))
    assert (verdict.state, verdict.reason, verdict.act) == ("Refused", reason, False)


class Applied(Cluster):
    """A cluster that notes what is applied."""

    def __init__(self) -> None:
        self.body: dict[str, Any] = {}

    async def apply(self, path: str, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.body = body
        return body


async def test_it_is_a_wish_of_the_one_who_asked_and_says_who_agreed() -> None:
    """I8: as any stop, until the next start; to the object that was judged."""
    cluster = Applied()
    request = stopping(approval=BO, via="slack", parameters={"reason": "the fair is over"})
    assert await stop(cluster, case_of(request, awake()))
    assert cluster.body["spec"]["override"] == {
        "state": "Asleep",
        "until": "2026-11-24T08:00:00Z",
        "at": "2026-11-23T18:00:00Z",
        "by": "ana@example.com",
        "via": "slack",
        "reason": "the fair is over; approved by bo@example.com",
        "dropAtReset": False,
    }
    assert cluster.body["metadata"]["uid"] == "uid-mine"


def test_an_operator_that_ended_in_between_sees_that_it_is_done() -> None:
    moment_later = NOW + timedelta(milliseconds=300)  # the status is written after the case was looked at
    begun = replace(stopping(approval=BO), status=ActionRequestStatus(state="Approved", approved_at=moment_later))

    def with_override(**fields: Any) -> Known:
        said = {"by": "ana@example.com", "via": "slack", "reason": "approved by bo@example.com"}
        override = {"state": "Asleep", "at": "2026-11-23T18:00:00Z", **said, **fields}
        return known(spec=WEEK | {"override": override})

    others = ({"by": "bo@example.com"}, {"via": "kubectl"}, {"reason": "night"}, {"at": "2026-11-23T17:59:59Z"})
    for override, done in ((with_override(), True), *((with_override(**one), False) for one in others)):
        where = replace(awake(), schedules=(override,))
        verdict = stopped(case_of(begun, where))
        assert (verdict is not None and verdict.state == "Done") is done
    assert stopped(case_of(begun, awake())) is None


@pytest.mark.parametrize(
    ("said", "parameters"),
    [(None, {}), ("", {}), (" \n ", {}), ("release", {"reason": "release"}), ("a\nb\x00c", {"reason": "a b c"})],
)
def test_what_for_is_said_in_a_line(said: str | None, parameters: dict[str, str]) -> None:
    assert reason_for(said) == parameters
    assert len(reason_for("x" * 1000)["reason"]) <= 200
