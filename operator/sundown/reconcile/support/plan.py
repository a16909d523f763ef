"""What is to be done about a SupportPod, by what is there at this moment: one step at most, what to say, when to look again.

Pure, and computed afresh at each look: whoever is killed between two steps finds the next one to be the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sundown.backoff import Backoff
from sundown.model.addresses import folded
from sundown.model.pods import SeenPod
from sundown.model.scalars import format_instant
from sundown.model.support_pod import MOST_REPLACED, SupportPodStatus, SupportState, Wanted, ends_at
from sundown.settings import Settings

SETTLED = timedelta(minutes=10)
"""A pod that has lived for so long is replaced at once when it is lost; one that has not, ever later."""
_BACKOFF = Backoff(5.0, longest=300.0)
_SOON = timedelta(seconds=2)
_REFUSED_FOR = timedelta(seconds=10)
"""So long until a pod that was refused is asked for again: quotas are freed by others, without an event that says so."""


class Step(StrEnum):
    """What is done: make the pod, take one away that is over so that another can be made, take the SupportPod away."""

    MAKE = "make"
    CLEAR = "clear"
    END = "end"


class Reason(StrEnum):
    """Why, as the condition says it; where Kubernetes has a word of its own, it stands instead of ``TROUBLE``."""

    RUNNING = "Running"
    STARTING = "Starting"
    LOST = "PodLost"
    OVER = "TimeOver"
    CLEARING = "Replacing"
    OLD_POD = "WaitingForOldPod"
    NAME_TAKEN = "NameTaken"
    NO_SUCH_SIZE = "NoSuchSize"
    INVALID_SPEC = "InvalidSpec"
    TOO_MANY = "TooManyOfOwner"
    TOO_MANY_IN_ALL = "TooManyInAll"
    DRY_RUN = "DryRun"
    QUOTA = "QuotaExceeded"
    UNCOUNTED = "QuotaNotCounted"
    REFUSED = "PodRefused"
    IMAGE = "ImageNotPulled"
    TROUBLE = "PodNotReady"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The API server would not make the pod: when, and its words."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Look:
    """What a SupportPod is now, and what follows from it."""

    status: SupportPodStatus
    reason: str
    step: Step | None = None
    again: datetime | None = None
    pod: SeenPod | None = None
    memory: str = ""


@dataclass(frozen=True, slots=True)
class _Finding:
    state: SupportState
    reason: str
    message: str
    step: Step | None = None
    again: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    wanted: Wanted
    pod: SeenPod | None
    size: str
    memory: str
    end: datetime
    settings: Settings
    now: datetime
    refusal: Refusal | None
    older: int
    before: int

    @property
    def is_ours(self) -> bool:
        maker = self.pod.maker if self.pod is not None else None
        return maker is not None and maker.kind == "SupportPod" and maker.uid == self.wanted.metadata.uid


def look(
    wanted: Wanted,
    pod: SeenPod | None,
    *,
    settings: Settings,
    now: datetime,
    refusal: Refusal | None = None,
    older: int = 0,
    before: int = 0,
) -> Look:
    """Decide; ``pod`` is the one of its name, whoever made it, ``refusal`` what came of the last try to make one.

    ``older`` is how many its owner has had for longer, ``before`` how many there have been for longer in all.
    """
    end = ends_at(wanted, usual=settings.support_life) or now
    size = wanted.status.size or _size(wanted, settings)
    memory = wanted.status.memory or settings.support_sizes.get(size, "")
    case = _Case(wanted, pod, size, memory, end, settings, now, refusal, older, before)
    found = next(finding for findings in _FINDINGS for finding in findings(case))
    status = wanted.status.model_copy(
        update={
            "observed_generation": wanted.metadata.generation,
            "state": found.state,
            "message": found.message,
            "size": size if memory else "",
            "memory": memory,
            "ends_at": end,
            **({"pod": pod.uid} if pod is not None and case.is_ours else {}),
        }
    )
    again = min(found.again or end, end) if found.state != "Ending" else None
    return Look(status, found.reason, step=found.step, again=again, pod=pod if case.is_ours else None, memory=memory)


def _by_time(case: _Case) -> Iterator[_Finding]:
    if case.settings.dry_run:
        yield _Finding("Pending", Reason.DRY_RUN, "Sundown only reports here (SUNDOWN_DRY_RUN), so no pod is started")
    if case.now >= case.end:
        yield _Finding("Ending", Reason.OVER, "its time is over", Step.END)


def _by_pod(case: _Case) -> Iterator[_Finding]:
    if case.pod is None:
        return
    if not case.is_ours:
        yield _other(case.pod, case.wanted, now=case.now)
    elif case.pod.leaves:
        yield _Finding("Pending", Reason.LOST, "its pod is being deleted, and another is started then")
    else:
        yield _of_pod(case.pod, case.wanted, end=case.end, now=case.now)


def _by_spec(case: _Case) -> Iterator[_Finding]:
    if case.wanted.mistakes:
        yield _Finding("Failed", Reason.INVALID_SPEC, "; ".join(str(mistake) for mistake in case.wanted.mistakes))
    if not case.memory:
        there = ", ".join(case.settings.support_sizes)
        yield _Finding("Failed", Reason.NO_SUCH_SIZE, f'there is no size "{case.size}"; there are {there}')


def _by_owner(case: _Case) -> Iterator[_Finding]:
    """Asked only of one that has no pod: what runs goes on, whatever the setting says by now.

    One that is nobody's counts for nobody; where the guards are in force there is none.
    """
    most, owner = case.settings.support_per_person, case.wanted.owner
    if owner and case.older >= most:
        text = (
            f"{owner} has {case.older} support pods already, and {most} are the most: it starts once another is stopped"
        )
        yield _Finding("Pending", Reason.TOO_MANY, text, again=case.now + _REFUSED_FOR)


def _by_all(case: _Case) -> Iterator[_Finding]:
    """As with those of an owner; it counts where the namespace has no quota, or a larger one."""
    most = case.settings.support_most
    if case.before >= most:
        text = f"there are {case.before} support pods in this cluster already, and {most} are the most: it starts once one is stopped"
        yield _Finding("Pending", Reason.TOO_MANY_IN_ALL, text, again=case.now + _REFUSED_FOR)


def _without_pod(case: _Case) -> Iterator[_Finding]:
    status, now = case.wanted.status, case.now
    if case.refusal is not None:
        yield _refused(case.wanted, case.refusal, now=now)
    at = _not_before(status, now=now)
    if now < at:
        text = f"its pod is gone for the {_times(status.replaced + 1)} in a row; another is started {_when(at)}"
        yield _Finding("Pending", Reason.LOST, text, again=at)
    lost = bool(status.pod)
    text = "its pod is gone, deleted by hand or evicted; another is started" if lost else "is being started"
    yield _Finding("Pending", Reason.LOST if lost else Reason.STARTING, text, Step.MAKE)


_FINDINGS = (_by_time, _by_pod, _by_spec, _by_owner, _by_all, _without_pod)
"""What can be found, in the order in which it counts."""


def _of_pod(pod: SeenPod, wanted: Wanted, *, end: datetime, now: datetime) -> _Finding:
    if pod.phase in {"Failed", "Succeeded"}:
        word, why = pod.trouble or (Reason.CLEARING, "")
        at = _not_before(wanted.status, now=now)
        text = f"its pod is over ({_said(word, why)})"
        if now < at:
            return _Finding("Pending", _word(word), f"{text}; another is started {_when(at)}", again=at)
        return _Finding("Pending", _word(word), f"{text}; another is started", Step.CLEAR)
    if pod.ready:
        return _Finding("Running", Reason.RUNNING, f"runs until {format_instant(end)}")
    if pod.trouble is None:
        return _Finding("Pending", Reason.STARTING, "its pod is starting")
    word, why = pod.trouble
    if word in _IMAGE:
        same = wanted.status.message if wanted.status.reason == Reason.IMAGE else ""
        return _Finding("Pending", Reason.IMAGE, same or _hindered(word, why, pod))
    return _Finding("Pending", _word(word), _hindered(word, why, pod))


def _other(pod: SeenPod, wanted: Wanted, *, now: datetime) -> _Finding:
    maker = pod.maker
    if maker is not None and maker.kind == "SupportPod" and maker.name == wanted.name:
        text = "waits until the pod of the support pod that had this name before is gone"
        return _Finding("Pending", Reason.OLD_POD, text, again=now + _SOON)
    whose = f"that {maker.kind} {maker.name} has made" if maker is not None else "that Sundown has not made"
    text = f'there is another pod "{pod.name}", {whose}, and it is left alone: use another name'
    return _Finding("Failed", Reason.NAME_TAKEN, text)


def _refused(wanted: Wanted, refusal: Refusal, *, now: datetime) -> _Finding:
    """What is said of it stays until one more try was of use, or it would come and go with each."""
    due = refusal.at + _REFUSED_FOR
    step, again = (Step.MAKE, None) if now >= due else (None, due)
    if _UNCOUNTED in refusal.text:
        text = f'waits until the cluster has counted what the quota of "{wanted.metadata.namespace}" is used for'
        return _Finding("Pending", Reason.UNCOUNTED, text, step, again=again)
    quota = _QUOTA.search(refusal.text)
    if quota is not None:
        text = (
            f'the quota of "{wanted.metadata.namespace}" is used up ({quota[1].strip()}): it starts once another support pod '
            "is stopped; or take a smaller size"
        )
        return _Finding("Pending", Reason.QUOTA, text, step, again=again)
    return _Finding(
        "Failed", Reason.REFUSED, f"the API server does not take its pod: {refusal.text}", step, again=again
    )


_UNCOUNTED = "status unknown for quota"
_QUOTA = re.compile(r"exceeded quota: [^,]*, (.*)", re.DOTALL)

_IMAGE = frozenset({"ErrImagePull", "ImagePullBackOff"})
"""Between the two a kubelet goes to and fro for as long as it tries."""

_HINTS = {
    "ErrImagePull": 'its image "{image}" cannot be pulled',
    "ImagePullBackOff": 'its image "{image}" cannot be pulled',
    "InvalidImageName": '"{image}" is no name of an image (SUNDOWN_SUPPORT_IMAGE)',
    "Unschedulable": "no node has room for it",
    "CrashLoopBackOff": "its container ends again and again",
}
"""What the words of Kubernetes' own mean that people come across."""


