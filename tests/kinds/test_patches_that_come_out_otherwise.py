"""B2: where the API server makes something else of a patch than it asks, nothing is lost, and it is told for what it is."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Json, eventually
from support.catalogued import KINDS, SAMPLES, body, crd, found, of_sundown
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator
from support.policies import ADMISSION, PLURALS
from support.simulators import GROUP, KEY, PLURAL, RIGHTS, take_away

pytestmark = pytest.mark.lab

STRICT: Json = {
    "type": "object",
    "properties": {"mode": {"type": "string", "enum": ["On", "Off"], "default": "On"}, "size": {"type": "integer"}},
}
OBJECTS = f"/apis/{GROUP}/v1/namespaces/{{}}/{PLURAL}"


@pytest.fixture
def strict(control_plane: Cluster, operator: Operator, env: Env) -> Iterator[Env]:
    """An env with an object of a kind whose schema has a default, and drops what it does not know."""
    document = crd(GROUP, "v1", "Simulator", PLURAL)
    document["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"] = STRICT
    for each in (RIGHTS, document):
        control_plane.kubectl("apply", "-f", "-", input=json.dumps(each))
    path = OBJECTS.format(env.name)
    eventually(lambda: env.api.find(path) is not None, what="simulators are served")
    about: Json = {"apiVersion": f"{GROUP}/v1", "kind": "Simulator", "metadata": {"name": "it"}}
    env.api.create(path, {**about, "spec": {"mode": "Off", "size": 3}})
    env.add("web", 1)
    yield env
    take_away(env.api)
    control_plane.kubectl("delete", "-f", "-", input=json.dumps(RIGHTS))


@contextmanager
def never_suspended(env: Env) -> Iterator[None]:
    """While it lasts, a CronJob of the namespace that is suspended is not, and a dry run says nothing of that."""
    name = f"{env.name}-suspend"
    rule = {"apiGroups": ["batch"], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": ["cronjobs"]}
    spec: Json = {
        "failurePolicy": "Fail",
        "reinvocationPolicy": "Never",
        "matchConstraints": {
            "resourceRules": [rule],
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": env.name}},
        },
        "matchConditions": [
            {"name": "written", "expression": "!(has(request.dryRun) && request.dryRun)"},
            {"name": "suspended", "expression": "has(object.spec.suspend) && object.spec.suspend"},
        ],
        "mutations": [
            {
                "patchType": "ApplyConfiguration",
                "applyConfiguration": {"expression": "Object{spec: Object.spec{suspend: false}}"},
            }
        ],
    }
    made: list[tuple[str, Json]] = [
        ("MutatingAdmissionPolicyBinding", {"policyName": name}),
        ("MutatingAdmissionPolicy", spec),
    ]
    for kind, one in reversed(made):
        about = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": name}}
        env.api.create(f"{ADMISSION}/{PLURALS[kind]}", {**about, "spec": one})
    try:
        yield
    finally:
        for kind, _ in made:
            env.api.delete(f"{ADMISSION}/{PLURALS[kind]}/{name}")


@pytest.mark.parametrize(
    ("asleep", "said"),
    [
        ({"mode": None}, 'the API server makes "On" of spec.mode, where the patch says null'),
        ({"size": 0, "unknown": True}, "the API server drops spec.unknown"),
    ],
)
def test_what_the_api_server_makes_something_else_of_is_not_written_and_told(
    strict: Env, asleep: Json, said: str
) -> None:
    """The default took the place of what its owner had, who lost it; the rest of the env sleeps."""
    path = f"{OBJECTS.format(strict.name)}/it"
    before = strict.api.get(path)
    patch: Json = {"apiVersion": f"{GROUP}/v1", "kind": "Simulator", "asleep": {"spec": asleep}}
    strict.schedule({**ASLEEP_FOR_EVER, "workloads": {"patches": [patch]}})
    text = strict.until_condition("Degraded", "True", "PatchNotKept")
    assert f"{KEY}/it: cannot sleep by its patch, and is left running: {said}" in text
    strict.until("Asleep")
    assert strict.replicas("web") == 0
    strict.wish("Awake")
    strict.until("Awake")
    assert strict.condition("Degraded")[0] == "False"
    assert strict.api.get(path) == before


def test_what_admission_makes_of_it_is_taken_back_and_told(env: Env, operator: Operator) -> None:
    """Where a dry run says nothing of it, what was written is known not to be anybody's wish."""
    del operator
    collection = KINDS["CronJob"].collection(env.name)
    spec = SAMPLES["CronJob"].others[0]
    env.api.create(collection, body("CronJob", spec))
    env.api.create(collection, body("CronJob", spec, name="probe", **{"sundown.dev/exclude": "true"}))

    def works() -> bool:
        suspended: bool = env.api.merge(f"{collection}/probe", {"spec": {"suspend": True}})["spec"]["suspend"]
        env.api.merge(f"{collection}/probe", {"spec": {"suspend": None}})
        return not suspended

    with never_suspended(env):
        eventually(works, what="the policy works")
        before = found(env.api, "CronJob", env.name)
        env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["CronJob"]}})
        text = env.until_condition("Degraded", "True", "PatchNotKept")
        assert "CronJob/it: cannot sleep by its patch, and is left running: the API server makes false" in text
        env.until("Asleep")
        eventually(lambda: of_sundown(found(env.api, "CronJob", env.name)) == [], what="it is taken back")
        after = found(env.api, "CronJob", env.name)
        assert after["spec"] == before["spec"]
        assert after["metadata"]["resourceVersion"] != before["metadata"]["resourceVersion"]
    eventually(lambda: not works(), what="the policy works no more")
    env.wish("Awake")
    env.until("Awake")
    env.wish("Asleep")
    env.until("Asleep")
    assert found(env.api, "CronJob", env.name)["spec"]["suspend"] is True
