"""What the operator says of the guards that it finds, or does not find, in the cluster (S4, S7)."""

import ast
import copy
import re
from pathlib import Path
from typing import Any

import pytest

from sundown.cluster import claims
from sundown.cluster.guards import GUARDING, Guards, in_words, lacking, shipped, unguarded
from sundown.cluster.guards import TELLING as SLIPS
from sundown.cluster.policies import POLICY_VERSION, title
from sundown.frontdesk.alerts.marks import MARKS
from sundown.frontdesk.requests.outcomes import MESSAGE, TELLING
from sundown.frontdesk.seal import ASKED
from sundown.model import managers
from sundown.model.resources import GENERATED_NAME, MANAGED_BY, OWNER_ZONES, STATE_LABEL, TEMPLATE, UNREACHED
from sundown.settings import Settings
from support.cluster.scripted import Script, door, reply

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
GONE: Json = {"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404, "message": "not found"}
REFUSED: Json = {**GONE, "reason": "Forbidden", "code": 403, "message": "not allowed"}


def installed() -> dict[str, Json | None]:
    """What the API server answers where all of it is installed."""
    found = {title(each): copy.deepcopy(each) for each in shipped()}
    for each in found.values():
        if "matchConstraints" in each["spec"]:
            each["spec"]["matchConstraints"] |= {"namespaceSelector": {}, "matchPolicy": "Equivalent"}
    return dict(found)


@pytest.mark.parametrize(
    ("component", "name"),
    [
        *((bundle.component, name) for bundle in (GUARDING, SLIPS) for name in bundle.files),
        (SLIPS.webhook, "webhooks.yaml"),
    ],
)
def test_what_the_operator_brings_is_what_the_component_installs(component: str, name: str) -> None:
    """After a change: cp deploy/components/COMPONENT/NAME operator/sundown/cluster/data/"""
    brought = ROOT / "operator" / "sundown" / "cluster" / "data" / name
    assert brought.read_text() == (ROOT / "deploy" / "components" / component / name).read_text()


def test_policies_that_tell_of_slips_count_though_their_owner_has_fitted_them() -> None:
    """A12"""
    theirs = {title(each): copy.deepcopy(each) for each in shipped(SLIPS)}
    for each in theirs.values():
        each["spec"]["validations"] = [{"expression": "another"}]
    assert in_words(lacking(theirs, SLIPS), SLIPS) == "complete"
    theirs["ValidatingAdmissionPolicy sundown-label"]["metadata"]["annotations"][POLICY_VERSION] = "0"
    assert lacking(theirs, SLIPS) == ("sundown-label",)


def test_each_guard_is_a_policy_with_a_binding_that_denies() -> None:
    policies = {each["metadata"]["name"]: each for each in shipped() if not each["kind"].endswith("Binding")}
    bindings = {each["spec"]["policyName"]: each for each in shipped() if each["kind"].endswith("Binding")}
    assert policies.keys() == bindings.keys() == unguarded().keys()
    for name, policy in policies.items():
        assert policy["spec"]["failurePolicy"] == "Fail"
        assert POLICY_VERSION in policy["metadata"]["annotations"]
        validates = policy["kind"] == "ValidatingAdmissionPolicy"
        assert bindings[name]["spec"].get("validationActions") == (["Deny"] if validates else None)


def test_all_guards_mean_the_same_accounts_by_sundown() -> None:
    conditions = [found["expression"] for each in shipped() for found in each["spec"].get("matchConditions", ())]
    lists = [found for each in conditions for found in re.findall(r"\['system:[^]]*\]", each)]
    assert {tuple(ast.literal_eval(each)) for each in lists} == {
        tuple(f"system:serviceaccount:sundown-system:sundown-{name}" for name in ("frontdesk", "operator"))
    }


def test_the_guard_of_the_frontdesk_and_the_frontdesk_agree_on_its_annotations() -> None:
    (guard,) = [each["spec"] for each in shipped() if title(each) == "ValidatingAdmissionPolicy sundown-frontdesk"]
    (notes,) = [each["expression"] for each in guard["variables"] if each["name"] == "notes"]
    of_schedules, of_requests = ({*ast.literal_eval(each)} for each in re.findall(r"\[[^]]*\]", notes))
    assert (of_schedules, of_requests) == ({MARKS, ASKED, UNREACHED, OWNER_ZONES}, {TELLING, MESSAGE})


def test_the_guard_of_the_operator_and_the_operator_agree_on_its_labels() -> None:
    (guard,) = [each["spec"] for each in shipped() if title(each) == "ValidatingAdmissionPolicy sundown-operator"]
    (ours,) = [each["expression"] for each in guard["variables"] if each["name"] == "ours"]
    label = Settings.model_fields["scheduler_label"].default
    assert {*ast.literal_eval(re.findall(r"\[[^]]+\]", ours)[0])} == {label, STATE_LABEL}


def test_the_guard_of_the_operator_and_the_operator_agree_on_whose_a_generated_schedule_is() -> None:
    """S4 A18"""
    (guard,) = [each["spec"] for each in shipped() if title(each) == "ValidatingAdmissionPolicy sundown-operator"]
    said = {each["name"]: each["expression"] for each in guard["variables"]}
    ours, wishes = (frozenset(ast.literal_eval(each)) for each in re.findall(r"in\s+(\[[^]]*\])", said["others"]))
    assert (ours, wishes) == (managers.OURS, claims.WISHED)
    names = set(re.findall(r"'([^']*)'", said["generated"])) - {""}
    assert names == {GENERATED_NAME, MANAGED_BY, "sundown", TEMPLATE, claims.LAST_APPLIED}


def test_what_is_all_there_is_in_force() -> None:
    assert in_words(lacking(installed())) == "complete"


@pytest.mark.parametrize("name", unguarded())
@pytest.mark.parametrize("kind", ["policy", "binding"])
def test_what_is_missing_or_changed_is_said_with_what_is_not_guarded(name: str, kind: str) -> None:
    """S4 S7"""
    (key,) = [
        title(each)
        for each in shipped()
        if name in {each["metadata"]["name"]} and each["kind"].endswith("Binding") is (kind == "binding")
    ]
    other = installed()[key]
    assert other is not None
    other["spec"] = {**other["spec"], "policyName": "another", "validations": []}
    for theirs in (None, other):
        said = in_words(lacking({**installed(), key: theirs}))
        assert said == f"without {name} ({unguarded()[name]}): kubectl apply -k deploy/components/policies"


async def test_a_cluster_without_any_names_all_of_them() -> None:
    async with door(Script(*(reply(GONE, 404) for _ in shipped())), attempts=1) as cluster:
        guards = Guards(cluster)
        assert await guards.look()
    assert all(words in guards.text for words in unguarded().values())


async def test_one_that_may_not_be_looked_at_is_said_to_be() -> None:
    async with door(Script(reply(REFUSED, 403)), attempts=1) as cluster:
        guards = Guards(cluster)
        assert await guards.look()
    assert guards.text.startswith("may not be looked at: ")


async def test_an_api_server_that_does_not_answer_changes_nothing() -> None:
    answers = [reply(each) for each in installed().values() if each is not None]
    async with door(Script(*answers, reply({}, 503)), attempts=1) as cluster:
        guards = Guards(cluster)
        assert await guards.look()
        assert not await guards.look()
    assert guards.text == "complete"


async def test_who_asked_is_proved_where_the_guard_for_it_is_in_force_and_the_change_is_told() -> None:
    """S7"""
    there = [reply(each) for each in installed().values() if each is not None]
    gone = [reply(GONE, 404) for _ in shipped()]
    told: list[bool | None] = []
    async with door(
        Script(*there, *gone, *[reply(GONE, 404) for _ in shipped()], reply({}, 503)), attempts=1
    ) as cluster:
        guards = Guards(cluster, changed=lambda: told.append(guards.askers_proved))
        assert guards.askers_proved is None
        for _ in range(4):  # the last is not answered
            await guards.look()
    assert told == [True, False]
    assert guards.askers_proved is False
