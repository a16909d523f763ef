"""What keeps a pod from becoming ready, read out of its status in the words of Kubernetes. Pure.

A status is written for machines, again and again, while something tries: what is another at each try is left out here, and what
goes to and fro between two words is called by one of them. What programs write themselves, as their last words or in a hook, is
left out too: it may be a password, and conditions are read by more people than pods are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import msgspec

from sundown.model.pods import Trouble

_ON_ITS_WAY = frozenset({"", "ContainerCreating", "PodInitializing"})
"""Why a container waits that will soon run."""

_CRASHES = "CrashLoopBackOff"
_LOOP = 2
"""Who was started again so often ends again and again, though at the moment it runs, or has just ended."""

_PULLED = "ImagePullBackOff"
_PULLS = frozenset({_PULLED, "ErrImagePull"})
"""Between the two a kubelet goes to and fro for as long as it tries."""

_OUTPUT = frozenset({"PostStartHookError"})
"""Why a container waits whose message has the output of its own command in it."""

_NEVER_RAN = frozenset({"StartError", "ContainerCannotRun"})
"""Why a container ended that was never started: the message is the runtime's own."""

_PULLING = re.compile(
    r'^(?:Back-off pulling image "[^"]*"(?:: |$)|ErrImagePull: |rpc error: code = \w+ desc = '
    r'|failed to pull (?:and unpack )?image "[^"]*": |failed to resolve reference "[^"]*": )+'
)
_STARTING = re.compile(
    r"^(?:failed to create (?:containerd|shim) task: |OCI runtime create failed: |runc create failed: "
    r"|unable to start container process: |error during container init: )+"
)
_ELSEWHERE = re.compile(r"[.,]? *(?:no new claims to deallocate, )?preemption: .*$", re.DOTALL)
"""That no other pod can be moved away either, which the scheduler adds."""


class _Read(msgspec.Struct, rename="camel", gc=False):
    """Base of what is read: camelCase on the wire, other fields skipped."""


class _Why(_Read):
    reason: str | None = None
    message: str | None = None
    exit_code: int | None = None


class _State(_Read):
    waiting: _Why | None = None
    terminated: _Why | None = None


class _Container(_Read):
    name: str = ""
    image: str | None = None
    ready: bool | None = False
    restart_count: int | None = 0
    state: _State | None = None
    last_state: _State | None = None


class _Condition(_Read):
    type: str = ""
    status: str = ""
    reason: str | None = None
    message: str | None = None


class PodStatus(_Read):
    """Of a pod's status what says why it is not ready."""

    reason: str | None = None
    message: str | None = None
    conditions: list[_Condition] | None = None
    container_statuses: list[_Container] | None = None
    init_container_statuses: list[_Container] | None = None


_NOTHING = _Condition()


def is_ready(status: PodStatus) -> bool:
    """Whether the pod is."""
    return _condition(status, "Ready").status == "True"


def trouble(status: PodStatus) -> Trouble | None:
    """What is wrong with a pod; None where it says nothing of that, or is on its way.

    The whole pod's word comes first, as that of an eviction, then the scheduler's, then its containers' in the order in which
    they start.
    """
    return next(_troubles(status), None)


def standing(status: PodStatus) -> Trouble | None:
    """How a pod stands that is not ready, and says of nothing that it is wrong: the step that it has not done."""
    initialized, ready = _condition(status, "Initialized"), _condition(status, "Ready")
    if initialized.status == "False" and initialized.reason:
        return Trouble(initialized.reason, initialized.message or "")
    waiting = (one.state.waiting for one in status.container_statuses or () if one.state is not None)
    reason = next((one.reason for one in waiting if one is not None and one.reason), None)
    if reason is not None:
        return Trouble(reason)
    return Trouble(ready.reason, ready.message or "") if ready.status == "False" and ready.reason else None


def _troubles(status: PodStatus) -> Iterator[Trouble]:
    if status.reason:
        yield Trouble(status.reason, status.message or "")
    scheduled = _condition(status, "PodScheduled")
    if scheduled.status == "False":
        yield Trouble(scheduled.reason or "Unschedulable", _ELSEWHERE.sub("", scheduled.message or ""))
    # As kubectl has it. Those that go on beside the others stand among those that prepare them, and may fail later.
    initial = "Init:" if _condition(status, "Initialized").status == "False" else ""
    preparing, usual = status.init_container_statuses or (), status.container_statuses or ()
    several = len(preparing) + len(usual) > 1
    for before, one in (*((initial, one) for one in preparing), *(("", one) for one in usual)):
        found = _of_container(one)
        if found is not None:
            text = ": ".join(filter(None, (one.name, found.text))) if several else found.text
            yield replace(found, word=f"{before}{found.word}", text=text)


def _of_container(one: _Container) -> Trouble | None:
    if one.ready:
        return None
    state, before, restarts = one.state or _State(), one.last_state or _State(), one.restart_count or 0
    word = (state.waiting.reason or "") if state.waiting is not None else ""
    over = state.terminated or before.terminated
    if word == _CRASHES or (word in _ON_ITS_WAY and over is not None and restarts >= _LOOP):
        return Trouble(_CRASHES, _end(over) if over is not None else "", restarts)
    if state.waiting is None or word in _ON_ITS_WAY:
        return None
    message = state.waiting.message or ""
    if word in _PULLS:
        return Trouble(_PULLED, _unpulled(one.image or "", _PULLING.sub("", message)))
    return Trouble(word, _STARTING.sub("", message) if word not in _OUTPUT else "")


def _end(over: _Why) -> str:
    if over.reason in _NEVER_RAN and over.message:
        return f"{over.reason}: {_STARTING.sub('', over.message)}"
    return f"{over.reason or 'it ended'} with exit code {over.exit_code}"


def _unpulled(image: str, why: str) -> str:
    """The image once, and what the registry says; an older kubelet says the latter now and then only."""
    if not image:
        return why
    _, found, rest = why.partition(f"{image}: ")
    return ": ".join(filter(None, (f'"{image}"', rest if found else why)))


def _condition(status: PodStatus, kind: str) -> _Condition:
    return next((one for one in status.conditions or () if one.type == kind), _NOTHING)
