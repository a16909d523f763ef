"""Namespaces and schedules as the watches bring them, and a board that was told of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sundown.frontdesk.envs.mirror import Board
from sundown.model.env import Known, Namespace
from sundown.model.resources import EnvSchedule, EnvScheduleStatus, Metadata
from sundown.model.spec import EnvScheduleSpec

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def space(name: str = "dev1", **fields: Any) -> Namespace:
    given: dict[str, Any] = {"created": NOON, "labels": {}, "annotations": {}, "resource_version": "1", **fields}
    return Namespace(name=name, **given)


def schedule(name: str = "default", version: int = 2, *, age: int = 0, **status: Any) -> Known:
    metadata = Metadata(
        name=name,
        namespace="dev1",
        uid=f"{name}-{age}",
        resource_version=str(version),
        creation_timestamp=NOON - timedelta(minutes=age),
    )
    said = EnvScheduleStatus(**status)
    return Known(
        metadata=metadata, status=said, schedule=EnvSchedule(metadata=metadata, spec=EnvScheduleSpec(), status=said)
    )


def board(*told: Namespace | Known) -> Board:
    one = Board()
    for each in told:
        one.put_namespace(each) if isinstance(each, Namespace) else one.put_schedule(each)
    return one
