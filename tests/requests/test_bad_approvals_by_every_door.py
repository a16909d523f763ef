"""Whichever way a bad approval comes, nothing is done by it: the door refuses it, or the operator does (I7 J5).

By kubectl it is the API server that asks for the right to approve, where the guards are in force, and the operator everywhere:
see test_who_asks_is_who_it_is and test_a_second_person.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from sundown.cluster import reading
from sundown.errors import SundownError
from sundown.frontdesk.people.people import Person
from sundown.reconcile.request_judge import judge
from sundown.reconcile.request_verdict import Verdict
from sundown.reconcile.workload_changes import Subject
from sundown.usecases.requests import Human, answer
from support.bad_approvals import ANA, AT, BAD_APPROVALS, BO, BadApproval
from support.frontdesk.api import Caller, action_request, calling
from support.requested import GUARDED, HOME, SETTINGS, UID, covered
from support.samples import workload

Door = Callable[[Caller, str], Awaitable[str]]
"""Approves as somebody; the reason why not, empty where it was written down."""

SCALE = {
    "action": "Scale",
    "parameters": {"kind": "Deployment", "name": "web", "replicas": "5"},
    "target": {"namespace": "dev", "uid": UID},
    "confirmation": "dev",
}


async def by_slack(caller: Caller, login: str) -> str:
    person = Person(id="U1", email=login, name=login, time_zone="UTC")
    return await _reason(caller.world.desk.answers.give(person, "one", "approve"))


async def by_kubectl(caller: Caller, login: str) -> str:
    desk, human = caller.world.desk, Human(login, ("dev",), "kubectl")
    return await _reason(answer(desk.cluster, HOME, "one", "approve", human=human, now=desk.clock.now()))


async def by_the_api(caller: Caller, login: str) -> str:
    caller.world.tokens["theirs"] = login
    status, said = await caller.post("/api/v1/requests/one/approve", {}, token="theirs")
    return "" if status == 200 else str(said["reason"])


DOORS: dict[str, Door] = {"slack": by_slack, "kubectl": by_kubectl, "api": by_the_api}
doors = pytest.mark.parametrize("door", DOORS)


async def _reason(given: Awaitable[object]) -> str:
    try:
        await given
    except SundownError as error:
        return error.reason
    return ""


def verdict_on(raw: dict[str, Any], caller: Caller, **policy: Any) -> Verdict:
    """What the operator makes of it, in an env that takes two people."""
    where = covered(approval=policy, guarded=True) if policy else GUARDED
    subject = Subject(workload("web", 2))
    return judge(
        reading.action_request(raw), where, settings=SETTINGS, now=caller.world.desk.clock.now(), subject=subject
    )


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with calling() as one:
        one.world.rights[BO] = frozenset({"get", "approve"})
        yield one


def asked(row: BadApproval) -> dict[str, Any]:
    """What Ana has asked for."""
    return action_request("one", "dev", state=row.state, **{**SCALE, **row.spec})


@doors
@pytest.mark.parametrize("row", BAD_APPROVALS, ids=lambda row: row.name)
async def test_a_bad_approval_by_this_door_has_nothing_done(caller: Caller, row: BadApproval, door: str) -> None:
    if not row.may and door == "kubectl":
        assert row.verdict is None  # nobody but the API server and the operator can tell
        return
    caller.world.requests = [asked(row)]
    caller.world.rights[row.by] = frozenset({"get", "approve"} if row.may else {"get"})
    caller.world.clock.pass_by(minutes=row.minutes)
    before = dict(caller.world.request("one")["spec"])
    refused = await DOORS[door](caller, row.by)
    assert refused == row.door
    if refused:
        assert caller.world.request("one")["spec"] == before
    else:
        verdict = verdict_on(caller.world.request("one"), caller)
        assert ((verdict.state, verdict.reason), verdict.act) == (row.verdict, False)


@pytest.mark.parametrize("row", [row for row in BAD_APPROVALS if row.verdict], ids=lambda row: row.name)
async def test_a_bad_approval_that_was_written_by_hand_has_nothing_done(caller: Caller, row: BadApproval) -> None:
    caller.world.clock.pass_by(minutes=row.minutes)
    raw = asked(row)
    raw["spec"]["approval"] = {"by": row.by, "at": AT, "via": "kubectl"}
    verdict = verdict_on(raw, caller)
    assert ((verdict.state, verdict.reason), verdict.act) == (row.verdict, False)


@doors
async def test_a_good_one_has_it_done_and_says_by_which_door_it_came(caller: Caller, door: str) -> None:
    """I7: so that no row above is refused for another reason than it says."""
    caller.world.requests = [asked(BadApproval("good"))]
    assert await DOORS[door](caller, BO) == ""
    written = caller.world.request("one")
    assert (written["spec"]["approval"]["by"], written["spec"]["approval"]["via"]) == (BO, door)
    assert verdict_on(written, caller).act


@doors
async def test_a_door_that_the_policy_does_not_name_is_shut(caller: Caller, door: str) -> None:
    """I7: a Slack account that was taken over can approve, and so can a token; whoever does not want that says so."""
    others = [name for name in DOORS if name != door]
    raw = asked(BadApproval("good"))
    raw["status"] = {"state": "Pending", "approveVia": others}
    caller.world.requests = [raw]
    assert await DOORS[door](caller, BO) == "Forbidden"
    raw["spec"]["approval"] = {"by": BO, "at": AT, "via": door}
    assert verdict_on(raw, caller, via=others).reason == "OtherWay"


@doors
async def test_what_somebody_says_twice_is_said_once(caller: Caller, door: str) -> None:
    """I7: a click that Slack delivers twice, a command that is typed twice, a call that is repeated."""
    caller.world.requests = [asked(BadApproval("good"))]
    await DOORS[door](caller, BO)
    version = caller.world.request("one")["metadata"]["resourceVersion"]
    assert await DOORS[door](caller, BO) == ""
    assert caller.world.request("one")["metadata"]["resourceVersion"] == version
    assert caller.world.request("one")["spec"]["requestedBy"] == ANA
