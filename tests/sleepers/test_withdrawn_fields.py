"""What owners take out of their manifest at night is not given back in the morning (W2, W6)."""

from dataclasses import replace

import pytest

from sundown.cluster.ownership import REPLICAS, WHEN_SCALED
from sundown.model.parts import Owner, Workload
from sundown.model.record import Restoring
from sundown.sleepers.notes import Taken, note_of
from sundown.sleepers.withdrawn import as_owners_left_it

DELETE = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"}}}'
BOTH = (REPLICAS, WHEN_SCALED)
HELM = Taken("helm", BOTH)
ARGOCD = Taken("argocd", BOTH)
CREATE = Taken("kubectl-create", BOTH, applies=False, count=3)
CLIENT_SIDE = Taken("kubectl-client-side-apply", BOTH, applies=False, count=3)


def applying(manager: str = "helm", *fields: str) -> Owner:
    return Owner(manager, applies=True, fields=frozenset(fields))


OURS = Owner("sundown-operator", applies=False, fields=frozenset(BOTH))
EDIT = Owner("kubectl-edit", applies=False, fields=frozenset(BOTH))


def asleep(*evening: Taken, now: tuple[Owner, ...] | None, asks: str | None = None) -> Workload:
    return Workload(
        kind="StatefulSet",
        namespace="team",
        name="db",
        resource_version="1",
        replicas=0,
        pods=0,
        ready=0,
        settled=True,
        aside="Retain",
        aside_applied=asks,
        taken_from=note_of(evening) if evening else None,
        owners=now,
    )


ROWS = {
    "nobody has changed anything": (asleep(HELM, now=(applying("helm", *BOTH),)), 3, Restoring(3, DELETE)),
    "who applied it wants it no more": (asleep(HELM, now=(applying("helm", REPLICAS),)), 3, Restoring(3)),
    "another applies it still": (
        asleep(HELM, ARGOCD, now=(applying(), applying("argocd", *BOTH))),
        3,
        Restoring(3, DELETE),
    ),
    "neither applies it any more": (asleep(HELM, ARGOCD, now=(applying(), applying("argocd"))), 1, Restoring(1)),
    "who made it has it still": (asleep(HELM, CREATE, now=(applying(),)), 1, Restoring(3, DELETE)),
    "somebody has written it since": (asleep(HELM, CREATE, now=(applying(), EDIT)), 1, Restoring(1, DELETE)),
    "another count was asked for": (asleep(HELM, CREATE, now=(applying(),)), 5, Restoring(5, DELETE)),
    "Sundown has not given it back yet": (asleep(HELM, now=(applying(), OURS)), 1, Restoring(1, DELETE)),
    "all owners are forgotten": (asleep(HELM, now=None), 3, Restoring(3, DELETE)),
    "nothing is known of the evening": (asleep(now=(applying(),)), 3, Restoring(3, DELETE)),
    "client-side it is asked for": (asleep(CLIENT_SIDE, now=(OURS,), asks="Delete"), 3, Restoring(3, DELETE)),
    "client-side it is not": (asleep(CLIENT_SIDE, now=(OURS,), asks=""), 3, Restoring(3)),
    "client-side the other is": (asleep(CLIENT_SIDE, now=(OURS,), asks="Retain"), 3, Restoring(3)),
    "no manifest says anything": (asleep(CLIENT_SIDE, now=(OURS,)), 3, Restoring(3, DELETE)),
    "another has asked for it beside": (asleep(CREATE, now=(OURS,), asks=""), 3, Restoring(3, DELETE)),
}


@pytest.mark.parametrize(("workload", "recorded", "expected"), ROWS.values(), ids=ROWS)
def test_what_is_given_back_is_what_owners_left_of_it(workload: Workload, recorded: int, expected: Restoring) -> None:
    assert as_owners_left_it(workload, Restoring(recorded, DELETE)) == expected


def test_what_has_no_note_is_given_back_as_it_is_recorded() -> None:
    workload = replace(asleep(now=(applying(),)), taken_from="no note")
    assert as_owners_left_it(workload, Restoring(1)) == Restoring(1)
