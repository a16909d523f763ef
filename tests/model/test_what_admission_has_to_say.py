"""The table by which the API server judges what people write says what the operator makes of it later."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sundown.model.base import parse
from sundown.model.env import Env, Namespace
from sundown.model.resources import ClusterEnvSchedule, ClusterEnvScheduleSpec, Metadata
from sundown.model.scalars import OWNER_ZONE, zone
from sundown.reconcile.governance import Governance, govern
from sundown.settings import Settings
from support.admissions import CASES, ZONES, Case, refusal

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def judged(case: Case, labels: dict[str, str]) -> Governance:
    """By the operator, of a namespace that is younger than all defaults."""
    name = f"{case.prefix}-1"
    defaults = tuple(
        ClusterEnvSchedule(
            metadata=Metadata(name=f"d{number}", creation_timestamp=NOON - timedelta(days=1)),
            spec=parse(ClusterEnvScheduleSpec, {"namespaceSelector": selector, "template": {"awake": []}}),
        )
        for number, selector in enumerate(case.defaults)
    )
    namespace = Namespace(name, NOON, {"kubernetes.io/metadata.name": name, **labels}, {})
    env = Env(name, namespace, defaults=defaults)
    return govern(env, settings=Settings())


@pytest.mark.parametrize(
    "case", [one for one in CASES.values() if one.before is None], ids=lambda case: str(case.labels)
)
def test_what_is_labelled_when_it_is_made_the_operator_would_label(case: Case) -> None:
    """A9, A12"""
    labelled = "scheduler" not in case.labels and case.label == "enabled"
    assert judged(case, dict(case.labels)).label_enabled is labelled


@pytest.mark.parametrize("case", [one for one in CASES.values() if one.refused], ids=lambda case: str(case.labels))
def test_what_is_refused_the_operator_could_do_nothing_with(case: Case) -> None:
    """A12"""
    trouble = judged(replace(case, before=None), dict(case.labels)).trouble
    assert trouble is not None
    assert trouble[0] == "InvalidLabel"
    assert trouble[1].startswith(refusal(case))


@pytest.mark.parametrize(("name", "is_one"), ZONES.items())
def test_a_zone_is_one_for_the_model_and_for_the_table(name: str, is_one: bool) -> None:
    """A12, A17"""
    try:
        known = name == OWNER_ZONE or bool(zone(name))
    except ValueError:
        known = False
    assert known is is_one
