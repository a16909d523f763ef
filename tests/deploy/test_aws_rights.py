"""The policies in deploy/aws against every call that the operator makes: whatever it asks it may, and whatever it may it asks."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from sundown.aws.settings import AwsSettings
from sundown.model.spec import Wanted
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import reconsider
from sundown.schedule.clock import SystemClock
from sundown_lab.aws.remote import Aws

ROOT = Path(__file__).parents[2]
RIGHTS = ROOT / "deploy" / "aws"
PATIENCE = 120.0

IN_POLICIES = {"resourcegroupstaggingapi": "tag", "tagging": "tag"}
MADE_OF = {"dynamodb:TransactWriteItems": {"dynamodb:PutItem", "dynamodb:DeleteItem"}}
"""A transaction needs the rights of what is in it ("Using IAM with DynamoDB transactions")."""

RECORD = {"sundown:previous-state", "sundown:stopped-at", "sundown:holder"}
THINGS = {
    "ec2": ["arn:aws:ec2:eu-west-1:111122223333:instance/i-1"],
    "rds": ["arn:aws:rds:eu-west-1:111122223333:db:dev1", "arn:aws:rds:eu-west-1:111122223333:cluster:dev1"],
}
"""What the rights are about."""


def statements(*names: str) -> list[dict[str, Any]]:
    return [each for name in names for each in json.loads((RIGHTS / name).read_text())["Statement"]]


def granted(*names: str) -> set[str]:
    actions = (each["Action"] for each in statements(*names))
    return {action for one in actions for action in ([one] if isinstance(one, str) else one)}


def used(aws: Aws, since: int) -> set[str]:
    """The rights that the calls since then needed."""
    found: set[str] = set()
    for call in aws.called(since=since):
        action = f"{IN_POLICIES.get(call.service, call.service)}:{call.operation}"
        found |= MADE_OF.get(action, {action})
    return found


@pytest.fixture
def environment(aws: Aws) -> Iterator[Aws]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in aws.environment.items():
            patch.setenv(name, value)
        yield aws


async def live(aws: Aws, account: str, rights: set[str], **settings: Any) -> set[str]:
    """Find what there is, stop it, start it, forget it, as an operator does, until all the rights are used; what was used."""
    from sundown.aws.cloud import AwsCloud

    aws.instance(namespace="dev1", account=account)
    aws.database("dev1-db", namespace="dev1", account=account)
    aws.aurora("dev1-aurora", namespace="dev1", account=account)
    since = aws.seq
    known = AwsSettings(**{"regions": ("eu-central-1",), "inventory_seconds": 0.5, "watch_seconds": 0.2, **settings})
    cloud = AwsCloud(known, cluster_name="default", clock=SystemClock(), changed=lambda _: None)
    await cloud.start()

    async def until(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.1)

    async def want(wanted: Wanted) -> None:
        goal = Goal(wanted=wanted, now=datetime.now(UTC), holder="default/dev1")
        again = partial(reconsider, goal)
        steps = [step for part in cloud.of("dev1") if part.refused is None and (step := again(part)) is not None]
        await asyncio.gather(*(cloud.carry_out(step, again) for step in steps))

    def all_are(state: str) -> bool:
        return {part.state for part in cloud.of("dev1") if part.refused is None} == {state}

    try:
        await until(lambda: len({part.kind for part in cloud.of("dev1")}) == 3)
        await want("Asleep")
        await until(lambda: all_are("stopped"))
        await want("Awake")
        await until(lambda: all_are("running"))
        await want("Awake")
        await until(lambda: all(part.record is None for part in cloud.of("dev1")))
        with suppress(TimeoutError):
            await until(lambda: rights <= used(aws, since))
    finally:
        await cloud.close()
    return used(aws, since)


async def test_every_right_is_needed_and_none_is_missing(environment: Aws) -> None:
    """J3 (AWS)"""
    rights = granted("policy.json")
    asked = await live(environment, "123456789012", rights)
    assert (rights - asked, asked - rights) == (set(), set())


async def test_a_table_and_other_accounts_take_no_more_than_the_policies_for_these(environment: Aws) -> None:
    """J3 (AWS)"""
    rights = granted("policy.json", "policy-table.json", "policy-table-create.json", "policy-accounts.json")
    role = "arn:aws:iam::444455556666:role/sundown"
    asked = await live(environment, "444455556666", rights, roles=(role,), table="sundown", table_create=True)
    assert (rights - asked, asked - rights) == (set(), set())


HELD = "my-cluster/dev1"


@dataclass(frozen=True)
class Attempt:
    """What somebody with the policy tries to do to something with these tags, with which keys of tags, for which holder."""

    action: str
    tags: Mapping[str, str] = field(default_factory=dict)
    keys: frozenset[str] | None = None
    holder: str = HELD

    def is_allowed(self) -> bool:
        """As IAM decides, for the operators that the policy has ("IAM JSON policy elements: Condition operators")."""
        service = self.action.partition(":")[0]
        return all(
            any(self._fits(each, resource) for each in statements("policy.json")) for resource in THINGS[service]
        )

    def _fits(self, statement: Mapping[str, Any], resource: str) -> bool:
        if self.action not in statement["Action"]:
            return False
        parts = [pattern.split(":", 5) for pattern in statement["Resource"]]
        if not any(_covers(pattern, resource.split(":", 5)) for pattern in parts):
            return False
        condition = statement["Condition"]
        assert condition.keys() <= {"StringEquals", "StringLike", "ForAllValues:StringEquals", "Null"}
        for key, value in condition["StringEquals"].items():
            if self.tags.get(key.removeprefix("aws:ResourceTag/")) != value:
                return False
        for key, value in condition.get("StringLike", {}).items():
            said = (
                self.holder
                if key.startswith("aws:RequestTag/")
                else self.tags.get(key.removeprefix("aws:ResourceTag/"))
            )
            if said is None or not fnmatchcase(said, value):
                return False
        allowed = condition.get("ForAllValues:StringEquals", {}).get("aws:TagKeys")
        if allowed is not None and not (self.keys or frozenset()) <= set(allowed):
            return False
        return "Null" not in condition or bool(self.keys)


def _covers(pattern: list[str], resource: list[str]) -> bool:
    pairs = zip(pattern, resource, strict=True)
    return all(two == one or (one.endswith("*") and two.startswith(one[:-1])) for one, two in pairs)


ENABLED = {"scheduler": "enabled", "namespace": "dev1"}
FORGOTTEN = {"sundown:previous-state": "running", "sundown:holder": HELD}
STOPPED = {**ENABLED, **FORGOTTEN}
NOBODYS = {**ENABLED, "sundown:previous-state": "running"}
SOMEBODYS = {**STOPPED, "sundown:holder": "other-cluster/dev1"}
KEYS = frozenset(RECORD)
STOPS = ["ec2:StopInstances", "rds:StopDBInstance", "rds:StopDBCluster"]
STARTS = ["ec2:StartInstances", "rds:StartDBInstance", "rds:StartDBCluster"]
TAGS = ["ec2:CreateTags", "rds:AddTagsToResource"]
UNTAGS = ["ec2:DeleteTags", "rds:RemoveTagsFromResource"]


def attempts(actions: list[str], *cases: tuple[Mapping[str, str], frozenset[str] | None, bool]) -> list[Any]:
    return [
        pytest.param(Attempt(action, tags, keys), may, id=f"{action} {sorted(tags)} {sorted(keys or ())}")
        for action in actions
        for tags, keys, may in cases
    ]


@pytest.mark.parametrize(
    ("attempt", "may"),
    [
        *attempts(STOPS, (ENABLED, None, True), ({}, None, False), ({"scheduler": "disabled"}, None, False)),
        *attempts(STARTS, (STOPPED, None, True), (FORGOTTEN, None, True), (ENABLED, None, False), ({}, None, False)),
        *attempts(STARTS, (NOBODYS, None, False), (SOMEBODYS, None, False)),
        *attempts(TAGS, (ENABLED, KEYS, True), ({}, KEYS, False)),
        *attempts(TAGS, (ENABLED, frozenset({"Name"}), False), (ENABLED, KEYS | {"scheduler"}, False)),
        *attempts(UNTAGS, (STOPPED, KEYS, True), (FORGOTTEN, KEYS, True), (ENABLED, KEYS, False)),
        *attempts(UNTAGS, (STOPPED, frozenset({"scheduler"}), False), (STOPPED, None, False)),
    ],
)
def test_only_what_is_to_sleep_can_be_stopped_and_only_what_sundown_stopped_can_be_started(
    attempt: Attempt, *, may: bool
) -> None:
    """J3 (AWS), S10"""
    assert attempt.is_allowed() is may


@pytest.mark.parametrize("holder", ["other-cluster/dev1", "my-cluster", "my-cluster-2/dev1", ""])
@pytest.mark.parametrize("action", TAGS)
def test_no_other_holder_can_be_written(action: str, holder: str) -> None:
    """S10: a role that was taken over names nothing as another cluster's."""
    assert not Attempt(action, ENABLED, KEYS, holder).is_allowed()


