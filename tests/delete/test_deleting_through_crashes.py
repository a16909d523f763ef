"""Requests that were made, or half carried out, while the operator was away: done once, or said why not."""

import random
from collections.abc import Callable

import pytest
from asked import Asked

from apiserver import Api, eventually
from audit import Audit
from envs import ALWAYS_AWAKE, Env, instant
from operators import Operator, Stage

pytestmark = pytest.mark.lab

Ask = Callable[..., Asked]
MAY_GO = {**ALWAYS_AWAKE, "allowDelete": True}


@pytest.fixture
def away(stage: Stage) -> Operator:
    """An operator that does not run yet."""
    return stage.fresh()


def approved(asked: Asked) -> None:
    """Have the request say what an operator wrote that was killed right after."""
    asked.api.merge(f"{asked.path}/status", {"status": {"state": "Approved", "outcome": "is being deleted"}})


def test_a_request_made_while_the_operator_was_down_is_carried_out(away: Operator, env: Env, ask: Ask) -> None:
    """A16"""
    env.schedule(MAY_GO)
    asked = ask(env)
    away.start()
    assert asked.finished()["state"] == "Done"


def test_one_that_has_expired_meanwhile_is_not(away: Operator, env: Env, ask: Ask) -> None:
    """A16: only if it still applies."""
    env.schedule(MAY_GO)
    asked = ask(env, requestedAt=instant(hours=-1), expiresAt=instant(seconds=-1))
    away.start()
    assert asked.finished()["state"] == "Expired"
    assert "deletionTimestamp" not in env.api.get(env.path)["metadata"]


def test_killed_between_its_word_and_the_deed_it_does_it_after_another_look(
    away: Operator, make_env: Callable[..., Env], ask: Ask
) -> None:
    allowed, forbidden = make_env(), make_env()
    allowed.schedule(MAY_GO)
    forbidden.schedule(ALWAYS_AWAKE)
    first, second = ask(allowed), ask(forbidden)
    approved(first)
    approved(second)
    away.start()
    assert (first.finished()["state"], second.finished()["state"]) == ("Done", "Refused")
    assert "deletionTimestamp" not in forbidden.api.get(forbidden.path)["metadata"]


def test_killed_between_the_deed_and_the_report_it_reports(
    away: Operator, env: Env, ask: Ask, api: Api, audit: Audit
) -> None:
    env.schedule(MAY_GO)
    asked = ask(env)
    approved(asked)
    api.delete(env.path)
    eventually(lambda: api.find(env.path) is None, what="the namespace is gone")
    away.start()
    assert asked.finished()["state"] == "Done"
    assert [each for each in audit.writes(env.name) if each.verb == "delete"] == []


def test_kill_9_at_any_moment_deletes_each_env_once_and_says_so(
    away: Operator, make_env: Callable[..., Env], ask: Ask, audit: Audit
) -> None:
    dice = random.Random(7)
    envs = [make_env() for _ in range(8)]
    for env in envs:
        env.schedule(MAY_GO)
    requests = [ask(env) for env in envs]
    for _ in range(6):
        away.start()
        eventually(lambda: audit.writes() or dice.random() < 0.3, what="it has begun, or not")
        away.kill()
        audit.forget()
    away.start()
    assert {asked.finished()["state"] for asked in requests} == {"Done"}
    assert all(env.api.find(env.path) is None for env in envs)
