"""Who it is that calls, and that the cluster is asked about exactly them (F6 J2)."""

import base64
import json
from http import HTTPStatus

import pytest

from sundown.cluster.errors import Denied, Unreachable
from sundown.frontdesk.api.logins import LONGEST_TOKEN
from support.frontdesk.api import ANA, Caller, calling

STRANGE = (
    "",
    "Bearer",
    "Bearer ",
    "Basic YW5hOmFuYQ==",
    "Bearer ana token",
    "Bearer ana-token, Bearer bo-token",
    "Bearer änä",
    "Token ana-token",
    f"Bearer {'a' * (LONGEST_TOKEN + 1)}",
)


def reviews(caller: Caller, kind: str = "TokenReview") -> list[dict[str, object]]:
    return [one["spec"] for one in caller.world.asked if one["kind"] == kind]


def jwt(**claims: object) -> str:
    """A token that looks like one of the cluster's."""
    said = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{said}.c2lnbmVk"


@pytest.mark.parametrize("header", STRANGE, ids=lambda header: repr(header[:30]))
async def test_what_is_no_bearer_token_is_not_asked_about(caller: Caller, header: str) -> None:
    status, problem, _ = await caller.ask("GET", "/api/v1/envs", token=None, Authorization=header)
    assert (status, problem["reason"]) == (401, "Unauthenticated")
    assert caller.world.asked == []


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "BeArEr"])
async def test_the_name_of_the_scheme_may_be_written_in_any_letters(caller: Caller, scheme: str) -> None:
    """F6: RFC 9110, 11.1."""
    status, _, _ = await caller.ask("GET", "/api/v1/envs", token=None, Authorization=f"{scheme} ana-token")
    assert status == HTTPStatus.OK


async def test_a_token_that_the_cluster_does_not_know_lets_nobody_in(caller: Caller) -> None:
    assert (await caller.get("/api/v1/envs", token="expired"))[0] == HTTPStatus.UNAUTHORIZED
    assert len(reviews(caller)) == 1


async def test_a_token_is_believed_for_some_seconds_only(caller: Caller) -> None:
    for _ in range(3):
        assert (await caller.get("/api/v1/envs"))[0] == HTTPStatus.OK
    assert len(reviews(caller)) == 1
    caller.world.tokens.clear()
    caller.world.clock.pass_by(seconds=11)
    assert (await caller.get("/api/v1/envs"))[0] == HTTPStatus.UNAUTHORIZED


async def test_somebody_who_was_not_known_is_asked_about_again(caller: Caller) -> None:
    assert (await caller.get("/api/v1/envs", token="new"))[0] == HTTPStatus.UNAUTHORIZED
    caller.world.tokens["new"] = ANA
    caller.world.clock.pass_by(seconds=11)
    assert (await caller.get("/api/v1/envs", token="new"))[0] == HTTPStatus.OK


@pytest.mark.parametrize(
    ("token", "audiences"),
    [
        (jwt(aud=["sundown"]), ["sundown"]),
        (jwt(aud="sundown"), ["sundown"]),
        (jwt(aud=["https://kubernetes.default.svc"]), None),
        (jwt(aud=["vault"]), None),
        (jwt(aud=7), None),
        (jwt(), None),
        ("a.b.c", None),
        ("opaque", None),
    ],
)
async def test_the_cluster_judges_a_token_for_the_audience_that_it_claims(
    caller: Caller, token: str, audiences: list[str] | None
) -> None:
    await caller.get("/api/v1/envs", token=token)
    (spec,) = reviews(caller)
    assert spec.get("audiences") == audiences


async def test_the_cluster_is_asked_about_the_very_user_of_the_token(caller: Caller) -> None:
    """Neither the groups of Slack, nor one that everybody in Slack is in; what a token is confined to counts too."""
    await caller.get("/api/v1/envs/dev1")
    (spec,) = reviews(caller, "SubjectAccessReview")
    attributes = {"group": "sundown.dev", "resource": "envschedules", "verb": "get", "namespace": "dev1"}
    assert spec == {
        "user": ANA,
        "uid": "7",
        "groups": ["dev"],
        "extra": {"scopes": ["all"]},
        "resourceAttributes": attributes,
    }


@pytest.mark.parametrize("away", [Unreachable("away"), Denied("no right to ask", status=403)], ids=["away", "no right"])
async def test_where_the_cluster_cannot_be_asked_nobody_gets_in(caller: Caller, away: Exception) -> None:
    caller.world.away = away  # type: ignore[assignment]
    status, problem, headers = await caller.ask("POST", "/api/v1/envs/dev1/stop")
    assert status == HTTPStatus.SERVICE_UNAVAILABLE
    assert int(headers["Retry-After"]) > 0
    assert problem["status"] == status


async def test_one_person_cannot_take_the_time_of_all() -> None:
    """J6"""
    async with calling(api_requests=6) as caller:
        statuses = [(await caller.get("/api/v1/envs"))[0] for _ in range(7)]
        assert statuses == [200] * 6 + [429]
        status, problem, headers = await caller.ask("GET", "/api/v1/envs")
        assert (status, problem["reason"], headers["Retry-After"]) == (429, "TooMuch", "15")
        assert (await caller.get("/api/v1/envs", token="bo-token"))[0] == HTTPStatus.OK
        caller.world.clock.pass_by(seconds=20)
        assert (await caller.get("/api/v1/envs"))[0] == HTTPStatus.OK
