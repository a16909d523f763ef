"""What keeps a pod from becoming ready is read out of its status, as kubelets and schedulers write it (fault X8)."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.cluster.hindrances import shortened
from sundown.cluster.pod_status import PodStatus, standing, trouble
from sundown.cluster.seen_pods import seen_pod
from sundown.cluster.warning_events import warning

Json = dict[str, Any]


def condition(kind: str, status: str, reason: str = "", message: str = "") -> Json:
    return {"type": kind, "status": status, "reason": reason, "message": message, "lastProbeTime": None}


def container(name: str = "main", *, restarts: int = 0, **more: Any) -> Json:
    return {"name": name, "image": "nope:1", "ready": False, "started": False, "restartCount": restarts, **more}


def waiting(reason: str, message: str | None = None, **more: Any) -> Json:
    return container(state={"waiting": {"reason": reason, "message": message}}, **more)


def ended(reason: str | None, code: int, message: str | None = None) -> Json:
    return {"terminated": {"reason": reason, "exitCode": code, "message": message, "startedAt": None}}


def pod(*containers: Json, **status: Any) -> Json:
    return {"phase": "Pending", "containerStatuses": list(containers), **status}


def prepared_by(*containers: Json, usual: Json) -> Json:
    said = condition("Initialized", "False", "ContainersNotInitialized", "containers with incomplete status: [migrate]")
    return pod(usual, initContainerStatuses=list(containers), conditions=[said])


def unscheduled(message: str, reason: str = "Unschedulable") -> Json:
    return {"phase": "Pending", "conditions": [condition("PodScheduled", "False", reason, message)]}


RUNS = {"running": {"startedAt": "2026-11-23T08:00:00Z"}}
READY = container("proxy", state=RUNS, ready=True)
NOT_FOUND = 'failed to pull and unpack image "docker.io/library/nope:1": failed to resolve reference "docker.io/library/nope:1": docker.io/library/nope:1: not found'
DENIED = (
    'failed to pull and unpack image "docker.io/library/nope:1": failed to resolve reference "docker.io/library/nope:1": '
    "pull access denied, repository does not exist or may require authorization"
)
TAKEN = "0/3 nodes are available: 1 Insufficient memory, 2 Insufficient cpu"
NO_VICTIMS = "preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod."
NO_PROGRAM = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
    'unable to start container process: error during container init: exec: "no-such": executable file not found in $PATH: unknown'
)
BACK_OFF = "back-off 2m40s restarting failed container=main pod=web-7d9c6bbd4c-x2x9z_dev(0f4c)"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        # Images.
        (pod(waiting("ErrImagePull", NOT_FOUND)), 'ImagePullBackOff: "nope:1": not found'),
        (
            pod(waiting("ErrImagePull", f"rpc error: code = NotFound desc = {NOT_FOUND}")),
            'ImagePullBackOff: "nope:1": not found',
        ),
        (
            pod(waiting("ImagePullBackOff", f'Back-off pulling image "nope:1": ErrImagePull: {DENIED}')),
            'ImagePullBackOff: "nope:1": pull access denied, repository does not exist or may require authorization',
        ),
        (pod(waiting("ImagePullBackOff", 'Back-off pulling image "nope:1"')), 'ImagePullBackOff: "nope:1"'),
        (pod(waiting("ErrImagePull", "no such host", image=None)), "ImagePullBackOff: no such host"),
        (
            pod(waiting("InvalidImageName", 'couldn\'t parse image name "Nope:1": invalid reference format')),
            'InvalidImageName: couldn\'t parse image name "Nope:1": invalid reference format',
        ),
        (
            pod(waiting("ErrImageNeverPull", 'Container image "nope:1" is not present with pull policy of Never')),
            'ErrImageNeverPull: Container image "nope:1" is not present with pull policy of Never',
        ),
        # What it is made of.
        (
            pod(waiting("CreateContainerConfigError", 'secret "db" not found')),
            'CreateContainerConfigError: secret "db" not found',
        ),
        (
            pod(waiting("CreateContainerConfigError", "couldn't find key url in ConfigMap dev/web")),
            "CreateContainerConfigError: couldn't find key url in ConfigMap dev/web",
        ),
        (pod(waiting("CreateContainerError")), "CreateContainerError"),
        (
            pod(waiting("RunContainerError", NO_PROGRAM)),
            'RunContainerError: exec: "no-such": executable file not found in $PATH: unknown',
        ),
        # Programs that end.
        (
            pod(waiting("CrashLoopBackOff", BACK_OFF, restarts=5, lastState=ended("Error", 1))),
            "CrashLoopBackOff: Error with exit code 1",
        ),
        (
            pod(waiting("CrashLoopBackOff", BACK_OFF, restarts=1, lastState=ended("OOMKilled", 137))),
            "CrashLoopBackOff: OOMKilled with exit code 137",
        ),
        (
            pod(waiting("CrashLoopBackOff", BACK_OFF, restarts=9, lastState=ended("Completed", 0))),
            "CrashLoopBackOff: Completed with exit code 0",
        ),
        (
            pod(waiting("CrashLoopBackOff", BACK_OFF, restarts=2, lastState=ended("StartError", 128, NO_PROGRAM))),
            'CrashLoopBackOff: StartError: exec: "no-such": executable file not found in $PATH: unknown',
        ),
        (
            pod(waiting("CrashLoopBackOff", BACK_OFF, restarts=2, lastState=ended(None, 255))),
            "CrashLoopBackOff: it ended with exit code 255",
        ),
        (pod(waiting("CrashLoopBackOff", BACK_OFF)), "CrashLoopBackOff"),
        # Nodes and disks.
        (unscheduled(f"{TAKEN}. {NO_VICTIMS}"), f"Unschedulable: {TAKEN}"),
        (unscheduled(f"{TAKEN}. no new claims to deallocate, {NO_VICTIMS}"), f"Unschedulable: {TAKEN}"),
        (unscheduled(f"{TAKEN}."), f"Unschedulable: {TAKEN}"),
        (
            unscheduled(f"0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. {NO_VICTIMS}"),
            "Unschedulable: 0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims",
        ),
        (
            unscheduled('0/3 nodes are available: persistentvolumeclaim "data" not found. preemption: no'),
            'Unschedulable: 0/3 nodes are available: persistentvolumeclaim "data" not found',
        ),
        (
            unscheduled("Scheduling is blocked due to non-empty scheduling gates", "SchedulingGated"),
            "SchedulingGated: Scheduling is blocked due to non-empty scheduling gates",
        ),
        (unscheduled("", ""), "Unschedulable"),
        ({"phase": "Unknown", "reason": "NodeLost", "message": "Node n1 is gone."}, "NodeLost: Node n1 is gone"),
        # Those that prepare, and those beside.
        (
            prepared_by(
                waiting("CrashLoopBackOff", BACK_OFF, name="migrate", restarts=4, lastState=ended("Error", 2)),
                usual=waiting("PodInitializing"),
            ),
            "Init:CrashLoopBackOff: migrate: Error with exit code 2",
        ),
        (
            prepared_by(waiting("ErrImagePull", NOT_FOUND, name="migrate"), usual=waiting("PodInitializing")),
            'Init:ImagePullBackOff: migrate: "nope:1": not found',
        ),
        (
            pod(READY, waiting("CreateContainerConfigError", 'secret "db" not found')),
            'CreateContainerConfigError: main: secret "db" not found',
        ),
        (
            pod(
                container(state=RUNS, ready=True),
                initContainerStatuses=[waiting("CreateContainerError", "no", name="sidecar")],
                conditions=[condition("Initialized", "True")],
            ),
            "CreateContainerError: sidecar: no",
        ),
        # What is on its way, or well.
        (pod(waiting("ContainerCreating")), None),
        (pod(waiting("")), None),
        (pod(waiting("PodInitializing"), initContainerStatuses=[container("wait", state=RUNS)]), None),
        (pod(container(state=RUNS)), None),
        (pod(container(state=ended("Completed", 0), ready=True)), None),
        (pod(READY, conditions=[condition("PodScheduled", "True")]), None),
        ({"phase": "Pending"}, None),
        ({}, None),
    ],
)
def test_each_trouble_is_told_in_the_words_of_kubernetes(status: Json, told: str | None) -> None:
    """X8, G3, D3"""
    found = trouble(msgspec.convert(status, PodStatus))
    assert (shortened(found.word, found.text) if found is not None else None) == told


def test_a_loop_is_called_one_thing_while_it_waits_runs_and_has_just_ended() -> None:
    """Design: status is written only when it changes."""
    over = ended("Error", 1)
    states: list[Json] = [{"waiting": {"reason": "CrashLoopBackOff", "message": BACK_OFF}}, RUNS, over]
    told = {
        str(shortened(found.word, found.text))
        for state in states
        for restarts in (2, 3, 40)
        if (
            found := trouble(msgspec.convert(pod(container(state=state, restarts=restarts, lastState=over)), PodStatus))
        )
    }
    assert told == {"CrashLoopBackOff: Error with exit code 1"}


def test_one_end_is_no_loop() -> None:
    """Who was started again once, and gets ready, has nothing wrong."""
    again = container(state=RUNS, restarts=1, lastState=ended("Error", 1))
    assert trouble(msgspec.convert(pod(again), PodStatus)) is None


def test_the_last_words_of_a_program_are_not_repeated() -> None:
    """J3: a termination message is a log's end where its owner asks for that, and conditions are read by more people than logs."""
    said = ended("Error", 1, "cannot log in with password=hunter2")
    hook = waiting("PostStartHookError", 'Exec lifecycle hook ([sh]) failed, message: "password=hunter2"')
    for container_of in (waiting("CrashLoopBackOff", BACK_OFF, restarts=3, lastState=said), hook):
        found = trouble(msgspec.convert(pod(container_of), PodStatus))
        assert found is not None
        assert "hunter2" not in f"{found}"


