"""What a Kubernetes user sees of the custom resources."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sundown.model.resources import API_VERSION
from sundown_lab.cluster import Cluster
from sundown_lab.processes import wait_until
from support.crds.bad_specs import ASKED
from support.operators import Stage

pytestmark = pytest.mark.lab

AT = "2026-11-23T17:00:00Z"
STATUS = {
    "state": "Awake",
    "why": "working hours Mon-Fri 08:00-18:00 Europe/Berlin",
    "owner": "ana@example.com",
    "nextTransition": {"at": AT, "to": "Asleep"},
    "shutdownAt": AT,
    "conditions": [
        {"type": "Ready", "status": "True", "reason": "InForce", "lastTransitionTime": AT},
        {"type": "Degraded", "status": "True", "reason": "PartsNotReady", "lastTransitionTime": AT},
    ],
}
SPEC = {"timeZone": "Europe/Berlin", "awake": [{"days": ["Mon"], "from": "08:00", "to": "18:00"}]}


@pytest.fixture(scope="module", autouse=True)
def _nobody_acts(stage: Stage) -> None:
    """An operator that an earlier test has left would write statuses of its own."""
    stage.clear()


def applied(control_plane: Cluster, kind: str, name: str, namespace: str = "", **fields: Any) -> None:
    text = json.dumps({"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name}, **fields})
    control_plane.kubectl("apply", "-f", "-", *(["-n", namespace] if namespace else []), input=text)


def table(text: str) -> list[list[str]]:
    """Rows and columns of what kubectl prints: columns start where their headings do."""
    heading, *rows = text.splitlines()
    starts = [at for at, letter in enumerate(heading) if letter != " " and (at == 0 or heading[at - 1] == " ")]
    ends = [*starts[1:], None]
    return [[line[start:end].strip() for start, end in zip(starts, ends, strict=True)] for line in (heading, *rows)]


def explained(control_plane: Cluster, field: str) -> str:
    """What ``kubectl explain`` says; the API server publishes the schema of a new CRD a moment after it serves it."""
    command = ("explain", field)
    wait_until(
        lambda: control_plane.kubectl(*command, check=False).returncode == 0,
        what=f"the API server explains {field}",
        timeout=110,
    )
    return control_plane.kubectl(*command).stdout


@pytest.fixture
def env(control_plane: Cluster, namespace: str) -> str:
    """A namespace with a schedule whose status is written."""
    applied(control_plane, "EnvSchedule", "default", namespace, spec=SPEC)
    patch = ("patch", "envs", "default", "-n", namespace, "--subresource=status", "--type=merge")
    control_plane.kubectl(*patch, "-p", json.dumps({"status": STATUS}))
    return namespace


def test_get_envs_tells_state_health_next_owner_and_why(control_plane: Cluster, env: str) -> None:
    """G9"""
    heading, row = table(control_plane.kubectl("get", "envs", "-n", env).stdout)
    assert heading == ["NAME", "STATE", "HEALTH", "NEXT", "AT", "OWNER", "WHY", "AGE"]
    assert row[:-1] == ["default", "Awake", "PartsNotReady", "Asleep", AT, "ana@example.com", STATUS["why"]]
    assert row[-1].endswith("s")


def test_get_cenvs_tells_priority_and_zone(control_plane: Cluster) -> None:
    name = "columns"
    selector = {"matchLabels": {"no-such-label": "columns"}}
    applied(
        control_plane, "ClusterEnvSchedule", name, spec={"priority": 7, "namespaceSelector": selector, "template": SPEC}
    )
    try:
        heading, row = table(control_plane.kubectl("get", "cenvs", name).stdout)
    finally:
        control_plane.kubectl("delete", "cenvs", name)
    assert heading == ["NAME", "PRIORITY", "ZONE", "READY", "AGE"]
    assert row[:3] == ["columns", "7", "Europe/Berlin"]


def test_get_areq_tells_who_asked_for_what(control_plane: Cluster, namespace: str) -> None:
    """I8: who, what, when, and what came of it."""
    applied(control_plane, "ActionRequest", "delete-dev1", namespace, spec=ASKED)
    patch = ("patch", "areq", "delete-dev1", "-n", namespace, "--subresource=status", "--type=merge")
    control_plane.kubectl(*patch, "-p", json.dumps({"status": {"state": "Refused", "outcome": "not allowed"}}))
    heading, row = table(control_plane.kubectl("get", "areq", "-n", namespace).stdout)
    who_what_when = ["BY", "ACTION", "TARGET", "WHAT", "CHANGE", "APPROVED", "AGE"]
    assert heading == ["NAME", *who_what_when, "STATE", "OUTCOME"]
    assert row[:4] == ["delete-dev1", "ana@example.com", "Delete", "dev1"]
    assert row[-2:] == ["Refused", "not allowed"]


def test_get_sundown_lists_all_kinds(control_plane: Cluster) -> None:
    names = control_plane.kubectl("api-resources", "--categories=sundown", "-o", "name").stdout.split()
    assert [name.removesuffix(".sundown.dev") for name in names] == [
        "actionrequests",
        "clusterenvschedules",
        "envschedules",
        "supportpods",
    ]


def test_kubectl_wait_follows_the_conditions(control_plane: Cluster, env: str) -> None:
    """G9: as far as the CRD goes, the operator's part is tested with it."""
    done = control_plane.kubectl("wait", "--for=condition=Ready", "envs/default", "-n", env, "--timeout=110s")
    assert "condition met" in done.stdout


