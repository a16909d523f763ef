"""Steps carried out: those of a batch together, and none stopped by another's failure."""

import asyncio
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

import pytest

from sundown.aws.errors import CloudDenied, CloudError, CloudUnreachable
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Conflict, Denied, Unanswered, Unreachable
from sundown.cluster.gate import Gate
from sundown.model.cloud import CloudPart
from sundown.model.parts import Step
from sundown.reconcile import plan_execution
from sundown.reconcile.clouds import Clouds
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import Plan, reconsider
from sundown.reconcile.plan_execution import Outcome, act
from support.samples import HOLDER, MEMORY, NOW, SLEEP, cloud, planned, stopped, workload

AT_ONCE = timedelta()


class Wire(Cluster):
    """Takes down which workloads are written, and refuses some."""

    def __init__(self, diary: list[str], errors: dict[str, ApiError]) -> None:
        self._diary = diary
        self._errors = errors

    async def merge_patch(
        self, path: str, body: dict[str, Any], *, whole: bool = False, **params: str
    ) -> dict[str, Any]:
        name = path.rsplit("/", 1)[1]
        self._diary.append(name)
        await asyncio.sleep(0)
        if name in self._errors:
            raise self._errors[name]
        self._diary.append(f"{name} done")
        return {}


class Sky(Clouds):
    """Takes down which parts in the cloud are changed, and refuses some."""

    def __init__(self, diary: list[str], errors: dict[str, CloudError]) -> None:
        self._diary = diary
        self._errors = errors

    def of(self, namespace: str) -> tuple[CloudPart, ...]:
        return ()

    def meant_for(self, namespace: str) -> tuple[str, ...]:
        return ()

    def remember(self, namespace: str, arns: Collection[str]) -> None: ...

    def is_gone(self, arn: str) -> bool:
        return False

    async def carry_out(self, step: Step, again: Callable[[CloudPart], Step | None]) -> int:
        assert isinstance(step.part, CloudPart)
        name = step.part.identifier
        self._diary.append(name)
        await asyncio.sleep(60 if name == "i-silent" else 0)
        if name in self._errors:
            raise self._errors[name]
        self._diary.append(f"{name} done")
        return int(again(step.part) is not None)


async def carried_out(
    plan: Plan,
    *,
    api: dict[str, ApiError] | None = None,
    aws: dict[str, CloudError] | None = None,
) -> tuple[Outcome, list[str]]:
    """The outcome, and what was begun and done in which order."""
    diary: list[str] = []
    goal = Goal(wanted="Asleep", now=NOW, holder=HOLDER)

    def again(part: Any) -> Step | None:
        return reconsider(goal, part)

    outcome = await act(Wire(diary, api or {}), Gate(width=4), plan, again=again, clouds=Sky(diary, aws or {}))
    return outcome, diary


def together() -> Plan:
    """A plan of one wave."""
    return planned(
        "Asleep", workload("web"), workload("api"), cloud(name="i-1", wave="20"), cloud(name="i-2", wave="20")
    )


async def test_the_steps_of_a_wave_are_made_together_wherever_they_are() -> None:
    """G3, E4."""
    outcome, diary = await carried_out(together())
    assert (outcome.written, outcome.failures) == (4, ())
    assert set(diary[:4]) == {"web", "api", "i-1", "i-2"}


async def test_what_is_released_of_a_later_wave_comes_after_the_earlier() -> None:
    """G3."""
    _, diary = await carried_out(planned("Asleep", workload("web"), cloud(name="i-1"), timeout=AT_ONCE))
    assert diary == ["i-1", "i-1 done", "web", "web done"]


async def test_what_is_held_back_is_not_made() -> None:
    """G3."""
    _, diary = await carried_out(planned("Asleep", workload("web"), cloud(name="i-1")))
    assert diary == ["i-1", "i-1 done"]


async def test_one_part_that_aws_refuses_does_not_stop_the_others() -> None:
    """E4."""
    outcome, diary = await carried_out(together(), aws={"i-1": CloudDenied("ec2:StopInstances is not allowed")})
    assert outcome.written == 3
    assert [str(failure) for failure in outcome.failures] == ["EC2Instance/i-1: ec2:StopInstances is not allowed"]
    assert {"web done", "api done", "i-2 done"} <= set(diary)