@pytest.mark.parametrize(
    ("reason", "message", "told"),
    [
        (
            "Unhealthy",
            "Readiness probe failed: HTTP probe failed with statuscode: 503",
            "Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503",
        ),
        (
            "Unhealthy",
            'Startup probe failed: Get "http://10.1.2.3:80/": dial tcp 10.1.2.3:80: connect: connection refused',
            'Unhealthy: Startup probe failed: Get "http://10.1.2.3:80/": dial tcp 10.1.2.3:80: connect: connection refused',
        ),
        (
            "Unhealthy",
            "Readiness probe failed: dial tcp: i/o timeout",
            "Unhealthy: Readiness probe failed: dial tcp: i/o timeout",
        ),
        ("Unhealthy", "Readiness probe failed: FATAL: password=hunter2\nbye", "Unhealthy: Readiness probe failed"),
        ("Unhealthy", "Readiness probe failed: ", "Unhealthy: Readiness probe failed"),
        (
            "Unhealthy",
            "Liveness probe errored and resulted in unknown state: hunter2",
            "Unhealthy: Liveness probe errored and resulted in unknown state",
        ),
        ("FailedPostStartHook", 'PostStartHook failed, message: "password=hunter2"', "FailedPostStartHook"),
        ("FailedMount", 'configmap "web" not found', 'FailedMount: configmap "web" not found'),
        ("FailedMount", "", "FailedMount"),
    ],
)
def test_of_a_warning_the_words_of_kubernetes_are_told_and_no_programs(reason: str, message: str, told: str) -> None:
    """J3"""
    assert warning(reason, message) == told


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (
            prepared_by(container("migrate", state=RUNS), usual=waiting("PodInitializing")),
            "ContainersNotInitialized: containers with incomplete status: [migrate]",
        ),
        (
            pod(
                waiting("ContainerCreating"),
                conditions=[
                    condition("Ready", "False", "ContainersNotReady", "containers with unready status: [main]")
                ],
            ),
            "ContainerCreating",
        ),
        (
            pod(
                container(state=RUNS),
                conditions=[
                    condition("Ready", "False", "ContainersNotReady", "containers with unready status: [main]")
                ],
            ),
            "ContainersNotReady: containers with unready status: [main]",
        ),
        (
            pod(
                READY,
                conditions=[
                    condition("Ready", "False", "ReadinessGatesNotReady", 'the status of pod readiness gate "x"')
                ],
            ),
            'ReadinessGatesNotReady: the status of pod readiness gate "x"',
        ),
        ({"phase": "Pending", "conditions": [condition("PodScheduled", "True")]}, None),
        ({}, None),
    ],
)
def test_where_nothing_is_wrong_the_step_that_is_not_done_is_told(status: Json, told: str | None) -> None:
    """G3"""
    found = standing(msgspec.convert(status, PodStatus))
    assert (shortened(found.word, found.text) if found is not None else None) == told


