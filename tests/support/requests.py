"""The right to approve what others ask for, which no role of Sundown has and the cluster's owner grants."""

from __future__ import annotations

from support.apiserver import eventually
from support.envs import Env

_RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/{}"


def let_approve(env: Env, *people: str) -> None:
    """Let people look at an env, and approve what others ask for in it."""
    rules = [{"apiGroups": ["sundown.dev"], "resources": ["envschedules"], "verbs": ["get", "approve"]}]
    where, api = _RBAC.format(env.name), env.api
    api.create(f"{where}/roles", {"metadata": {"name": "approver"}, "rules": rules})
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "approver"}
    bound = [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": person} for person in people]
    api.create(f"{where}/rolebindings", {"metadata": {"name": "approver"}, "roleRef": role, "subjects": bound})
    eventually(lambda: all(may_approve(env, person) for person in people), what="the right counts")


def keep_from_approving(env: Env, person: str) -> None:
    """Take it away again."""
    env.api.delete(f"{_RBAC.format(env.name)}/rolebindings/approver")
    eventually(lambda: not may_approve(env, person), what="the right is gone")


def may_approve(env: Env, person: str) -> bool:
    """Whether the API server lets somebody approve; it learns of bindings a moment after they are made."""
    asked = {"group": "sundown.dev", "resource": "envschedules", "verb": "approve", "namespace": env.name}
    body = {"spec": {"user": person, "resourceAttributes": asked}}
    return bool(env.api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", body)["status"]["allowed"])
