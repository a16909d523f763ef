"""The right to scale and restart workloads, which no role of Sundown has and the cluster's owner grants."""

from __future__ import annotations

from support.apiserver import eventually
from support.envs import PLURALS, Env

_RBAC = "/apis/rbac.authorization.k8s.io/v1"
_ROLE = "operating"


def let_operate(env: Env, *people: str) -> None:
    """Let people patch and scale the workloads of an env."""
    resources = [name for plural in PLURALS.values() for name in (plural, f"{plural}/scale")]
    where, api = f"{_RBAC}/namespaces/{env.name}", env.api
    rules = [{"apiGroups": ["apps"], "resources": resources, "verbs": ["patch"]}]
    api.create(f"{where}/roles", {"metadata": {"name": _ROLE}, "rules": rules})
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": _ROLE}
    bound = [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name} for name in people]
    api.create(f"{where}/rolebindings", {"metadata": {"name": _ROLE}, "roleRef": role, "subjects": bound})
    eventually(lambda: all(may_scale(env, name) for name in people), what="the right counts")


def keep_from_operating(env: Env, person: str) -> None:
    """Take it away again."""
    env.api.delete(f"{_RBAC}/namespaces/{env.name}/rolebindings/{_ROLE}")
    eventually(lambda: not may_scale(env, person), what="the right is gone")


def may_scale(env: Env, person: str) -> bool:
    """Whether the API server lets somebody scale Deployments; it learns of bindings a moment after they are made."""
    asked = {"group": "apps", "resource": "deployments", "subresource": "scale", "verb": "patch"}
    body = {"spec": {"user": person, "resourceAttributes": {**asked, "namespace": env.name}}}
    answer = env.api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", body)
    return bool(answer["status"]["allowed"])
