"""An env that takes two people to be stopped, by the ClusterEnvSchedule that covers it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest

from support.apiserver import Json, eventually
from support.asked import Asked
from support.envs import ALWAYS_AWAKE, DEFAULTS, Env
from support.frontdesk.deletable import asked_for, forget
from support.frontdesk.granted import grant
from support.operators import Stage
from support.requests import let_approve

RBAC = "/apis/rbac.authorization.k8s.io/v1"
ANA, BO = "ana@example.com", "bo@example.com"


@pytest.fixture
def guarded(stage: Stage, make_env: Callable[..., Env], make_default: Callable[..., str]) -> Iterator[Env]:
    """An env that runs, and the operator has told that it takes two to stop it: ana may ask for that, and bo approve it."""
    stage.usual()
    team = f"team-{secrets.token_hex(4)}"
    name = make_default(ALWAYS_AWAKE, team=team)
    env = make_env({"team": team, "scheduler": "enabled", "sundown.dev/guarded": "true"})
    env.api.merge(f"{DEFAULTS}/{name}", {"spec": {"approval": {"guarded": ["Stop"]}}})
    env.add("web", 2)
    env.schedule(ALWAYS_AWAKE, name="theirs")
    let_approve(env, BO)
    grant(env, ANA, [("*", "sundown.dev", "envschedules"), ("get", "", "namespaces")])
    env.until("Awake", name="theirs")
    eventually(lambda: env.status("theirs").get("needsApproval") == ["Stop"], what="it is told that it takes two")
    yield env
    forget(env)


def the_request(env: Env) -> Asked:
    """What was asked for, about it."""
    found: list[Json] = eventually(lambda: asked_for(env), what="it is asked for")
    return Asked(env.api, found[0]["metadata"]["name"])
