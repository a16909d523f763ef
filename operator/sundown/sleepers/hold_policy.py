"""The policy by which the API server keeps what sleeps by a row's patch asleep, whoever writes it: made of the row. Pure.

It holds an object in the sleep of its namespace that Sundown put there by just this patch, as the record on it tells: what
sleeps by a schedule's own patch is none of its business. The field stays as it is asleep, and what was asked for instead
becomes the record, as the operator would write it at its next look. A value that cannot be written down by a policy is let
through, and seen by the operator.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import orjson

from sundown.model import managers
from sundown.model.record import read_patch
from sundown.model.resources import ASLEEP_SINCE, PREVIOUS, PREVIOUS_REPLICAS, TAKEN_FROM
from sundown.model.switch import Path
from sundown.sleepers.merge_patches import leaves
from sundown.sleepers.patch_kind import PatchKind

Json = dict[str, Any]

VERSION = "3"
"""Of all these policies; who changes what is made here gives it another."""

_ANNOTATIONS = ("metadata", "annotations")
_COUNT = "'^[0-9]{1,9}$'"
_PLAIN = r"""r'^[^"\\[:cntrl:]]{0,200}$'"""
"""A text that is the same in JSON: what has to be escaped there is not written down by a policy."""
_LABELS = {
    "app.kubernetes.io/name": "sundown",
    "app.kubernetes.io/component": "hold",
    "app.kubernetes.io/part-of": "sundown",
}
_GROUP = "admissionregistration.k8s.io/v1"


def is_held(row: PatchKind) -> bool:
    """Whether there is such a policy for a kind."""
    return not row.own and not row.not_held


def name(row: PatchKind) -> str:
    """What its policy and its binding are called."""
    return f"sundown-sleep-{row.plural}.{row.group}"


def policy(row: PatchKind) -> Json:
    """The policy of a kind of the catalogue.

    Raises:
        ValueError: for a patch of several fields.
    """
    (field,) = leaves(read_patch(row.patch) or {})
    path, asleep = field
    return {
        "apiVersion": _GROUP,
        "kind": "MutatingAdmissionPolicy",
        "metadata": {"name": name(row), "labels": _LABELS, "annotations": {"sundown.dev/policy-version": VERSION}},
        "spec": {
            "failurePolicy": "Ignore",
            "reinvocationPolicy": "Never",
            "matchConstraints": {
                # Whether another kind is the same in another version is else looked up for each request of all kinds, twice.
                "matchPolicy": "Exact",
                "resourceRules": [
                    {
                        "apiGroups": [row.group],
                        "apiVersions": ["*"],
                        "operations": ["UPDATE"],
                        "resources": [row.plural],
                    }
                ],
            },
            "matchConditions": [
                {"name": "marked", "expression": f"{_text(ASLEEP_SINCE)} in {_notes('oldObject')}.orValue({{}})"},
                {"name": "of-others", "expression": f"!(request.?options.?fieldManager.orValue('') in {_OURS})"},
                {"name": "touches", "expression": _touches(path, asleep=asleep)},
            ],
            "variables": [
                {"name": name, "expression": text} for name, text in _variables(row, path, asleep=asleep).items()
            ],
            "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": _mutation(row, path, asleep=asleep)}}],
        },
    }


def binding(row: PatchKind) -> Json:
    """What has the API server follow it everywhere."""
    return {
        "apiVersion": _GROUP,
        "kind": "MutatingAdmissionPolicyBinding",
        "metadata": {"name": name(row), "labels": _LABELS},
        "spec": {"policyName": name(row)},
    }


def _touches(path: Path, *, asleep: object) -> str:
    """Whether a request is of any concern here. What is not is let through even while the API server answers 503 for a policy
    that matches: for some seconds after it was started, and after a CRD is made, it has not read the schema."""
    kept = _listed((ASLEEP_SINCE, PREVIOUS, PREVIOUS_REPLICAS, TAKEN_FROM))
    here, before = (f"{_notes(root)}[?key].orValue('')" for root in ("object", "oldObject"))
    return f"{_at('object', path)}.orValue(dyn(null)) != {_value(asleep)} ||\n{kept}.exists(key, {here} != {before})"


def _variables(row: PatchKind, path: Path, *, asleep: object) -> dict[str, str]:
    record = f"r'^{records(row)}$'"
    wish, count = _wish(row, path, asleep=asleep)
    return {
        "sleep": f"namespaceObject.metadata.?annotations[?{_text(ASLEEP_SINCE)}].orValue('')",
        "was": _note("oldObject", ASLEEP_SINCE),
        "asked": f"{_at('object', path)}.orValue(dyn(null))",
        "known": _note("oldObject", PREVIOUS),
        "knownCount": _note("oldObject", PREVIOUS_REPLICAS),
        "noted": _note("object", PREVIOUS),
        "notedCount": _note("object", PREVIOUS_REPLICAS),
        # Of this sleep, this very object, and by this patch.
        "held": (
            "variables.sleep != '' && variables.was.startsWith(variables.sleep + '/') &&\n"
            "variables.was.endsWith('/' + string(oldObject.metadata.uid)) &&\n"
            f"{_at('oldObject', path)}.orValue(dyn(null)) == {_value(asleep)} &&\n"
            f"variables.known.matches({record}) && variables.knownCount.matches({_COUNT})"
        ),
        "wished": f"variables.asked != {_value(asleep)}",
        "told": f"variables.asked == null || {_is_told(row, asleep)}",
        # People edit the record alone: with another mark or spec it is dug out, and older.
        "edited": (
            f"{_note('object', ASLEEP_SINCE)} == variables.was &&\nobject.?spec.orValue({{}}) == oldObject.?spec.orValue({{}})"
        ),
        "restores": (
            f"variables.wished ? {wish} :\n"
            f"variables.edited && variables.noted.matches({record}) ? variables.noted : variables.known"
        ),
        "count": (
            f"variables.wished ? {count} :\n"
            f"variables.edited && variables.notedCount.matches({_COUNT}) ? variables.notedCount : variables.knownCount"
        ),
        "number": "variables.was.split('/')",
        # Newer by a thousand than what it replaces: Sundown may have planned some that it never came to write.
        "mark": (
            "variables.restores == variables.known && variables.count == variables.knownCount || !variables.wished ?\n"
            "variables.was : variables.sleep + '/' + string(1000 +\n"
            "(size(variables.number) == 3 && variables.number[1].matches('^[0-9]{1,8}$') ? int(variables.number[1]) : 0)) +\n"
            "'/' + string(oldObject.metadata.uid)"
        ),
    }


def _mutation(row: PatchKind, path: Path, *, asleep: object) -> str:
    keep = f"{_text(TAKEN_FROM)} in {_notes('oldObject')}.orValue({{}}) && !({_text(TAKEN_FROM)} in {_notes('object')}.orValue({{}}))"
    none = f"{_text(PREVIOUS)} in {_notes('object')}.orValue({{}}) ? [{_remove((*_ANNOTATIONS, PREVIOUS))}] : []"
    restores = f"[{_add((*_ANNOTATIONS, PREVIOUS), 'variables.restores')}]"
    above = [path[:length] for length in range(2, len(path)) if path[:length] != _ANNOTATIONS]
    maps = "".join(f"({_at('object', one)}.hasValue() ? [] : [{_add(one, '{}')}]) +\n  " for one in above)
    return "\n".join(
        (
            "variables.held && variables.told ?",
            f"({_at('object', _ANNOTATIONS)}.hasValue() ? [] : [{_add(_ANNOTATIONS, '{}')}]) +",
            f"[{_add((*_ANNOTATIONS, ASLEEP_SINCE), 'variables.mark')},",
            f" {_add((*_ANNOTATIONS, PREVIOUS_REPLICAS), 'variables.count')}] +",
            f"(variables.restores == '' ? ({none}) : {restores}) +" if row.count is not None else f"{restores} +",
            f"({keep} ?",
            f"  [{_add((*_ANNOTATIONS, TAKEN_FROM), _note('oldObject', TAKEN_FROM))}] : []) +",
            f"(variables.wished ?\n  {maps}[{_add(path, _value(asleep))}] : [])",
            ": []",
        )
    )


def _is_told(row: PatchKind, asleep: object) -> str:
    """Whether what is asked for can be written down."""
    if row.count is not None:
        return "type(variables.asked) == int && variables.asked >= 0 && variables.asked < 1000000000"
    if isinstance(asleep, bool):
        return "type(variables.asked) == bool"
    return f"type(variables.asked) == string && variables.asked.matches({_PLAIN})"


def _wish(row: PatchKind, path: Path, *, asleep: object) -> tuple[str, str]:
    """What was asked for as a record has it: the merge patch that restores it, and the count."""
    if row.count is not None:
        absent = _text(_nested(path, "null"))
        return f"(variables.asked == null ? {absent} : '')", "(variables.asked == null ? '1' : string(variables.asked))"
    told = (
        "(variables.asked ? 'true' : 'false')" if isinstance(asleep, bool) else "'\"' + string(variables.asked) + '\"'"
    )
    text = f"(variables.asked == null ? 'null' : {told})"
    for length in range(len(path) - 1, -1, -1):
        text = f"'{{{_json(path[length])}:' + {text} + '}}'"
        if length > 1 and path[:length] != _ANNOTATIONS:
            text = f"({_at('object', path[:length])}.hasValue() ? {text} : 'null')"
    return text.replace("' + '", ""), "'1'"


def records(row: PatchKind) -> str:
    """The expression for what stands in ``sundown.dev/previous`` of an object that sleeps by a row; of a count that is nothing."""
    ((path, asleep),) = leaves(read_patch(row.patch) or {})
    if row.count is not None:
        return f"(|{re.escape(_nested(path, 'null'))})"
    text = "(null|true|false)" if isinstance(asleep, bool) else r'(null|"[^"\\]*")'
    for length in range(len(path) - 1, -1, -1):
        text = rf"\{{{re.escape(_json(path[length]))}:{text}\}}"
        if length > 1:
            text = f"(null|{text})"
    return text


def _nested(path: Path, text: str) -> str:
    for step in reversed(path):
        text = f"{{{_json(step)}:{text}}}"
    return text


def _at(root: str, path: Path) -> str:
    """A field as CEL selects it, optional all the way."""
    return root + "".join(f".?{step}" if step.isidentifier() else f"[?{_text(step)}]" for step in path)


def _notes(root: str) -> str:
    return _at(root, _ANNOTATIONS)


def _note(root: str, key: str) -> str:
    return f"string({_notes(root)}[?{_text(key)}].orValue(''))"


def _add(path: Path, value: str) -> str:
    return f"JSONPatch{{op: 'add', path: {_text(_pointer(path))}, value: {value}}}"


def _remove(path: Path) -> str:
    return f"JSONPatch{{op: 'remove', path: {_text(_pointer(path))}}}"


def _pointer(path: Path) -> str:
    """As RFC 6901 writes it."""
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in path)


def _value(value: object) -> str:
    return _text(value) if isinstance(value, str) else _json(value)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _text(text: str) -> str:
    return f"'{text}'"


def _listed(names: Sequence[str]) -> str:
    return f"[{', '.join(_text(each) for each in names)}]"


_OURS = _listed(sorted(managers.OURS))
