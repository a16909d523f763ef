"""Bodies, parameters and headers of every kind: what cannot be is refused in words, and nothing is done (F1 F2)."""

import asyncio
import gzip
import json
from collections.abc import Iterator, MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import pytest
import structlog
from structlog.testing import capture_logs

from sundown.frontdesk.api.reception import MOST_BYTES
from support.frontdesk.api import Caller, until

JSON = {"Content_Type": "application/json"}
NESTED = b'{"reason":' + b"[" * 30_000 + b"]" * 30_000 + b"}"

UNREADABLE = {
    "no JSON": b"for=2h",
    "cut off": b'{"for": "2h"',
    "two objects": b'{"for": "2h"}{}',
    "a key twice": b'{"for": "1h", "for": "24h"}',
    "a key twice inside": b'{"for": {"a": 1, "a": 2}}',
    "a list": b'["2h"]',
    "a string": b'"2h"',
    "a number": b"7",
    "null": b"null",
    "not a number": b'{"for": NaN}',
    "infinite": b'{"for": Infinity}',
    "no UTF-8": b'{"for": "\xff\xfe"}',
    "NUL": b"\x00",
    "half a surrogate pair": b'{"reason": "\\ud800", "for": "2h"}',
    "half a surrogate pair as a key": b'{"\\udfff": 1, "for": "2h"}',
    "nested": NESTED,
    "nested a little less": b'{"a":' * 25 + b"1" + b"}" * 25,
}
INVALID: dict[str, Any] = {
    "nothing": {},
    "no such field": {"for": "2h", "force": True},
    "a number of hours": {"for": 2},
    "true": {"for": True},
    "a word": {"for": "drei"},
    "negative": {"for": "-1h"},
    "a billion": {"for": "1000000000h"},
    "exponent": {"for": "1e9"},
    "zero": {"for": "0h"},
    "too short": {"for": "59s"},
    "too long": {"for": "24h1m"},
    "other digits": {"for": "٢h"},
    "empty": {"for": ""},
    "null only": {"for": None},
    "a long reason": {"for": "2h", "reason": "x" * 257},
    "a reason of two lines": {"for": "2h", "reason": "a\nb"},
    "a reason with NUL": {"for": "2h", "reason": "a\x00b"},
    "a reason that is none": {"for": "2h", "reason": ["a"]},
}


@pytest.fixture
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is written into the log."""
    structlog.reset_defaults()
    with capture_logs() as entries:
        yield entries


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_read_is_refused(caller: Caller, body: bytes) -> None:
    status, problem = await caller.post("/api/v1/envs/dev1/prolongate", body, **JSON)
    assert (status, problem["reason"]) == (400, "Unreadable")
    assert caller.world.written == []


@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID)
async def test_what_cannot_be_is_refused(caller: Caller, body: Any) -> None:
    status, problem = await caller.post("/api/v1/envs/dev1/prolongate", body)
    assert status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert problem["reason"] in {"InvalidSpec", "OutOfRange"}
    assert problem["detail"]
    assert caller.world.written == []


async def test_what_is_wrong_is_told_field_by_field(caller: Caller) -> None:
    _, problem = await caller.post("/api/v1/envs/dev1/prolongate", {"for": "drei", "force": True})
    assert {one["path"] for one in problem["errors"]} == {"for", "force"}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
async def test_what_does_not_call_itself_json_is_refused(caller: Caller, kind: str) -> None:
    body = json.dumps({"for": "2h"}).encode()
    status, problem = await caller.post("/api/v1/envs/dev1/prolongate", body, Content_Type=kind)
    assert (status, problem["reason"]) == (415, "UnsupportedMediaType")


@pytest.mark.parametrize("packed", [True, False], ids=["as it says", "not as it says"])
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "x-none"])
async def test_what_is_packed_is_refused_and_not_unpacked(caller: Caller, coding: str, packed: bool) -> None:
    """F1, J6: what cannot be unpacked is no fault of the API's, and what can be may be of any size."""
    body = b'{"for": "2h"}'
    status, problem = await caller.post(
        "/api/v1/envs/dev1/prolongate", gzip.compress(body) if packed else body, Content_Encoding=coding, **JSON
    )
    assert (status, problem["reason"]) == (415, "UnsupportedMediaType")
    assert caller.world.written == []


async def test_a_body_that_is_not_packed_may_say_so(caller: Caller) -> None:
    body = b'{"for": "2h"}'
    status, _ = await caller.post("/api/v1/envs/dev1/prolongate", body, Content_Encoding="identity", **JSON)
    assert status == HTTPStatus.OK


async def test_a_body_that_breaks_off_is_no_fault_of_the_apis(
    caller: Caller, logged: list[MutableMapping[str, Any]]
) -> None:
    """F1: whoever sends it is gone, and nothing is done."""
    head = "POST /api/v1/envs/dev1/start HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ana-token\r\nContent-Type: application/json\r\n"
    _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(caller.url).port)
    writer.write(f'{head}Content-Length: 100\r\n\r\n{{"reason'.encode())
    await until(lambda: bool(caller.world.asked))
    writer.close()
    await until(lambda: any(one["event"] == "api-request" for one in logged))
    told = [one for one in logged if one["event"] == "api-request"]
    assert (told[0]["status"], told[0]["outcome"]) == (400, "Unreadable")
    assert [one for one in logged if one["log_level"] in {"warning", "error"}] == []
    assert caller.world.written == []


