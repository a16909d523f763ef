"""The door to AWS: calls in threads, bounded, counted, given up in time; credentials found again."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from sundown.aws.account_regions import Place
from sundown.aws.errors import CloudDenied, CloudGone, CloudNotEnabled, CloudThrottled, CloudUnreachable
from sundown.aws.sessions import Sessions
from sundown.aws.settings import AwsSettings
from sundown_lab.aws.keys import ACCOUNT, access_key
from sundown_lab.aws.remote import Aws

pytestmark = pytest.mark.timeout(300)

HERE = Place(None, "", "eu-central-1")


@pytest.fixture(autouse=True)
def environment(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)


def sessions(**settings: Any) -> Sessions:
    return Sessions(AwsSettings(**{"regions": ("eu-central-1",), **settings}))


def counted(service: str, operation: str, outcome: str) -> float:
    labels = {"service": service, "operation": operation, "outcome": outcome}
    return REGISTRY.get_sample_value("sundown_aws_calls_total", labels) or 0.0


async def test_nobody_is_asked_before_the_first_call(aws: Aws) -> None:
    """E8."""
    before = aws.seq
    sessions(roles=("arn:aws:iam::123456789012:role/sundown",))
    assert aws.seq == before


async def test_calls_are_counted_by_what_they_were_and_how_they_ended(aws: Aws) -> None:
    there = sessions()
    done = counted("ec2", "DescribeInstances", "done")
    gone = counted("ec2", "DescribeInstances", "CloudGone")
    await there.call(HERE, "ec2", "DescribeInstances")
    with pytest.raises(CloudGone):
        await there.call(HERE, "ec2", "DescribeInstances", InstanceIds=["i-0123456789abcdef0"])
    assert counted("ec2", "DescribeInstances", "done") == done + 1
    assert counted("ec2", "DescribeInstances", "CloudGone") == gone + 1


async def test_a_call_that_is_throttled_is_tried_three_times_in_all(aws: Aws) -> None:
    aws.faults.add("throttled", operation="DescribeInstances")
    before = aws.seq
    with pytest.raises(CloudThrottled):
        await sessions().call(HERE, "ec2", "DescribeInstances")
    assert len(aws.called("DescribeInstances", since=before)) == 3


async def test_a_call_that_is_not_answered_is_given_up(aws: Aws) -> None:
    aws.faults.add("silence", operation="DescribeInstances")
    with pytest.raises(CloudUnreachable, match="no answer"):
        await sessions(call_timeout_seconds=0.3).call(HERE, "ec2", "DescribeInstances")


async def test_no_more_calls_than_wanted_are_under_way(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    there = sessions(calls_in_flight=3)
    aws.faults.add("slow", operation="DescribeInstances", seconds=0.5)
    call, under_way, seen = Sessions._call, list[None](), list[int]()

    def counted(*arguments: Any) -> Any:
        under_way.append(None)
        seen.append(len(under_way))
        try:
            return call(*arguments)
        finally:
            under_way.pop()

    # In the thread that calls: one that has answered may be there still when the next begins.
    monkeypatch.setattr(Sessions, "_call", counted)
    await asyncio.gather(*(there.call(HERE, "ec2", "DescribeInstances") for _ in range(6)))
    assert (len(seen), max(seen)) == (6, 3)


async def test_a_region_that_does_not_answer_leaves_threads_for_the_others(aws: Aws) -> None:
    there = sessions(regions=("eu-central-1", "us-east-1"), calls_in_flight=4, call_timeout_seconds=300)
    quiet, well = there.places[1], there.places[0]
    aws.faults.add("silence", region="us-east-1")
    waiting = [asyncio.create_task(there.call(quiet, "ec2", "DescribeInstances")) for _ in range(8)]
    try:
        for _ in range(5):
            assert (await there.call(well, "ec2", "DescribeInstances"))["Reservations"] == []
        assert not any(task.done() for task in waiting)
    finally:
        aws.faults.clear()
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_credentials_that_come_later_are_found(monkeypatch: pytest.MonkeyPatch, aws: Aws) -> None:
    there = sessions()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(CloudDenied, match="there are no AWS credentials"):
        await there.call(HERE, "ec2", "DescribeInstances")
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    assert await there.call(HERE, "ec2", "DescribeInstances")


async def test_credentials_that_have_expired_are_looked_for_again(
    monkeypatch: pytest.MonkeyPatch, aws: Aws, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    file = tmp_path / "credentials"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    file.write_text("[default]\naws_access_key_id = AKIALAB123456789012\naws_secret_access_key = old\n")
    there = sessions()
    await there.call(HERE, "ec2", "DescribeInstances")
    other = aws.instance(namespace="dev1", account="210987654321")
    file.write_text("[default]\naws_access_key_id = AKIALAB210987654321\naws_secret_access_key = new\n")
    assert (await there.call(HERE, "ec2", "DescribeInstances"))["Reservations"] == []
    aws.faults.add("expired", times=1)
    with pytest.raises(CloudDenied, match="have expired"):
        await there.call(HERE, "ec2", "DescribeInstances")
    (reservation,) = (await there.call(HERE, "ec2", "DescribeInstances"))["Reservations"]
    assert reservation["Instances"][0]["InstanceId"] == other


async def test_a_role_is_assumed_with_the_external_id(aws: Aws) -> None:
    role = "arn:aws:iam::210987654321:role/sundown"
    there = sessions(roles=(role,), external_id="the-agreed-word")
    instance = aws.instance(namespace="dev1", account="210987654321")
    aws.faults.add("denied", service="sts", resource="the-agreed-word", times=1)  # so the word was said
    with pytest.raises(CloudDenied, match="trust policy"):
        await there.call(there.places[0], "ec2", "DescribeInstances")
    (reservation,) = (await there.call(there.places[0], "ec2", "DescribeInstances"))["Reservations"]
    assert reservation["Instances"][0]["InstanceId"] == instance


HANGS = """
import asyncio, sys
from sundown.aws.sessions import Sessions
from sundown.aws.settings import AwsSettings

