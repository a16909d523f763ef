"""A part that does not wake is told with the reason that Kubernetes gives for it (fault X8)."""

import pytest

from support.apiserver import Json
from support.audit import Audit
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator

pytestmark = pytest.mark.lab

IN_TWO_SECONDS: Json = {"waves": {"timeout": "2s"}}
CRASHES = {"lab.sundown.dev/fault": "Error"}


def limit(env: Env, **hard: str) -> None:
    """Let the namespace have so much and no more."""
    env.api.create(f"{env.path}/resourcequotas", {"metadata": {"name": "small"}, "spec": {"hard": hard}})


def asleep(env: Env) -> Env:
    env.schedule({**ASLEEP_FOR_EVER, **IN_TWO_SECONDS})
    env.until("Asleep")
    return env


def test_a_quota_is_named_for_deployments_and_for_stateful_sets(env: Env, operator: Operator) -> None:
    """X8: a Deployment says so itself; of a StatefulSet only Events tell."""
    env.add("web", 3)
    env.add("db", 3, kind="StatefulSet")
    asleep(env)
    limit(env, pods="4")
    env.wish("Awake")
    status = env.until("Awake")
    assert status["state"] == "Awake"
    message = env.until_condition("Degraded", "True", "PartsNotReady")
    assert message.count("exceeded quota: small") == 1
    assert message.startswith("not where it should be after 2s: ")


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_the_quota_that_keeps_every_pod_away_is_named(env: Env, operator: Operator, kind: str) -> None:
    """X8"""
    env.add("web", 2, kind=kind)
    asleep(env)
    limit(env, **{"requests.memory": "10Mi"})
    env.wish("Awake")
    message = env.until_condition("Degraded", "True", "PartsNotReady")
    assert f"{kind}/web (FailedCreate: " in message
    assert "exceeded quota: small, requested: requests.memory=256Mi, limited: requests.memory=10Mi)" in message


def test_a_rollout_out_of_time_is_told(env: Env, operator: Operator) -> None:
    """X8: of a new version that comes while the env wakes, and does not get ready."""
    env.add("web", 2, pod=CRASHES)
    env.edit("web", {"spec": {"progressDeadlineSeconds": 1}})
    asleep(env)
    env.patch({"spec": {"waves": {"timeout": "8s"}}})
    env.wish("Awake")
    env.until("Waking")
    env.edit("web", {"spec": {"template": {"metadata": {"annotations": {"example.com/version": "2"}}}}})
    message = env.until_condition("Degraded", "True", "PartsNotReady")
    assert "Deployment/web (ProgressDeadlineExceeded: ReplicaSet" in message


def test_events_are_asked_for_only_where_something_is_late(env: Env, operator: Operator, audit: Audit) -> None:
    """Design 10."""
    env.add("db", 2, kind="StatefulSet")
    asleep(env)
    env.wish("Awake")
    env.until("Awake")
    assert ("list", "events") not in audit.rights()
