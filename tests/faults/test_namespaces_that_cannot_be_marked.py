"""A policy, or a webhook that is down, takes no changes of a namespace's labels: nothing sleeps, and all can wake (fault W8)."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from support.apiserver import Answered, Api, Json, eventually
from support.detour import Detour, Fault
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, STATE, Env
from support.operators import Operator

pytestmark = pytest.mark.lab

POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"
BINDINGS = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings"
Freeze = Callable[[Env], AbstractContextManager[None]]
ALL_UP = {"Deployment/web": 3, "StatefulSet/db": 2}


@pytest.fixture
def team(env: Env, operator: Operator) -> Env:
    """An env of 3 and 2 replicas that is awake."""
    env.add("web", 3)
    env.add("db", 2, kind="StatefulSet")
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    return env


@pytest.fixture
def frozen(api: Api) -> Freeze:
    """``with frozen(env):`` a policy refuses every change of the labels of its namespace."""

    @contextmanager
    def freeze(env: Env) -> Iterator[None]:
        name = f"frozen-{secrets.token_hex(4)}"
        rule: Json = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": ["namespaces"]}
        same = "has(object.metadata.labels) == has(oldObject.metadata.labels) && object.metadata.labels == oldObject.metadata.labels"
        validation = {
            "expression": f"object.metadata.name != '{env.name}' || ({same})",
            "message": "labels are frozen here",
        }
        spec = {"matchConstraints": {"resourceRules": [rule]}, "validations": [validation], "failurePolicy": "Fail"}
        api.create(POLICIES, {"metadata": {"name": name}, "spec": spec})
        api.create(BINDINGS, {"metadata": {"name": name}, "spec": {"policyName": name, "validationActions": ["Deny"]}})
        eventually(lambda: _refuses(env), what="the policy works")
        try:
            yield
        finally:
            api.delete(f"{BINDINGS}/{name}")
            api.delete(f"{POLICIES}/{name}")
            eventually(lambda: not _refuses(env), what="the policy is gone")

    return freeze


def _refuses(env: Env) -> bool:
    try:
        env.api.merge(f"{env.path}?dryRun=All", {"metadata": {"labels": {"example.com/probe": "1"}}})
    except Answered as refusal:
        return "frozen" in str(refusal)
    return False


def test_what_is_due_to_sleep_stays_awake_and_says_why_in_the_words_of_the_api_server(
    team: Env, frozen: Freeze
) -> None:
    """W8"""
    with frozen(team):
        team.wish("Asleep")
        message = team.until_condition("Degraded", "True", "NamespaceNotMarked")
        assert "labels are frozen here" in message
        team.until_told("NamespaceNotMarked")
        assert team.status()["state"] == "Awake"
        assert team.counts() == ALL_UP
        team.until_told("NamespaceNotMarked")
    team.until("Asleep")
    assert team.condition("Degraded")[0] == "False"


def test_what_sleeps_is_woken_all_the_same(team: Env, frozen: Freeze) -> None:
    """W8: nobody could wake it."""
    team.wish("Asleep")
    team.until("Asleep")
    with frozen(team):
        team.wish("Awake")
        team.until("Awake")
        assert team.counts() == ALL_UP
        message = team.until_condition("Degraded", "True", "NamespaceNotMarked")
        assert "labels are frozen here" in message
        assert STATE in team.labels()
        assert team.status()["state"] == "Awake"
    team.until_let_go()
    eventually(lambda: team.condition("Degraded")[0] == "False", what="all is well")


def test_an_env_whose_schedule_goes_is_woken_all_the_same(team: Env, frozen: Freeze) -> None:
    """W8 A15"""
    team.wish("Asleep")
    team.until("Asleep")
    with frozen(team):
        team.api.delete(team.schedules("default"))
        eventually(lambda: team.counts() == ALL_UP, what="it is awake")
        eventually(lambda: "NamespaceNotMarked" in team.reasons(), what="an Event")
    team.until_let_go()


@pytest.mark.parametrize("status", [400, 403, 409, 422, 500, 503])
def test_however_the_write_fails_waking_goes_on(team: Env, detour: Detour, status: int) -> None:
    """W8: a webhook that is down answers with 500."""
    team.wish("Asleep")
    team.until("Asleep")
    with detour.broken(Fault(method="PATCH", part=f"/api/v1/namespaces/{team.name}", status=status)):
        team.wish("Awake")
        eventually(lambda: team.counts() == ALL_UP, what="it is woken")
        team.until("Awake")
    team.until_let_go()


def test_the_tries_become_fewer(team: Env, detour: Detour) -> None:
    """W8: back-off."""
    with detour.broken(Fault(method="PATCH", part=f"/api/v1/namespaces/{team.name}", status=422)) as fault:
        team.wish("Asleep")
        team.until_condition("Degraded", "True", "NamespaceNotMarked")
        eventually(lambda: fault.met >= 4, what="four tries")
        at = [
            one.at for one in detour.passed if one.status == 422 and one.target.split("?")[0].endswith(f"/{team.name}")
        ]
        assert at[-1] - at[-2] >= 1.5
    team.until("Asleep")


def test_the_label_that_it_takes_part_holds_nothing_up(
    make_env: Callable[..., Env], make_default: Callable[..., str], operator: Operator, detour: Detour
) -> None:
    """W8: the other label that is written on namespaces."""
    team = f"team-{secrets.token_hex(4)}"
    make_default(ASLEEP_FOR_EVER, team=team)
    time.sleep(1.1)  # only what is younger than the default counts as new, in whole seconds
    with detour.broken(Fault(method="PATCH", part="/api/v1/namespaces/", status=422, times=1)):
        env = make_env({"team": team})
        env.add("web", 2)
        env.until("Asleep")
    env.wish("Awake")
    env.until("Awake")
    assert env.replicas("web") == 2