def _hindered(word: str, why: str, pod: SeenPod) -> str:
    hint = _HINTS.get(word, word).format(image=pod.image)
    return f"{hint}: {why}" if why else hint


def _word(word: str) -> str:
    """As a condition takes it."""
    return word if re.fullmatch(r"[A-Za-z]([A-Za-z0-9_]{0,200}[A-Za-z0-9])?", word) else Reason.TROUBLE.value


def _said(word: str, why: str) -> str:
    return f"{word}: {why}" if why else str(word)


def _size(wanted: Wanted, settings: Settings) -> str:
    return (wanted.spec.size if wanted.spec is not None else None) or settings.support_size


def _not_before(status: SupportPodStatus, *, now: datetime) -> datetime:
    """When another pod may be made, so that what takes each of them away at once is not fought for ever."""
    started = status.started_at
    if started is None or now - started >= SETTLED or not status.replaced:
        return now
    return started + _BACKOFF.span(status.replaced)


def older_of_owner(wanted: Wanted, there: Iterable[Wanted]) -> int:
    """How many of these its owner has had for longer, however the name is spelled."""
    return older(wanted, (one for one in there if folded(one.owner) == folded(wanted.owner)))


def older(wanted: Wanted, there: Iterable[Wanted]) -> int:
    """How many of these have been there for longer."""
    return sum(one.name != wanted.name and _since(one) < _since(wanted) for one in there)


def _since(one: Wanted) -> tuple[datetime, str]:
    return one.metadata.creation_timestamp or datetime.max.replace(tzinfo=UTC), one.name


def made(status: SupportPodStatus, *, pod: str, now: datetime) -> SupportPodStatus:
    """The status once a pod was made: whether it is one of several that were lost in a row."""
    started = status.started_at
    again = status.pod != "" and started is not None and now - started < SETTLED
    return status.model_copy(
        update={"pod": pod, "started_at": now, "replaced": min(status.replaced + 1, MOST_REPLACED) if again else 0}
    )


def _when(at: datetime) -> str:
    return f"at {format_instant(at)}"


def _times(count: int) -> str:
    return {1: "first time", 2: "second time", 3: "third time"}.get(count, f"{count}th time")
