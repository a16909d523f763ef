"""What ``kubectl explain`` reads, and what keeps an object from growing without end."""

from __future__ import annotations

from typing import Any

import pytest

from support.crds.crd_schemas import crd, crd_schema, fields

KINDS = ("EnvSchedule", "ClusterEnvSchedule", "ActionRequest", "SupportPod")

ROOT = {"apiVersion", "kind", "metadata"}
"""What the API server checks itself, and in part forbids to describe or to bound."""

LONGEST = 4096


def fields_of(kind: str) -> dict[str, dict[str, Any]]:
    return {path: schema for path, schema in fields(crd_schema(kind)) if path not in ROOT}


def described(schema: dict[str, Any]) -> bool:
    text = schema.get("description", "")
    return len(text) > 15 and text[0].isupper() and text.endswith(".") and "  " not in text


def bounded(schema: dict[str, Any]) -> bool:
    match schema["type"]:
        case "string":
            return "enum" in schema or schema.get("maxLength", LONGEST + 1) <= LONGEST
        case "integer" if schema.get("format") == "int64":
            return "minimum" in schema
        case "integer" | "number":
            return "minimum" in schema and "maximum" in schema
        case "array":
            return "maxItems" in schema
        case "object":
            return "properties" in schema or "maxProperties" in schema
        case other:
            return bool(other == "boolean")


@pytest.mark.parametrize("kind", KINDS)
def test_the_walk_sees_the_deepest_fields(kind: str) -> None:
    deepest = {
        "EnvSchedule": {"spec.workloads.include.labels{}", "spec.awake[].days[]"},
        "ClusterEnvSchedule": {"spec.template.workloads.include.labels{}", "spec.template.awake[].days[]"},
        "ActionRequest": {"spec.target.uid", "status.conditions[].message"},
        "SupportPod": {"spec.ttl", "status.conditions[].message"},
    }
    assert fields_of(kind).keys() >= deepest[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_description_that_is_a_sentence(kind: str) -> None:
    assert [path for path, schema in fields_of(kind).items() if not described(schema)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_bound(kind: str) -> None:
    assert [path for path, schema in fields_of(kind).items() if not bounded(schema)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_list_says_how_it_merges(kind: str) -> None:
    lists = {path: schema for path, schema in fields_of(kind).items() if schema["type"] == "array"}
    assert [path for path, schema in lists.items() if "x-kubernetes-list-type" not in schema] == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_has_a_stored_default(kind: str) -> None:
    assert [path for path, schema in fields_of(kind).items() if "default" in schema] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_is_described(kind: str) -> None:
    (version,) = crd(kind)["spec"]["versions"]
    assert [column["name"] for column in version["additionalPrinterColumns"] if not described(column)] == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "string", "maxLength": LONGEST + 1},
        {"type": "integer", "minimum": 0},
        {"type": "number", "maximum": 1},
        {"type": "array", "items": {}},
        {"type": "object"},
        {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    ],
)
def test_a_field_without_a_bound_would_be_noticed(schema: dict[str, Any]) -> None:
    assert not bounded(schema)