def test_explain_describes_the_windows(control_plane: Cluster) -> None:
    text = " ".join(explained(control_plane, "envs.spec.awake").split())
    assert "Weekly windows in local time in which the environment is awake" in text
    assert 'Left out, the window never wakes it ("stop only")' in text
    assert "days <[]string> -required-" in text


@pytest.mark.parametrize(
    "field", ["envs", "envs.spec.override", "envs.status", "cenvs.spec", "cenvs.spec.template", "areq.spec"]
)
def test_explain_leaves_no_field_without_words(control_plane: Cluster, field: str) -> None:
    text = explained(control_plane, field)
    assert "<no description>" not in text
    assert "DESCRIPTION:\n    <empty>" not in text


def test_a_wish_replaces_the_one_before_as_a_whole(control_plane: Cluster, namespace: str) -> None:
    """An end that an older wish had must not end a newer one that has none."""
    first = {"state": "Awake", "until": AT, "at": AT, "by": "ana@example.com", "dropAtReset": True}
    wishes = {"sundown-cli": first, "sundown-frontdesk": {"state": "Asleep", "at": AT}}
    for manager, override in wishes.items():
        text = json.dumps(
            {
                "apiVersion": API_VERSION,
                "kind": "EnvSchedule",
                "metadata": {"name": "default"},
                "spec": {"override": override},
            }
        )
        command = ("apply", "--server-side", "--force-conflicts", f"--field-manager={manager}", "-n", namespace)
        control_plane.kubectl(*command, "-f", "-", input=text)
    stored = json.loads(control_plane.kubectl("get", "envs", "default", "-n", namespace, "-o", "json").stdout)
    assert stored["spec"] == {"override": wishes["sundown-frontdesk"]}


def test_what_a_person_sets_survives_the_next_apply_of_a_template(control_plane: Cluster, namespace: str) -> None:
    """A11: this is why no field has a stored default: a default `paused: false` would be applied again."""
    selector = {"matchLabels": {"no-such-label": "survives"}}
    applied(control_plane, "ClusterEnvSchedule", "survives", spec={"namespaceSelector": selector, "template": SPEC})
    try:
        found = json.loads(control_plane.kubectl("get", "cenvs", "survives", "-o", "json").stdout)
    finally:
        control_plane.kubectl("delete", "cenvs", "survives")
    made = {
        "apiVersion": API_VERSION,
        "kind": "EnvSchedule",
        "metadata": {"name": "default"},
        "spec": found["spec"]["template"],
    }
    command = ("apply", "--server-side", "--field-manager=sundown-operator", "-n", namespace, "-f", "-")
    control_plane.kubectl(*command, input=json.dumps(made))
    control_plane.kubectl(
        "patch", "envs", "default", "-n", namespace, "--type=merge", "-p", json.dumps({"spec": {"paused": True}})
    )
    control_plane.kubectl(*command, "--force-conflicts", input=json.dumps(made))
    stored = json.loads(control_plane.kubectl("get", "envs", "default", "-n", namespace, "-o", "json").stdout)
    assert stored["spec"]["paused"] is True


def test_a_spec_and_its_status_are_written_apart(control_plane: Cluster, env: str) -> None:
    control_plane.kubectl(
        "patch", "envs", "default", "-n", env, "--type=merge", "-p", json.dumps({"status": {"state": "Asleep"}})
    )
    stored = json.loads(control_plane.kubectl("get", "envs", "default", "-n", env, "-o", "json").stdout)
    assert stored["status"]["state"] == "Awake"