async def test_a_cloud_that_does_not_answer_at_all_does_not_stop_the_workloads() -> None:
    """E4."""
    plan = planned("Asleep", cloud(name="i-1"), cloud(name="i-2"), workload("web"), timeout=AT_ONCE)
    away = CloudUnreachable("no answer")
    outcome, diary = await carried_out(plan, aws={"i-1": away, "i-2": away})
    assert (outcome.written, len(outcome.failures), diary[-1]) == (1, 2, "web done")


async def test_a_cloud_that_takes_for_ever_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """C5, E4: somebody may want the env back meanwhile."""
    monkeypatch.setattr(plan_execution, "PATIENCE", 0.05)
    plan = planned("Asleep", cloud(name="i-silent"), workload("web"), timeout=AT_ONCE)
    outcome, diary = await carried_out(plan)
    assert [str(one) for one in outcome.failures] == ["EC2Instance/i-silent: AWS has not answered within 0.05 s"]
    assert diary == ["i-silent", "web", "web done"]


async def test_one_workload_that_is_refused_does_not_stop_the_cloud() -> None:
    """E4."""
    outcome, _ = await carried_out(together(), api={"web": Denied("forbidden", status=403)})
    assert (outcome.written, [failure.path for failure in outcome.failures]) == (3, ["Deployment/web"])


async def test_an_api_server_that_is_away_is_said_so_though_the_cloud_answers() -> None:
    """A16: the visit is repeated as a whole."""
    away = Unreachable("no answer")
    with pytest.raises(Unreachable):
        await carried_out(together(), api={"web": away, "api": away})


async def test_an_api_server_that_answers_to_no_write_is_away_but_where_nothing_depends_on_it() -> None:
    """A15: a webhook may keep all writes to a workload waiting."""
    late = Unanswered("no answer in time")
    with pytest.raises(Unanswered):
        await carried_out(planned("Asleep", workload("web")), api={"web": late})
    left = planned("Awake", workload("web", 3, record="2"))
    assert [step.action for step in left.steps] == ["Forget"]
    outcome, _ = await carried_out(left, api={"web": late})
    assert [failure.text.partition(",")[0] for failure in outcome.failures] == ["it runs"]
    with pytest.raises(Unreachable):
        await carried_out(left, api={"web": Unreachable("cut")})


async def test_one_lost_answer_of_the_api_server_is_a_failure_of_that_workload() -> None:
    outcome, _ = await carried_out(together(), api={"web": Unreachable("no answer")})
    assert [failure.path for failure in outcome.failures] == ["Deployment/web"]


async def test_a_part_that_needs_no_change_any_more_counts_as_none() -> None:
    plan = planned("Awake", stopped(name="i-1"))
    outcome, _ = await carried_out(plan)
    assert outcome == Outcome(written=0, failures=())


async def test_what_somebody_stopped_before_its_turn_is_told_apart_from_what_was_stopped() -> None:
    """W12: by the second place it would be Sundown that stopped it, and it would be started in the morning."""
    planned_for = planned("Asleep", cloud(name="i-1"), cloud(name="i-2"))

    def again(part: Any) -> Step | None:
        return Step("Sleep", part) if part.identifier == "i-1" else None

    outcome = await act(Wire([], {}), Gate(width=4), planned_for, again=again, clouds=Sky([], {}))
    assert outcome.written == 1
    assert outcome.spared == {cloud(name="i-2").arn}


async def test_what_is_switched_off_while_it_is_only_tidied_up_is_looked_at_anew() -> None:
    """A3: what this visit remembers is of the night; by what it would do now, its owner's zero would be woken again."""
    found = workload("web", 3, record="3", mark=f"{SLEEP}/uid-web", owners=())

    class SwitchedOff(Wire):
        async def get(self, path: str, **_: Any) -> dict[str, Any]:
            metadata = {"name": "web", "namespace": "dev", "uid": "uid-web", "resourceVersion": "8", "generation": 4}
            return {"metadata": metadata, "spec": {"replicas": 0}}

    diary: list[str] = []
    wire = SwitchedOff(diary, {"web": Conflict("it has changed", status=409)})
    plan = planned("Awake", found, memory=MEMORY)
    assert [step.action for step in plan.steps] == ["Forget"]
    outcome = await act(wire, Gate(width=4), plan, again=lambda part: pytest.fail(f"{part.title} is thought about"))
    assert (outcome.written, outcome.put_off, outcome.failures, diary) == (0, 1, (), ["web"])
