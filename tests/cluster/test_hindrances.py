"""What keeps pods from coming, as a workload's conditions and Events have it (fault X8)."""

from typing import Any

import pytest

from sundown.cluster.workloads import workload

QUOTA = (
    'pods "web-7d9c6bbd4c-x2x9z" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2'
)


def condition(kind: str, status: str, reason: str, message: str = "") -> dict[str, str]:
    return {"type": kind, "status": status, "reason": reason, "message": message}


WELL = condition("Available", "True", "MinimumReplicasAvailable")
LATE = condition(
    "Progressing", "False", "ProgressDeadlineExceeded", 'ReplicaSet "web-7d9c6bbd4c" has timed out progressing.'
)
CASES = [
    (None, None),
    ([], None),
    ([WELL, condition("Progressing", "True", "NewReplicaSetAvailable")], None),
    ([condition("Available", "False", "MinimumReplicasUnavailable", "no minimum availability.")], None),
    ([condition("ReplicaFailure", "False", "FailedCreate", QUOTA)], None),
    ([condition("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused")], None),
    ([WELL, LATE], 'ProgressDeadlineExceeded: ReplicaSet "web-7d9c6bbd4c" has timed out progressing'),
    (
        [LATE, condition("ReplicaFailure", "True", "FailedCreate", QUOTA)],
        "FailedCreate: exceeded quota: small, requested: pods=1, limited: pods=2",
    ),
    (
        [condition("ReplicaFailure", "True", "FailedCreate", 'admission webhook "a.b" denied the request: no\n  root')],
        'FailedCreate: admission webhook "a.b" denied the request: no root',
    ),
    ([condition("ReplicaFailure", "True", "FailedDelete")], "FailedDelete"),
    ([{"type": "ReplicaFailure", "status": "True"}], "ReplicaFailure"),
]


@pytest.mark.parametrize(("conditions", "told"), CASES)
def test_the_conditions_tell_why_pods_do_not_come(conditions: Any, told: str | None) -> None:
    """X8"""
    metadata = {"name": "web", "namespace": "dev", "resourceVersion": "7"}
    assert workload({"metadata": metadata, "status": {"conditions": conditions}}, kind="Deployment").hindrance == told


def test_what_differs_from_try_to_try_is_left_out() -> None:
    """Design: status is written only when it changes."""
    metadata = {"name": "web", "namespace": "dev", "resourceVersion": "7"}
    again = QUOTA.replace("x2x9z", "kq8rp").replace("used: pods=2", "used: pods=1")
    told = {
        workload(
            {
                "metadata": metadata,
                "status": {"conditions": [condition("ReplicaFailure", "True", "FailedCreate", one)]},
            },
            kind="Deployment",
        ).hindrance
        for one in (QUOTA, again)
    }
    assert len(told) == 1


def test_a_long_story_is_cut() -> None:
    metadata = {"name": "web", "namespace": "dev", "resourceVersion": "7"}
    told = workload(
        {"metadata": metadata, "status": {"conditions": [condition("ReplicaFailure", "True", "No", "x" * 9000)]}},
        kind="Deployment",
    ).hindrance
    assert told is not None
    assert len(told) == 200
