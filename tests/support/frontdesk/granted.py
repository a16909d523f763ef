"""Rights of the cluster's own that somebody has in one env, as its owner would grant them for kubectl."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from support.apiserver import eventually
from support.envs import Env

RBAC = "/apis/rbac.authorization.k8s.io/v1"
SEE_PODS = (("list", "", "pods"),)
SEE_LOGS = (*SEE_PODS, ("get", "", "pods/log"))


def grant(env: Env, person: str, rights: Sequence[tuple[str, str, str]]) -> str:
    """Let somebody do these: each has its verb, group and resource (``("get", "", "pods/log")``). The binding's path."""
    name = f"granted-{secrets.token_hex(3)}"
    where = f"{RBAC}/namespaces/{env.name}"
    rules = [{"apiGroups": [group], "resources": [resource], "verbs": [verb]} for verb, group, resource in rights]
    env.api.create(f"{where}/roles", {"metadata": {"name": name}, "rules": rules})
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": person}
    env.api.create(f"{where}/rolebindings", {"metadata": {"name": name}, "roleRef": role, "subjects": [subject]})
    eventually(lambda: all(may(env, person, *right) for right in rights), what="the rights count")
    return f"{where}/rolebindings/{name}"


def take_away(env: Env, binding: str, person: str, right: tuple[str, str, str]) -> None:
    """Take away what was granted, and return when it does not count any more."""
    env.api.delete(binding)
    eventually(lambda: not may(env, person, *right), what="the right is gone")


def may(env: Env, person: str, verb: str, group: str, resource: str) -> bool:
    """What the API server says; it learns of a binding a moment after it is made."""
    resource, _, subresource = resource.partition("/")
    asked = {"verb": verb, "group": group, "resource": resource, "subresource": subresource, "namespace": env.name}
    body = {"spec": {"user": person, "resourceAttributes": asked}}
    answer = env.api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", body)
    return bool(answer["status"]["allowed"])
