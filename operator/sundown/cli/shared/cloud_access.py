"""How a command meets AWS: with the credentials of whoever calls it, once, without an operator and without its table."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

import structlog

from sundown.aws.settings import AwsSettings
from sundown.errors import SundownError
from sundown.schedule.clock import SystemClock

if TYPE_CHECKING:  # boto3 takes half a second, and most commands do without
    from sundown.aws.cloud import AwsCloud


class NoRegion(SundownError):
    """Nobody has said where in AWS to look."""

    reason = "NoRegion"

    def __init__(self) -> None:
        super().__init__(
            "no AWS region is configured: give --region eu-central-1, or set SUNDOWN_AWS_REGIONS='[\"eu-central-1\"]'"
        )


@asynccontextmanager
async def looking(
    settings: AwsSettings, *, cluster_name: str, stopped: Mapping[str, Collection[str]] = MappingProxyType({})
) -> AsyncIterator[AwsCloud]:
    """AWS as it is now: everything has been looked at once; what could not be is in ``inventory.failing``.

    ``stopped`` are the ARNs of what was stopped, by env: they are looked for whatever their tags say.

    Raises:
        NoRegion: when no region is configured.
        InvalidObject: when the table of prices cannot be read.
    """
    if not settings.wanted:
        raise NoRegion
    from sundown.aws.cloud import AwsCloud  # noqa: PLC0415

    # What the rooms of the operator log, a command tells itself.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    alone = settings.model_copy(update={"table": ""})
    cloud = AwsCloud(alone, cluster_name=cluster_name, clock=SystemClock(), changed=lambda _: None)
    for namespace, arns in stopped.items():
        cloud.remember(namespace, arns)
    try:
        await asyncio.gather(*(cloud.look(place) for place in cloud.places))
        yield cloud
    finally:
        await cloud.close()
