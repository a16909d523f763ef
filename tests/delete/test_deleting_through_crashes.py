"""Requests that were made, or half carried out, while the operator was away: done once, or said why not."""

import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from support.apiserver import Api, Json, eventually
from support.asked import Asked, request
from support.audit import Audit
from support.envs import ALWAYS_AWAKE, NAMESPACES, Env, instant
from support.operators import Stage

pytestmark = pytest.mark.lab

Ask = Callable[..., Asked]
MAY_GO = {**ALWAYS_AWAKE, "allowDelete": True}


@dataclass(frozen=True)
class Left:
    """What an operator finds when it comes back: for each case an env, and the request to delete it."""

    envs: dict[str, Env]
    requests: dict[str, Asked]

    def state(self, case: str) -> str:
        """What has become of it in the end."""
        return str(self.requests[case].finished()["state"])

    def is_there(self, case: str) -> bool:
        """Whether the namespace is there, and not on its way out."""
        found = self.envs[case].api.find(self.envs[case].path)
        return found is not None and "deletionTimestamp" not in found["metadata"]


@pytest.fixture(scope="module")
def left(api: Api, stage: Stage) -> Iterator[Left]:
    """One return of the operator to all cases at once."""
    away = stage.fresh()
    cases = ("made meanwhile", "expired meanwhile", "about to be deleted", "forbidden meanwhile", "gone already")
    envs = {case: Env(api, f"env-{secrets.token_hex(4)}") for case in cases}
    for case, env in envs.items():
        api.create(NAMESPACES, {"metadata": {"name": env.name}})
        env.schedule(ALWAYS_AWAKE if case == "forbidden meanwhile" else MAY_GO)
    late: Json = {"requestedAt": instant(hours=-1), "expiresAt": instant(seconds=-1)}
    requests = {case: request(env, **(late if case == "expired meanwhile" else {})) for case, env in envs.items()}
    for case in ("about to be deleted", "forbidden meanwhile", "gone already"):
        # What an operator has written that was killed right after.
        said = {"status": {"state": "Approved", "outcome": "is being deleted"}}
        api.merge(f"{requests[case].path}/status", said)
    api.delete(envs["gone already"].path)
    eventually(lambda: api.find(envs["gone already"].path) is None, what="the namespace is gone")
    away.start()
    yield Left(envs, requests)
    for case in cases:
        api.delete(requests[case].path)
        api.delete(envs[case].path)


def test_a_request_made_while_the_operator_was_down_is_carried_out(left: Left) -> None:
    """A16"""
    assert left.state("made meanwhile") == "Done"
    assert not left.is_there("made meanwhile")


def test_one_that_has_expired_meanwhile_is_not(left: Left) -> None:
    """A16: only if it still applies."""
    assert left.state("expired meanwhile") == "Expired"
    assert left.is_there("expired meanwhile")


def test_killed_between_its_word_and_the_deed_it_does_it(left: Left) -> None:
    assert left.state("about to be deleted") == "Done"
    assert not left.is_there("about to be deleted")


def test_killed_between_its_word_and_the_deed_it_looks_once_more_before_it_does_it(left: Left) -> None:
    assert left.state("forbidden meanwhile") == "Refused"
    assert left.is_there("forbidden meanwhile")


def test_killed_between_the_deed_and_the_report_it_reports(left: Left) -> None:
    assert left.state("gone already") == "Done"


def test_kill_9_at_any_moment_deletes_each_env_once_and_says_so(
    stage: Stage, make_env: Callable[..., Env], ask: Ask, audit: Audit
) -> None:
    dice, away = random.Random(7), stage.fresh()
    envs = [make_env() for _ in range(6)]
    for env in envs:
        env.schedule(MAY_GO)
    requests = [ask(env) for env in envs]
    for _ in range(4):
        away.start()
        eventually(lambda: audit.writes() or dice.random() < 0.3, what="it has begun, or not")
        away.kill()
        audit.forget()
    away.start()
    assert {asked.finished()["state"] for asked in requests} == {"Done"}
    assert all(env.api.find(env.path) is None for env in envs)
