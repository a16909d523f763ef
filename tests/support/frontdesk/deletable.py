"""Envs that somebody may delete from Slack, and what there is to see of it."""

from __future__ import annotations

import json

from sundown_lab.slack.remote import Workspace
from support.apiserver import Json
from support.enders import let_end
from support.envs import ALWAYS_AWAKE, SUNDOWN, Env
from support.operators import HOME

MAY_GO: Json = {**ALWAYS_AWAKE, "allowDelete": True}
REQUESTS = f"{SUNDOWN}/namespaces/{HOME}/actionrequests"


def deletable(env: Env, person: str = "ana@example.com") -> Env:
    """The env with a schedule that allows it, and the right for somebody."""
    env.schedule(MAY_GO)
    let_end(env, person)
    return env


def asked_for(env: Env) -> list[Json]:
    """The requests to delete the env."""
    return [each for each in env.api.items(REQUESTS) if each["spec"]["target"]["namespace"] == env.name]


def forget(env: Env) -> None:
    """Remove these requests."""
    for request in asked_for(env):
        env.api.delete(f"{REQUESTS}/{request['metadata']['name']}")


def shown(view: Json) -> str:
    """Everything that a window says."""
    return json.dumps(view["blocks"], ensure_ascii=False)


def window_of(slack: Workspace, env: Env) -> Json:
    """The window that ana opens."""
    slack.act("ana").command(f"delete {env.name}")
    return slack.act("ana").wait_for_modal(lambda view: env.name in shown(view))
