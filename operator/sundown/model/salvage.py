"""What is left of a spec that cannot be read: the wish of a person that it be awake, and that it is paused. Never one to sleep.

A spec was good when it was written. An upgrade that knows a country's parts by other names must not keep people from waking
what sleeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sundown.errors import InvalidObject
from sundown.model.base import parse
from sundown.model.spec import EnvScheduleSpec, Override


def salvage(spec: object) -> EnvScheduleSpec:
    """A spec with nothing in it but what leads to waking, each field by itself: what is wrong with one says nothing of another."""
    if not isinstance(spec, dict):
        return EnvScheduleSpec()
    return EnvScheduleSpec(override=_wish_to_wake(spec.get("override")), paused=spec.get("paused") is True)


def _wish_to_wake(raw: object) -> Override | None:
    if not isinstance(raw, dict) or raw.get("state") != "Awake":
        return None
    fields: dict[str, Any] = {"state": "Awake"}
    for name in (field.alias or name for name, field in Override.model_fields.items() if name != "drop_at_reset"):
        if name in raw and _is_good({**fields, name: raw[name]}):
            fields[name] = raw[name]
    if _is_good({**fields, "dropAtReset": raw.get("dropAtReset")}):
        fields["dropAtReset"] = raw.get("dropAtReset")
    return parse(Override, fields)


def _is_good(override: Mapping[str, Any]) -> bool:
    try:
        parse(Override, override)
    except InvalidObject:
        return False
    return True
