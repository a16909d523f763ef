"""What people did, cluster-wide, from requests and from the histories of envs (G7, I8)."""

from __future__ import annotations

import json
from dataclasses import replace

from sundown.cluster import reading
from sundown.model.resources import EnvScheduleStatus, HistoryEntry
from sundown.model.scalars import format_instant
from sundown.usecases.audit import COLUMNS, deeds
from sundown.usecases.requests import asked_at
from support.requested import asked
from support.samples import NOW, after, known

SCALED = asked(
    action="Scale",
    parameters={"kind": "Deployment", "name": "web", "replicas": "0"},
    seen={"uid": "1", "change": "3 -> 0"},
    approval={"by": "bo@example.com", "at": NOW, "via": "slack"},
    state="Done",
)
HISTORY = EnvScheduleStatus(
    history=(
        HistoryEntry(at=after(hours=1), to="Awake", why="asked for", by="chen@example.com"),
        HistoryEntry(at=after(hours=-1), to="Asleep", why="its schedule"),
    )
)


def test_deeds_are_told_with_who_asked_who_approved_and_what_came_of_it() -> None:
    """I8, G7: the newest first, and nothing that a schedule did."""
    started, scaled = deeds([SCALED], [known(status=HISTORY)])
    assert (started.who, started.what, started.namespace) == ("chen@example.com", "start", "dev")
    assert (scaled.who, scaled.what, scaled.target) == ("ana@example.com", "scale", "Deployment/web: 3 -> 0")
    assert (scaled.approved_by, scaled.state, scaled.record) == ("bo@example.com", "Done", "areq/one")


def test_what_was_asked_for_by_hand_is_told_in_full() -> None:
    """I8: also where who asked does not say what they saw."""
    by_hand = asked(action="Scale", parameters={"kind": "Deployment", "name": "web", "replicas": "0"})
    (deed,) = deeds([by_hand], [])
    assert deed.target == "Deployment/web: replicas: 0"


def test_when_it_was_is_told_by_the_api_server_and_not_by_who_asked() -> None:
    """I8, G7: whoever writes a request by hand may say that it was yesterday, and so have it looked for there."""
    made = after(hours=3)
    backdated = replace(SCALED, metadata=SCALED.metadata.model_copy(update={"creation_timestamp": made}))
    (deed,) = deeds([backdated], [], since=after(hours=2))
    assert deed.at == made
    later = asked(name="later", requested_at=after(hours=1), expires_at=after(hours=2))
    assert sorted([backdated, later], key=asked_at) == [later, backdated]


def test_what_is_older_than_somebody_wants_to_know_is_left_out() -> None:
    """G7"""
    assert [deed.what for deed in deeds([SCALED], [known(status=HISTORY)], since=after(minutes=1))] == ["start"]


def test_a_deed_for_machines_has_every_column() -> None:
    """G7"""
    (deed,) = deeds([SCALED], [])
    assert tuple(deed.to_json()) == COLUMNS
    assert json.dumps(deed.to_json())


def test_a_request_that_nobody_can_read_stops_no_audit() -> None:
    """G7"""
    broken = reading.action_request({"metadata": {"name": "x", "namespace": "y"}, "spec": {"action": 3}})
    assert deeds([broken], []) == ()


def test_who_extended_what_was_awake_is_told_though_no_state_has_changed() -> None:
    """G7: the extension in force was in no list, and the first of two was called a start."""
    until = format_instant(after(hours=3))
    override = {"state": "Awake", "at": format_instant(NOW), "until": until, "by": "dana@example.com", "via": "slack"}
    more = {"dropAtReset": True, "reason": "release test"}
    (deed,) = deeds([], [known(spec={"override": override | more})])
    assert (deed.who, deed.what, deed.via, deed.at) == ("dana@example.com", "extend", "slack", NOW)
    assert deed.outcome == f"awake until {until}: release test"


def test_a_wish_that_a_transition_tells_of_is_told_once() -> None:
    """G7"""
    override = {"state": "Awake", "at": format_instant(after(minutes=59)), "by": "chen@example.com", "via": "cli"}
    (deed,) = deeds([], [known(spec={"override": override}, status=HISTORY)])
    assert deed.outcome == "asked for"
