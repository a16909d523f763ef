"""Which instance types have disks in their host: what is on an instance store is lost when the instance stops.

DescribeInstances says nothing of it where the root device is on EBS. DescribeInstanceTypes does, of a type and not of an
instance, so each type is asked about once ("Instance store temporary block storage", EC2 User Guide).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Protocol

import structlog

from sundown.aws.account_regions import Place
from sundown.aws.errors import CloudError

log = structlog.get_logger(__name__)

_TYPES_A_CALL = 100
"""MaxResults of DescribeInstanceTypes (Amazon EC2 API Reference)."""

NONE = ""
"""What is known of a type without such disks."""


class Calls(Protocol):
    """What calls AWS, see ``sundown.aws.sessions.Sessions``."""

    async def call(self, account_region: Place, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """One call.

        Raises:
            CloudError: when AWS does not do it.
        """
        ...


async def learn(
    calls: Calls, place: Place, answers: Iterable[Mapping[str, Any]], stores: MutableMapping[str, str]
) -> None:
    """Ask about the types in some DescribeInstances answers of which nobody knows yet; raises nothing.

    What AWS will not say stays unknown, and is asked about again at the next look.
    """
    types = {
        str(instance.get("InstanceType", ""))
        for answer in answers
        for reservation in answer.get("Reservations", ())
        for instance in reservation.get("Instances", ())
    }
    wanted = sorted(types - stores.keys() - {""})
    for start in range(0, len(wanted), _TYPES_A_CALL):
        some = wanted[start : start + _TYPES_A_CALL]
        try:
            # By a filter, for one type that a region does not know would spoil the call for all.
            answer = await calls.call(
                place,
                "ec2",
                "DescribeInstanceTypes",
                Filters=[{"Name": "instance-type", "Values": some}],
                MaxResults=_TYPES_A_CALL,
            )
        except CloudError as error:
            log.warning("instance-types-unknown", place=str(place), types=some, error=str(error))
            return
        stores.update({str(raw["InstanceType"]): _store(raw) for raw in answer.get("InstanceTypes", ())})


def _store(raw: Mapping[str, Any]) -> str:
    """The disks of a type in words: ``2 x 300 GB``."""
    if not raw.get("InstanceStorageSupported"):
        return NONE
    info = raw.get("InstanceStorageInfo") or {}
    disks = [f"{disk.get('Count', 1)} x {disk['SizeInGB']} GB" for disk in info.get("Disks", ()) if "SizeInGB" in disk]
    return ", ".join(disks) or f"{info.get('TotalSizeInGB', 'some')} GB"
