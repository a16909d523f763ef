"""Policies of the cluster that set a count themselves: a floor of two replicas, as many have it, and a cap."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from support.apiserver import Answered, Json, eventually
from support.envs import ALWAYS_AWAKE, Env
from support.operators import Operator

pytestmark = pytest.mark.lab

POLICIES = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies"
BINDINGS = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings"
RULE = {
    "apiGroups": ["apps"],
    "apiVersions": ["v1"],
    "operations": ["CREATE", "UPDATE"],
    "resources": ["deployments", "statefulsets"],
}


@contextmanager
def policy(env: Env, *, when: str, count: int) -> Iterator[None]:
    """While it lasts, what is written in that namespace with such a count has another; it is there when it works."""
    name = f"{env.name}-count"
    selector = {"matchLabels": {"kubernetes.io/metadata.name": env.name}}
    spec = {
        "failurePolicy": "Fail",
        "reinvocationPolicy": "IfNeeded",
        "matchConstraints": {"resourceRules": [RULE], "namespaceSelector": selector},
        "matchConditions": [
            {"name": "count", "expression": f"has(object.spec.replicas) && object.spec.replicas {when}"}
        ],
        "mutations": [
            {
                "patchType": "ApplyConfiguration",
                "applyConfiguration": {"expression": f"Object{{spec: Object.spec{{replicas: {count}}}}}"},
            }
        ],
    }
    about = {"apiVersion": "admissionregistration.k8s.io/v1", "metadata": {"name": name}}
    env.api.create(POLICIES, {**about, "kind": "MutatingAdmissionPolicy", "spec": spec})
    binding = {**about, "kind": "MutatingAdmissionPolicyBinding", "spec": {"policyName": name}}
    env.api.create(BINDINGS, binding)
    try:
        yield
    finally:
        for collection in (BINDINGS, POLICIES):
            env.api.delete(f"{collection}/{name}")


def works(env: Env, *, sent: int) -> bool:
    """Whether a probe is created with another count than was sent."""
    with suppress(Answered):
        env.api.delete(f"{env.collection('Deployment')}/probe")
    env.add("probe", sent)
    changed = env.replicas("probe") != sent
    env.api.delete(f"{env.collection('Deployment')}/probe")
    return changed


@pytest.fixture
def app(env: Env, operator: Operator) -> Env:
    """An env with a Deployment of 5 and a StatefulSet of 4, awake."""
    del operator
    env.add("web", 5)
    env.add("db", 4, kind="StatefulSet")
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    return env


def test_a_floor_keeps_them_up_and_no_count_is_lost(app: Env) -> None:
    """Z2: 2 was taken for their owner's wish, and what they were was overwritten within a second."""
    with policy(app, when="< 2", count=2):
        eventually(lambda: works(app, sent=1), what="the policy works")
        app.wish("Asleep")
        message = app.until_condition("Degraded", "True", "Fought")
        assert "admission" in message
        assert "sets it to 2" in message
        assert app.record("web") == "5"
        # It is told before the next wave is written, which waits for nobody that is fought for.
        eventually(lambda: app.record("db", kind="StatefulSet") == "4", what="the record of the next wave is written")
        app.wish("Awake")
        app.until_count("web", 5)
        app.until_count("db", 4, kind="StatefulSet")
    app.until("Awake")


def test_a_cap_in_the_morning_is_told(app: Env) -> None:
    """Z1: it woke to less than it had, and nobody heard of it."""
    app.wish("Asleep")
    app.until("Asleep")
    with policy(app, when="> 2", count=2):
        eventually(lambda: works(app, sent=3), what="the policy works")
        app.wish("Awake")
        app.until("Awake")
        assert app.counts() == {"Deployment/web": 2, "StatefulSet/db": 2}
        eventually(
            lambda: any(
                "was woken to 5" in told["note"] and "sets it to 2" in told["note"] for told in woken_otherwise(app)
            ),
            what="it is told",
        )


def woken_otherwise(env: Env) -> list[Json]:
    """The Events that say so."""
    return [event for event in env.events() if event["reason"] == "WokenOtherwise"]
