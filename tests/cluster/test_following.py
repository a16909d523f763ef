"""What is followed: a list, a watch from where it ended, and again where that is lost (I1: nothing is missed, nothing stays)."""

import asyncio
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
import pytest
from aiohttp import web

from sundown.cluster import paths
from sundown.cluster.following import Followers
from sundown.cluster.hearing import Hearings
from sundown.cluster.scope import Scope
from support.cluster.scripted import Script, door, reply

Json = dict[str, Any]


class Kept:
    """Names, and what became of them."""

    def __init__(self) -> None:
        self.there: set[str] = set()
        self.told: list[str] = []
        self.news = asyncio.Event()

    def tell(self, what: str) -> None:
        self.told.append(what)
        self.news.set()

    def put(self, one: str, /) -> None:
        self.there.add(one)
        self.tell(f"+{one}")

    def drop(self, one: str, /) -> None:
        self.there.discard(one)
        self.tell(f"-{one}")

    def keep_only(self, all_of_them: Iterable[str], /) -> None:
        self.there &= set(all_of_them)
        self.tell("listed")


def name(raw: msgspec.Raw) -> str:
    found: Json = json.loads(bytes(raw))
    if found["metadata"]["name"] == "odd":
        raise ValueError("odd")
    return str(found["metadata"]["name"])


def thing(named: str, version: int = 1) -> Json:
    return {"metadata": {"name": named, "resourceVersion": str(version)}}


def listed(*names: str, version: int = 1, token: str = "") -> web.Response:
    return reply(
        {"metadata": {"resourceVersion": str(version), "continue": token}, "items": [thing(one) for one in names]}
    )


def watched(*events: tuple[str, Json]) -> web.Response:
    lines = (json.dumps({"type": kind, "object": what}) for kind, what in events)
    return web.Response(text="".join(f"{line}\n" for line in lines), content_type="application/json")


def follow(*answers: web.Response, until: Callable[[Kept], bool]) -> tuple[Kept, Script, list[str]]:
    """What is kept after these answers, what was asked, and what was refused."""
    script, kept = Script(*answers), Kept()

    async def run() -> list[str]:
        async with (
            door(script, attempts=1) as cluster,
            Followers(cluster.configuration, cluster, scope=Scope()) as followers,
            asyncio.timeout(20),
        ):
            listed_is = partial(kept.tell, "complete")
            following = asyncio.create_task(followers.follow(paths.PODS, name, kept, listed=listed_is))
            while not until(kept):
                await kept.news.wait()
                kept.news.clear()
            following.cancel()
            return list(followers.refused)

    return kept, script, asyncio.run(run())


def test_a_list_in_pages_and_what_comes_after_it() -> None:
    kept, script, _ = follow(
        listed("a", "b", version=7, token="next"),
        listed("c", version=7),
        watched(("MODIFIED", thing("a", 8)), ("DELETED", thing("b", 9)), ("ADDED", thing("d", 10))),
        watched(("ADDED", thing("e", 11))),
        until=lambda kept: "e" in kept.there,
    )
    assert kept.there == {"a", "c", "d", "e"}
    assert kept.told == ["+a", "+b", "+c", "listed", "complete", "+a", "-b", "+d", "+e"]
    assert [request.query.get("resourceVersion") for request in script.asked[2:4]] == ["7", "10"]


def test_a_bookmark_moves_the_place_and_tells_nothing() -> None:
    kept, script, _ = follow(
        listed("a"),
        watched(("BOOKMARK", thing("", 99))),
        watched(("ADDED", thing("b", 100))),
        until=lambda kept: "b" in kept.there,
    )
    assert kept.told == ["+a", "listed", "complete", "+b"]
    assert script.asked[2].query["resourceVersion"] == "99"


@pytest.mark.parametrize(
    "lost",
    [watched(("ERROR", {"kind": "Status", "code": 410, "message": "too old"})), reply({"message": "too old"}, 410)],
    ids=["in the watch", "at its beginning"],
)
def test_where_the_history_is_gone_all_is_listed_again(lost: web.Response) -> None:
    """And what was deleted meanwhile goes."""
    kept, _, _ = follow(
        listed("a", "b"), lost, listed("b", "c", version=5), until=lambda kept: kept.told.count("complete") == 2
    )
    assert kept.there == {"b", "c"}


def test_one_that_cannot_be_read_hides_no_other() -> None:
    kept, _, _ = follow(
        listed("a", "odd"),
        watched(("ADDED", thing("odd", 2)), ("ADDED", thing("c", 3))),
        until=lambda kept: "c" in kept.there,
    )
    assert kept.there == {"a", "c"}


@pytest.mark.parametrize("status", [403, 404])
def test_what_is_not_granted_or_not_there_is_known_and_nobody_waits_for_it(status: int) -> None:
    """J3; H2: a CRD that is not there, and may come."""
    kept, _, refused = follow(reply({"message": "pods is forbidden"}, status), until=lambda kept: bool(kept.told))
    assert kept.told == ["complete"]
    assert refused == [paths.PODS]


def test_an_api_server_with_trouble_is_asked_again() -> None:
    kept, _, _ = follow(reply({"message": "no"}, 500), listed("a"), until=lambda kept: "complete" in kept.told)
    assert kept.there == {"a"}