def test_the_policies_and_the_overlay_speak_of_the_same_cluster() -> None:
    """S10: who follows the examples as they are has policies that fit."""
    said = (ROOT / "deploy" / "overlays" / "aws" / "kustomization.yaml").read_text()
    assert f"SUNDOWN_CLUSTER_NAME: {HELD.partition('/')[0]} " in said


@pytest.mark.parametrize("action", [*TAGS, *UNTAGS])
@pytest.mark.parametrize(
    ("keys", "denied"),
    [
        (RECORD, ["dev", "platform-owner"]),
        ({"sundown:holder", "Name"}, ["dev", "platform-owner"]),
        ({"scheduler"}, ["dev", "sundown-operator"]),
        ({"namespace", "sundown:cluster"}, ["dev", "sundown-operator"]),
        ({"Name", "team", "sundown:exclude", "sundown:wave"}, []),
    ],
)
def test_the_service_control_policy_keeps_the_tags_to_whom_they_belong(
    action: str, keys: set[str], denied: list[str]
) -> None:
    """S10"""
    roles = ["dev", "platform-owner", "sundown-operator", "sundown"]
    refused = [role for role in roles if is_denied(action, keys, f"arn:aws:iam::111122223333:role/{role}")]
    assert [role for role in refused if role != "sundown"] == denied


