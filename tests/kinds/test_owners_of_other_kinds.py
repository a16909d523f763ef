"""After a night every field of a kind that sleeps by a patch belongs to whom it would belong without one (W6)."""

import json
from collections.abc import Callable
from itertools import product

import pytest

from support.apiserver import Answered, Json, eventually
from support.catalogued import KINDS, SAMPLES, body, of_sundown
from support.envs import ASLEEP_FOR_EVER, Env
from support.other_tools import Kubectl
from support.simulators import GROUP, PLURAL

pytestmark = pytest.mark.lab

ABSENT, CONFLICT = object(), 409
SHAPES = {
    "scalar": 3,
    "list": [1, 2],
    "things": [{"name": "a"}],
    "null": None,
    "absent": ABSENT,
    "empty": {},
    "object": {"a": 1, "b": {"c": 2}},
}
"""What stands, as ``m`` and as ``s``, where the patch sets a field of a map and a scalar."""
ASLEEP: Json = {"spec": {"m": {"off": True}, "s": "off"}}
PATCH: Json = {"apiVersion": f"{GROUP}/v1", "kind": "Simulator", "asleep": ASLEEP}
WAYS = ("create", "update", "client-side", "apply", "namesake", "namesake-apply")
"""How an object comes to be, and whose its fields are: a namesake has the name of one of Sundown's managers."""
CHOSEN: Json = {"workloads": {"kinds": ["CronJob", "DaemonSet"], "patches": [PATCH]}}


def daemon_set(selector: Json | None) -> Json:
    whole = json.loads(json.dumps(SAMPLES["DaemonSet"].spec))
    if selector is not None:
        whole["template"]["spec"]["nodeSelector"] = selector
    return dict(whole)


BODIES: dict[str, tuple[str, Json]] = {
    **{
        f"simulator-{shape}": (
            f"/apis/{GROUP}/v1/namespaces/{{}}/{PLURAL}",
            {
                "apiVersion": f"{GROUP}/v1",
                "kind": "Simulator",
                "metadata": {"labels": {"app": "it"}},
                "spec": {"y": 1} | ({} if value is ABSENT else {"m": value, "s": value}),
            },
        )
        for shape, value in SHAPES.items()
    },
    **{
        f"cronjob-{number}": (KINDS["CronJob"].collection("{}"), body("CronJob", spec))
        for number, spec in enumerate((SAMPLES["CronJob"].spec, *SAMPLES["CronJob"].others))
    },
    "cronjob-annotated-with-nothing": (
        KINDS["CronJob"].collection("{}"),
        {**body("CronJob", SAMPLES["CronJob"].spec), "metadata": {"annotations": {}}},
    ),
    **{
        f"daemonset-{name}": (KINDS["DaemonSet"].collection("{}"), body("DaemonSet", daemon_set(selector)))
        for name, selector in (("absent", None), ("empty", {}), ("set", {"kubernetes.io/os": "linux"}))
    },
}


def written(env: Env, kubectl: Kubectl, name: str, way: str) -> None:
    """An object as somebody makes it: of an update the fields are theirs who updated it last."""
    path, whole = BODIES[name]
    whole = {**whole, "metadata": {**whole["metadata"], "name": f"{name}-{way}"}}
    here = f"{path.format(env.name)}/{name}-{way}"
    match way:
        case "create":
            kubectl("-n", env.name, "create", "-f", "-", input=json.dumps(whole))
        case "update":
            bare = {
                **whole,
                "spec": {key: value for key, value in whole["spec"].items() if key not in {"m", "s", "suspend"}},
            }
            env.api.apply(here, bare, manager="helm")
            eventually(lambda: edited(env, here, whole), what=f"{here} is edited")
        case "client-side":
            kubectl("-n", env.name, "apply", "-f", "-", input=json.dumps(whole))
        case "apply":
            env.api.apply(here, whole, manager="helm")
        case "namesake":
            kubectl("-n", env.name, "create", "--field-manager=sundown-operator", "-f", "-", input=json.dumps(whole))
        case "namesake-apply":
            env.api.apply(here, whole, manager="sundown-operator")


def edited(env: Env, path: str, whole: Json) -> bool:
    found = env.api.get(path)
    try:
        env.api.replace(f"{path}?fieldManager=kubectl-edit", {**found, "spec": {**found["spec"], **whole["spec"]}})
    except Answered as answer:
        if answer.code != CONFLICT:  # its controller was faster
            raise
        return False
    return True


def objects(env: Env) -> list[Json]:
    collections = sorted({path.format(env.name) for path, _ in BODIES.values()})
    return [one for path in collections for one in env.api.items(path)]


def owned(env: Env) -> dict[str, list[str]]:
    """Who owns what of each object, statuses and times aside."""
    return {one["metadata"]["name"]: entries(one) for one in objects(env)}


def entries(found: Json) -> list[str]:
    theirs = (one for one in found["metadata"].get("managedFields", []) if one.get("subresource") != "status")
    return sorted(
        f"{one['manager']} {one['operation']} {json.dumps(one['fieldsV1'], sort_keys=True)}" for one in theirs
    )


def noted(env: Env) -> list[str]:
    """What still has something of Sundown's on it."""
    return [one["metadata"]["name"] for one in objects(env) if of_sundown(one)]


def test_after_nights_all_is_as_before(env: Env, simulators: Callable[[], None], kubectl: Kubectl) -> None:
    """W6, A19: whatever stood where the patch sets something, and whoever owned it."""
    simulators()
    for name, way in product(BODIES, WAYS):
        written(env, kubectl, name, way)
    env.schedule({**ASLEEP_FOR_EVER, **CHOSEN, "override": {"state": "Awake"}})
    env.until("Awake")
    before = owned(env)
    for _ in range(2):
        env.wish("Asleep")
        env.until("Asleep", within=90)
        env.wish("Awake")
        env.until("Awake", within=90)
        eventually(lambda: noted(env) == [], what="all is let go")
    after = owned(env)
    assert {name: after[name] for name in before if after[name] != before[name]} == {}
