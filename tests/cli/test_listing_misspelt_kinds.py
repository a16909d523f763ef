"""`sundown list` names kinds that a schedule misspells, as `why` does: they sleep as little as what nobody names (D4, G2)."""

import pytest

from sundown.cli.shared.visible_envs import Listed
from sundown.model.resources import Condition, EnvScheduleStatus
from support.samples import NOW, known

SLIP = 'spec.workloads.kinds: nothing is known of a kind "Deploymnt"; `sundown kinds` lists those that are'


def listed(*kinds: str, message: str, ready: str = "True") -> Listed:
    """An env whose schedule names these kinds, and of which the operator says this."""
    condition = {"type": "Ready", "status": ready, "reason": "x", "message": message, "lastTransitionTime": NOW}
    status = EnvScheduleStatus(conditions=(Condition.model_validate(condition),))
    return Listed("dev", known(status=status, spec={"workloads": {"kinds": [*kinds]}}))


@pytest.mark.parametrize(
    ("env", "told"),
    [
        (listed("StatefulSet", "Deploymnt", message=f"a word; {SLIP}; another"), [SLIP]),
        (listed("StatefulSet", "Deployment", message=""), []),
        (listed("StatefulSet", "Deploymnt", message="the operator knows it, by the cluster's ConfigMap"), []),
        (listed("StatefulSet", message=SLIP), []),
        (listed("Deploymnt", message=SLIP, ready="False"), []),
    ],
    ids=["misspelt", "well spelt", "added in the cluster", "spelt right since", "said as the reason already"],
)
def test_what_nobody_knows_is_noted(env: Listed, told: list[str]) -> None:
    assert [str(one) for one in env.misnamed] == told
    assert env.to_json().get("notes", []) == told


def test_a_schedule_that_cannot_be_read_has_no_kinds() -> None:
    env = listed("Deploymnt", message=SLIP)
    assert Listed("dev", type(env.known)(env.known.metadata, env.status, None)).misnamed == ()
