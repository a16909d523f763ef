"""The OpenAPI document (3.1), made from the table: nothing of it is written by hand. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from sundown import __version__
from sundown.frontdesk.api.operation import Operation
from sundown.frontdesk.api.problems import CONTENT_TYPE, Problem
from sundown.frontdesk.people.rights import GRANTED

Json = dict[str, Any]

TAGS = {
    "envs": "Environments: what they do, why, and what comes next.",
    "wishes": "What people ask for, of one environment.",
    "bulk": "The same of all environments that a label selector selects, with a result for each.",
    "records": "What people have asked for and done.",
    "requests": "What has to be confirmed, and perhaps approved by a second person.",
    "support": "Pods for management work, for a while.",
    "retired": "The paths of the system that some come from. They mean what those above mean.",
}
_REF = "#/components/schemas/{model}"
_ALWAYS = {
    HTTPStatus.UNAUTHORIZED: "Nobody knows who you are.",
    HTTPStatus.FORBIDDEN: "You may not; the text names the right that is missing.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something of what was sent cannot be; `errors` says what.",
    HTTPStatus.BAD_REQUEST: "What was sent cannot be read.",
    HTTPStatus.TOO_MANY_REQUESTS: "You have asked for too much; `Retry-After` says when to come again.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The cluster does not answer; `Retry-After` says when to come again.",
}
_OF_ONE = {HTTPStatus.NOT_FOUND: "There is nothing of that name."}
_OF_CHANGES = {
    HTTPStatus.CONFLICT: "It would change nothing, or others changed it at the same time.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is no JSON.",
    HTTPStatus.REQUEST_TIMEOUT: "The body did not come in time.",
}
_OF_VERSIONS = {HTTPStatus.PRECONDITION_FAILED: "It has changed since you looked at it."}
_ABOUT = (
    "Puts environments to sleep and wakes them, as Slack and kubectl do: what you may do here is what the cluster's RBAC lets "
    "you do.\n\n"
    "Send a token of the cluster, as in `Authorization: Bearer ...`; `sundown api token` says how to get one. Errors are "
    "problems (RFC 9457), with a text for people in `detail` and a word for machines in `reason`. Send an `Idempotency-Key` with what must not be done twice when you "
    "ask again."
)


def document(operations: Iterable[Operation]) -> Json:
    """The document of these rows."""
    rows = tuple(operations)
    schemas, references = _schemas(rows)
    paths: dict[str, Json] = {}
    for row in rows:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row, references)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sundown",
            "version": __version__,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"token": []}],
        "tags": [{"name": name, "description": text} for name, text in _tags(rows).items()],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of the cluster; best one for the audience `sundown`: `sundown api token`.",
                }
            },
        },
    }


def _tags(rows: Iterable[Operation]) -> Mapping[str, str]:
    return TAGS | {row.tag: "" for row in rows if row.tag not in TAGS}


Models = Mapping[tuple[Any, JsonSchemaMode], Json]


def _schemas(rows: Iterable[Operation]) -> tuple[Json, Models]:
    """The schemas of all bodies and answers, and where each is."""
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for row in rows:
        wanted[row.answer, "serialization"] = None
        if row.body is not None:
            wanted[row.body, "validation"] = None
    references, found = models_json_schema(list(wanted), by_alias=True, ref_template=_REF)
    return found["$defs"], references


def _operation(row: Operation, references: Models) -> Json:
    found: Json = {
        "operationId": row.id,
        "summary": row.summary,
        "description": f"{row.details} {_right(row)}",
        "tags": [row.tag],
        "parameters": _parameters(row),
        "responses": _responses(row, references),
        "x-sundown-right": row.right,
    }
    if row.retired:
        found["deprecated"] = True
    if row.body is not None:
        content: Json = {"schema": references[row.body, "validation"]}
        if row.example:
            content["example"] = dict(row.example)
        required = any(field.is_required() for field in row.body.model_fields.values())
        found["requestBody"] = {"required": required, "content": {"application/json": content}}
    return found


def _right(row: Operation) -> str:
    where = {
        "one": "there",
        "each": "in each; others are left out or refused",
        "cluster": "in all namespaces",
        "request": "in the environment that it is about",
    }[row.where]
    where = "in their namespace" if GRANTED[row.on].home else where
    return f"Takes the right to `{row.right}` {row.on}.sundown.dev {where}."


def _parameters(row: Operation) -> list[Json]:
    found: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 253}}
        for name in row.parameters
    ]
    if row.query is not None:
        schema = row.query.model_json_schema(by_alias=True)
        for name, one in schema.get("properties", {}).items():
            of_it = {key: value for key, value in one.items() if key not in {"title", "description"}}
            found.append(
                {
                    "name": name,
                    "in": "query",
                    "required": name in schema.get("required", ()),
                    "description": one.get("description", ""),
                    "schema": _not_null(of_it),
                }
            )
    if row.changes:
        found.append(
            _header(
                "Idempotency-Key",
                "The same key gives the same answer again, for 24 hours, unless the frontdesk is started anew.",
                pattern="^[!-~]{1,255}$",
            )
        )
        if row.versioned:
            found.append(
                _header(
                    "If-Match",
                    "The ETag of the environment: anything newer is refused with 412.",
                    pattern='^"?[0-9A-Za-z]{1,64}"?$',
                )
            )
    return found


def _header(name: str, text: str, *, pattern: str) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": text,
        "schema": {"type": "string", "pattern": pattern},
    }


def _not_null(schema: Json) -> Json:
    """A parameter is given or not; there is no null in an address."""
    others = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(others) != 1:
        return schema
    return {**{key: value for key, value in schema.items() if key not in {"anyOf", "default"}}, **others[0]}


def _responses(row: Operation, references: Models) -> Json:
    content = {"application/json": {"schema": references[row.answer, "serialization"]}}
    done: Json = {"description": "It is so.", "content": content}
    if row.versioned:
        done["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "The version of its EnvSchedule."}}
    found: Json = {str(int(HTTPStatus.CREATED if row.made else HTTPStatus.OK)): done}
    if row.proposes:
        text = "It takes a second person: it is proposed, and nothing is done before it is confirmed and approved."
        found[str(int(HTTPStatus.ACCEPTED))] = {"description": text, "content": content}
    if row.mixed:
        found[str(int(HTTPStatus.MULTI_STATUS))] = {"description": "Some, or all, were refused.", "content": content}
    problems = dict(_ALWAYS)
    if row.where == "one" or row.parameters or GRANTED[row.on].home:
        problems |= _OF_ONE
    if row.changes:
        problems |= _OF_CHANGES
        problems |= _OF_VERSIONS if row.versioned else {}
    problem = {CONTENT_TYPE: {"schema": references[Problem, "serialization"]}}
    for status, text in sorted(problems.items()):
        told: Json = {"description": text, "content": problem}
        if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
            told["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
        if status is HTTPStatus.UNAUTHORIZED:
            told["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "Bearer."}}
        found[str(int(status))] = told
    return found
