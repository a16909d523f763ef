"""The message of a request: what it shows in each state, such as Slack takes it, and which buttons it has."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from sundown.cluster.client import Cluster
from sundown.errors import SundownError
from sundown.frontdesk.requests.live import Live, LiveMessages, Shown, face_of, waits_for
from sundown.frontdesk.requests.outcomes import MESSAGE
from sundown.frontdesk.requests.table import REQUESTS
from sundown.frontdesk.slack.views.live import message
from sundown.model.action_request import Asked
from sundown.reconcile.request_status import next_status
from sundown.reconcile.request_verdict import Reason, Verdict
from sundown.settings import Settings
from sundown_lab.slack.blockkit import blocks_or_refuse, metadata_or_refuse
from support.requested import HOME, asked
from support.samples import NOW

SCALE = {
    "action": "Scale",
    "parameters": {"kind": "Deployment", "name": "web", "replicas": "1"},
    "seen": {"uid": "1", "change": "3 -> 1"},
}
LIVE = Live(channel="C1", user="U1", ts="1.0")


def scaling(verdict: Verdict | None = None, **spec: Any) -> Asked:
    """A request to scale, with what the operator says of it."""
    request = asked(**{**SCALE, **spec})
    return replace(request, status=next_status(request, verdict, now=NOW)) if verdict is not None else request


UNCONFIRMED = scaling(confirmation=None)
WAITING = scaling(Verdict("Pending", Reason.WAITING_FOR_APPROVAL, ways=("slack", "kubectl"), word="slack or kubectl"))
NOT_BY_SLACK = scaling(Verdict("Pending", Reason.WAITING_FOR_APPROVAL, ways=("kubectl",), word="kubectl"))
ENDS = [
    scaling(Verdict(state, reason, detail="somebody"))  # type: ignore[arg-type]
    for state, reason in (
        ("Done", Reason.DONE),
        ("Refused", Reason.CHANGED),
        ("Rejected", Reason.REJECTED),
        ("Withdrawn", Reason.WITHDRAWN),
        ("Timeout", Reason.UNCONFIRMED),
        ("Expired", Reason.EXPIRED),
        ("Failed", Reason.REFUSED_BY_API),
    )
]


def drawn(request: Asked) -> dict[str, Any]:
    made = message(Shown(request, REQUESTS["Scale"], LIVE, begun=False), cluster="default", callback_url="")
    blocks_or_refuse(json.dumps(made["blocks"]))
    metadata_or_refuse(json.dumps(made["metadata"]))
    return made


def buttons(request: Asked) -> list[str]:
    blocks = drawn(request)["blocks"]
    return [
        each["action_id"].rpartition(".")[2]
        for block in blocks
        if block["type"] == "actions"
        for each in block["elements"]
    ]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (UNCONFIRMED, ["confirm", "withdraw"]),
        (WAITING, ["approve", "reject", "withdraw"]),
        (NOT_BY_SLACK, ["reject", "withdraw"]),
        (scaling(Verdict("Approved", Reason.UNDER_WAY)), []),
        *((end, []) for end in ENDS),
    ],
)
def test_a_message_has_the_buttons_of_what_is_waited_for(request_: Asked, said: list[str]) -> None:
    """I6, I7: and none where it comes too late."""
    assert buttons(request_) == said
    assert (waits_for(request_) is None) == (said == [])


@pytest.mark.parametrize("request_", [UNCONFIRMED, WAITING])
def test_it_says_who_wants_what_changed_and_until_when(request_: Asked) -> None:
    """I6"""
    text = json.dumps(drawn(request_)["blocks"], ensure_ascii=False)
    for part in ("ana@example.com", "3 -&gt; 1", "Deployment/web", "*dev*", "<!date"):
        assert part in text


def test_each_step_shows_another_face_and_the_same_state_the_same() -> None:
    faces = [face_of(each) for each in (UNCONFIRMED, scaling(), WAITING, *ENDS)]
    assert len(set(faces)) == len(faces)
    assert face_of(WAITING) == face_of(replace(WAITING))


class Api(Cluster):
    """A cluster that notes what is marked."""

    def __init__(self) -> None:
        self.marks: list[Live] = []

    async def merge_patch(self, path: str, body: dict[str, Any], *, whole: bool = False, **_: str) -> dict[str, Any]:
        self.marks.append(Live.model_validate_json(body["metadata"]["annotations"][MESSAGE]))
        return {"metadata": {**body["metadata"], "name": "one", "namespace": HOME}}


def raw(live: Live, **status: Any) -> dict[str, Any]:
    spec = asked(**SCALE).spec
    assert spec is not None
    notes = {MESSAGE: live.model_dump_json(exclude_defaults=True)}
    metadata = {"name": "one", "namespace": HOME, "uid": "1", "resourceVersion": "7", "annotations": notes}
    return {"metadata": metadata, "spec": spec.to_json(), "status": status}


async def run_until_shown(messages: LiveMessages, shown: list[Shown], *, failures: int = 0) -> None:
    done = asyncio.Event()

    async def show(one: Shown) -> tuple[str, str]:
        shown.append(one)
        if len(shown) <= failures:
            raise SundownError("Slack is away")
        done.set()
        return "C1", "1.5"

    task = asyncio.create_task(messages.run(show))
    await asyncio.wait_for(done.wait(), 10)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()


def test_it_is_noted_before_and_after_that_a_message_is_posted() -> None:
    """I8: so that whoever is killed in between looks for it before they post another."""
    api, shown = Api(), list[Shown]()
    messages = LiveMessages(api, settings=Settings(namespace=HOME))
    messages.event("ADDED", raw(Live(channel="C1", user="U1")))
    asyncio.run(run_until_shown(messages, shown))
    assert [(mark.posting, mark.ts) for mark in api.marks] == [(True, ""), (False, "1.5")]
    assert not shown[0].begun
    assert messages.request_at("C1", "1.5") == "one"


def test_one_that_was_about_to_be_posted_is_looked_for() -> None:
    api, shown = Api(), list[Shown]()
    messages = LiveMessages(api, settings=Settings(namespace=HOME))
    messages.event(None, raw(Live(channel="C1", user="U1", posting=True)))
    asyncio.run(run_until_shown(messages, shown))
    assert shown[0].begun


def test_what_shows_what_there_is_already_is_left_alone_and_known_by_its_place() -> None:
    """A restart posts and updates nothing."""
    messages = LiveMessages(Api(), settings=Settings(namespace=HOME))
    face = face_of(asked(**SCALE))
    messages.event(None, raw(Live(channel="C1", user="U1", ts="1.5", face=face)))
    assert messages.request_at("C1", "1.5") == "one"
    assert messages.request_at("C1", "2.5") is None
    assert not messages._some.is_set()
    messages.event("MODIFIED", raw(Live(channel="C1", user="U1", ts="1.5", face=face), state="Done"))
    assert messages.request_at("C1", "1.5") is None
