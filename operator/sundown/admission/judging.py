"""What is said to whoever writes a namespace or a schedule. Pure; the policies of ``deploy/components/admission`` say the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sundown.model.resources import LabelSelector
from sundown.model.scalars import OWNER_ZONE, zone

ENABLED = "enabled"
VALUES = (ENABLED, "disabled")

Json = Mapping[str, Any]


class Rules(Protocol):
    """What of the settings counts here."""

    @property
    def scheduler_label(self) -> str: ...

    def protects(self, namespace: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Written:
    """An object that is being written; ``before`` is what it was, None where it is being made."""

    resource: str
    name: str
    now: Json
    before: Json | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is answered: let it pass, with a label more perhaps, or refuse it in these words."""

    refused: str = ""
    labelled: bool = False


PASSES = Judgement()


def wants_default(written: Written, rules: Rules) -> bool:
    """Whether it has to be asked which ClusterEnvSchedules there are."""
    made = written.resource == "namespaces" and written.before is None
    return made and not rules.protects(written.name) and rules.scheduler_label not in labels_of(written.now)


def default_label(written: Written, rules: Rules, selectors: Collection[LabelSelector]) -> Judgement:
    """A namespace that is made, and that a ClusterEnvSchedule covers, takes part from its first moment."""
    if not wants_default(written, rules):
        return PASSES
    labels = labels_of(written.now)
    return Judgement(labelled=any(selector.matches(labels) for selector in selectors))


def label(written: Written, rules: Rules) -> Judgement:
    """A value that is none is refused; what was there before, and stays as it was, is not."""
    key = rules.scheduler_label
    value = labels_of(written.now).get(key)
    if written.resource != "namespaces" or rules.protects(written.name) or value is None or value in VALUES:
        return PASSES
    if written.before is not None and labels_of(written.before).get(key) == value:
        return PASSES
    return Judgement(refused=f'namespace label {key} must be "enabled" or "disabled", got "{value}"')


def time_zone(written: Written) -> Judgement:
    """A zone that there is none of is refused; what was there before, and stays as it was, is not."""
    name = _zone_of(written.now)
    if not name or name == OWNER_ZONE or (written.before is not None and _zone_of(written.before) == name):
        return PASSES
    try:
        zone(name)
    except ValueError as error:
        return Judgement(refused=str(error))
    return PASSES


def labels_of(thing: Json) -> dict[str, str]:
    """The labels of an object, whatever it is."""
    found = _part(_part(thing, "metadata"), "labels")
    return {key: value for key, value in found.items() if isinstance(value, str)}


def _zone_of(schedule: Json) -> str:
    spec = _part(schedule, "spec")
    found = _part(spec, "template").get("timeZone") if "template" in spec else spec.get("timeZone")
    return found if isinstance(found, str) else ""


def _part(thing: Json, name: str) -> Json:
    found = thing.get(name)
    return found if isinstance(found, Mapping) else {}
