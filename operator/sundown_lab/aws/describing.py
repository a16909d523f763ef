"""DescribeInstances, answered from moto's memory but not by moto: that takes 4 ms an instance, ten seconds for a full house.

The form is that of "DescribeInstances" and "Instance" in EC2's API reference; of the fields, those that moto knows and somebody
may read. Calls with filters, and with ids that do not exist, are left to moto.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

from sundown_lab.aws import things
from sundown_lab.aws.answers import Answer
from sundown_lab.aws.asked import Asked
from sundown_lab.aws.things import Thing

MOST = 1000
NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"


def described_instances(call: Asked) -> Answer | None:
    """The answer, or None: moto shall say it."""
    if (call.service, call.operation) != ("ec2", "DescribeInstances"):
        return None
    wanted = call.listed("InstanceId")
    if any(field.startswith("Filter.") for field in call.fields) or (wanted and "MaxResults" in call.fields):
        return None
    known = things.instances(call.account, call.region, frozenset(wanted) if wanted else None)
    if any(name not in known for name in wanted):
        return None
    listed = [known[name] for name in wanted] if wanted else list(known.values())
    start, most = int(call.said("NextToken") or 0), int(call.said("MaxResults") or MOST)
    page = listed if wanted else listed[start : start + most]
    following = f"<nextToken>{start + most}</nextToken>" if not wanted and len(listed) > start + most else ""
    body = "".join(_reservations(page))
    said = f"<reservationSet>{body}</reservationSet>{following}"
    return Answer(
        200,
        "text/xml;charset=UTF-8",
        f'<?xml version="1.0" encoding="UTF-8"?><DescribeInstancesResponse xmlns="{NAMESPACE}">'
        f"<requestId>00000000-0000-4000-8000-000000000000</requestId>{said}</DescribeInstancesResponse>".encode(),
    )


def _reservations(page: Iterable[Thing]) -> Iterable[str]:
    for reservation, members in groupby(page, key=lambda thing: thing.reservation):
        listed = list(members)
        yield (
            f"<item><reservationId>{reservation}</reservationId><ownerId>{listed[0].account}</ownerId><groupSet/>"
            f"<instancesSet>{''.join(map(_instance, listed))}</instancesSet></item>"
        )


def _instance(thing: Thing) -> str:
    it = thing.it
    return (
        "<item>"
        f"{_fields(_facts(thing))}"
        f"<instanceState><code>{it.state_code}</code><name>{thing.phase}</name></instanceState>"
        f"<placement>{_fields({'availabilityZone': it.availability_zone, 'tenancy': 'default'})}</placement>"
        f"<monitoring><state>{it.monitoring_state}</state></monitoring>"
        f"<stateReason>{_fields({'code': it.state_reason.code, 'message': it.state_reason.message})}</stateReason>"
        f"<tagSet>{_tags(thing.tags)}</tagSet>"
        "</item>"
    )


def _facts(thing: Thing) -> dict[str, Any]:
    it = thing.it
    return {
        "instanceId": it.id,
        "imageId": it.image_id,
        "privateDnsName": it.private_dns_name,
        "reason": it.state_transition_reason,
        **({"keyName": it.key_name} if it.key_name else {}),
        "amiLaunchIndex": it.ami_launch_index,
        "instanceType": it.instance_type,
        "launchTime": f"{it.launch_time:%Y-%m-%dT%H:%M:%S.000Z}",
        "subnetId": it.subnet_id,
        "vpcId": it.vpc_id,
        "privateIpAddress": it.private_ip_address,
        "architecture": it.architecture,
        "rootDeviceType": it.root_device_type,
        "rootDeviceName": it.root_device_name,
        "virtualizationType": it.virtualization_type,
        "hypervisor": it.hypervisor,
        "ebsOptimized": str(bool(it.ebs_optimized)).lower(),
        "instanceLifecycle": it.lifecycle,
    }


def _fields(facts: Mapping[str, Any]) -> str:
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in facts.items() if value is not None)


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(
        f"<item><key>{escape(key)}</key><value>{escape(value)}</value></item>" for key, value in tags.items()
    )
