"""The right to delete a namespace itself, which no role of Sundown has and the cluster's owner grants."""

from __future__ import annotations

from support.apiserver import eventually
from support.envs import Env

ENDER = "ender"
_RBAC = "/apis/rbac.authorization.k8s.io/v1"
_OF_NAMESPACES = {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["delete"]}
_OF_SCHEDULES = {"apiGroups": ["sundown.dev"], "resources": ["envschedules"], "verbs": ["delete"]}


def let_end(env: Env, *subjects: str, schedules: bool = True, namespaces: bool = True) -> None:
    """Let people, or groups such as ``slack:dev``, delete the EnvSchedules of an env and the namespace itself."""
    rules = [_OF_SCHEDULES] * schedules + [_OF_NAMESPACES] * namespaces
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
    eventually(lambda: all(may(env, name, resource) for name in subjects), what="the right counts")


def keep_from_ending(env: Env, person: str) -> None:
    """Take it away again."""
    env.api.delete(f"{_RBAC}/namespaces/{env.name}/rolebindings/{ENDER}")
    eventually(lambda: not may(env, person), what="the right is gone")


def may(env: Env, name: str, resource: str = "namespaces") -> bool:
    """Whether the API server lets somebody delete it; it learns of bindings a moment after they are made."""
    group = "" if resource == "namespaces" else "sundown.dev"
    asked = {"group": group, "resource": resource, "verb": "delete", "namespace": env.name}
    who = {"groups": [name]} if name.startswith("slack:") else {"user": name}
    body = {"spec": {**who, "resourceAttributes": {**asked, **({"name": env.name} if not group else {})}}}
    answer = env.api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", body)
    return bool(answer["status"]["allowed"])
