"""The yardstick for AWS: the same calls as the operator's, with nothing around them but boto3."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Any

from sundown_lab.aws.remote import Aws

AT_ONCE = 8
"""Calls under way at once, as many as the operator has by default."""

HOLDER = "sundown:holder"
RECORD = {"sundown:previous-state": "running", "sundown:stopped-at": "2026-01-01T00:00:00Z"}


def look(aws: Aws) -> float:
    """Find all that is tagged and describe it, one call after the other; the seconds that it takes."""
    began = time.perf_counter()
    tagging = aws.client("resourcegroupstaggingapi").get_paginator("get_resources")
    found = []
    for question in ({"Key": "scheduler", "Values": ["enabled"]}, {"Key": "sundown:previous-state"}):
        for page in tagging.paginate(TagFilters=[question], PaginationConfig={"PageSize": 100}):
            found += [each["ResourceARN"].rpartition("/")[2] for each in page["ResourceTagMappingList"]]
    for some in _some(sorted(set(found)), 1000):
        aws.client("ec2").describe_instances(InstanceIds=some)
    return time.perf_counter() - began


def stop(aws: Aws) -> float:
    """Describe, tag and stop everything, env by env and then together, and start it again; the seconds until it is stopped."""
    ec2 = aws.client("ec2")
    every = {name: seen.tags["namespace"] for name, seen in aws.everything.items()}
    ordered = sorted(every, key=every.__getitem__)
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(lambda some: ec2.describe_instances(InstanceIds=some), _some(ordered, 500)))
        envs = [(env, list(names)) for env, names in groupby(ordered, key=every.__getitem__)]
        list(threads.map(lambda each: _record(ec2, *each), envs))
        list(threads.map(lambda some: ec2.stop_instances(InstanceIds=some), _some(ordered, 500)))
    took = time.perf_counter() - began
    start(aws)
    return took


def start(aws: Aws) -> None:
    """Everything runs as if nobody had ever stopped it; from now on that takes no time."""
    aws.delay(0, service="ec2")
    aws.settle()
    ec2 = aws.client("ec2")
    for some in _some(list(aws.everything), 500):
        ec2.start_instances(InstanceIds=some)
        ec2.delete_tags(Resources=some, Tags=[{"Key": key} for key in (*RECORD, HOLDER)])


def _record(ec2: Any, env: str, names: list[str]) -> None:
    tags = {**RECORD, HOLDER: f"bench/{env}"}
    ec2.create_tags(Resources=names, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])


def _some(names: Sequence[str], size: int) -> list[list[str]]:
    return [list(names[start : start + size]) for start in range(0, len(names), size)]
