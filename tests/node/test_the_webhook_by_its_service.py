"""The webhook in a pod, called by the API server as its configurations say: by the Service of that name (A12, Z13)."""

import os
import secrets
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from sundown_lab.slack.remote import Workspace
from support.apiserver import Answered, Api, eventually
from support.envs import NAMESPACES
from support.nodes import Ground, Installation, Node

pytestmark = pytest.mark.node

WORDS = 'must be "enabled" or "disabled"'
Make = Callable[..., str]


@pytest.fixture(scope="module")
def to_pods(machine: Node) -> Iterator[None]:
    """The API server connects to the pods of a Service: no kube-proxy leads it there from the cluster IP."""
    control_plane = machine.control_plane
    process = control_plane.processes["kube-apiserver"]
    usual = process.command
    for argv in ((*usual.argv, "--enable-aggregator-routing=true"), usual.argv):
        control_plane.stop_api_server()
        process.command = replace(usual, argv=argv)
        control_plane.start_api_server()
        if argv != usual.argv:
            yield


@pytest.fixture
def installed(to_pods: None, ground: Ground, slack_of_pods: Workspace) -> Iterator[Installation]:
    del to_pods
    yield ground.install("admission-webhook", overlay="overlays/operator-only", slack=slack_of_pods.environment)
    ground.clear()


@pytest.fixture
def make(api: Api) -> Iterator[Make]:
    """``make("maybe")`` makes a namespace with that label, and gives what is said against it."""
    made: list[str] = []

    def one(label: str, *, tried: bool = False) -> str:
        name = f"by-service-{secrets.token_hex(4)}"
        try:
            api.create(
                f"{NAMESPACES}?dryRun=All" if tried else NAMESPACES,
                {"metadata": {"name": name, "labels": {"scheduler": label}}},
            )
        except Answered as refused:
            return str(refused)
        made.extend([] if tried else [name])
        return ""

    yield one
    for name in made:
        api.delete(f"{NAMESPACES}/{name}")


def test_a_bad_label_is_refused_in_its_words_and_its_death_holds_up_no_namespace(
    installed: Installation, make: Make
) -> None:
    """A12, Z13"""
    eventually(lambda: WORDS in make("maybe", tried=True), what="it is asked")
    assert make("enabled") == ""
    os.kill(installed.container("admission").processes[0], signal.SIGKILL)
    assert make("enabled") == ""
    installed.kubectl("scale", "deployment/sundown-admission", "--replicas=0")
    installed.kubectl("wait", "--for=delete", "pods", "-l", "app.kubernetes.io/component=admission", "--timeout=60s")
    assert make("maybe") == ""
    installed.kubectl("scale", "deployment/sundown-admission", "--replicas=1")
    eventually(lambda: WORDS in make("maybe", tried=True), what="it is asked again", within=90)
