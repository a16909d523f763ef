"""How parts are named that are not where they should be (fault X8)."""

from typing import Any

import pytest

from sundown.reconcile.part_names import Obstacle, named, standing
from support.samples import sleeping, workload

QUOTA = "FailedCreate: exceeded quota: small"


def why(reason: str, standing: str = "") -> Obstacle:
    return Obstacle(standing, reason)


@pytest.mark.parametrize(
    ("titles", "obstacles", "told"),
    [
        ([], {}, ""),
        (["Deployment/a", "Deployment/b"], {}, "Deployment/a, Deployment/b"),
        (["Deployment/a"], {"Deployment/a": why(QUOTA), "Deployment/gone": why("x")}, f"Deployment/a ({QUOTA})"),
        (
            ["Deployment/a", "Deployment/b", "Deployment/c", "StatefulSet/d"],
            {"Deployment/a": why(QUOTA), "Deployment/b": why(QUOTA), "StatefulSet/d": why("other")},
            f"Deployment/c, Deployment/a, Deployment/b ({QUOTA}), StatefulSet/d (other)",
        ),
        (
            ["Deployment/a", "Deployment/b", "StatefulSet/d"],
            {
                "Deployment/a": why(QUOTA, "0 of 2 ready"),
                "Deployment/b": why(QUOTA, "2 of 3 ready"),
                "StatefulSet/d": why("", "1 of 3 ready"),
            },
            f"StatefulSet/d 1 of 3 ready, Deployment/a 0 of 2 ready, Deployment/b 2 of 3 ready ({QUOTA})",
        ),
    ],
)
def test_parts_are_named_with_how_many_are_ready_and_what_hinders_the_rest(
    titles: list[str], obstacles: dict[str, Obstacle], told: str
) -> None:
    """X8, G3"""
    assert named(titles, obstacles) == told


def test_ten_are_named_and_how_many_there_are_besides() -> None:
    said = named([f"Deployment/{number}" for number in range(12)], {})
    assert said.count("Deployment/") == 10
    assert said.endswith(" and 2 more")


@pytest.mark.parametrize("count", [1, 3, 10, 40])
def test_however_many_reasons_there_are_none_takes_the_room_of_all(count: int) -> None:
    titles = [f"Deployment/{number}" for number in range(count)]
    said = named(titles, {title: why(f"{title} has " + "x" * 190, "0 of 1 ready") for title in titles})
    assert len(said) < 900
    assert said.count(" has x") == min(count, 10)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (workload(replicas=3, ready=2), "2 of 3 ready"),
        (workload(replicas=3, ready=0), "0 of 3 ready"),
        (workload(replicas=3, ready=3), ""),
        (workload(replicas=3, ready=1, settled=False), ""),
        (sleeping(pods=2), ""),
    ],
    ids=["some", "none", "all", "not counted yet", "asleep"],
)
def test_what_has_come_up_is_told_of_what_was_asked_for(part: Any, told: str) -> None:
    """G3"""
    assert standing(part) == told
