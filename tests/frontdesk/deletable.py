"""Envs that somebody may delete from Slack, and what there is to see of it."""

from __future__ import annotations

import json

from apiserver import Json, eventually
from envs import ALWAYS_AWAKE, SUNDOWN, Env
from operators import HOME
from sundown_lab.slack.remote import Workspace

MAY_GO: Json = {**ALWAYS_AWAKE, "allowDelete": True}
REQUESTS = f"{SUNDOWN}/namespaces/{HOME}/actionrequests"
BINDING = "deleter"
_RBAC = "/apis/rbac.authorization.k8s.io/v1"


def deletable(env: Env, person: str = "ana@example.com") -> Env:
    """The env with a schedule that allows it, and the right for somebody."""
    env.schedule(MAY_GO)
    allow(env, person)
    return env


def allow(env: Env, person: str) -> None:
    """Grant the right to delete the env."""
    rules = [{"apiGroups": ["sundown.dev"], "resources": ["envschedules"], "verbs": ["delete"]}]
    where, api = f"{_RBAC}/namespaces/{env.name}", env.api
    api.create(f"{where}/roles", {"metadata": {"name": BINDING}, "rules": rules})
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": BINDING}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": person}
    api.create(f"{where}/rolebindings", {"metadata": {"name": BINDING}, "roleRef": role, "subjects": [subject]})
    eventually(lambda: may(env, person), what="the right counts")


def forbid(env: Env, person: str) -> None:
    """Take it away again."""
    env.api.delete(f"{_RBAC}/namespaces/{env.name}/rolebindings/{BINDING}")
    eventually(lambda: not may(env, person), what="the right is gone")


def may(env: Env, person: str) -> bool:
    """Whether the API server lets the person delete the env; it learns of bindings a moment after they are made."""
    resource = {"group": "sundown.dev", "resource": "envschedules", "verb": "delete", "namespace": env.name}
    body = {"spec": {"user": person, "resourceAttributes": resource}}
    answer = env.api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", body)
    return bool(answer["status"]["allowed"])


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
