"""The right to delete a namespace itself, or to change it, which no role of Sundown has and the cluster's owner grants."""

from __future__ import annotations

from support.apiserver import eventually
from support.envs import Env

ENDER = "ender"
_RBAC = "/apis/rbac.authorization.k8s.io/v1"
_OF_SCHEDULES = {"apiGroups": ["sundown.dev"], "resources": ["envschedules"], "verbs": ["delete"]}


def let_end(env: Env, *subjects: str, schedules: bool = True, namespaces: bool = True, verb: str = "delete") -> None:
    """Let people, or groups such as ``slack:dev``, delete the EnvSchedules of an env, and delete the namespace itself or ``verb`` it."""
    of_namespaces = {"apiGroups": [""], "resources": ["namespaces"], "verbs": [verb]}
    rules = [_OF_SCHEDULES] * schedules + [of_namespaces] * namespaces
    where, api = f"{_RBAC}/namespaces/{env.name}", env.api
    api.create(f"{where}/roles", {"metadata": {"name": ENDER}, "rules": rules})
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": ENDER}
    bound = [
        {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "Group" if name.startswith("slack:") else "User",
            "name": name,
        }
        for name in subjects
    ]
    api.create(f"{where}/rolebindings", {"metadata": {"name": ENDER}, "roleRef": role, "subjects": bound})
    resource = "namespaces" if namespaces else "envschedules"
    asked = verb if namespaces else "delete"
    eventually(lambda: all(may(env, name, resource, verb=asked) for name in subjects), what="the right counts")


def keep_from_ending(env: Env, person: str) -> None:
    """Take it away again."""
    env.api.delete(f"{_RBAC}/namespaces/{env.name}/rolebindings/{ENDER}")
    eventually(lambda: not may(env, person), what="the right is gone")


def may(env: Env, name: str, resource: str = "namespaces", *, verb: str = "delete") -> bool:
    """Whether the API server lets somebody delete it, or do something else with it; it learns of bindings a moment after they are made."""
    group = "" if resource == "namespaces" else "sundown.dev"
    asked = {"group": group, "resource": resource, "verb": verb, "namespace": env.name}
    who = {"groups": [name]} if name.startswith("slack:") else {"user": name}
    body = {"spec": {**who, "resourceAttributes": {**asked, **({"name": env.name} if not group else {})}}}
    answer = env.api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", body)
    return bool(answer["status"]["allowed"])
