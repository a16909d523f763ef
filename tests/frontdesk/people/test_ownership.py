"""Whose env it is: what people write into the annotations that name owners."""

from __future__ import annotations

import pytest

from sundown.frontdesk.people.ownership import is_owner
from sundown.frontdesk.people.people import Person
from sundown.usecases.find import Found
from support.samples import known, namespace

ANA = Person(id="U0ANA", email="ana@example.com", name="Ana", time_zone="UTC", groups=("platform",))


def found(of_namespace: str, **of_schedule: str) -> Found:
    space = namespace("dev1")
    space.annotations["email"] = of_namespace
    return Found("dev1", known(annotations=of_schedule), trouble=None, paused_by=None, space=space)


@pytest.mark.parametrize(
    "named",
    [
        "ana@example.com",
        " Ana@Example.com ",
        "bo@example.com, ana@example.com",
        "bo@example.com;ana@example.com",
        "U0ANA",
        "<@U0ANA>",
        "<@U0ANA|ana>",
        "@platform",
    ],
)
def test_an_owner_is_known_by_address_id_or_group(named: str) -> None:
    """B1, C9"""
    assert is_owner(ANA, found(named))


@pytest.mark.parametrize(
    "named", ["", "bo@example.com", "ana@example.com.evil", "xana@example.com", "@plat", "platform"]
)
def test_nobody_else_is(named: str) -> None:
    """B1, C9"""
    assert not is_owner(ANA, found(named))


def test_the_owner_in_the_schedule_wins_over_that_of_the_namespace() -> None:
    """B1"""
    assert not is_owner(ANA, found("ana@example.com", **{"sundown.dev/owner": "bo@example.com"}))
