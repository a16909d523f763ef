"""A support pod on a real node: it is installed as it ships, started by a person, and worked in by `kubectl exec`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.components import REAL_NODE
from sundown_lab.node.base import SLEEPER
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, Json, eventually
from support.commandline import Called
from support.nodes import Ground, Installation
from support.supporting import PLACE, PODS, Supported

pytestmark = pytest.mark.node

SMALL = {
    "SUNDOWN_SUPPORT_IMAGE": SLEEPER,
    "SUNDOWN_SUPPORT_NODE_SELECTOR": json.dumps({REAL_NODE: "true"}),
    "SUNDOWN_SUPPORT_SIZES": json.dumps({"XS": "48Mi", "S": "64Mi"}),
    "SUNDOWN_SUPPORT_CPU": "100m",
}
"""The node of a laptop has no room for more, and pulls no images."""


def _small(deployment: Json) -> None:
    for container in deployment["spec"]["template"]["spec"]["containers"]:
        container["env"] += [{"name": name, "value": value} for name, value in SMALL.items()]


@pytest.fixture
def installed(ground: Ground, slack_of_pods: Workspace) -> Installation:
    return ground.install("support", slack=slack_of_pods.environment, change=_small)


@pytest.fixture
def ana(control_plane: Cluster, installed: Installation) -> Iterator[Path]:
    """A person who may work there, and no more."""
    name = ("rolebinding", "ana", "-n", PLACE)
    control_plane.kubectl("create", *name, "--role=sundown-support-user", "--user=ana@example.com")
    yield control_plane.user_kubeconfig("ana@example.com", ())
    control_plane.kubectl("delete", *name)


def test_it_runs_is_worked_in_and_is_gone_when_it_is_stopped(
    api: Api, control_plane: Cluster, ana: Path, sundown: Callable[..., Called]
) -> None:
    """H1 H2: by a person's own rights, on a read-only root, as nobody special."""
    supported = Supported(api)
    started = sundown("support", "start", "tools", "XS", who=ana)
    assert "kubectl exec -it tools -n sundown-support -- sh" in started.out
    supported.until("tools", "Running")
    pod = api.get(f"{PODS}/tools")
    assert (
        pod["spec"]["nodeName"] == api.items("/api/v1/nodes", labelSelector=f"{REAL_NODE}=true")[0]["metadata"]["name"]
    )

    def execute(line: str) -> subprocess.CompletedProcess[str]:
        command: list[str | Path] = [
            control_plane.binaries.kubectl,
            "--kubeconfig",
            ana,
            "exec",
            "tools",
            "-n",
            PLACE,
            "--",
            "sh",
            "-c",
            line,
        ]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert execute("id -u; cd; pwd; echo kept > note; cat note").stdout.split() == ["65532", "/tmp", "kept"]
    assert "Read-only file system" in execute("touch /bin/note").stderr
    assert execute("ls /var/run/secrets/kubernetes.io").returncode != 0
    api.delete(f"{PODS}/tools")
    eventually(lambda: _uid(supported) not in {"", pod["metadata"]["uid"]}, what="another is made", within=60)
    supported.until("tools", "Running")
    sundown("support", "stop", "tools", who=ana)
    supported.gone("tools")


def _uid(supported: Supported) -> str:
    found = supported.pod("tools")
    return str(found["metadata"]["uid"]) if found is not None else ""


def test_a_program_that_is_not_there_is_said(api: Api, ground: Ground, slack_of_pods: Workspace) -> None:
    """H1"""

    def another(deployment: Json) -> None:
        _small(deployment)
        for container in deployment["spec"]["template"]["spec"]["containers"]:
            container["env"].append({"name": "SUNDOWN_SUPPORT_COMMAND", "value": '["no-such-program"]'})

    ground.install("support", slack=slack_of_pods.environment, change=another)
    supported = Supported(api)
    supported.want("tools", size="XS")
    said = supported.until("tools", "Pending", "CrashLoopBackOff")["message"]
    assert "its container ends again and again" in said
    supported.clear()
