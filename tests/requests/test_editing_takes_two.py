"""Where to stop an env takes two people, to change when it sleeps takes them too: what is made of the request (I6 I7)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from sundown.errors import InvalidObject
from sundown.model.action_request import ActionRequestStatus, Asked
from sundown.model.env import Env
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.edit_requests import edit, edited
from sundown.reconcile.env_edit import EDIT, Edit, Times
from support.requested import Patched, asked, case_of, covered, verdict_on
from support.samples import NOW, after, known

BO = {"by": "bo@example.com", "at": NOW, "via": "api"}
WINDOW = {"days": ["Mon"], "from": "08:00", "to": "20:00"}
WEEK: dict[str, Any] = {"awake": [WINDOW], "holidays": {"country": "DE", "subdivision": "BE"}, "timeZone": "UTC"}
SHORTER = {"awake": json.dumps([{**WINDOW, "to": "10:00"}])}


def edit_of(spec: dict[str, Any], **given: str) -> Edit:
    times = EDIT.read(given)
    assert isinstance(times, Times)
    found = Edit.of(known(spec=spec), times)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("given", "patch", "text"),
    [
        ({"awake": "[]"}, {"awake": []}, f"awake: {json.dumps([WINDOW], separators=(',', ':'))} -> []"),
        ({"timeZone": "Asia/Tokyo"}, {"timeZone": "Asia/Tokyo"}, 'timeZone: "UTC" -> "Asia/Tokyo"'),
        ({"timeZone": '"Asia/Tokyo"'}, {"timeZone": "Asia/Tokyo"}, 'timeZone: "UTC" -> "Asia/Tokyo"'),
        ({"dailyReset": "07:00"}, {"dailyReset": "07:00"}, 'dailyReset: nothing -> "07:00"'),
        ({"paused": "true"}, {"paused": True}, "paused: nothing -> true"),
        (
            {"holidays": '{"country": "FR"}'},
            {"holidays": {"subdivision": None, "country": "FR"}},
            'holidays: {"country":"DE","subdivision":"BE"} -> {"country":"FR"}',
        ),
        ({"holidays": "null"}, {"holidays": None}, 'holidays: {"country":"DE","subdivision":"BE"} -> nothing'),
        ({"timeZone": "UTC", "paused": "true"}, {"paused": True}, "paused: nothing -> true"),
    ],
)
def test_a_field_becomes_what_it_is_to_be_and_nothing_of_before_is_left_in_it(
    given: dict[str, str], patch: dict[str, Any], text: str
) -> None:
    """I6: and what would change is shown."""
    found = edit_of(WEEK, **given)
    assert (found.patch, found.change.text, found.objection) == (patch, text, None)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"timeZone": "UTC"}, "its schedule says so already, so that there is nothing to change"),
        ({"exceptions": "null"}, "its schedule says so already, so that there is nothing to change"),
        ({"timeZone": "Mars/Olympus"}, "spec.timeZone"),
        ({"awake": "[[["}, "spec.awake"),
        ({"awake": json.dumps([{**WINDOW, "to": "25:00"}])}, "spec.awake[0].to"),
        ({"paused": '"perhaps"'}, "spec.paused"),
        ({"awake": "[]", "exceptions": json.dumps(["x" * 240])}, "spec.exceptions"),
    ],
)
def test_what_is_no_schedule_or_no_change_is_refused_by_field(given: dict[str, str], why: str) -> None:
    """I6"""
    assert why in (edit_of(WEEK, **given).objection or "")


def test_what_cannot_be_shown_cannot_be_approved() -> None:
    """I6: nobody agrees to what they have not seen."""
    dates = [{"from": f"2026-12-{day:02}T00:00", "to": "2027-01-01T00:00", "state": "Asleep"} for day in (1, 2, 3)]
    given = {"exceptions": json.dumps(dates, separators=(",", ":")), "awake": json.dumps([{**WINDOW, "to": "10:00"}])}
    assert "more than can be shown" in (edit_of(WEEK, **given).objection or "")


def test_of_what_was_as_much_is_shown_as_there_is_room_for() -> None:
    """I6: what would be is shown whole."""
    week = WEEK | {"awake": [{**WINDOW, "days": [day]} for day in ("Mon", "Tue", "Wed", "Thu", "Fri")]}
    edit = edit_of(week, **SHORTER)
    assert edit.objection is None
    before, _, then = edit.change.text.partition(" -> ")
    assert (before.startswith('awake: [{"days":["Mon"],'), len(before)) == (True, len("awake: ") + 40)
    assert json.loads(then) == [{**WINDOW, "to": "10:00"}]


@pytest.mark.parametrize("changed", range(5))
def test_what_changes_in_the_part_that_is_not_shown_is_seen_to_change(changed: int) -> None:
    """I6: nobody has agreed to have that taken away."""
    days = ("Mon", "Tue", "Wed", "Thu", "Fri")
    windows = [{**WINDOW, "days": [day]} for day in days]
    others = [{**one, "to": "21:00"} if index == changed else one for index, one in enumerate(windows)]
    seen = {"uid": "uid-mine", "change": edit_of(WEEK | {"awake": windows}, **SHORTER).change.text}
    request = editing(approval=BO, seen=seen)
    assert verdict_on(request, guarded(WEEK | {"awake": windows})).act
    verdict = verdict_on(request, guarded(WEEK | {"awake": others}))
    assert (verdict.state, verdict.reason) == ("Refused", "Changed")


@pytest.mark.parametrize(
    ("state", "needs", "given", "two"),
    [
        ("Awake", ("Stop",), SHORTER, True),
        ("Paused", ("Stop",), SHORTER, True),
        (None, ("Stop",), SHORTER, True),
        ("Awake", ("Delete",), SHORTER, False),
        ("Awake", None, SHORTER, False),
        ("Asleep", ("Stop",), SHORTER, False),
        ("FallingAsleep", ("Stop",), SHORTER, False),
        ("Awake", ("Stop",), {"paused": "true"}, False),
        ("Awake", ("Stop",), {"paused": "true", **SHORTER}, True),
        ("Paused", ("Stop",), {"paused": "false"}, True),
    ],
)
def test_who_may_do_it_alone_is_judged_as_the_guard_does(
    state: Any, needs: tuple[str, ...] | None, given: dict[str, str], *, two: bool
) -> None:
    """I7"""
    status = EnvScheduleStatus(state=state, needs_approval=needs)
    was = known(spec=WEEK | ({"paused": True} if state == "Paused" else {}), status=status)
    times = EDIT.read(given)
    assert isinstance(times, Times)
    edit = Edit.of(was, times)
    assert edit is not None
    assert edit.takes_two is two


@pytest.mark.parametrize("given", [{"workloads": "{}"}, {"override": "null"}, {"allowDelete": "true"}])
def test_what_is_not_about_when_it_sleeps_is_no_parameter(given: dict[str, str]) -> None:
    with pytest.raises(InvalidObject):
        EDIT.read(given)


def guarded(spec: dict[str, Any] | None = None, *, policy: dict[str, Any] | None = None) -> Env:
    where = covered(approval={"guarded": ["Stop"]} if policy is None else policy, guarded=True)
    return replace(where, schedules=(known(spec=WEEK if spec is None else spec),))


def editing(**spec: Any) -> Asked:
    seen = {"uid": "uid-mine", "change": edit_of(WEEK, **SHORTER).change.text}
    return asked(**{"action": "Edit", "expiresAt": after(hours=1), "seen": seen, "parameters": SHORTER, **spec})


def test_it_waits_for_a_second_person_as_a_stop_does() -> None:
    """I7: no policy has to name it."""
    assert verdict_on(editing(), guarded()).reason == "WaitingForApproval"
    assert verdict_on(editing(approval=BO), guarded()).act
    assert verdict_on(editing(), guarded(policy={"actions": ["Delete"], "guarded": ["Scale"]})).act


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (WEEK | {"awake": [{**WINDOW, "to": "10:00"}]}, "NothingToDo"),
        (WEEK | {"awake": [{**WINDOW, "from": "09:00"}]}, "Changed"),
        (WEEK | {"paused": True}, None),
    ],
    ids=["changed so meanwhile", "changed otherwise meanwhile", "paused"],
)
def test_what_is_not_as_it_was_shown_is_not_done(spec: dict[str, Any], reason: str | None) -> None:
    """I6: a schedule that is paused can be changed, and go on by that."""
    verdict = verdict_on(editing(approval=BO), guarded(spec))
    assert verdict.act if reason is None else (verdict.state, verdict.reason) == ("Refused", reason)


async def test_the_very_schedule_that_was_judged_is_changed_and_that_is_seen_later() -> None:
    """I8: also by an operator that was ended in between."""
    cluster, request = Patched(), editing(approval=BO)
    assert await edit(cluster, case_of(request, guarded()))
    assert cluster.body["spec"] == {"awake": [{**WINDOW, "to": "10:00"}]}
    assert cluster.body["metadata"]["uid"] == "uid-mine"
    assert "resourceVersion" in cluster.body["metadata"]
    begun = replace(request, status=ActionRequestStatus(state="Approved", approved_at=NOW))
    for where, done in ((guarded(WEEK | {"awake": [{**WINDOW, "to": "10:00"}]}), True), (guarded(), False)):
        assert (edited(case_of(begun, where)) is not None) is done
