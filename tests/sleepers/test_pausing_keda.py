"""When an object of KEDA's is paused, and when no more: by what its two writers say, of which one may say what was (G2)."""

import json
from typing import Any

import pytest

from sundown.model.parts import Workload
from sundown.sleepers.kinds import CATALOGUE
from sundown.sleepers.patch_kind import PatchKind

PAUSED, AT_A_COUNT = "autoscaling.keda.sh/paused", "autoscaling.keda.sh/paused-replicas"
# What KEDA 2.21 writes: of Ready its controller, its scale loop, and either of them where a trigger is broken.
SAYS = {
    "ScaledObject": {
        "rests": "ScaledObject is paused",
        "scales": "ScaledObject is defined correctly and is ready for scaling",
        "fails": "Triggers defined in ScaledObject are not working correctly",
        "nothing": None,
    },
    "ScaledJob": {
        "rests": "ScaledJob is paused, skipping reconcile loop",
        "scales": "ScaledJob is defined correctly and is ready for scaling",
        "fails": "Triggers defined in ScaledJob are not working correctly",
        "nothing": None,
    },
}
KINDS = tuple(SAYS)


def row(kind: str) -> PatchKind:
    found = CATALOGUE[kind]
    assert isinstance(found, PatchKind)
    return found


def raw(annotations: dict[str, str], conditions: list[dict[str, Any]]) -> dict[str, Any]:
    metadata = {"name": "it", "namespace": "dev", "resourceVersion": "1", "annotations": annotations}
    return {"metadata": metadata, "spec": {}, "status": {"conditions": conditions}}


def look(kind: str, *, annotated: bool, paused: str | None, ready: str) -> Workload:
    """An object whose controller has it paused, or not, and says so of Ready."""
    message = SAYS[kind][ready]
    conditions = [
        {
            "type": "Ready",
            "status": "False" if ready == "fails" else "True",
            **({"message": message} if message else {}),
        },
        *([{"type": "Paused", "status": paused}] if paused is not None else []),
    ]
    return row(kind).read(raw({PAUSED: "true"} if annotated else {}, conditions))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("paused", "ready", "is_asleep"),
    [
        ("True", "rests", True),
        ("True", "scales", True),
        ("True", "nothing", True),
        ("False", "rests", True),  # an older Paused over a newer one
        ("False", "scales", False),  # it has not been seen yet
        ("False", "fails", False),
        ("False", "nothing", False),
        (None, "nothing", False),
    ],
)
def test_in_the_evening_it_rests_once_either_says_that_it_is_paused(
    kind: str, paused: str | None, ready: str, is_asleep: bool
) -> None:
    """G2"""
    assert look(kind, annotated=True, paused=paused, ready=ready).at_zero == is_asleep


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("paused", "ready", "is_awake"),
    [
        ("False", "scales", True),
        ("False", "nothing", True),
        ("False", "rests", True),  # Ready is written a moment later
        (None, "nothing", True),
        ("True", "scales", True),  # an older Paused over a newer one, which then stays
        ("True", "fails", True),  # nor does a broken trigger keep the env waiting
        ("True", "rests", False),  # it has not been seen yet
        ("True", "nothing", False),
    ],
)
def test_in_the_morning_it_is_ready_once_either_says_that_it_is_not_paused(
    kind: str, paused: str | None, ready: str, is_awake: bool
) -> None:
    """G2, A2: nobody waits for a condition that KEDA has written over and leaves."""
    assert look(kind, annotated=False, paused=paused, ready=ready).is_ready == is_awake


@pytest.mark.parametrize(("kind", "there"), [("ScaledObject", 0), ("ScaledJob", 1)])
def test_what_its_owner_has_paused_at_a_count_is_left_alone(kind: str, there: int) -> None:
    """G2: it says Paused by day too, and with another pause beside it KEDA still goes to that count; jobs know no count."""
    one = raw({AT_A_COUNT: "2"}, [])
    page = row(kind).read_page(json.dumps({"metadata": {}, "items": [one]}).encode())
    assert len(page.items) == there
