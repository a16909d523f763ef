"""What was approved is what was seen: a stop or a reset is not carried out over a later wish of anybody's (I6, fault B7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sundown.model.action_request import Asked
from sundown.reconcile.env_reset import resetting
from sundown.reconcile.env_stop import stopping
from sundown.reconcile.request_judge import judge
from sundown.schedule.decision import Circumstances
from support.requested import SETTINGS, asked, covered
from support.samples import NOW, after, known

WEEK: dict[str, Any] = {"awake": [{"days": ["Mon", "Tue", "Wed", "Thu", "Fri"], "from": "08:00", "to": "20:00"}]}
BO = {"by": "bo@example.com", "at": after(minutes=20), "via": "api"}
HELD = {"state": "Awake", "until": "2026-11-24T20:00:00Z", "at": "2026-11-23T17:00:00Z", "by": "ana@example.com"}
LATER = "2026-11-23T18:10:00Z"
CHANGES = {"Stop": stopping, "Reset": resetting}


def verdict_on(action: str, *, seen_with: dict[str, Any] | None, now_with: dict[str, Any] | None) -> tuple[str, str]:
    """What becomes of a request that was made with one override in force, and is approved with another."""

    def with_override(override: dict[str, Any] | None) -> Any:
        return known(spec=WEEK | ({"override": override} if override else {}))

    there = with_override(seen_with)
    change = CHANGES[action](there, Circumstances(active_since=NOW, fallback_zone="UTC"), NOW)
    seen = {"uid": change.uid, "change": change.text}
    request: Asked = asked(action=action, seen=seen, expiresAt=after(hours=1), approval=BO)
    where = replace(covered(approval={"actions": ["Stop"]}), schedules=(with_override(now_with),))
    verdict = judge(request, where, settings=SETTINGS, now=after(minutes=20))
    return verdict.state, verdict.reason


@pytest.mark.parametrize(
    ("action", "seen_with", "now_with"),
    [
        ("Stop", None, None),
        ("Stop", HELD, HELD),
        ("Reset", HELD, HELD),
        ("Stop", {"state": "Awake", "until": "2026-11-23T17:00:00Z", "at": "2026-11-22T17:00:00Z"}, None),
    ],
    ids=["nobody asked", "held as it was", "reset of the very wish", "a wish that was over"],
)
def test_what_is_as_it_was_seen_is_done(action: str, seen_with: Any, now_with: Any) -> None:
    assert verdict_on(action, seen_with=seen_with, now_with=now_with) == ("Approved", "UnderWay")


@pytest.mark.parametrize(
    ("action", "seen_with", "now_with"),
    [
        ("Stop", None, {**HELD, "at": LATER}),
        ("Stop", None, {**HELD, "at": LATER, "by": "bo@example.com", "until": None}),
        ("Stop", None, {"state": "Awake"}),
        ("Stop", HELD, {**HELD, "at": LATER}),
        ("Stop", HELD, {**HELD, "by": "bo@example.com"}),
        ("Stop", HELD, {**HELD, "until": "2026-11-24T22:00:00Z"}),
        ("Stop", HELD, None),
        ("Reset", HELD, {**HELD, "at": LATER}),
        ("Reset", HELD, {**HELD, "by": "bo@example.com"}),
    ],
    ids=[
        "the asker's own start",
        "somebody's start without an end",
        "a patch by hand",
        "a start anew",
        "another's start",
        "an extension",
        "taken back",
        "reset of a later wish",
        "reset of another's",
    ],
)
def test_what_somebody_has_asked_for_since_is_not_overruled(action: str, seen_with: Any, now_with: Any) -> None:
    assert verdict_on(action, seen_with=seen_with, now_with=now_with) == ("Refused", "Changed")


@pytest.mark.parametrize("action", ["Stop", "Reset"])
def test_the_longest_name_leaves_room_for_what_changes(action: str) -> None:
    there = known(spec=WEEK | {"override": {**HELD, "by": "x" * 256}})
    change = CHANGES[action](there, Circumstances(active_since=NOW, fallback_zone="UTC"), NOW)
    assert len(change.text) <= 256
    assert " -> A" in change.text
