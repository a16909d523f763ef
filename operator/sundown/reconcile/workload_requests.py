"""Scaling and restarting a workload because somebody asked for it: the rows ``Scale`` and ``Restart`` of the actions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from sundown.cluster.client import Cluster
from sundown.model import managers
from sundown.model.scalars import format_instant
from sundown.reconcile.action_kind import ActionKind, Words
from sundown.reconcile.request_verdict import Case, Reason, Verdict, left_alone, only_tried, refused
from sundown.reconcile.workload_changes import (
    RESTART,
    RESTARTED_AT,
    SCALE,
    Asleep,
    Change,
    OfWorkload,
    ScaleTo,
    Subject,
    asleep,
    nothing_to_restart,
    nothing_to_scale,
    remembering,
    restarting,
    scaling,
)
from sundown.sleepers import replicas
from sundown.sleepers.kinds import KINDS


def _there(case: Case) -> Subject:
    assert case.subject is not None, "asked only where nothing stands against it"
    return case.subject


def _meant(case: Case) -> OfWorkload:
    return cast(OfWorkload, case.parameters)


def _scale_to(case: Case) -> ScaleTo:
    return cast(ScaleTo, case.parameters)


def _asleep(case: Case) -> Asleep | None:
    return asleep(case.env, case.governance.in_force, _there(case))


def not_there(case: Case) -> Iterator[Verdict]:
    """A workload that is gone, or never was."""
    if case.subject is None:
        yield refused(Reason.NO_SUCH_WORKLOAD, detail=_meant(case).title)


def nothing_to_do(case: Case) -> Iterator[Verdict]:
    """A count that it has already."""
    why = nothing_to_scale(_there(case), _scale_to(case), _asleep(case))
    if why is not None:
        yield refused(Reason.NOTHING_TO_DO, detail=why)


def nothing_to_replace(case: Case) -> Iterator[Verdict]:
    """One without pods."""
    why = nothing_to_restart(_there(case), _meant(case), _asleep(case))
    if why is not None:
        yield refused(Reason.NOTHING_TO_DO, detail=why)


def scaled(case: Case) -> Verdict | None:
    """It has the count that was asked for, and was found in order before: it was done for this request."""
    if case.subject is None or case.gone or nothing_to_scale(case.subject, _scale_to(case), _asleep(case)) is None:
        return None
    return Verdict("Done", Reason.DONE)


def restarted(case: Case) -> Verdict | None:
    """It bears the moment of this request."""
    if case.subject is None or case.gone or case.subject.restarted_at != _moment(case):
        return None
    return Verdict("Done", Reason.DONE)


def to_scale(case: Case) -> Change:
    """``3 -> 0``."""
    return scaling(_there(case), _scale_to(case), _asleep(case))


def to_restart(case: Case) -> Change:
    """How many pods are replaced."""
    return restarting(_there(case))


async def scale(cluster: Cluster, case: Case) -> bool:
    """Write the count, or what a sleeping one wakes to; False where Sundown has not finished waking it."""
    subject, sleeping, meant = _there(case), _asleep(case), _scale_to(case)
    found = subject.workload
    if sleeping is not None:
        await replicas.write(cluster, remembering(subject, meant, sleeping))
        return True
    if found.carries:
        return False  # its record would bring the old count back
    await cluster.merge_patch(
        f"{_path(case)}/scale",
        {"metadata": _version_of(subject), "spec": {"replicas": meant.replicas}},
        fieldManager=managers.FOR_PEOPLE,
    )
    return True


async def restart(cluster: Cluster, case: Case) -> bool:
    """As ``kubectl rollout restart`` does; by the moment of the request, so that the second time it changes nothing."""
    annotations = {RESTARTED_AT: _moment(case)}
    await cluster.merge_patch(
        _path(case),
        {
            "metadata": _version_of(_there(case)),
            "spec": {"template": {"metadata": {"annotations": annotations}}},
        },
        fieldManager=managers.FOR_PEOPLE,
    )
    return True


def _moment(case: Case) -> str:
    return format_instant(case.spec.requested_at)


def _path(case: Case) -> str:
    meant = _meant(case)
    return f"{KINDS[meant.kind].collection(case.spec.target.namespace)}/{meant.name}"


def _version_of(subject: Subject) -> dict[str, str]:
    """Nobody's change in between is lost, and no newer one of that name is taken for it."""
    return {"uid": subject.workload.uid, "resourceVersion": subject.workload.resource_version}


SCALING = ActionKind(
    action=SCALE,
    objections=(left_alone, only_tried, not_there, nothing_to_do),
    progress=scaled,
    changes=to_scale,
    carry_out=scale,
    under_way=Words("Scaling", '{kind}/{name} in "{namespace}" is being scaled: {change}'),
    done=Words("Scaled", '{kind}/{name} in "{namespace}" is scaled: {change}'),
)
RESTARTING = ActionKind(
    action=RESTART,
    objections=(left_alone, only_tried, not_there, nothing_to_replace),
    progress=restarted,
    changes=to_restart,
    carry_out=restart,
    under_way=Words("Restarting", '{kind}/{name} in "{namespace}" is being restarted'),
    done=Words("Restarted", '{kind}/{name} in "{namespace}" is restarted: {change}'),
)
