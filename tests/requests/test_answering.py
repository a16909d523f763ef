"""What people may answer to a request, by command line or Slack: pure, before the API server and the operator say the same."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from sundown.cluster.client import Cluster
from sundown.cluster.errors import Conflict
from sundown.errors import NotFound, SundownError
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.people.rights import Rights
from sundown.frontdesk.requests.answering import Answers
from sundown.model.scalars import format_instant
from sundown.settings import Settings
from sundown.usecases.find import NotAllowed
from sundown.usecases.requests import Human, TooLate, Word, answer, name_of
from support.frontdesk.doors import Noon
from support.samples import NOW, after

SPEC = {
    "action": "Delete",
    "target": {"namespace": "dev", "uid": "1"},
    "requestedBy": "ana@example.com",
    "via": "slack",
    "requestedAt": format_instant(NOW),
    "expiresAt": format_instant(after(hours=1)),
}
ANA, BO = (Human(f"{name}@example.com", ("dev", "system:authenticated"), "kubectl") for name in ("ana", "bo"))
GIVEN = {"by": "chen@example.com", "at": format_instant(NOW), "via": "slack"}


class One(Cluster):
    """A cluster with one request, which somebody else changes so many times meanwhile."""

    def __init__(self, spec: dict[str, Any], status: dict[str, Any] | None = None, *, conflicts: int = 0) -> None:
        self.spec, self.status, self.conflicts = SPEC | spec, status or {}, conflicts
        self.written: list[dict[str, Any]] = []

    async def list_as(self, path: str, read: Any, *, limit: int = 500, **_: str) -> list[Any]:
        metadata = {"name": "one", "namespace": "sundown-system", "uid": "1", "resourceVersion": "7"}
        return [read({"metadata": metadata, "spec": self.spec, "status": self.status})]

    async def merge_patch(self, path: str, body: dict[str, Any], *, whole: bool = False, **_: str) -> dict[str, Any]:
        if self.conflicts:
            self.conflicts -= 1
            raise Conflict("somebody was faster", status=409)
        self.written.append(body)
        return {}


def said(
    word: Word, human: Human, spec: dict[str, Any] | None = None, *, now: datetime = NOW, **more: Any
) -> dict[str, Any] | None:
    """What is written; None where nothing is."""
    cluster = One(spec or {}, more.get("status"), conflicts=more.get("conflicts", 0))
    asyncio.run(answer(cluster, "sundown-system", "one", word, human=human, now=now, reason=more.get("reason")))
    return cluster.written[0]["spec"] if cluster.written else None


def test_an_answer_says_who_when_and_how() -> None:
    """I7: with the groups that the right to approve may come by, and by its version."""
    at = format_instant(NOW)
    assert said("approve", BO) == {"approval": {"by": BO.name, "at": at, "groups": ["dev"], "via": "kubectl"}}
    assert said("reject", BO, reason="no") == {"rejected": {"by": BO.name, "at": at, "reason": "no"}}
    assert said("withdraw", ANA) == {"withdrawn": {"by": ANA.name, "at": at}}
    assert said("confirm", ANA) == {"confirmation": "dev"}


class Without(Rights):
    """Nobody has any."""

    def __init__(self) -> None:
        pass

    async def spelling(self, person: Person, verb: str, namespace: str, **_: Any) -> str:
        raise NotAllowed(f"you may not {verb} what others ask for")


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("ana@example.com", "you .* have asked for it yourself"),
        ("Ana@Example.com", "you .* have asked for it yourself"),
        ("bo@example.com", "you may not approve what others ask for"),
    ],
)
async def test_who_asked_is_told_so_whatever_rights_they_have(email: str, why: str) -> None:
    """I7, I5: a right more would not help them."""
    cluster, person = One({"confirmation": "dev"}), Person(id="U1", email=email, name="", time_zone="")
    answers = Answers(cluster, rights=Without(), clock=Noon(), settings=Settings(), via="slack")
    with pytest.raises(NotAllowed, match=why):
        await answers.give(person, "one", "approve")
    assert cluster.written == []


@pytest.mark.parametrize(
    ("word", "human", "error", "why"),
    [
        ("withdraw", BO, NotAllowed, "nobody else can withdraw it"),
        ("confirm", BO, NotAllowed, "nobody else can confirm it"),
    ],
)
def test_who_may_not_say_it_hears_why(word: Word, human: Human, error: type[SundownError], why: str) -> None:
    """I6, I7"""
    with pytest.raises(error, match=why):
        said(word, human)


@pytest.mark.parametrize(
    ("word", "human", "spec", "late", "status", "why"),
    [
        ("confirm", ANA, {}, 5, {}, "it waited until"),
        ("approve", BO, {"approval": GIVEN}, 0, {}, "chen@example.com has approved it already"),
        ("approve", BO, {}, 0, {"state": "Done", "outcome": "it is gone"}, "it is done .it is gone."),
        ("withdraw", ANA, {}, 0, {"state": "Approved"}, "it is being done"),
        ("reject", BO, {}, 0, {"state": "Timeout", "outcome": "nobody"}, "it is timeout"),
    ],
)
def test_what_comes_too_late_hears_why(
    word: Word, human: Human, spec: dict[str, Any], late: int, status: dict[str, Any], why: str
) -> None:
    """I6, I7"""
    with pytest.raises(TooLate, match=why):
        said(word, human, spec, now=after(minutes=late), status=status)


@pytest.mark.parametrize(
    ("word", "human", "spec"),
    [
        ("approve", BO, {"approval": GIVEN | {"by": "Bo@example.com"}}),
        ("confirm", ANA, {"confirmation": "dev"}),
        ("withdraw", ANA, {"withdrawn": {"by": ANA.name, "at": format_instant(NOW)}}),
    ],
)
def test_what_this_very_person_has_said_is_not_said_again(word: Word, human: Human, spec: dict[str, Any]) -> None:
    """I6: Slack delivers twice, and people click twice."""
    assert said(word, human, spec, status={"state": "Done"}) is None


def test_whoever_is_overtaken_looks_again_and_not_for_ever() -> None:
    assert said("approve", BO, conflicts=2) is not None
    with pytest.raises(Conflict):
        said("approve", BO, conflicts=3)


@pytest.mark.parametrize("text", ["areq/one-1", "ActionRequest/one-1", "actionrequests.sundown.dev/one-1", " one-1 "])
def test_a_request_is_named_as_kubectl_names_it(text: str) -> None:
    assert name_of(text) == "one-1"


@pytest.mark.parametrize("text", ["", "areq/", "pods/one", "areq/One", "../../secrets/x", "areq/a/b"])
def test_what_can_be_no_name_is_asked_of_no_cluster(text: str) -> None:
    with pytest.raises(NotFound):
        name_of(text)