@pytest.mark.parametrize(
    "text", ["red \x1b[31malert\x1b[0m", "one\ntwo\r\tthree", "a\x00b", "right\u202eto left", "x" * 9000]
)
def test_what_anybody_can_write_there_is_one_short_line_of_print(text: str) -> None:
    """J6"""
    told = shortened("Unhealthy", text)
    assert told.isprintable()
    assert len(told) <= 200


def test_ids_that_are_others_at_each_try_are_left_out() -> None:
    """Design: status is written only when it changes."""
    told = {
        shortened("FailedCreatePodSandBox", f'failed to setup network for sandbox "{each * 64}": no free address')
        for each in "0a"
    }
    assert told == {'FailedCreatePodSandBox: failed to setup network for sandbox "…": no free address'}


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["state", "waiting", "reason", "message", "name", "conditions", "type", "status", "ready"])
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
STATUSES = st.dictionaries(
    st.sampled_from(["reason", "message", "conditions", "containerStatuses", "initContainerStatuses", "phase"]),
    ANYTHING | st.lists(ANYTHING, max_size=3),
    max_size=6,
)


@given(status=STATUSES)
def test_whatever_stands_there_is_read_or_passed_over(status: Json) -> None:
    """Z: one malformed object stops the whole controller."""
    found = seen_pod({"metadata": {"name": "web"}, "status": json.loads(json.dumps(status))})
    assert found.trouble is None or all(isinstance(each, str) for each in found.trouble)


TEXTS = st.none() | st.text(max_size=20)
WHY = st.fixed_dictionaries({"reason": TEXTS, "message": TEXTS, "exitCode": st.none() | st.integers(-1, 255)})
STATE = st.none() | st.dictionaries(st.sampled_from(["waiting", "terminated"]), st.none() | WHY, max_size=2)
CONTAINER = st.fixed_dictionaries(
    {
        "name": st.text(max_size=9),
        "image": TEXTS,
        "ready": st.none() | st.booleans(),
        "restartCount": st.none() | st.integers(0, 9),
        "state": STATE,
        "lastState": STATE,
    }
)
CONTAINERS = st.none() | st.lists(CONTAINER, max_size=3)


@given(preparing=CONTAINERS, usual=CONTAINERS, reason=TEXTS)
def test_of_whatever_is_well_formed_a_line_is_made(preparing: Any, usual: Any, reason: str | None) -> None:
    """Z: one malformed object stops the whole controller."""
    raw = {"reason": reason, "initContainerStatuses": preparing, "containerStatuses": usual}
    for found in filter(None, (trouble(msgspec.convert(raw, PodStatus)), standing(msgspec.convert(raw, PodStatus)))):
        assert found.word
        assert len(shortened(found.word, found.text)) <= 200
