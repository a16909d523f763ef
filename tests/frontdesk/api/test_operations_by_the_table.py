"""Everything about an operation comes from its row (F1 F6)."""

from dataclasses import replace

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from sundown.frontdesk.api import page
from sundown.frontdesk.api.openapi import document
from sundown.frontdesk.api.operation import Operation
from sundown.frontdesk.api.server import application
from sundown.frontdesk.api.table import OPERATIONS
from sundown.model.base import parse
from support.frontdesk.api import Caller, action_request

ROWS = pytest.mark.parametrize("row", OPERATIONS.values(), ids=OPERATIONS)
BODIES = [row for row in OPERATIONS.values() if row.body is not None]


def test_no_route_is_without_a_row(caller: Caller) -> None:
    """F1"""
    ours = {page.PATH, page.DOCUMENT}
    served = {
        (route.method, route.resource.canonical)
        for route in application(caller.world.desk).router.routes()
        if route.resource is not None and not any(route.resource.canonical.startswith(path) for path in ours)
    }
    assert {one for one in served if one[0] != "HEAD"} == {(row.method, row.path) for row in OPERATIONS.values()}


def test_the_document_is_one_of_openapi() -> None:
    """F1"""
    OpenAPIV31SpecValidator(document(OPERATIONS.values())).validate()


def test_the_document_has_every_row() -> None:
    """F1"""
    paths = document(OPERATIONS.values())["paths"]
    found = {one["operationId"] for methods in paths.values() for one in methods.values()}
    assert found == OPERATIONS.keys()


@pytest.mark.parametrize("row", BODIES, ids=[row.id for row in BODIES])
def test_every_example_is_what_the_operation_takes(row: Operation) -> None:
    """F1"""
    assert row.body is not None
    parse(row.body, row.example)


def test_a_row_without_a_right_is_refused() -> None:
    """F6"""
    with pytest.raises(ValueError, match="who may do that"):
        replace(OPERATIONS["listEnvs"], right="")


def test_a_row_whose_right_is_asked_for_nowhere_is_refused() -> None:
    """F6"""
    with pytest.raises(ValueError, match="in which env"):
        replace(OPERATIONS["listEnvs"], where="one")


@ROWS
async def test_nobody_gets_in_without_a_token(caller: Caller, row: Operation) -> None:
    """F6"""
    status, problem, headers = await caller.ask(row.method, row.path, dict(row.example) or None, token=None)
    assert (status, problem["reason"]) == (401, "Unauthenticated")
    assert headers["WWW-Authenticate"].startswith("Bearer")
    assert headers["Content-Type"].startswith("application/problem+json")
    assert caller.world.asked == []


@ROWS
async def test_nobody_does_what_they_have_no_right_to(caller: Caller, row: Operation) -> None:
    """F6 J2"""
    caller.world.rights["bo@example.com"] = frozenset()
    body = {**row.example, "namespace": "dev1"} if "namespace" in row.example else dict(row.example)
    query = "?namespace=dev1" if row.query is not None and "namespace" in row.query.model_fields else ""
    caller.world.requests = [action_request("one", "dev1")]
    path = row.path.format(env="dev1", pod="tools", request="one") + query
    status, said, _ = await caller.ask(row.method, path, body if row.body is not None else None, token="bo-token")
    if row.where == "each":
        assert (status, said.get("items", said.get("results"))) == (200, [])
    else:
        assert (status, said["reason"]) == (403, "Forbidden")
        assert f'"{row.right}" {row.on}.sundown.dev' in said["detail"]
    assert caller.world.written == []
