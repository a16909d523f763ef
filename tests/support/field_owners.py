"""Workloads whose fields belong to somebody, however they came by them, and who owns what of them."""

import json
from collections.abc import Callable, Iterable
from functools import partial

from support.apiserver import Json
from support.envs import Env, manifest
from support.other_tools import Kubectl, retention

Make = Callable[[Kubectl, Env, Json], None]
"""What somebody does to a workload, or to all of a List in one call: a kubectl for each takes minutes."""


def together(bodies: Iterable[Json]) -> Json:
    """Workloads as one List."""
    return {"apiVersion": "v1", "kind": "List", "items": list(bodies)}


def each_of(body: Json) -> list[Json]:
    """The workloads of a List, or the one that it is."""
    return list(body["items"]) if body["kind"] == "List" else [body]


def created(kubectl: Kubectl, env: Env, body: Json, *, by: str = "kubectl-create") -> None:
    kubectl("-n", env.name, "create", f"--field-manager={by}", "-f", "-", input=json.dumps(body))


def applied(kubectl: Kubectl, env: Env, body: Json, *options: str) -> None:
    """Client-side, unless the options say otherwise."""
    kubectl("-n", env.name, "apply", *options, "-f", "-", input=json.dumps(body))


def applied_by(manager: str, kubectl: Kubectl, env: Env, body: Json) -> None:
    """Server-side and without force."""
    applied(kubectl, env, body, "--server-side", f"--field-manager={manager}")


def without_a_count(kubectl: Kubectl, env: Env, body: Json) -> None:
    specs = [{name: value for name, value in one["spec"].items() if name != "replicas"} for one in each_of(body)]
    applied_by(
        "helm", kubectl, env, together({**one, "spec": spec} for one, spec in zip(each_of(body), specs, strict=True))
    )


def written(env: Env, body: Json, count: int, *, by: str, through: str = "") -> None:
    """An update of the count under the name of somebody, of the object itself or of its ``scale``."""
    for one in each_of(body):
        path = f"{env.collection(one['kind'])}/{one['metadata']['name']}{through}"
        env.api.merge(path, {"spec": {"replicas": count}}, fieldManager=by)


def of_several(*makers: Make) -> Make:
    def make(kubectl: Kubectl, env: Env, body: Json) -> None:
        for each in makers:
            each(kubectl, env, body)

    return make


def edited(_: Kubectl, env: Env, body: Json) -> None:
    written(env, body, 2, by="kubectl-edit")
    written(env, body, 3, by="kubectl-edit")


def scaled(_: Kubectl, env: Env, body: Json) -> None:
    written(env, body, 2, by="horizontal-pod-autoscaler", through="/scale")
    written(env, body, 3, by="horizontal-pod-autoscaler", through="/scale")


helm, argocd, helm_3 = partial(applied_by, "helm"), partial(applied_by, "argocd"), partial(created, by="helm")
namesake, namesakes_apply = partial(created, by="sundown-operator"), partial(applied_by, "sundown-operator")
OWNERS: dict[str, tuple[Make, ...]] = {
    "nobody": (without_a_count,),
    "nobody-scaled": (without_a_count, scaled),
    "create": (created,),
    "create-edit": (created, edited),
    "create-scale": (created, scaled),
    "client-side": (applied,),
    "helm-3": (helm_3,),
    "apply": (helm,),
    "apply-edit": (without_a_count, edited),
    "apply-two": (helm, argocd),
    "create-apply": (created, helm),
    "namesake": (namesake,),
    "namesake-apply": (namesakes_apply,),
    "namesake-helm": (namesake, helm),
    "client-side-apply-two": (applied, helm, argocd),
}
"""How a workload comes to its three replicas, step by step, by its name: whose the count is in the end."""
KINDS = ("Deployment", "StatefulSet")


def body_of(kind: str, name: str, replicas: int = 3) -> Json:
    """A workload; disks of StatefulSets would go with their pods."""
    whole = manifest(kind, f"{name}-{kind.lower()}", replicas)
    for metadata in (whole["metadata"], whole["spec"]["template"]["metadata"]):
        del metadata["annotations"]  # two who apply none of them meet in the empty list of them
    if kind == "StatefulSet":
        whole["spec"] |= retention("Delete")["spec"]
    return whole


def owned(env: Env) -> dict[str, list[str]]:
    """Who owns what of each workload; times, order and statuses aside."""
    return {
        f"{kind}/{each['metadata']['name']}": entries(each)
        for kind in KINDS
        for each in env.api.items(env.collection(kind))
    }


def entries(found: Json) -> list[str]:
    listed = (one for one in found["metadata"]["managedFields"] if one.get("subresource") != "status")
    return sorted(
        f"{one['manager']} {one['operation']} {one.get('subresource', '')} {json.dumps(one['fieldsV1'], sort_keys=True)}"
        for one in listed
    )


def differing(env: Env, control: Env) -> dict[str, tuple[list[str], list[str]]]:
    there, wanted = owned(env), owned(control)
    return {
        name: (
            [one for one in there[name] if one not in wanted[name]],
            [one for one in wanted[name] if one not in there[name]],
        )
        for name in wanted
        if there[name] != wanted[name]
    }
