"""The dispatcher asks the cluster for the right that stands in the row, before anybody answers (S15)."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sundown.cluster.client import Cluster
from sundown.frontdesk.commands import table
from sundown.frontdesk.commands.command import Command
from sundown.frontdesk.commands.parsing import maybe_env
from sundown.frontdesk.commands.reply import Place, Reply
from sundown.frontdesk.commands.table import COMMANDS
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.people.rights import GRANTED, Rights
from sundown.frontdesk.slack.listeners.commands import reply_to

ANA = Person(id="U1", email="ana@example.com", name="ana", time_zone="UTC")
PLACE = Place(channel="C1", user="U1")
WITH_HANDLE = [row for row in COMMANDS.values() if row.handle is not None]
OF_SUPPORT = [row for row in WITH_HANDLE if row.on == "supportpods"]
OF_ONE_ENV = [row for row in WITH_HANDLE if " dev1" in row.examples[0]]


class Rbac(Cluster):
    """A cluster that allows some verbs on EnvSchedules, in all namespaces or in one; ``asked`` is what it was asked."""

    def __init__(self, *allowed: tuple[str, str]) -> None:
        self.allowed = allowed
        self.asked: list[tuple[str, str]] = []

    async def create(self, path: str, body: dict[str, Any], **query: str) -> dict[str, Any]:
        asked = body["spec"]["resourceAttributes"]
        self.asked.append((asked["verb"], asked.get("namespace", "")))
        return {"status": {"allowed": self.asked[-1] in self.allowed}}


class People:
    async def of(self, _user: str) -> Person:
        return ANA


def desk(cluster: Rbac) -> Any:
    return SimpleNamespace(
        settings=SimpleNamespace(slack_command="/devenv"),
        people=People(),
        rights=Rights(cluster, support="sundown-support"),
        requests=None,
    )


class Answers:
    """A handler that notes whether it was called."""

    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, *_: object) -> Reply:
        self.calls += 1
        return Reply(title=("done",))


def with_row(monkeypatch: pytest.MonkeyPatch, row: Command) -> None:
    monkeypatch.setitem(table.COMMANDS, row.verb, row)


@pytest.mark.parametrize("row", WITH_HANDLE, ids=lambda row: row.verb)
def test_each_command_has_a_right_that_can_be_granted(row: Command) -> None:
    assert row.right in GRANTED[row.on].verbs


@pytest.mark.parametrize("row", OF_ONE_ENV, ids=lambda row: row.verb)
async def test_nobody_answers_whom_the_cluster_does_not_let(row: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    answers, cluster = Answers(), Rbac()
    with_row(monkeypatch, replace(row, handle=answers))
    reply = await reply_to(desk(cluster), row.examples[0], PLACE)
    assert cluster.asked == [(row.right, "dev1")]
    assert (answers.calls, "may not" in str(reply)) == (0, True)


@pytest.mark.parametrize(
    ("env", "asked"), [("dev1", ("delete", "dev1")), ("", ("delete", ""))], ids=["of-one", "of-all"]
)
async def test_a_new_row_is_closed_to_who_lacks_its_right(
    monkeypatch: pytest.MonkeyPatch, env: str, asked: tuple[str, str]
) -> None:
    """A row that somebody adds with ``right="delete"`` is refused without another line of code."""
    answers, everything_else = Answers(), [(verb, env) for verb in GRANTED["envschedules"].verbs if verb != "delete"]
    row = Command("raze", "raze [<env>]", "Raze it.", "", ("raze",), maybe_env, answers, right="delete")
    with_row(monkeypatch, row)
    cluster = Rbac(*everything_else)
    assert "may not delete" in str(await reply_to(desk(cluster), f"raze {env}", PLACE))
    assert (answers.calls, cluster.asked) == (0, [asked])
    await reply_to(desk(Rbac(asked)), f"raze {env}", PLACE)
    assert answers.calls == 1


@pytest.mark.parametrize(("handle", "right"), [(Answers(), None), (None, "get")])
def test_a_row_without_an_answer_to_who_may_do_that_cannot_be_made(handle: Answers | None, right: str | None) -> None:
    with pytest.raises(ValueError, match="who may do that"):
        Command("raze", "raze", "Raze it.", "", ("raze",), maybe_env, cast("Any", handle), right=right)


def test_only_what_shows_envs_looks_by_itself_at_what_a_person_may_see() -> None:
    assert [row.verb for row in COMMANDS.values() if row.looks_by_itself] == ["status", "list", "audit"]
    assert {row.verb for row in WITH_HANDLE} - {row.verb for row in OF_ONE_ENV} == {
        "list",
        *(row.verb for row in OF_SUPPORT),
    }


@pytest.mark.parametrize("row", OF_SUPPORT, ids=lambda row: row.verb)
async def test_support_pods_are_for_whom_the_cluster_lets_have_them(
    row: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D6: the right is asked for where they are."""
    answers, cluster = Answers(), Rbac()
    with_row(monkeypatch, replace(row, handle=answers))
    reply = await reply_to(desk(cluster), row.examples[0], PLACE)
    assert cluster.asked == [(row.right, "sundown-support")]
    assert (answers.calls, "may not" in str(reply)) == (0, True)
    await reply_to(desk(Rbac(*cluster.asked)), row.examples[0], PLACE)
    assert answers.calls == 1
