"""W11, X5: there is one way to read a tag. What is not written exactly is left alone and named; what Sundown has stopped is
started again, however its tags are spelt by then."""

import string
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.aws import tags
from sundown.aws.describing import cluster_parts, ec2_parts, rds_parts
from sundown.aws.spelling import is_like
from sundown.aws.tags import Keys, claimed, is_meant_to_sleep, read
from sundown.model.cloud import CloudPart
from sundown.model.spec import Wanted
from sundown.reconcile.part_verdict import Goal, stand
from sundown.reconcile.plan import reconsider
from sundown_lab.aws.remote import Aws
from support.aws.described import HERE, cluster, clusters, database, databases, instance, instances, knowing
from support.aws.skies import Sky
from support.effort import examples

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
KEYS = Keys()
CONTEXT = knowing()
ENV = "dev1"

READ = {
    "EC2Instance": lambda phase, labels: ec2_parts(instances(instance(phase=phase, tags=labels)), HERE, CONTEXT),
    "RDSInstance": lambda phase, labels: rds_parts(databases(database(phase=phase, tags=labels)), HERE, CONTEXT),
    "AuroraCluster": lambda phase, labels: cluster_parts(clusters(cluster(phase=phase, tags=labels)), HERE, CONTEXT),
}
RUNNING = {"EC2Instance": "running", "RDSInstance": "available", "AuroraCluster": "available"}

blanks = st.text(" \t\u00a0\u200b\u2009", max_size=3)
cases = st.sampled_from([str.lower, str.upper, str.title, str.swapcase])


def spelt(word: str) -> st.SearchStrategy[str]:
    """The word with blanks around it, in other cases, fully wide, or with Cyrillic letters; or something else altogether."""
    alike = word.translate(str.maketrans("aeopcyx", "аеорсух"))
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign in string.ascii_letters + string.digits else sign for sign in word)
    near = st.builds(
        lambda before, case, text, after: before + case(text) + after,
        blanks,
        cases,
        st.sampled_from([word, alike, wide]),
        blanks,
    )
    return st.one_of(st.just(word), near, st.just(f"{word},"), st.just(f"{word} {word}"), st.text(max_size=8))


def part_of(kind: str, phase: str, labels: dict[str, str]) -> CloudPart:
    (part,) = READ[kind](phase, labels)
    return part


def step(wanted: Wanted, part: CloudPart, *, env: str = ENV) -> str | None:
    """What a visit to an env does to a part of its; nothing to one that is not its."""
    if env not in claimed(part.namespace):
        return None
    found = reconsider(Goal(wanted=wanted, now=NOW, holder=f"default/{env}"), part)
    return found.action if found is not None else None


@given(
    kind=st.sampled_from(sorted(READ)),
    namespace=spelt(ENV),
    scheduler=spelt("enabled"),
    more=st.dictionaries(
        st.sampled_from(["Namespace", "Scheduler", "SUNDOWN:EXCLUDE", "team"]), spelt("true"), max_size=2
    ),
)
@examples(300)
def test_no_spelling_can_be_stopped_and_then_not_started(
    kind: str, namespace: str, scheduler: str, more: dict[str, str]
) -> None:
    """W11: what is stopped carries a record by which the same env starts it, and forgets it when it runs."""
    labels = {"namespace": namespace, "scheduler": scheduler, **more}
    running = part_of(kind, RUNNING[kind], labels)
    if step("Asleep", running) is None:
        return
    labels |= tags.record(holder=f"default/{running.namespace}", now=NOW)
    assert step("Awake", part_of(kind, "stopped", labels)) == "Wake"
    assert step("Awake", part_of(kind, RUNNING[kind], labels)) == "Forget"


