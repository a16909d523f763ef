"""The message of a request: what it shows in each state, such as Slack takes it, and which buttons it has."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import ClientError
from structlog.testing import capture_logs

from sundown.cluster.client import Cluster
from sundown.errors import SundownError
from sundown.frontdesk.requests.live import NOWHERE, Live, LiveMessages, Shown, face_of, waits_for
from sundown.frontdesk.requests.outcomes import MESSAGE
from sundown.frontdesk.requests.table import REQUESTS
from sundown.frontdesk.slack.listeners.answers import shower
from sundown.frontdesk.slack.views.live import key_of, message
from sundown.model.action_request import Asked
from sundown.reconcile.request_status import next_status
from sundown.reconcile.request_verdict import Reason, Verdict
from sundown.settings import Settings
from sundown_lab.slack.blockkit import blocks_or_refuse, metadata_or_refuse
from support.requested import HOME, asked
from support.samples import NOW, Json

SCALE: Json = {
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


@pytest.mark.parametrize("request_", [UNCONFIRMED, WAITING, NOT_BY_SLACK, scaling()])
@pytest.mark.parametrize(("seen", "shown"), [(SCALE["seen"], "*3 -&gt; 1*"), (None, "*replicas: 1*")])
def test_nobody_is_asked_to_agree_to_what_is_not_shown(request_: Asked, seen: Json | None, shown: str) -> None:
    """I6, I7: who writes a request by hand need not say what would change, and could ask for 0 unseen."""
    assert request_.spec is not None
    saw = request_.spec.seen if seen is not None else None
    assert shown in drawn(replace(request_, spec=request_.spec.model_copy(update={"seen": saw})))["text"]


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


async def run_until_shown(
    messages: LiveMessages, shown: list[Shown], *, failures: int = 0, channel: str = "C2"
) -> None:
    done = asyncio.Event()

    async def show(one: Shown) -> Live:
        shown.append(one)
        if len(shown) <= failures:
            raise SundownError("Slack is away")
        done.set()
        live = one.live.model_copy(update={"ts": "1.5"})
        return live.model_copy(update={"elsewhere_ts": "2.5"}) if live.elsewhere else live

    async def where(_: str) -> str:
        return channel

    task = asyncio.create_task(messages.run(show, where))
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


TO_APPROVE: Json = {
    "state": "Pending",
    "conditions": [{"type": "Complete", "status": "False", "reason": "WaitingForApproval"}],
}


def waiting(live: Live | None) -> dict[str, Any]:
    """A request that somebody else has to approve, as the API server has it."""
    condition = {**TO_APPROVE["conditions"][0], "lastTransitionTime": "2026-11-23T18:00:00Z"}
    found = raw(live or NOWHERE, **{**TO_APPROVE, "conditions": [condition]})
    return found if live is not None else {**found, "metadata": {**found["metadata"], "annotations": {}}}


@pytest.mark.parametrize(
    ("live", "places"),
    [
        (None, (("C2", "1.5"),)),
        (Live(channel="D1", user="U1", ts="1.5"), (("D1", "1.5"), ("C2", "2.5"))),
        (Live(channel="C2", user="U1", ts="1.5"), (("C2", "1.5"),)),
        (Live(channel="C2", user="U1"), (("C2", "1.5"),)),
    ],
    ids=[
        "asked for by the API or kubectl",
        "in a conversation with the app",
        "where all see it",
        "there, and not shown yet",
    ],
)
def test_whoever_may_approve_finds_it_in_the_channel_of_the_env(
    live: Live | None, places: tuple[tuple[str, str], ...]
) -> None:
    """I7: wherever it was asked for; and what is answered beneath any of its messages is about it."""
    api, shown = Api(), list[Shown]()
    messages = LiveMessages(api, settings=Settings(namespace=HOME))
    messages.event("ADDED", waiting(live))
    asyncio.run(run_until_shown(messages, shown))
    assert api.marks[-1].places == places
    assert not api.marks[-1].posting
    assert {messages.request_at(*place) for place in places} == {"one"}


def test_what_nobody_waits_for_is_not_told_of_where_it_was_not_asked_for_in_slack() -> None:
    """I7: nor before the one who asks has confirmed it, nor once it is answered."""
    messages = LiveMessages(Api(), settings=Settings(namespace=HOME))
    for status in ({}, {"state": "Approved"}, {"state": "Done"}):
        one = raw(NOWHERE, **status)
        messages.event("ADDED", {**one, "metadata": {**one["metadata"], "annotations": {}}})
    assert not messages._due
    messages.event("ADDED", waiting(None))
    assert messages._due
    answered = {**waiting(None), "status": {"state": "Rejected"}}
    messages.event("MODIFIED", answered)
    assert not messages._due


def test_that_no_channel_is_told_of_its_env_is_logged_once_however_often_it_changes() -> None:
    """I7: the env itself says so too."""
    api, shown = Api(), list[Shown]()
    messages = LiveMessages(api, settings=Settings(namespace=HOME))

    async def some_events() -> None:
        for kind in ("ADDED", "MODIFIED", "MODIFIED"):
            messages.event(kind, waiting(None))
            with suppress(TimeoutError):
                await asyncio.wait_for(run_until_shown(messages, shown, channel=""), 0.05)

    with capture_logs() as logs:
        asyncio.run(some_events())
    assert [one["reason"] for one in logs if one["event"] == "nobody-to-tell"] == [
        "no channel is told of its environment"
    ]
    assert (shown, api.marks) == ([], [])


class Client:
    """A Slack in which the message stands already, as it was posted before the frontdesk ended."""

    def __init__(self, key: str) -> None:
        payload = {"event_payload": {"key": key}}
        self.there = {"ts": "7.0", "metadata": payload}
        self.updated: list[tuple[str, str]] = []

    async def conversations_history(self, **_: Any) -> dict[str, Any]:
        return {"messages": [self.there]}

    async def chat_update(self, *, channel: str, ts: str, **_: Any) -> None:
        self.updated.append((channel, ts))


async def test_what_was_posted_just_before_the_frontdesk_ended_is_brought_up_to_date() -> None:
    """I6 I8: and not only found again."""
    live = Live(channel="C1", user="U1", posting=True)
    shown = Shown(ENDS[0], REQUESTS["Scale"], live, begun=True)
    client = Client(key_of(shown))
    desk = SimpleNamespace(client=client, settings=SimpleNamespace(cluster_name="default", callback_url=""))
    assert (await shower(desk)(shown)).places == (("C1", "7.0"),)  # type: ignore[arg-type]
    assert client.updated == [("C1", "7.0")]


class Slow(Client):
    """A Slack that takes no more than one message at first."""

    def __init__(self) -> None:
        super().__init__("of something else")
        self.posted: list[str] = []

    async def chat_postMessage(self, *, channel: str, **_: Any) -> dict[str, Any]:  # noqa: N802 - Slack's name
        if len(self.posted) == 1:
            self.posted.append("")
            raise ClientError("Slack is away")
        self.posted.append(channel)
        return {"channel": channel, "ts": f"{len(self.posted)}.0"}


async def test_what_was_posted_in_one_place_is_not_posted_there_again_for_the_other() -> None:
    """I8: Slack was away in between."""
    client = Slow()
    desk = SimpleNamespace(client=client, settings=SimpleNamespace(cluster_name="default", callback_url=""))
    show = shower(desk)  # type: ignore[arg-type]
    live = await show(Shown(WAITING, REQUESTS["Scale"], Live(channel="D1", user="U1", elsewhere="C2"), begun=False))
    assert (live.places, live.whole) == ((("D1", "1.0"),), False)
    live = await show(Shown(WAITING, REQUESTS["Scale"], live, begun=True))
    assert (live.places, live.whole) == ((("D1", "1.0"), ("C2", "3.0")), True)
    assert client.posted == ["D1", "", "C2"]
