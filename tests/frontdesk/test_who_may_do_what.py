"""Every verb by every kind of person, by the doors of Slack and by kubectl, as one table that is run against the roles of deploy/base.

J2, J5. The roles are read from the manifests and judged here as RBAC judges them, with the people of an install that has
kept the binding of everybody in Slack, and of one that has taken it away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from sundown.cluster.client import Cluster
from sundown.errors import NothingToDo
from sundown.frontdesk.commands.reply import Place
from sundown.frontdesk.commands.table import parse, require_right
from sundown.frontdesk.envs.mirror import Board
from sundown.frontdesk.people.people import People, Person, Profile, UnknownPerson
from sundown.frontdesk.people.rights import Rights
from sundown.frontdesk.slack.listeners.commands import reply_to
from sundown.frontdesk.wishes.actions import Actions, Wanted
from sundown.model.actions import DELETE
from sundown.model.resources import EnvScheduleStatus
from sundown.settings import Settings
from sundown.usecases.doors import COMMAND_LINE
from sundown.usecases.find import NotAllowed
from support.frontdesk.clocks import Clock
from support.samples import NOW, known, namespace

BASE = Path(__file__).parents[2] / "deploy" / "base"
ENV = "dev"
EVERYBODY = {"get", "wake", "suspend", "extend", "snooze"}
NOBODY: set[str] = set()
COMMANDS = {
    "get": f"status {ENV}",
    "wake": f"start {ENV}",
    "suspend": f"stop {ENV}",
    "extend": f"extend {ENV} 1h",
    "snooze": f"snooze {ENV} 1h",
    "delete": f"delete {ENV}",
}
WISHES = {"wake": "start", "suspend": "stop", "extend": "extend", "snooze": "snooze"}

MEMBER = Profile(id="U1", email="ana@example.com", name="ana", time_zone="UTC")


@dataclass(frozen=True)
class Kind:
    """A kind of person: how Slack has them, which of Kubernetes' roles they have in the env, and what they may do.

    ``strict`` is what they may where the binding of everybody was taken away, ``usual`` where it is as shipped, ``kubectl``
    what the API server lets them write themselves.
    """

    profile: Profile | None
    role: str | None
    strict: set[str]
    usual: set[str]
    kubectl: set[str]


EDITS = {"get", "create", "patch", "delete", "wake", "suspend", "extend", "snooze"}
KINDS = {
    "owner": Kind(MEMBER, "admin", EVERYBODY | {"delete"}, EVERYBODY | {"delete"}, EDITS),
    "editor": Kind(MEMBER, "edit", EVERYBODY | {"delete"}, EVERYBODY | {"delete"}, EDITS),
    "viewer": Kind(MEMBER, "view", {"get"}, EVERYBODY, {"get"}),
    "colleague": Kind(MEMBER, None, NOBODY, EVERYBODY, NOBODY),
    "guest": Kind(replace(MEMBER, guest=True), None, NOBODY, NOBODY, NOBODY),
    "stranger": Kind(None, None, NOBODY, NOBODY, NOBODY),
    "deactivated": Kind(replace(MEMBER, deleted=True), "admin", NOBODY, NOBODY, EDITS),
    "other workspace": Kind(replace(MEMBER, foreign=True), "admin", NOBODY, NOBODY, EDITS),
    "bot": Kind(replace(MEMBER, bot=True), "admin", NOBODY, NOBODY, EDITS),
}
"""Who has left Slack, or was never in it, does by kubectl what the cluster lets them: that is not Sundown's to decide. The right
to ``delete`` an EnvSchedule deletes no namespace, for which see ``test_nobody_ends_a_namespace_by_the_roles_of_the_install``."""

TABLE = [
    pytest.param(kind, verb, strict, id=f"{name}-{verb}-{'strict' if strict else 'usual'}")
    for name, kind in KINDS.items()
    for verb in COMMANDS
    for strict in (True, False)
]


def documents(name: str) -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all((BASE / name).read_text()) if each is not None]


def rules_of(role: str) -> list[dict[str, Any]]:
    """What a role grants on Sundown's objects, with what Kubernetes adds to its own roles by their labels."""
    labels = {"admin": {"edit", "view"}, "edit": {"edit", "view"}, "view": {"view"}}.get(role, set())
    roles = [each for each in documents("clusterroles-people.yaml") if each["kind"] == "ClusterRole"]
    added = {f"rbac.authorization.k8s.io/aggregate-to-{label}" for label in labels}
    return [rule for each in roles if added & each["metadata"]["labels"].keys() for rule in each["rules"]]