@given(kind=st.sampled_from(sorted(READ)), namespace=spelt(ENV), holder=spelt(f"default/{ENV}"), state=spelt("running"))
@examples(300)
def test_what_was_stopped_and_respelt_since_is_started_or_named(
    kind: str, namespace: str, holder: str, state: str
) -> None:
    """W11: where a tag can be read at all, it is read; where it cannot, nobody says that all is well."""
    labels = {"namespace": namespace, tags.PREVIOUS_STATE: state, tags.HOLDER: holder, "scheduler": "enabled"}
    part = part_of(kind, "stopped", labels)
    woken = step("Awake", part) == "Wake"
    held = part.holder == f"default/{ENV}" and part.record == "running"
    assert woken or not (held and claimed(namespace) in {(ENV,), ()})
    said = part.refused is not None or bool(
        stand(Goal(wanted="Awake", now=NOW, holder=f"default/{ENV}"), part).mistakes
    )
    assert woken or said or part.record != "running" or part.namespace != ENV


@pytest.mark.parametrize("written", ["dev1 ", "Dev1", "dev1\u200b"])
@pytest.mark.parametrize("holder", ["default/dev1 ", "default/dev1", " default / Dev1"])
@pytest.mark.parametrize("state", ["running", "Running ", "running\u200b"])
def test_one_that_was_stopped_under_such_a_name_is_started(written: str, holder: str, state: str) -> None:
    """W11: the holder was written with the same blank by versions before."""
    labels = {"namespace": written, tags.HOLDER: holder, tags.PREVIOUS_STATE: state}
    assert step("Awake", part_of("EC2Instance", "stopped", labels)) == "Wake"


def test_letters_that_nobody_sees_are_shown() -> None:
    assert "(dev1\\u200b)" in read({"namespace": "dev1\u200b", "scheduler": "enabled"}, KEYS).misspelt


NEAR_KEYS = ["Scheduler", "SCHEDULER", "scheduler ", " scheduler", "schedulers", "schedular", "schedule", "scheduler\u200b",
             "sundown:scheduler", "sundown.dev/scheduler", "sсheduler", "ｓcheduler"]  # fmt: skip
NEAR_VALUES = [
    "Enabled",
    "ENABLED",
    " enabled",
    "enabled ",
    "enable",
    "enabeld",
    "true",
    "True",
    "yes",
    "on",
    "1",
    "еnabled",
]


@pytest.mark.parametrize("key", NEAR_KEYS)
@pytest.mark.parametrize("value", ["enabled", "Enabled", "true"])
def test_a_key_that_is_nearly_the_right_one_is_noticed(key: str, value: str) -> None:
    """X5"""
    labels = {"namespace": ENV, key: value}
    assert is_meant_to_sleep(labels, KEYS)
    found = read(labels, KEYS)
    assert found.misspelt.endswith("write scheduler=enabled")
    assert (found.meant_for, found.enabled) == (ENV, False)


@pytest.mark.parametrize("value", NEAR_VALUES)
def test_a_value_that_is_nearly_the_right_one_is_noticed(value: str) -> None:
    """X5"""
    found = read({"namespace": ENV, "scheduler": value}, KEYS)
    assert 'write "enabled"' in found.misspelt
    assert not found.enabled
    assert is_meant_to_sleep({"scheduler": value}, KEYS)


def test_a_value_that_says_neither_yes_nor_no_counts_beside_a_namespace_only() -> None:
    """X5: other tools have tags of that name too."""
    assert is_meant_to_sleep({"scheduler": "office-hours", "namespace": ENV}, KEYS)
    assert not is_meant_to_sleep({"scheduler": "office-hours"}, KEYS)


@pytest.mark.parametrize(
    "labels",
    [
        {"scheduler": "enabled", "namespace": ENV},
        {"scheduler": "disabled", "namespace": ENV},
        {"scheduler": "Disabled", "namespace": ENV},
        {"scheduler": "false", "namespace": ENV},
        {"scheduler": "", "namespace": ENV},
        {"scheduler": "disabled", "Scheduler": "enabled", "namespace": ENV},
        {"Schedule": "office-hours", "namespace": ENV},
        {"Scheduler": "quartz", "namespace": ENV},
        {"namespace": ENV},
        {"task-scheduler-queue": "true"},
    ],
    ids=str,
)
def test_what_is_right_or_means_something_else_is_not_noticed(labels: dict[str, str]) -> None:
    """X5"""
    assert not is_meant_to_sleep(labels, KEYS)


