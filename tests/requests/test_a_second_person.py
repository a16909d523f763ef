"""Requests that wait for people, on the real control plane: approved, rejected, withdrawn, never answered, and forgotten."""

import secrets
from collections.abc import Callable

import pytest

from support.apiserver import Answered, Api, Json, eventually
from support.asked import Asked
from support.envs import ALWAYS_AWAKE, SUNDOWN, Env, instant
from support.operating import keep_from_operating, let_operate
from support.operators import HOME, Operator, Stage
from support.requests import keep_from_approving, let_approve

pytestmark = pytest.mark.lab

Ask = Callable[..., Asked]
ANA, BO = "ana@example.com", "bo@example.com"
UP: Json = {"action": "Scale", "parameters": {"kind": "Deployment", "name": "web", "replicas": "3"}}


@pytest.fixture
def env(operator: Operator, make_env: Callable[..., Env]) -> Env:
    """A guarded env that ana may operate, and bo may approve."""
    one = make_env({"sundown.dev/guarded": "true"})
    one.add("web", 2)
    one.schedule(ALWAYS_AWAKE)
    let_operate(one, ANA)
    let_approve(one, BO)
    one.until("Awake")
    return one


def answer(asked: Asked, **spec: Json | str) -> None:
    asked.api.merge(asked.path, {"spec": spec})


def approval(by: str = BO) -> Json:
    return {"by": by, "at": instant(), "via": "kubectl"}


def test_it_waits_and_is_done_once_somebody_else_has_approved_it(env: Env, ask: Ask) -> None:
    """I7, I8: and who asked, who approved and what came of it stand there."""
    asked = ask(env, **UP)
    assert "somebody else than ana@example.com" in asked.until("Pending")["outcome"]
    assert env.replicas("web") == 2
    answer(asked, approval=approval())
    status = asked.finished()
    assert (status["state"], env.replicas("web")) == ("Done", 3)
    assert status["approvedAt"] <= status["finishedAt"] < status["retainedUntil"]


def test_two_that_approve_at_once_have_it_done_once_by_the_first(env: Env, ask: Ask) -> None:
    """I7"""
    asked = ask(env, **UP)
    asked.until("Pending")
    answer(asked, approval=approval())
    with pytest.raises(Answered, match="one that was given stands"):
        answer(asked, approval=approval("chen@example.com"))
    assert asked.finished()["state"] == "Done"
    assert asked.reasons().count("Scaled") <= 1


def test_whoever_lost_the_right_to_approve_meanwhile_has_approved_nothing(env: Env, ask: Ask) -> None:
    """I7"""
    asked = ask(env, **UP)
    asked.until("Pending")
    keep_from_approving(env, BO)
    answer(asked, approval=approval())
    status = asked.finished()
    assert (status["state"], status["conditions"][1]["reason"]) == ("Refused", "ApproverForbidden")
    assert env.replicas("web") == 2


def test_whoever_lost_the_right_to_scale_it_meanwhile_has_nothing_scaled(env: Env, ask: Ask) -> None:
    """I7: though somebody approved it."""
    asked = ask(env, **UP)
    asked.until("Pending")
    keep_from_operating(env, ANA)
    answer(asked, approval=approval())
    assert asked.finished()["conditions"][1]["reason"] == "Forbidden"
    assert env.replicas("web") == 2


def test_what_changed_while_it_waited_is_not_done(env: Env, ask: Ask) -> None:
    """I6, I7"""
    uid = env.workload("web")["metadata"]["uid"]
    asked = ask(env, **UP, seen={"uid": uid, "change": "2 -> 3"})
    asked.until("Pending")
    env.scale("web", 1)
    answer(asked, approval=approval())
    assert asked.finished()["conditions"][1]["reason"] == "Changed"
    assert env.replicas("web") == 1


@pytest.mark.parametrize(("field", "by", "state"), [("rejected", BO, "Rejected"), ("withdrawn", ANA, "Withdrawn")])
def test_a_no_ends_it(env: Env, ask: Ask, field: str, by: str, state: str) -> None:
    """I7"""
    asked = ask(env, **UP)
    asked.until("Pending")
    answer(asked, **{field: {"by": by, "at": instant(), "reason": "not today"}})
    status = asked.finished()
    assert (status["state"], by in status["outcome"], "not today" in status["outcome"]) == (state, True, True)
    answer(asked, approval=approval())
    assert (asked.finished()["state"], env.replicas("web")) == (state, 2)


def test_what_nobody_confirms_is_over_after_five_minutes(env: Env, ask: Ask) -> None:
    """I6"""
    env.label(**{"sundown.dev/guarded": None})
    late = {"requestedAt": instant(minutes=-6), "expiresAt": instant(minutes=50)}
    assert ask(env, **UP, **late, confirmation=None).finished()["state"] == "Timeout"
    asked = ask(env, **UP, confirmation=None)
    assert "confirms it" in asked.until("Pending")["outcome"]
    answer(asked, confirmation=env.name)
    assert (asked.finished()["state"], env.replicas("web")) == ("Done", 3)


def test_those_that_are_over_for_long_enough_are_deleted_and_no_others(api: Api, stage: Stage) -> None:
    """I8: SUNDOWN_REQUESTS_RETENTION."""
    away = stage.fresh(SUNDOWN_REQUESTS_RETENTION="10d")
    kept, old = (f"delete-{secrets.token_hex(4)}" for _ in range(2))
    where = f"{SUNDOWN}/namespaces/{HOME}/actionrequests"
    spec = {"action": "Delete", "target": {"namespace": "gone", "uid": "1"}, "requestedBy": ANA, "via": "slack"}
    spec |= {"requestedAt": instant(days=-20), "expiresAt": instant(days=-20, minutes=5), "confirmation": "gone"}
    for name, days in ((kept, -9), (old, -11)):
        body = {"apiVersion": "sundown.dev/v1alpha1", "kind": "ActionRequest", "metadata": {"name": name}}
        api.create(where, {**body, "spec": spec})
        api.merge(f"{where}/{name}/status", {"status": {"state": "Refused", "finishedAt": instant(days=days)}})
    away.start()
    eventually(lambda: api.find(f"{where}/{old}") is None, what="the old one is gone")
    assert api.find(f"{where}/{kept}") is not None
    api.delete(f"{where}/{kept}")
