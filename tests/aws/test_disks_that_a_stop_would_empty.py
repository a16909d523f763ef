"""W15: an instance whose host has disks is not stopped, though its root is on EBS: what is on them would be lost."""

import pytest

from sundown.aws.describing import ec2_parts
from sundown.model.cloud import CloudPart
from sundown.model.parts import Step
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import reconsider
from sundown_lab.aws.remote import Aws
from support.aws.described import HERE, instance, instances, knowing
from support.aws.skies import Sky
from support.samples import NOW

WITH_DISKS = ["m5d.large", "c5d.large", "r5d.large", "m6gd.medium", "i3.large", "i3en.large", "i4i.large", "d3.xlarge", "g4dn.xlarge",
              "z1d.large", "x2idn.16xlarge", "c6id.large"]  # fmt: skip
WITHOUT = ["t3.small", "m5.large", "c6g.medium", "r6i.large", "m7i.large"]


def described(kind: str, store: dict[str, str], *, phase: str = "running", **tags: str) -> CloudPart:
    raw = instance(phase=phase, tags={key.replace("__", ":"): value for key, value in tags.items()}, InstanceType=kind)
    (part,) = ec2_parts(instances(raw), HERE, knowing(stores=store))
    return part


def test_it_is_refused_with_the_disks_and_with_what_allows_it() -> None:
    """W15"""
    assert str(described("i3.large", {"i3.large": "1 x 475 GB"}).refused) == (
        "its type i3.large has disks in its host (1 x 475 GB), and a stop destroys what is on them: tag it "
        "sundown:instance-store=lose if it may be lost"
    )


def test_whoever_allows_the_loss_has_it_stopped() -> None:
    """W15"""
    allowed = {"sundown:instance-store": "lose"}
    (part,) = ec2_parts(
        instances(instance(tags=allowed, InstanceType="i3.large")), HERE, knowing(stores={"i3.large": "1 x 475 GB"})
    )
    assert part.refused is None


@pytest.mark.parametrize("value", ["", "Lose", "true", "lose it", "keep"])
def test_nothing_but_the_word_allows_it(value: str) -> None:
    """W15: what is lost is lost."""
    raw = instance(tags={"sundown:instance-store": value}, InstanceType="i3.large")
    (part,) = ec2_parts(instances(raw), HERE, knowing(stores={"i3.large": "1 x 475 GB"}))
    assert "sundown:instance-store=lose" in str(part.refused)


def test_of_what_nobody_knows_nothing_is_risked() -> None:
    """W15"""
    assert "ec2:DescribeInstanceTypes" in str(described("m9z.large", {}).refused)


def test_one_that_was_stopped_all_the_same_is_started() -> None:
    """A15"""
    record = {"sundown__previous-state": "running", "sundown__holder": "default/dev1"}
    assert described("i3.large", {"i3.large": "1 x 475 GB"}, phase="stopped", **record).refused is None


async def test_types_are_asked_about_once_whatever_they_are_called(sky: Sky, aws: Aws) -> None:
    """W15: by AWS's own table, a call for a hundred, and none with the next looks."""
    disks = {aws.instance(namespace="dev1", type=kind): kind for kind in WITH_DISKS}
    others = [aws.instance(namespace="dev1", type=kind) for kind in WITHOUT]
    async with sky.seen() as seen:
        await seen.look()
        refused = {part.identifier: part.refused for part in seen.cloud.of("dev1")}
        assert {name for name, why in refused.items() if why is not None} == set(disks)
        for name, kind in disks.items():
            assert f"its type {kind} has disks in its host (" in str(refused[name])
        assert {refused[name] for name in others} == {None}
    assert len(aws.called("DescribeInstanceTypes")) == 1


async def test_until_aws_says_it_nothing_is_stopped_and_then_it_is(sky: Sky, aws: Aws) -> None:
    """W15"""
    aws.faults.add("denied", operation="DescribeInstanceTypes")
    name = aws.instance(namespace="dev1")
    goal = Goal(wanted="Asleep", now=NOW, holder="default/dev1")
    async with sky.seen() as seen:
        assert "ec2:DescribeInstanceTypes" in str(seen.part(name).refused)
        assert await seen.cloud.carry_out(Step("Sleep", seen.part(name)), lambda part: reconsider(goal, part)) == 0
        aws.faults.clear()
        await seen.look()
        assert seen.part(name).refused is None
        assert await seen.cloud.carry_out(Step("Sleep", seen.part(name)), lambda part: reconsider(goal, part)) == 1
