"""What waiting ends with: the state that was asked for is success, unless a part is not where it should be."""

import asyncio
from datetime import timedelta
from typing import Any, cast

import pytest

from sundown.cli.shared.waiting import Arrived, Expected, NotWell, Outcome, wait_for
from sundown.cluster.client import Cluster
from sundown.model.resources import EnvScheduleStatus, State


class OneEnv:
    """A cluster of one EnvSchedule, of which this is said."""

    def __init__(self, **status: Any) -> None:
        self._status = status

    async def get(self, path: str) -> dict[str, Any]:
        assert path.endswith("/envschedules/default")
        return {
            "metadata": {"name": "default", "namespace": "dev", "generation": 1, "uid": "u"},
            "spec": {},
            "status": {"observedGeneration": 1, **self._status},
        }


def ended(wanted: State, *, reason: str, parts: dict[str, int]) -> Outcome:
    degraded = {"type": "Degraded", "status": "True", "reason": reason, "message": "something is wrong"}
    degraded["lastTransitionTime"] = "2026-11-23T18:00:00Z"
    env = OneEnv(state=wanted, conditions=[degraded], parts=parts)

    def tell(namespace: str, status: EnvScheduleStatus) -> None: ...

    async def explain(namespace: str) -> None: ...

    waiting = wait_for(
        cast("Cluster", env),
        [Expected("dev", "default", 1)],
        wanted=wanted,
        patience=timedelta(),
        tell=tell,
        explain=explain,
    )
    return asyncio.run(waiting)["dev"]


UP, DOWN = {"total": 2, "ready": 2, "asleep": 0}, {"total": 2, "ready": 0, "asleep": 2}


@pytest.mark.parametrize(
    ("wanted", "reason", "parts"),
    [
        ("Awake", "InvalidAnnotation", UP),
        ("Awake", "KindNotGranted", UP),
        ("Awake", "KindNotListed", UP),
        ("Awake", "KindNotServed", UP),
        ("Paused", "InvalidAnnotation", UP),
        ("Asleep", "InvalidAnnotation", DOWN),
        ("Asleep", "KindNotServed", DOWN),
    ],
)
def test_what_is_not_well_is_a_warning_where_all_parts_are_in_their_place(
    wanted: State, reason: str, parts: dict[str, int]
) -> None:
    """A4"""
    outcome = ended(wanted, reason=reason, parts=parts)
    assert isinstance(outcome, Arrived)
    assert outcome.warning == "something is wrong"


@pytest.mark.parametrize(
    ("wanted", "reason", "parts"),
    [
        ("Awake", "PartsNotReady", {**UP, "ready": 1}),
        ("Awake", "InvalidAnnotation", {**UP, "ready": 1, "asleep": 1}),
        ("Awake", "WokenOtherwise", UP),
        ("Awake", "Fought", UP),
        ("Asleep", "WriteFailed", DOWN),
        ("Asleep", "PatchNotKept", DOWN),
        ("Asleep", "KindNotGranted", DOWN),
        ("Asleep", "CloudUnreachable", DOWN),
        ("Asleep", "InvalidAnnotation", {**DOWN, "asleep": 1}),
    ],
)
def test_a_part_that_is_not_in_its_place_is_a_failure(wanted: State, reason: str, parts: dict[str, int]) -> None:
    """A4"""
    outcome = ended(wanted, reason=reason, parts=parts)
    assert isinstance(outcome, NotWell)
    assert str(outcome).endswith(", degraded: something is wrong")
