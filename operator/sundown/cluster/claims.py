"""Whether a generated EnvSchedule has become somebody's: the one place that says so. Pure.

An EnvSchedule of Sundown's making is Sundown's as long as it says what it was made to say, and nobody else has a field of
it. A person who has changed one field has thought about all of them: it is theirs, as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from sundown.model import managers
from sundown.model.resources import GENERATED_NAME, MANAGED_BY, TEMPLATE
from sundown.model.template_mark import WISHES, TemplateMark, schedule_digest

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""What a client-side apply writes (kubectl's, Argo CD's), also where it changes nothing else."""

WISHED = frozenset({".", *(f"f:{name}" for name in WISHES)})
"""What may be somebody else's of the spec. The guard ``sundown-operator`` says all of this but the digest in CEL."""


class _Fields(msgspec.Struct, gc=False):
    spec: dict[str, Any] | None = msgspec.field(name="f:spec", default=None)


class _Entry(msgspec.Struct, rename="camel", gc=False):
    manager: str = ""
    operation: str = ""
    subresource: str | None = None
    fields_v1: _Fields | None = msgspec.field(name="fieldsV1", default=None)


_entries = msgspec.json.Decoder(list[_Entry] | None)


def may_be_generated(name: str, labels: Mapping[str, str], annotations: Mapping[str, str]) -> bool:
    """Whether it is worth a look: it may be a generated one, or one that was."""
    return name == GENERATED_NAME or TEMPLATE in annotations or labels.get(MANAGED_BY) == "sundown"


def is_taken_over(
    name: str,
    *,
    labels: Mapping[str, str],
    annotations: Mapping[str, str],
    managed_fields: msgspec.Raw,
    spec: Mapping[str, Any],
) -> bool:
    """Whether Sundown has left its marks on an EnvSchedule that is not, or no longer, its own."""
    entries = (_entries.decode(managed_fields) if managed_fields else None) or ()
    made = any(entry.manager == managers.OPERATOR and _spec_of(entry) is not None for entry in entries)
    if TEMPLATE not in annotations and not made:
        return False  # a name and a label are anybody's
    untouched = (
        name == GENERATED_NAME
        and labels.get(MANAGED_BY) == "sundown"
        and LAST_APPLIED not in annotations
        and TemplateMark.read(annotations.get(TEMPLATE, "")).says == schedule_digest(spec)
        and not any(_has_a_field_of_the_schedule(entry) for entry in entries)
    )
    return not untouched


def _has_a_field_of_the_schedule(entry: _Entry) -> bool:
    """Whether it is somebody else's, and owns more than what people ask of an env from day to day."""
    owned = _spec_of(entry)
    return owned is not None and entry.manager not in managers.OURS and (not owned or bool(owned.keys() - WISHED))


def _spec_of(entry: _Entry) -> dict[str, Any] | None:
    """What it owns of the spec; empty where it owns the spec as a whole."""
    return entry.fields_v1.spec if entry.fields_v1 is not None and not entry.subresource else None
