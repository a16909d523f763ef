"""What is to be done about a SupportPod, by what is there: each case by itself."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.cluster.reading import support_pod
from sundown.model.pods import Maker, SeenPod
from sundown.model.support_pod import (
    LONGEST_LIFE,
    SHORTEST_LIFE,
    SupportCondition,
    SupportPodStatus,
    Wanted,
    safe_name,
)
from sundown.reconcile.support.manifest import manifest
from sundown.reconcile.support.plan import SETTLED, Look, Refusal, Step, look, made, older, older_of_owner
from sundown.settings import Settings

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SETTINGS = Settings(support_namespace="sundown-support")
OURS = Maker("SupportPod", "tool", "u1")
QUOTA = (
    'POST /api/v1/namespaces/sundown-support/pods: pods "tool" is forbidden: exceeded quota: sundown-support, '
    "requested: limits.memory=8Gi, used: limits.memory=16Gi, limited: limits.memory=20Gi"
)


def wanted(*, name: str = "tool", made: datetime = NOW, status: SupportPodStatus | None = None, **spec: Any) -> Wanted:
    raw = {
        "metadata": {
            "name": name,
            "namespace": "sundown-support",
            "uid": "u1",
            "resourceVersion": "7",
            "generation": 1,
            "creationTimestamp": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
        "spec": spec,
    }
    found = support_pod(raw)
    return found if status is None else replace(found, status=status)


def pod(**fields: Any) -> SeenPod:
    return SeenPod(**{"name": "tool", "uid": "p1", "maker": OURS, "phase": "Running", "ready": True, **fields})


def seen(one: Wanted, there: SeenPod | None = None, *, now: datetime = NOW, **more: Any) -> Look:
    return look(one, there, settings=more.pop("settings", SETTINGS), now=now, **more)


def test_without_a_pod_one_is_made_of_the_usual_size() -> None:
    """H1: S, of 1Gi."""
    found = seen(wanted())
    assert (found.step, found.status.size, found.memory) == (Step.MAKE, "S", "1Gi")


@pytest.mark.parametrize(("size", "memory"), [("XS", "512Mi"), ("S", "1Gi"), ("M", "2Gi"), ("L", "4Gi"), ("XL", "8Gi")])
def test_each_size_has_its_memory_and_one_cpu_with_requests_equal_to_limits(size: str, memory: str) -> None:
    """H1"""
    found = seen(wanted(size=size))
    body = manifest(wanted(size=size), memory=found.memory, settings=SETTINGS)
    (container,) = body["spec"]["containers"]
    assert container["resources"]["requests"] == container["resources"]["limits"] == {"cpu": "1", "memory": memory}


def test_sizes_image_and_time_are_settings() -> None:
    """H1"""
    settings = Settings(
        support_sizes={"TINY": "64Mi"}, support_size="TINY", support_image="example.com/tools:1", support_hours=2
    )
    found = seen(wanted(), settings=settings)
    assert (found.status.size, found.memory, found.status.ends_at) == ("TINY", "64Mi", NOW + timedelta(hours=2))
    body = manifest(wanted(), memory=found.memory, settings=settings)
    assert body["spec"]["containers"][0]["image"] == "example.com/tools:1"


def test_the_pod_has_neither_root_nor_token_nor_privileges_and_goes_with_its_supportpod() -> None:
    """H1, J4"""
    body = manifest(wanted(owner="ana@example.com"), memory="1Gi", settings=SETTINGS)
    spec, (container,) = body["spec"], body["spec"]["containers"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert body["metadata"]["ownerReferences"][0]["uid"] == "u1"
    assert body["metadata"]["annotations"]["sundown.dev/owner"] == "ana@example.com"


def test_a_size_that_does_not_exist_is_said_with_those_that_do() -> None:
    """H2: "no such size"."""
    found = seen(wanted(size="XXL"))
    assert (found.step, found.status.state, found.reason) == (None, "Failed", "NoSuchSize")
    assert found.status.message == 'there is no size "XXL"; there are XS, S, M, L, XL'


def test_a_pod_that_runs_is_left_alone_when_its_size_is_taken_out_of_the_settings() -> None:
    one = wanted(size="XXL", status=SupportPodStatus(size="XXL", memory="16Gi", pod="p1"))
    found = seen(one, pod())
    assert (found.step, found.status.state, found.status.memory) == (None, "Running", "16Gi")


def test_it_lives_for_eight_hours_and_is_taken_away_then() -> None:
    """H2"""
    one = wanted(made=NOW - timedelta(hours=8))
    before, then = seen(one, pod(), now=NOW - timedelta(seconds=1)), seen(one, pod(), now=NOW)
    assert (before.step, before.again) == (None, NOW)
    assert (then.step, then.status.state) == (Step.END, "Ending")


def test_a_longer_time_to_live_keeps_it() -> None:
    """H2"""
    found = seen(wanted(made=NOW - timedelta(hours=8), ttl="16h"), pod())
    assert (found.step, found.again) == (None, NOW + timedelta(hours=8))


@pytest.mark.parametrize(
    ("ttl", "life"), [("1s", SHORTEST_LIFE), ("9999d", LONGEST_LIFE), ("1d12h", timedelta(hours=36))]
)
def test_a_time_out_of_range_counts_as_the_nearest_that_is_in_it(ttl: str, life: timedelta) -> None:
    assert seen(wanted(ttl=ttl)).status.ends_at == NOW + life


@pytest.mark.parametrize("maker", [None, Maker("ReplicaSet", "tool", "r1"), Maker("SupportPod", "other", "u9")])
def test_a_pod_of_the_name_that_is_not_ours_is_never_touched(maker: Maker | None) -> None:
    for phase in ("Running", "Failed", "Succeeded", "Pending"):
        found = seen(wanted(), pod(maker=maker, phase=phase))
        assert (found.step, found.reason) == (None, "NameTaken")
        assert found.status.pod == ""


def test_not_even_at_its_end_is_the_pod_of_somebody_else_touched() -> None:
    found = seen(wanted(made=NOW - timedelta(hours=9)), pod(maker=None))
    assert found.step is Step.END
    assert found.pod is None


def test_the_pod_of_the_one_before_it_is_waited_for() -> None:
    found = seen(wanted(), pod(maker=Maker("SupportPod", "tool", "u0")))
    assert (found.step, found.reason, found.again) == (None, "WaitingForOldPod", NOW + timedelta(seconds=2))


def test_a_pod_that_was_deleted_by_hand_is_made_again() -> None:
    found = seen(wanted(status=SupportPodStatus(pod="p1", started_at=NOW - timedelta(hours=1))))
    assert (found.step, found.reason) == (Step.MAKE, "PodLost")


def test_one_that_was_evicted_is_cleared_first() -> None:
    over = pod(phase="Failed", ready=False, trouble=("Evicted", "the node was low on memory"))
    found = seen(wanted(), over)
    assert (found.step, found.reason, found.pod) == (Step.CLEAR, "Evicted", over)
    assert "low on memory" in found.status.message


def test_one_that_is_lost_again_and_again_is_made_ever_later() -> None:
    status, now, waits = SupportPodStatus(), NOW, []
    for _ in range(9):
        found = seen(wanted(status=status, made=NOW), now=now)
        if found.step is None:
            assert found.again is not None
            waits.append((found.again - now).total_seconds())
            now = found.again
            found = seen(wanted(status=found.status), now=now)
        assert found.step is Step.MAKE
        status = made(found.status, pod=f"p{now}", now=now)
    assert waits == [5, 10, 20, 40, 80, 160, 300]


def test_one_that_has_lived_for_a_while_starts_afresh() -> None:
    before = SupportPodStatus(pod="p1", started_at=NOW - SETTLED, replaced=7)
    found = seen(wanted(status=before))
    assert found.step is Step.MAKE
    assert made(found.status, pod="p2", now=NOW).replaced == 0


def test_a_quota_that_is_used_up_is_said_in_words_and_tried_again() -> None:
    one = wanted(size="XL")
    refused = seen(one, refusal=Refusal(NOW, QUOTA))
    assert (refused.step, refused.reason, refused.status.state) == (None, "QuotaExceeded", "Pending")
    assert refused.again is not None
    assert "limits.memory=16Gi" in refused.status.message
    again = seen(one, refusal=Refusal(NOW, QUOTA), now=refused.again)
    assert (again.step, again.status.message) == (Step.MAKE, refused.status.message)


def test_a_quota_that_the_cluster_has_not_counted_yet_is_waited_for() -> None:
    found = seen(wanted(), refusal=Refusal(NOW, 'pods "tool" is forbidden: status unknown for quota: sundown-support'))
    assert (found.reason, found.status.state) == ("QuotaNotCounted", "Pending")


def test_what_the_api_server_does_not_take_is_said_in_its_words() -> None:
    found = seen(wanted(), refusal=Refusal(NOW, "violates PodSecurity"))
    assert (found.reason, found.status.state) == ("PodRefused", "Failed")
    assert "violates PodSecurity" in found.status.message


def test_an_image_that_is_not_pulled_is_said_once_however_the_kubelet_calls_it() -> None:
    first = seen(wanted(), pod(ready=False, phase="Pending", image="x:1", trouble=("ErrImagePull", "no such host")))
    assert first.reason == "ImageNotPulled"
    assert first.status.message == 'its image "x:1" cannot be pulled: no such host'
    status = first.status.model_copy(
        update={"conditions": (_condition(first),)},
    )
    later = pod(ready=False, phase="Pending", image="x:1", trouble=("ImagePullBackOff", "Back-off pulling"))
    assert seen(wanted(status=status), later).status.message == first.status.message


def _condition(found: Look) -> SupportCondition:
    return SupportCondition(type="Ready", status="False", reason=found.reason, last_transition_time=NOW)


@pytest.mark.parametrize(
    ("word", "reason", "said"),
    [
        ("Unschedulable", "Unschedulable", "no node has room for it: 0/1 nodes"),
        ("CrashLoopBackOff", "CrashLoopBackOff", "its container ends again and again: 0/1 nodes"),
        ("InvalidImageName", "InvalidImageName", '"x:1" is no name of an image (SUNDOWN_SUPPORT_IMAGE): 0/1 nodes'),
        ("SomethingNew", "SomethingNew", "SomethingNew: 0/1 nodes"),
        ("rpc error: code = 5", "PodNotReady", "rpc error: code = 5: 0/1 nodes"),
    ],
)
def test_what_keeps_a_pod_from_becoming_ready_is_said(word: str, reason: str, said: str) -> None:
    found = seen(wanted(), pod(ready=False, phase="Pending", image="x:1", trouble=(word, "0/1 nodes")))
    assert (found.reason, found.status.message) == (reason, said)


def test_a_dry_run_makes_nothing_and_ends_nothing() -> None:
    """G8"""
    settings = Settings(dry_run=True)
    for made_at in (NOW, NOW - timedelta(days=1)):
        assert seen(wanted(made=made_at), settings=settings).step is None


def test_a_spec_that_cannot_be_read_fails_and_ends_in_time() -> None:
    broken = wanted(ttl="soon")
    assert seen(broken).reason == "InvalidSpec"
    assert seen(broken, now=NOW + timedelta(hours=8)).step is Step.END


@given(
    phase=st.sampled_from(["Pending", "Running", "Failed", "Succeeded", "Unknown"]),
    ready=st.booleans(),
    leaves=st.booleans(),
    maker=st.sampled_from([None, OURS, Maker("SupportPod", "tool", "u0"), Maker("Job", "x", "j")]),
    there=st.booleans(),
    age=st.integers(0, 20),
    refused=st.booleans(),
    replaced=st.integers(0, 50),
)
def test_whatever_is_there_only_our_own_pod_is_cleared_and_it_is_looked_again_before_the_end(
    *, phase: str, ready: bool, leaves: bool, maker: Maker | None, there: bool, age: int, refused: bool, replaced: int
) -> None:
    one = wanted(
        made=NOW - timedelta(hours=age),
        status=SupportPodStatus(pod="p0", started_at=NOW - timedelta(minutes=1), replaced=replaced),
    )
    its = pod(phase=phase, ready=ready, leaves=leaves, maker=maker) if there else None
    found = seen(one, its, refusal=Refusal(NOW, QUOTA) if refused else None)
    assert (found.step is Step.CLEAR) <= (maker == OURS)
    assert (found.step is Step.MAKE) <= (its is None)
    assert (found.step is Step.END) == (age >= 8)
    if found.step is not Step.END:
        assert found.again is not None
        assert found.again <= NOW + timedelta(hours=8 - age)
    assert found.status.message


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("tool", "tool"),
        ("My_Tool 2", "my-tool-2"),
        ("--x--", "x"),
        ("Ünïcode", "n-code"),
        ("../../etc", "etc"),
        ("a" * 200, "a" * 63),
        ("a" * 62 + "-b", "a" * 62),
        ("!!!", ""),
    ],
)
def test_names_are_made_safe(typed: str, name: str) -> None:
    """H2"""
    assert safe_name(typed) == name


@given(st.text(max_size=200))
def test_a_safe_name_is_a_label_of_the_dns_or_none_and_stays_what_it_is(typed: str) -> None:
    """H2"""
    name = safe_name(typed)
    assert name == "" or re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name)
    assert safe_name(name) == name


def test_so_many_at_a_time_are_enough_for_one_person() -> None:
    """H2 J6: the first that they have made run, the others wait until one is stopped."""
    there = [
        wanted(name=f"tool-{number}", made=NOW + timedelta(seconds=number), owner="ana@example.com")
        for number in range(4)
    ]
    there.append(wanted(name="bo", owner="bo@example.com"))
    there += [wanted(name=f"nobodys-{number}") for number in range(4)]
    there.append(wanted(name="loud", owner="Ana@Example.com"))
    few = SETTINGS.model_copy(update={"support_per_person": 3})

    def one(name: str) -> Look:
        which = next(each for each in there if each.name == name)
        return seen(which, settings=few, older=older_of_owner(which, there))

    steps = {each.name: one(each.name).step for each in there}
    assert steps == {
        "tool-0": Step.MAKE,
        "tool-1": Step.MAKE,
        "tool-2": None,
        "tool-3": None,
        "bo": Step.MAKE,
        **{f"nobodys-{number}": Step.MAKE for number in range(4)},
        "loud": Step.MAKE,
    }
    waits = one("tool-3")
    assert (waits.status.state, waits.reason) == ("Pending", "TooManyOfOwner")
    assert "ana@example.com has 4 support pods already, and 3 are the most" in waits.status.message
    assert waits.again is not None
    assert waits.again < NOW + timedelta(minutes=1)


def test_so_many_at_a_time_are_enough_for_all_together() -> None:
    """H1 J6: whoever has started them, and whatever quota the namespace has."""
    there = [wanted(name=f"tool-{number}", made=NOW + timedelta(seconds=number)) for number in range(4)]
    few = SETTINGS.model_copy(update={"support_most": 3})
    looks = [seen(one, settings=few, before=older(one, there)) for one in there]
    assert [one.step for one in looks] == [Step.MAKE, Step.MAKE, Step.MAKE, None]
    waits = looks[3]
    assert (waits.status.state, waits.reason) == ("Pending", "TooManyInAll")
    assert "3 support pods in this cluster already, and 3 are the most" in waits.status.message
    assert waits.again is not None
    assert waits.again < NOW + timedelta(minutes=1)


def test_what_runs_goes_on_when_the_bound_is_made_smaller() -> None:
    """H2"""
    one = SETTINGS.model_copy(update={"support_per_person": 1, "support_most": 1})
    assert seen(wanted(owner="ana@example.com"), pod(), settings=one, older=3, before=3).reason == "Running"


def test_two_that_were_made_in_the_same_second_do_not_wait_for_each_other() -> None:
    pair = [wanted(name=name, owner="ana@example.com") for name in ("a", "b")]
    assert sorted(older_of_owner(one, pair) for one in pair) == [0, 1]
