"""What people do with the pods of Sundown: logs, exec, port-forward; and pods of others beside them (issue 9, item 3)."""

import http.client
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sundown_lab.components import REAL_NODE
from sundown_lab.slack.remote import Workspace
from support.apiserver import eventually
from support.envs import Env
from support.nodes import HOME, Ground, Installation

pytestmark = pytest.mark.node


@pytest.fixture
def installed(ground: Ground, slack_of_pods: Workspace) -> Installation:
    return ground.install(slack=slack_of_pods.environment)


@pytest.mark.parametrize("container", ["operator", "frontdesk"])
def test_logs_are_lines_of_json(installed: Installation, container: str) -> None:
    """F5"""
    lines = installed.kubectl("logs", "deployment/sundown", "-c", container).stdout.splitlines()
    assert "started" in {json.loads(line)["event"] for line in lines}


def test_exec_runs_the_command_line_with_the_rights_of_the_pod(installed: Installation) -> None:
    assert installed.execute("operator", "sundown", "--version").stdout.startswith("sundown ")
    assert installed.execute("operator", "sundown", "list").returncode == 0


@pytest.mark.parametrize("port", [8080, 8081], ids=["operator", "frontdesk"])
def test_port_forward_reaches_probes_and_metrics(installed: Installation, port: int) -> None:
    """F4"""
    with forwarded(installed, port) as local:
        for path in ("/livez", "/readyz", "/metrics"):
            connection = http.client.HTTPConnection("127.0.0.1", local, timeout=10)
            connection.request("GET", path)
            assert connection.getresponse().status == http.HTTPStatus.OK
            connection.close()


@contextmanager
def forwarded(installed: Installation, port: int) -> Iterator[int]:
    """A port of this machine that leads to one of the pod's."""
    cluster = installed.cluster
    command: list[str | Path] = [
        cluster.binaries.kubectl,
        "--kubeconfig",
        cluster.kubeconfig,
        "-n",
        HOME,
        "port-forward",
    ]
    process = subprocess.Popen([*command, "deployment/sundown", f":{port}"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"127\.0\.0\.1:(\d+) ->", process.stdout.readline())
        assert found is not None
        yield int(found[1])
    finally:
        process.terminate()
        process.wait()


@pytest.mark.usefixtures("node")
def test_pods_that_do_not_ask_for_the_real_node_stay_off_it_and_kwok_stays_off_it(env: Env) -> None:
    """Twenty pretended pods, more than the real node would get if it were only one of two."""
    env.add("pretended", 20)
    eventually(lambda: len([pod for pod in env.pods() if _runs(pod)]) == 20, what="they all run")
    assert {pod["spec"]["nodeName"] for pod in env.pods()} == {"node-1"}
    (real,) = env.api.items("/api/v1/nodes", labelSelector=f"{REAL_NODE}=true")
    assert real["status"]["nodeInfo"]["containerRuntimeVersion"].startswith("containerd://")
    managers = {entry["manager"] for entry in real["metadata"]["managedFields"]}
    assert "kwok" not in managers


def _runs(pod: dict[str, dict[str, str]]) -> bool:
    return pod["status"].get("phase") == "Running"