async def main():
    there = Sessions(AwsSettings(regions=("eu-central-1",), call_timeout_seconds=300))
    task = asyncio.create_task(there.call(there.places[0], "ec2", "DescribeInstances"))
    await asyncio.sleep(3)
    print("ends", flush=True)
    task.cancel()

asyncio.run(main())
"""


def test_a_call_that_hangs_does_not_keep_the_process_from_ending(aws: Aws) -> None:
    aws.faults.add("silence")
    ran = subprocess.run(
        [sys.executable, "-c", HANGS], env=aws.environment, capture_output=True, text=True, timeout=120, check=True
    )
    assert ran.stdout == "ends\n"


async def test_a_region_that_is_not_enabled_takes_nothing_from_the_others(
    monkeypatch: pytest.MonkeyPatch, aws: Aws
) -> None:
    """X3: what the others call with stays as it is, and no credentials are looked for anew."""
    there = sessions(regions=("eu-central-1", "ap-east-1"))
    well, strange = there.places
    aws.faults.add("not-enabled", region="ap-east-1")
    await there.call(well, "ec2", "DescribeInstances")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key("210987654321"))
    for service, operation in (("ec2", "DescribeInstances"), ("rds", "DescribeDBInstances")):
        with pytest.raises(CloudNotEnabled, match="enable ap-east-1 for the account, or take it out of SUNDOWN_AWS_"):
            await there.call(strange, service, operation)
    await there.call(well, "ec2", "DescribeInstances")
    assert {call.account for call in aws.called("DescribeInstances")} == {ACCOUNT}


async def test_credentials_that_one_region_finds_expired_are_looked_for_there(
    monkeypatch: pytest.MonkeyPatch, aws: Aws
) -> None:
    """X3: each place finds out by itself."""
    there = sessions(regions=("eu-central-1", "us-east-1"))
    one, other = there.places
    for place in there.places:
        await there.call(place, "ec2", "DescribeInstances")
    aws.faults.add("expired", region="us-east-1", times=1)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key("210987654321"))
    with pytest.raises(CloudDenied, match="have expired"):
        await there.call(other, "ec2", "DescribeInstances")
    since = aws.seq
    for place in (one, other):
        await there.call(place, "ec2", "DescribeInstances")
    assert [call.account for call in aws.called(since=since)] == [ACCOUNT, "210987654321"]
