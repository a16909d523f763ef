"""What the operator makes of the policies that it finds, or does not find, in the cluster."""

import ast
import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from sundown.cluster.policies import (
    CURRENT,
    NOT_SERVED,
    POLICY_VERSION,
    UNSEEN,
    HoldPolicies,
    State,
    judge,
    shipped,
    title,
)
from sundown.model.managers import OURS
from sundown.schedule.clock import SystemClock
from support.cluster.scripted import Script, door, reply
from support.virtualtime import START

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
SLEEP = "MutatingAdmissionPolicy sundown-sleep"
BINDING = "MutatingAdmissionPolicyBinding sundown-sleep"
GONE: Json = {"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404, "message": "not found"}
REFUSED: Json = {**GONE, "reason": "Forbidden", "code": 403, "message": "not allowed"}
SERVED: Json = {
    "kind": "APIResourceList",
    "resources": [{"name": "mutatingadmissionpolicies"}, {"name": "mutatingadmissionpolicybindings"}],
}
OLDER: Json = {"kind": "APIResourceList", "resources": [{"name": "validatingadmissionpolicies"}]}


def installed() -> dict[str, Json]:
    """What the API server answers where all of it was installed long ago."""
    found = {title(each): copy.deepcopy(each) for each in shipped()}
    for each in found.values():
        each["metadata"]["creationTimestamp"] = "2026-11-01T08:00:00Z"
        if "matchConstraints" in each["spec"]:
            constraints = each["spec"]["matchConstraints"]
            constraints |= {"namespaceSelector": {}, "objectSelector": {}, "matchPolicy": "Equivalent"}
            constraints["resourceRules"] = [{**rule, "scope": "*"} for rule in constraints["resourceRules"]]
    return found


def version(policy: Json, text: str) -> None:
    policy["metadata"]["annotations"][POLICY_VERSION] = text


def test_what_the_operator_brings_is_what_the_component_installs() -> None:
    """After a change: cp deploy/components/hold/policies.yaml operator/sundown/cluster/data/"""
    brought = ROOT / "operator" / "sundown" / "cluster" / "data" / "policies.yaml"
    assert brought.read_text() == (ROOT / "deploy" / "components" / "hold" / "policies.yaml").read_text()


def test_what_the_api_server_adds_is_no_difference() -> None:
    assert judge(installed()) == CURRENT


@pytest.mark.parametrize("failure", ["Fail", "Ignore", None])
def test_the_failure_policy_is_the_cluster_owners_choice(failure: str | None) -> None:
    found = installed()
    found[SLEEP]["spec"]["failurePolicy"] = failure
    assert judge(found) == CURRENT


@pytest.mark.parametrize("name", list(installed()))
def test_each_that_is_missing_is_named(name: str) -> None:
    finding = judge({**installed(), name: None})
    assert (finding.state, finding.text) == (
        State.MISSING,
        f"missing ({name}): kubectl apply -k deploy/components/hold",
    )


CHANGES: dict[str, tuple[str, Callable[[Json], object], str]] = {
    "another expression": (SLEEP, lambda spec: spec["mutations"][0]["jsonPatch"].update(expression="[]"), "mutations"),
    "one mutation more": (SLEEP, lambda spec: spec["mutations"].append(spec["mutations"][0]), "mutations"),
    "another variable": (SLEEP, lambda spec: spec["variables"][0].update(expression="true"), "variables"),
    "no variables": (SLEEP, lambda spec: spec.pop("variables"), "variables"),
    "a condition more": (SLEEP, lambda spec: spec["matchConditions"].append({}), "matchConditions"),
    "no conditions": (SLEEP, lambda spec: spec.pop("matchConditions"), "matchConditions"),
    "deployments only": (
        SLEEP,
        lambda spec: spec["matchConstraints"]["resourceRules"][0].update(resources=["deployments"]),
        "matchConstraints",
    ),
    "some namespaces only": (
        SLEEP,
        lambda spec: spec["matchConstraints"].update(namespaceSelector={"matchLabels": {"a": "b"}}),
        "matchConstraints",
    ),
    "other reinvocation": (SLEEP, lambda spec: spec.update(reinvocationPolicy="IfNeeded"), "reinvocationPolicy"),
    "parameters": (SLEEP, lambda spec: spec.update(paramKind={"kind": "ConfigMap"}), "paramKind"),
    "a binding of another policy": (BINDING, lambda spec: spec.update(policyName="other"), "policyName"),
    "a binding for some namespaces": (
        BINDING,
        lambda spec: spec.update(matchResources={"namespaceSelector": {"matchLabels": {"a": "b"}}}),
        "matchResources",
    ),
    "an empty spec": (SLEEP, lambda spec: spec.clear(), "matchConditions, matchConstraints, mutations, variables"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_policy_that_somebody_changed_is_not_relied_upon(change: str) -> None:
    name, edit, field = CHANGES[change]
    found = installed()
    edit(found[name]["spec"])
    finding = judge(found)
    assert finding.state is State.CHANGED
    assert f"{name}: {field}" in finding.text


@pytest.mark.parametrize(
    ("said", "state"), [("0", State.OLD), ("", State.OLD), ("abc", State.OLD), ("99", State.NEWER)]
)
def test_another_version_is_told_apart_from_a_change(said: str, state: State) -> None:
    found = installed()
    found[SLEEP]["spec"]["mutations"] = []
    version(found[SLEEP], said)
    finding = judge(found)
    assert finding.state is state
    assert SLEEP in finding.text


def test_another_version_that_says_the_same_is_as_good() -> None:
    found = installed()
    version(found[SLEEP], "99")
    assert judge(found) == CURRENT


def test_the_policies_and_the_operator_agree_on_who_sundown_is() -> None:
    """A18: match conditions know no variables, so the list stands there again."""
    for policy in (each for each in shipped() if "matchConditions" in each["spec"]):
        spec = policy["spec"]
        expressions = [each["expression"] for each in (*spec["matchConditions"], *spec["variables"])]
        lists = [found for each in expressions for found in re.findall(r"\['sundown'[^]]*\]", each)]
        assert [frozenset(ast.literal_eval(each)) for each in lists] == [OURS] * len(lists)
        assert len(lists) == sum("fieldManager" in each for each in expressions)
        assert "'^sundown" not in str(spec)
        assert "startsWith('sundown" not in str(spec)


def test_who_changes_a_policy_gives_it_a_new_version() -> None:
    """Or an operator could not tell an older version from a change: write the new digest here together with the version."""
    import hashlib
    import json

    specs = json.dumps([each["spec"] for each in shipped()], sort_keys=True)
    versions = {each["metadata"]["annotations"][POLICY_VERSION] for each in shipped()}
    assert (versions, hashlib.sha256(specs.encode()).hexdigest()[:12]) == ({"8"}, "028e325c85b5")


async def seen(*answers: web.Response) -> HoldPolicies:
    """Policies that were looked at once, by these answers."""
    async with door(Script(*answers), attempts=1) as cluster:
        policies = HoldPolicies(cluster, clock=SystemClock())
        await policies.look()
        return policies


def all_there(*left: web.Response) -> list[web.Response]:
    """And what is left of older versions: nothing."""
    return [*(reply(each) for each in installed().values()), *(left or [reply(GONE, 404)])]


async def test_policies_that_are_there_are_relied_upon() -> None:
    policies = await seen(*all_there())
    assert (policies.finding, policies.current) == (CURRENT, True)


async def test_one_of_an_older_version_that_nobody_needs_is_named_with_what_removes_it() -> None:
    """What is relied upon does without it, and it does no harm."""
    policies = await seen(*all_there(reply({"metadata": {"name": "sundown-wake"}})))
    assert policies.current
    assert policies.finding.text == (
        "in force; MutatingAdmissionPolicy sundown-wake of an older version only costs: kubectl delete --ignore-not-found "
        "mutatingadmissionpolicy,mutatingadmissionpolicybinding sundown-wake"
    )


async def test_what_may_not_be_looked_for_is_not_told_of() -> None:
    """The ClusterRole of a cluster owner may name the policies of this version alone."""
    assert (await seen(*all_there(reply(REFUSED, 403)))).finding == CURRENT


async def test_a_cluster_that_does_not_know_the_kind_is_told_apart_from_one_that_lacks_them() -> None:
    assert (await seen(reply(GONE, 404), reply(OLDER))).finding == NOT_SERVED
    assert (await seen(reply(GONE, 404), reply(GONE, 404))).finding == NOT_SERVED
    assert (await seen(reply(GONE, 404), reply(SERVED))).finding.state is State.MISSING


async def test_an_operator_that_may_not_look_does_without_and_says_so() -> None:
    policies = await seen(reply(REFUSED, 403))
    assert not policies.current
    assert "may not be looked at" in policies.finding.text
    assert "not allowed" in policies.finding.text


async def test_an_api_server_that_does_not_answer_changes_nothing() -> None:
    async with door(Script(*all_there(), reply({}, 503), reply({}, 503)), attempts=1) as cluster:
        policies = HoldPolicies(cluster, clock=SystemClock())
        assert await policies.look()
        assert not await policies.look()
        assert policies.current


async def test_one_that_never_answered_is_not_relied_upon() -> None:
    assert (await seen(reply({}, 503), reply({}, 503))).finding is UNSEEN


async def test_a_doubt_lasts_until_somebody_has_looked_again() -> None:
    async with door(Script(*all_there(), *all_there())) as cluster:
        policies = HoldPolicies(cluster, clock=SystemClock())
        await policies.look()
        policies.doubt()
        assert (policies.current, policies.finding.state) == (False, State.IDLE)
        await policies.look()
        assert policies.current


class Then:
    """A clock that stands still."""

    def now(self) -> Any:
        return START


@pytest.mark.parametrize(("written", "waits"), [("2026-11-23T07:59:59Z", True), ("2026-11-23T07:59:00Z", False)])
async def test_what_was_written_only_just_is_given_time_to_come_into_force(
    written: str, waits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = installed()
    found[SLEEP]["metadata"]["managedFields"] = [{"manager": "kubectl", "time": written}]
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with door(Script(*(reply(each) for each in found.values()), reply(GONE, 404))) as cluster:
        monkeypatch.setattr("sundown.cluster.policies.asyncio.sleep", sleep)
        policies = HoldPolicies(cluster, clock=Then())
        await policies.look()
    assert policies.current
    assert (2.0 in slept) is waits