@pytest.mark.parametrize(
    "key", ["Namespace", "namespaces", "NAMESPACE", "name-space", "namespace ", "sundown:namespace"]
)
def test_a_namespace_key_that_is_nearly_right_names_the_env_that_was_meant(key: str) -> None:
    """X5"""
    labels = {"scheduler": "enabled", key: ENV}
    (part,) = ec2_parts(
        instances({**instance(), "Tags": [{"Key": k, "Value": v} for k, v in labels.items()]}), HERE, CONTEXT
    )
    assert (part.namespace, part.meant_for) == ("", ENV)
    assert part.misspelt.endswith("write namespace=dev1")


@pytest.mark.parametrize("key", ["Sundown:Exclude", "sundown:excluded", "sundown-exclude", "sundown.dev/exclude"])
def test_a_wish_to_be_left_out_that_is_misspelt_leaves_it_running(key: str) -> None:
    """X5, A14: leaving something running is the mistake that harms nobody."""
    part = part_of("EC2Instance", "running", {key: "true"})
    assert step("Asleep", part) is None
    assert "call it sundown:exclude" in str(part.refused)


@pytest.mark.parametrize(
    "other",
    ["Name", "team", "workspace", "cluster", "wave", "exclude", "aws:cloudformation:stack-name", "sundown:holder"],
)
def test_keys_of_others_are_none_of_ours(other: str) -> None:
    assert not any(is_like(other, ours) for ours in KEYS.of_people)


@pytest.mark.parametrize("text", ["disabled", "disable", "tables"])
def test_its_contrary_is_not_like_a_word(text: str) -> None:
    assert not is_like(text, "enabled")


async def test_misspelt_tags_are_found_in_aws_and_told_to_the_env_that_they_mean(sky: Sky, aws: Aws) -> None:
    """X5: keys and values, of instances and databases; what is right is not among them."""
    right = aws.instance(namespace="dev1")
    made = {
        aws.instance(namespace="dev1", scheduler="Enabled"): "dev1",
        aws.instance(namespace="dev2", scheduler=None, tags={"Scheduler": "enabled"}): "dev2",
        aws.instance(scheduler="enabled", tags={"Namespace": "dev2"}): "dev2",
        aws.database("dev1-db", namespace="dev1", scheduler="true"): "dev1",
    }
    aws.instance(namespace="dev1", scheduler="disabled")
    async with sky.seen() as seen:
        problems = {problem.title.partition("/")[2]: problem for problem in seen.cloud.problems}
        assert {name: problem.namespace for name, problem in problems.items()} == made
        assert all("write" in problem.text for problem in problems.values())
        assert [len(seen.cloud.meant_for(name)) for name in ("dev1", "dev2", "dev3")] == [2, 2, 0]
        assert seen.names() == [right]
        told: list[Any] = list(seen.told)
        assert {"dev1", "dev2"} <= set(told)


async def test_keys_are_looked_through_once_and_then_once_an_hour(sky: Sky, aws: Aws) -> None:
    """X5: it costs the looks nothing."""
    aws.instance(namespace="dev1")
    async with sky.seen() as seen:
        for _ in range(3):
            await seen.look()
    assert len(aws.called("GetTagKeys")) == 1


async def test_without_the_right_to_see_keys_all_else_works(sky: Sky, aws: Aws) -> None:
    """X5"""
    aws.faults.add("denied", operation="GetTagKeys")
    instance = aws.instance(namespace="dev1")
    async with sky.seen() as seen:
        assert seen.names() == [instance]
        assert seen.cloud.health == ""


def test_what_lost_its_namespace_tag_belongs_to_whom_it_was_stopped_for() -> None:
    """W12: and is known by its record until it runs again."""
    labels = {"namespace": "", tags.PREVIOUS_STATE: "running", tags.HOLDER: f"default/{ENV}"}
    assert step("Awake", part_of("EC2Instance", "stopped", labels)) == "Wake"
    assert step("Awake", part_of("EC2Instance", "running", labels)) == "Forget"
    assert part_of("EC2Instance", "stopped", {**labels, tags.HOLDER: f"other/{ENV}"}).namespace == ""
