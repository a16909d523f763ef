"""The schemas of the CRDs and of the models, flattened to one row a field, so that tests can lay them side by side.

A path reads ``spec.awake[].from``; ``[]`` are a list's items and ``{}`` a map's values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

CRDS = Path(__file__).parents[3] / "crds"

Schema = dict[str, Any]


def crd(kind: str) -> Schema:
    """The CustomResourceDefinition of ``kind``."""
    definition: Schema = yaml.safe_load((CRDS / f"{kind.lower()}s.yaml").read_text(encoding="utf-8"))
    return definition


_MATCHED = re.compile(r"(?:size\(self\) >= \d+ && )?self\.matches\('(?P<pattern>[^']+)'\)")


def pattern_of(schema: Schema) -> str | None:
    """The pattern of a text, in whichever way the CRD has it: a rule has a message of its own, a ``pattern`` has none."""
    matched = (_MATCHED.fullmatch(rule["rule"]) for rule in schema.get("x-kubernetes-validations", ()))
    return schema.get("pattern") or next((found["pattern"] for found in matched if found is not None), None)


def crd_schema(kind: str) -> Schema:
    """The OpenAPI schema of the one version that ``kind`` has."""
    (version,) = crd(kind)["spec"]["versions"]
    schema: Schema = version["schema"]["openAPIV3Schema"]
    return schema


def model_schema(model: type[BaseModel]) -> Schema:
    """The JSON schema of what ``model`` writes, its references resolved and its nullable fields plain.

    A field that is left out is never written as null, so that null is no part of the wire format.
    """
    schema = model.model_json_schema(by_alias=True, mode="serialization")
    resolved: Schema = _resolved(schema, schema.get("$defs", {}))
    return resolved


def _resolved(node: Any, definitions: Schema) -> Any:
    if isinstance(node, list):
        return [_resolved(entry, definitions) for entry in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = definitions[node["$ref"].removeprefix("#/$defs/")]
        return _resolved(target | {key: value for key, value in node.items() if key != "$ref"}, definitions)
    if "anyOf" in node:
        (only,) = [choice for choice in node["anyOf"] if choice != {"type": "null"}]
        return _resolved(only | {key: value for key, value in node.items() if key != "anyOf"}, definitions)
    if "patternProperties" in node:  # the models' way to say what keys a map may have
        ((pattern, values),) = node["patternProperties"].items()
        rest = {key: value for key, value in node.items() if key != "patternProperties"}
        return _resolved(rest | {"propertyNames": {"pattern": pattern}, "additionalProperties": values}, definitions)
    return {key: _resolved(value, definitions) for key, value in node.items() if key != "$defs"}


def fields(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Every field below ``schema`` with its path, items of lists and values of maps included."""
    for name, below in schema.get("properties", {}).items():
        inner = f"{path}.{name}".lstrip(".")
        yield inner, below
        yield from fields(below, inner)
    for key, mark in (("items", "[]"), ("additionalProperties", "{}")):
        # What has no type, which is any part of a merge patch, has no fields of its own either.
        if isinstance(schema.get(key), dict) and "type" in schema[key]:
            yield path + mark, schema[key]
            yield from fields(schema[key], path + mark)


def rules(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Every CEL rule below ``schema`` with the path of the field that it stands on."""
    for path, below in fields(schema):
        for rule in below.get("x-kubernetes-validations", ()):
            yield path, rule