class Noted(Hearings):
    """What is said of how well a place is heard."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def begun(self, place: str, *, afresh: bool) -> None:
        super().begun(place, afresh=afresh)
        self.said.append("afresh" if afresh else "goes on")

    def line(self, place: str, kind: str, *, readable: bool) -> None:
        super().line(place, kind, readable=readable)
        self.said.append(kind if readable else f"{kind}, unreadable")

    def interrupted(self, place: str) -> None:
        super().interrupted(place)
        self.said.append("down")

    def ended(self, place: str) -> None:
        super().ended(place)
        self.said.append("ended")


def heard(
    *answers: web.Response, until: Callable[[list[str]], bool], hearings: Hearings | None = None
) -> tuple[list[str], Script, list[str]]:
    """What was told of one place by a watch alone, what was asked, and what was refused."""
    script, told = Script(*answers), list[str]()
    news = asyncio.Event()

    def tell(kind: str, one: str) -> None:
        told.append(f"{kind} {one}")
        news.set()

    async def run() -> list[str]:
        async with (
            door(script, attempts=1) as cluster,
            Followers(cluster.configuration, cluster, scope=Scope(), hearings=hearings) as followers,
            asyncio.timeout(20),
        ):
            hearing = asyncio.create_task(followers.hear(paths.PODS, name, tell))
            while not until(told) and not followers.refused:
                with suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), 0.05)
                news.clear()
            hearing.cancel()
            with suppress(asyncio.CancelledError):
                await hearing
            return list(followers.refused)

    refused = asyncio.run(run())
    return told, script, refused


def test_what_is_only_heard_of_is_never_listed_and_its_watch_lasts_for_hours() -> None:
    """Design 10: thirty kinds that are watched at night cost an eighth of a request a minute."""
    told, script, _ = heard(
        watched(("ADDED", thing("a", 3)), ("ADDED", thing("b", 2))),
        watched(("BOOKMARK", thing("", 9))),
        watched(("MODIFIED", thing("a", 10)), ("DELETED", thing("b", 11))),
        until=lambda told: len(told) == 4,
    )
    assert told == ["ADDED a", "ADDED b", "MODIFIED a", "DELETED b"]
    assert [request.query["resourceVersion"] for request in script.asked[:3]] == ["0", "2", "9"]
    assert {request.query["timeoutSeconds"] for request in script.asked} == {"14400"}
    assert {request.query["watch"] for request in script.asked} == {"true"}
    assert all("as=PartialObjectMetadata;" in request.headers["Accept"] for request in script.asked)


@pytest.mark.parametrize(
    "lost",
    [watched(("ERROR", {"kind": "Status", "code": 410, "message": "too old"})), reply({"message": "too old"}, 410)],
    ids=["in the watch", "at its beginning"],
)
def test_where_the_history_is_gone_what_there_is_is_told_once_more(lost: web.Response) -> None:
    told, script, _ = heard(
        watched(("ADDED", thing("a", 5))), lost, watched(("ADDED", thing("b", 9))), until=lambda told: "ADDED b" in told
    )
    assert told == ["ADDED a", "ADDED b"]
    assert [request.query["resourceVersion"] for request in script.asked[:3]] == ["0", "5", "0"]


def test_a_watch_that_breaks_goes_on_where_it_was() -> None:
    told, script, _ = heard(
        watched(("ADDED", thing("a", 5))),
        reply({"message": "no"}, 500),
        watched(("MODIFIED", thing("a", 6))),
        until=lambda told: len(told) == 2,
    )
    assert told == ["ADDED a", "MODIFIED a"]
    assert [request.query["resourceVersion"] for request in script.asked[:3]] == ["0", "5", "5"]


def test_a_kind_that_is_not_served_for_a_while_is_heard_as_soon_as_it_is_again() -> None:
    """G1, G2: its CRD is made anew; nobody is told meanwhile that the right is missing."""
    told, script, refused = heard(
        watched(("ADDED", thing("a", 5))),
        reply({"message": "the server could not find the requested resource"}, 404),
        watched(("ADDED", thing("b", 9))),
        until=lambda told: "ADDED b" in told,
    )
    assert (told, refused) == (["ADDED a", "ADDED b"], [])
    assert [request.query["resourceVersion"] for request in script.asked[:3]] == ["0", "5", "0"]


def test_of_what_may_not_be_watched_that_is_known() -> None:
    """J3"""
    told, script, refused = heard(reply({"message": "forbidden"}, 403), until=bool)
    assert (told, refused, len(script.asked)) == ([], [paths.PODS], 1)


@pytest.mark.parametrize(
    ("between", "said"),
    [
        ((), ["goes on"]),
        ((reply({"message": "no"}, 500),), ["down", "goes on"]),
        ((reply({"message": "too old"}, 410),), ["down", "afresh"]),
        ((watched(("ERROR", {"kind": "Status", "code": 410, "message": "too old"})),), ["goes on", "down", "afresh"]),
        ((watched(("MODIFIED", thing("odd", 7))),), ["goes on", "MODIFIED, unreadable", "goes on"]),
        ((watched(("BOOKMARK", thing("", 9))),), ["goes on", "BOOKMARK", "goes on"]),
    ],
    ids=["the server's end", "trouble", "the history is gone", "so it is in the watch", "unreadable", "a bookmark"],
)
def test_how_well_it_is_heard_is_known(between: tuple[web.Response, ...], said: list[str]) -> None:
    """G1: nobody relies on a watch that is down, or may have missed something."""
    noted = Noted()
    heard(
        watched(("ADDED", thing("a", 5))),
        *between,
        watched(("MODIFIED", thing("a", 10))),
        until=lambda told: "MODIFIED a" in told,
        hearings=noted,
    )
    until = noted.said.index("MODIFIED")
    assert noted.said[:until] == ["afresh", "ADDED", *said]
    assert noted.said[-1] == "ended"


def test_what_may_not_be_watched_is_not_relied_upon() -> None:
    """J3."""
    noted = Noted()
    heard(reply({"message": "forbidden"}, 403), until=bool, hearings=noted)
    assert noted.said == ["down", "ended"]