class Rbac(Cluster):
    """Answers reviews by the roles of the install and one role of a person in one env; ``written`` are the overrides."""

    def __init__(self, kind: Kind, *, strict: bool) -> None:
        self.kind = kind
        self.written: list[dict[str, Any]] = []
        (slack,) = [each for each in documents("clusterrole-slack.yaml") if each["kind"] == "ClusterRole"]
        (binding,) = [each for each in documents("clusterrole-slack.yaml") if each["kind"] == "ClusterRoleBinding"]
        self._everywhere = [] if strict else [(each["name"], slack["rules"]) for each in binding["subjects"]]

    def allows(self, user: str, groups: list[str], asked: dict[str, str]) -> bool:
        mine = rules_of(self.kind.role) if self.kind.role and user == MEMBER.email else []
        there = mine if asked.get("namespace") == ENV else []
        rules = there + [rule for group, granted in self._everywhere if group in groups for rule in granted]
        return any(
            asked["group"] in rule["apiGroups"]
            and asked["resource"] in rule["resources"]
            and asked["verb"] in rule["verbs"]
            for rule in rules
        )

    async def create(self, path: str, body: dict[str, Any], **_: str) -> dict[str, Any]:
        spec = body["spec"]
        return {"status": {"allowed": self.allows(spec["user"], spec["groups"], spec["resourceAttributes"])}}

    async def apply(self, path: str, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.written.append(body["spec"]["override"])
        return {"metadata": {**body["metadata"], "uid": "uid-mine", "resourceVersion": "9"}, "spec": body["spec"]}


class Slack:
    """A workspace with one account in it."""

    def __init__(self, profile: Profile | None) -> None:
        self.profile = profile

    async def user(self, user_id: str) -> Profile | None:
        return self.profile if self.profile is not None and user_id == self.profile.id else None

    async def user_by_email(self, _: str) -> Profile | None:
        return self.profile

    async def groups(self) -> dict[str, frozenset[str]]:
        return {}


class Now:
    def now(self) -> datetime:
        return NOW


def people(kind: Kind) -> People:
    return People(Slack(kind.profile), clock=Clock(), time_to_live=timedelta(minutes=10))


async def person_of(kind: Kind) -> Person | None:
    try:
        return await people(kind).of("U1")
    except UnknownPerson:
        return None


def expected(kind: Kind, verb: str, *, strict: bool) -> bool:
    return verb in (kind.strict if strict else kind.usual)


@pytest.mark.parametrize(("kind", "verb", "strict"), TABLE)
async def test_by_the_command_and_a_mention(kind: Kind, verb: str, *, strict: bool) -> None:
    """Buttons of messages that show something, and the window for deleting, ask by the same door."""
    row, asked = parse(COMMANDS[verb])
    rights = Rights(Rbac(kind, strict=strict))
    person = await person_of(kind)
    may = True
    try:
        if person is not None:
            await require_right(row, asked, person, rights)
    except NotAllowed:
        may = False
    assert (person is not None and may) == expected(kind, verb, strict=strict)


@pytest.mark.parametrize(("kind", "verb", "strict"), [each for each in TABLE if each.values[1] in WISHES])
async def test_by_a_button_of_a_message_and_of_the_home(kind: Kind, verb: str, *, strict: bool) -> None:
    """Each click that changes something is a wish, and nothing is written of one that may not be."""
    cluster = Rbac(kind, strict=strict)
    board = Board(rules=Settings())
    board.put_namespace(namespace(resource_version="1"))
    state: Any = "Awake"
    schedule = known(spec={"override": {"state": "Awake"}}, resource_version="2", status=EnvScheduleStatus(state=state))
    board.put_schedule(schedule)
    actions = Actions(cluster, board=board, rights=Rights(cluster), clock=Now(), door=COMMAND_LINE)
    person = await person_of(kind)
    let_through = person is not None
    try:
        if person is not None:
            await actions.carry_out(Wanted(person, WISHES[verb], ENV, span=timedelta(hours=1)))
    except NotAllowed:
        let_through = False
    except NothingToDo:
        pass
    assert let_through == expected(kind, verb, strict=strict)
    assert let_through or not cluster.written


@pytest.mark.parametrize("kind", [each for each in KINDS.values() if each.profile is None or each is KINDS["bot"]])
async def test_who_is_nobody_gets_an_answer_and_no_question_is_asked(kind: Kind) -> None:
    """D5"""
    cluster = Rbac(kind, strict=False)
    desk: Any = SimpleNamespace(
        settings=SimpleNamespace(slack_command="/devenv"), people=people(kind), rights=Rights(cluster)
    )
    reply = await reply_to(desk, f"start {ENV}", Place(channel="C1", user="U1"))
    assert reply.trouble
    assert cluster.written == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("strict", [True, False])
async def test_nobody_ends_a_namespace_by_the_roles_of_the_install(kind: Kind, *, strict: bool) -> None:
    """S3: the window, and the operator for an ActionRequest however it was written, ask for the namespace itself."""
    person = await person_of(kind)
    if person is None:
        return
    with pytest.raises(NotAllowed):
        await Rights(Rbac(kind, strict=strict)).require_action(person, "delete", DELETE, ENV)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("strict", [True, False])
def test_by_kubectl(kind: Kind, *, strict: bool) -> None:
    """As the person themselves, whom the group of Slack is nothing to; nor may any of them write an ActionRequest."""
    cluster = Rbac(kind, strict=strict)
    asked = {"group": "sundown.dev", "resource": "envschedules", "namespace": ENV}
    groups = ["system:authenticated"]
    allowed = {verb for verb in EDITS if cluster.allows(MEMBER.email, groups, {**asked, "verb": verb})}
    assert allowed == kind.kubectl
    elsewhere = {
        verb for verb in EDITS if cluster.allows(MEMBER.email, groups, {**asked, "namespace": "x", "verb": verb})
    }
    assert elsewhere == set()
    requests = {**asked, "resource": "actionrequests", "verb": "create"}
    assert not any(
        cluster.allows(MEMBER.email, groups, {**requests, "namespace": each}) for each in (ENV, "sundown-system")
    )