def is_denied(action: str, keys: set[str], principal: str) -> bool:
    """As IAM decides, for the operators that the service control policy has."""
    for each in statements("scp.json"):
        condition = each["Condition"]
        assert (each["Effect"], condition.keys()) == ("Deny", {"ForAnyValue:StringLike", "ArnNotLike"})
        exempt = any(fnmatchcase(principal, one) for one in condition["ArnNotLike"]["aws:PrincipalArn"])
        named = keys & set(condition["ForAnyValue:StringLike"]["aws:TagKeys"])
        if action in each["Action"] and named and not exempt:
            return True
    return False


def test_nothing_is_granted_by_a_star() -> None:
    """J3 (AWS)"""
    names = [path.name for path in RIGHTS.glob("policy*.json")]
    assert len(names) == 4
    assert not [action for action in granted(*names) if "*" in action]
    assert {each["Sid"] for each in statements(*names) if each["Resource"] == "*"} == {"LookAround"}


def test_everything_that_changes_something_has_a_condition() -> None:
    """J3 (AWS)"""
    reading = {"LookAround"}
    for each in statements("policy.json"):
        assert each["Sid"] in reading or "aws:ResourceTag" in json.dumps(each["Condition"])


def test_only_the_operators_service_account_and_the_operators_role_are_trusted() -> None:
    (pod,) = statements("trust-irsa.json")
    subject = next(value for key, value in pod["Condition"]["StringEquals"].items() if key.endswith(":sub"))
    account = yaml.safe_load((ROOT / "deploy" / "base" / "serviceaccount.yaml").read_text())["metadata"]
    assert subject == f"system:serviceaccount:{account['namespace']}:{account['name']}"
    (role,) = statements("trust-account.json")
    assert role["Principal"]["AWS"].endswith(":role/sundown-operator")
    assert "sts:ExternalId" in role["Condition"]["StringEquals"]


class _Template(yaml.SafeLoader):
    """CloudFormation's YAML, with its tags."""


def _reference(loader: _Template, node: yaml.ScalarNode) -> dict[str, str]:
    return {"Ref": loader.construct_scalar(node)}


_Template.add_constructor("!Ref", _reference)


async def test_the_table_of_the_template_is_the_one_that_the_operator_makes(environment: Aws) -> None:
    """E2"""
    from sundown.aws.sessions import Sessions
    from sundown.aws.table import Table

    template = yaml.load((RIGHTS / "table.yaml").read_text(), Loader=_Template)
    described = template["Resources"]["Table"]["Properties"]
    settings = AwsSettings(regions=("eu-central-1",), table="sundown", table_create=True)
    await Table(Sessions(settings), settings, clock=SystemClock()).load()
    client = environment.client("dynamodb")
    made = client.describe_table(TableName="sundown")["Table"]
    lives = client.describe_time_to_live(TableName="sundown")["TimeToLiveDescription"]
    assert described["KeySchema"] == made["KeySchema"]
    assert described["AttributeDefinitions"] == made["AttributeDefinitions"]
    assert described["BillingMode"] == made["BillingModeSummary"]["BillingMode"]
    assert described["TimeToLiveSpecification"]["AttributeName"] == lives["AttributeName"]
    assert template["Parameters"]["Name"]["Default"] == "sundown"


def test_the_operators_role_may_enter_the_accounts_that_are_named_and_no_others() -> None:
    """S18: a role called sundown in somebody else's account is nobody to be trusted."""
    (statement,) = json.loads((RIGHTS / "policy-accounts.json").read_text())["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Resource"]
    assert [
        arn for arn in statement["Resource"] if not re.fullmatch(r"arn:aws:iam::[0-9]{12}:role/[\w+=,.@-]+", arn)
    ] == []
