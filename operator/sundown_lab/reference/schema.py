"""`docs/reference/`: a page for each CRD, a table for each object in its schema."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sundown_lab.reference import markdown

Schema = Mapping[str, Any]

WIDEST = 2**31 - 1
"""A maximum that says no more than that it is a number."""

SCALARS = {"date-time": "timestamp", "int32": "integer", "int64": "integer"}


@dataclass
class Sections:
    """What has been described so far, and where: what stands twice in the schemas is described once."""

    page: str = ""
    seen: dict[str, str] = field(default_factory=dict)


def crd_page(crd: Schema, *, sections: Sections, file: str) -> str:
    """The page of one CRD, whose file has that name."""
    names = crd["spec"]["names"]
    version = crd["spec"]["versions"][0]
    whole = version["schema"]["openAPIV3Schema"]
    sections.page = f"{names['singular']}.md"
    about = (
        f"{'In a namespace' if crd['spec']['scope'] == 'Namespaced' else 'Of the whole cluster'}; "
        f"`apiVersion: {crd['spec']['group']}/{version['name']}`, `kind: {names['kind']}`. "
        f"For kubectl also {', '.join(markdown.code(name) for name in names['shortNames'])}."
    )
    columns = (
        (each["name"].upper(), markdown.prose(each["description"])) for each in version["additionalPrinterColumns"]
    )
    blocks = [
        markdown.prose(whole["description"]),
        about,
        "## What `kubectl get` shows",
        markdown.table(("column", ""), columns),
    ]
    for name in ("spec", "status"):
        blocks += _object(name, whole["properties"][name], sections=sections)
    return markdown.page(names["kind"], *blocks, origin=f"crds/{file}")


def _object(path: str, schema: Schema, *, sections: Sections) -> Iterator[str]:
    """An object with its fields, then each object inside of it."""
    anchor = "".join(letter for letter in path.lower() if letter.isalnum() or letter in "-_")
    sections.seen[_fingerprint(schema)] = f"{sections.page}#{anchor}"
    yield f"## {markdown.code(path)}"
    yield markdown.prose(schema.get("description", ""))
    required = set(schema.get("required", ()))
    inner: list[tuple[str, Schema]] = []
    rows = []
    for name, each in schema["properties"].items():
        below, suffix = _inside(each)
        known = sections.seen.get(_fingerprint(below)) if below else None
        if below and known is None:
            inner.append((f"{path}.{name}{suffix}", below))
        link = f" As [{name}]({known.removeprefix(sections.page)})." if known else ""
        must = " (required)" if name in required else ""
        rows.append((markdown.code(name), f"{_type(each)}{must}", markdown.prose(each.get("description", "")) + link))
    yield markdown.table(("field", "type", "what it says"), rows)
    rules = [
        markdown.prose(rule["message"]) for rule in schema.get("x-kubernetes-validations", ()) if "message" in rule
    ]
    yield "\n".join(("The API server checks:\n", *(f"- {rule}" for rule in rules))) if rules else ""
    for below_path, below in inner:
        yield from _object(below_path, below, sections=sections)


def _inside(schema: Schema) -> tuple[Schema | None, str]:
    """The object of named fields that a field holds, and how its path goes on."""
    if "properties" in schema:
        return schema, ""
    items = schema.get("items")
    if items is not None and "properties" in items:
        return items, "[]"
    return None, ""


def _type(schema: Schema) -> str:
    match schema:
        case {"enum": values}:
            return " or ".join(markdown.code(value) for value in values)
        case {"type": "array", "items": items}:
            most = f", at most {schema['maxItems']}" if "maxItems" in schema else ""
            return f"list of {_type(items)}{most}"
        case {"type": "object", "additionalProperties": Mapping() as values}:
            return f"map of {_type(values)}"
        case {"format": str(form)} if form in SCALARS:
            return SCALARS[form] + _limits(schema)
        case {"type": str(kind)}:
            return kind + _limits(schema)
        case _:
            return "any"


def _limits(schema: Schema) -> str:
    match schema:
        case {"minimum": least, "maximum": most} if most != WIDEST:
            return f" from {least} to {most}"
        case {"minimum": least}:
            return f" from {least}"
        case {"minLength": least, "maxLength": most} if least == most:
            return f" of {most} characters"
        case {"type": "string", "maxLength": most} if "format" not in schema:
            return f" of at most {most} characters"
        case _:
            return ""


def _fingerprint(schema: Schema) -> str:
    return json.dumps(schema, sort_keys=True)