@pytest.mark.parametrize("hours", [True, False, "2", "nan", [2], {}, 0, -1, 1e9, 1e-9], ids=repr)
@pytest.mark.parametrize(
    ("path", "more"),
    [("/api/v1/prolongate", {"namespace": "dev1"}), ("/api/v1/support", {"name": "tools"})],
    ids=["prolongate", "support"],
)
async def test_what_is_no_number_of_hours_is_refused(
    caller: Caller, path: str, more: dict[str, str], hours: Any
) -> None:
    """F1, D1: neither true nor a word is one hour."""
    status, _ = await caller.post(path, {**more, "hours": hours})
    assert status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert caller.world.written == []


@pytest.mark.parametrize("size", [MOST_BYTES + 1, 2**20])
async def test_more_than_anybody_needs_is_not_read(caller: Caller, size: int) -> None:
    status, problem = await caller.post("/api/v1/envs/dev1/start", b" " * size, **JSON)
    assert (status, problem["reason"]) == (413, "TooLarge")


async def test_a_wish_that_needs_nothing_said_needs_no_body(caller: Caller) -> None:
    assert (await caller.post("/api/v1/envs/dev1/stop"))[0] == HTTPStatus.OK


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=ten",
        "limit=1&limit=2",
        "state=awake",
        "wide=1",
        "continue=%00",
        "continue=zzz",
        "continue=YQ==",
        "selector=%3D",
        "selector=a%3Db%2C%2Cc",
        f"selector={'a' * 2001}",
        "limit=1e1",
    ],
)
async def test_parameters_that_cannot_be_are_refused(caller: Caller, query: str) -> None:
    status, problem = await caller.get(f"/api/v1/envs?{query}")
    assert (status, problem["reason"]) == (422, "InvalidSpec")


@pytest.mark.parametrize(
    "query", ["until=2020-01-01T00:00:00Z", "from=tomorrow", "from=2026-11-23", "until=2027-11-23T00:00:00Z"]
)
@pytest.mark.parametrize("more", ["", "&from=9999-12-31T23:59:59Z", "&from=1000-01-01T00:00:00%2B14:00"])
async def test_periods_that_cannot_be_are_refused(caller: Caller, query: str, more: str) -> None:
    status, problem = await caller.get(f"/api/v1/envs/dev1/explain?{query}{more}")
    assert (status, problem["reason"]) == (422, "InvalidSpec")


@pytest.mark.parametrize(
    "env", ["dev9", "DEV1", "dev%2F1", "dev1%00", "%F0%9F%92%A9", "a" * 254, "%7Benv%7D", "-", "%20"]
)
async def test_an_env_that_is_none_is_not_found(caller: Caller, env: str) -> None:
    for method, path in (("GET", ""), ("GET", "/why"), ("POST", "/start")):
        status, problem, _ = await caller.ask(method, f"/api/v1/envs/{env}{path}")
        assert (status, problem["status"]) == (404, 404)
    assert caller.world.written == []


@pytest.mark.parametrize(("method", "status"), [("DELETE", 405), ("PUT", 405), ("PATCH", 405), ("OPTIONS", 405)])
async def test_a_method_that_there_is_not_says_which_there_are(caller: Caller, method: str, status: int) -> None:
    code, problem, headers = await caller.ask(method, "/api/v1/envs/dev1")
    assert (code, problem["reason"]) == (status, "MethodNotAllowed")
    assert headers["Allow"] == "GET,HEAD"


@pytest.mark.parametrize(
    "path", ["/", "/api", "/api/v1", "/api/v2/envs", "/docs/other.js", "/docs/..%2Fsecret", "/metrics"]
)
async def test_where_there_is_nothing_a_problem_says_so(caller: Caller, path: str) -> None:
    status, problem, headers = await caller.ask("GET", path)
    assert (status, problem["reason"]) == (404, "NoSuchPath")
    assert headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ä"])
async def test_a_key_that_is_none_is_refused(caller: Caller, key: str) -> None:
    status, problem = await caller.post("/api/v1/envs/dev1/stop", {}, Idempotency_Key=key)
    assert (status, problem["reason"]) == (400, "BadHeader")
    assert caller.world.written == []


@pytest.mark.parametrize("version", ["", '""', '"7", "8"', "7;8", '"' + "7" * 65 + '"'])
async def test_a_version_that_is_none_is_refused(caller: Caller, version: str) -> None:
    status, problem = await caller.post("/api/v1/envs/dev1/stop", {}, If_Match=version)
    assert (status, problem["reason"]) == (400, "BadHeader")
    assert caller.world.written == []
