"""Whether who asked for an override is who they say, as the operator knows it (S7)."""

from dataclasses import MISSING, fields
from typing import Any

import pytest

from sundown.model.base import parse
from sundown.model.env import Known
from sundown.model.resources import EnvSchedule, EnvScheduleStatus, Metadata
from sundown.model.spec import EnvScheduleSpec
from sundown.reconcile.rooms import Rooms
from sundown.reconcile.store import Store


@pytest.mark.parametrize(
    ("proved", "said", "vouched"),
    [
        (True, None, True),
        (True, True, True),
        (False, None, False),
        (False, True, False),
        (None, None, True),
        (None, True, False),
    ],
)
def test_while_nobody_knows_what_was_said_last_stays(proved: bool | None, said: bool | None, vouched: bool) -> None:
    """S7: so that a restart changes no status."""
    nothing: dict[str, Any] = {one.name: None for one in fields(Rooms) if one.default is MISSING}
    rooms = Rooms(**nothing, askers_proved=lambda: proved)
    assert rooms.vouches(EnvScheduleStatus(unverified=said)) is vouched


def test_those_are_visited_for_whom_somebody_has_asked() -> None:
    store = Store()
    for name, override in {
        "asked": {"state": "Awake", "by": "ana@example.com"},
        "nobody": {"state": "Awake"},
        "none": None,
    }.items():
        spec = parse(EnvScheduleSpec, {"awake": [], **({"override": override} if override else {})})
        metadata = Metadata(namespace=name, name="default", uid=name, resource_version="1")
        store.put_schedule(Known(metadata, EnvScheduleStatus(), EnvSchedule(metadata=metadata, spec=spec)))
    assert store.with_askers == {"asked"}
