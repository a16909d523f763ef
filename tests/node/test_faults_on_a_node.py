"""What breaks in a real cluster is mended by it: processes that die or hang, an API server or a Slack that is away (A16)."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest

from sundown_lab.node import image, network
from sundown_lab.processes import free_ports
from sundown_lab.slack.remote import Workspace
from support.apiserver import Json, eventually
from support.commandline import Sundown
from support.node.real_envs import RealEnv
from support.nodes import OTHER_BUILD, Container, Ground, Installation, Node

pytestmark = pytest.mark.node

PROGRAMS = ("operator", "frontdesk")


@pytest.fixture
def installed(ground: Ground, slack_of_pods: Workspace) -> Installation:
    """With new pods: kubelet waits longer and longer before it restarts a container again."""
    one = ground.install(slack=slack_of_pods.environment)
    if any(container.restarts for container in one.containers().values()):
        one.renew()
    return one


def hit(containers: Mapping[str, Container], number: signal.Signals) -> None:
    """Send both programs the signal, as nobody in the pod could."""
    for name in PROGRAMS:
        os.kill(containers[name].processes[0], number)


def until_restarted(installed: Installation, *, within: float) -> None:
    """Return when both were restarted, by kubelet, once, in the same pod."""

    def restarted() -> bool:
        found = installed.containers()
        return all(found[name].restarts == 1 and found[name].processes for name in PROGRAMS)

    eventually(restarted, what="both have been restarted", within=within)


def works(real_env: RealEnv, sundown: Sundown, slack: Workspace) -> None:
    """It puts containers to sleep, and Slack reaches it."""
    was = real_env.awake()
    sundown("stop", real_env.name)
    real_env.asleep(was)
    slack.wait_for_connection()


def test_processes_that_are_killed_come_back(
    installed: Installation, real_env: RealEnv, sundown: Sundown, slack_of_pods: Workspace
) -> None:
    hit(installed.containers(), signal.SIGKILL)
    until_restarted(installed, within=60)
    installed.await_ready()
    works(real_env, sundown, slack_of_pods)


def test_processes_that_hang_are_noticed_by_their_probes_and_come_back(
    installed: Installation, real_env: RealEnv, sundown: Sundown, slack_of_pods: Workspace
) -> None:
    """Three probes that fail, ten seconds apart, and ten seconds in which a stopped process does not end by itself."""
    hit(installed.containers(), signal.SIGSTOP)
    until_restarted(installed, within=120)
    installed.await_ready()
    works(real_env, sundown, slack_of_pods)


def test_killed_in_the_middle_of_falling_asleep_it_goes_on(
    installed: Installation, real_env: RealEnv, sundown: Sundown
) -> None:
    for number in range(40):
        real_env.env.add(f"more-{number}", 3)
    was = real_env.awake()
    program = installed.container("operator").processes[0]
    sundown("stop", real_env.name)
    eventually(lambda: 0 in real_env.env.counts().values(), what="it has begun")
    os.kill(program, signal.SIGKILL)
    eventually(lambda: set(real_env.env.counts().values()) == {0}, what="all are at 0", within=90)
    real_env.env.until("Asleep", within=60)
    sundown("start", real_env.name)
    real_env.env.until("Awake", within=60)
    assert sorted(real_env.env.counts().values()) == sorted([2, 1, *[3] * 40])
    assert not set(real_env.awake()) & set(was)


def test_started_while_the_api_server_is_away_it_lives_and_becomes_ready_later(
    installed: Installation, node: Node, real_env: RealEnv, sundown: Sundown, slack_of_pods: Workspace
) -> None:
    before = installed.containers()
    node.control_plane.stop_api_server()
    try:
        hit(before, signal.SIGKILL)
        # Nobody can be asked now but the kernel: their control groups have gone, and new ones have come in the same pods.
        eventually(lambda: not any(one.processes for one in before.values()), what="both are gone")
    finally:
        node.control_plane.start_api_server()
    installed.await_ready()
    until_restarted(installed, within=60)
    works(real_env, sundown, slack_of_pods)


def test_without_slack_the_operator_works_and_the_frontdesk_lives_and_says_why(
    ground: Ground, slack_of_pods: Workspace, real_env: RealEnv, sundown: Sundown
) -> None:
    """Slack away from the start, and back later, at an address where nobody listens before."""
    (port,) = free_ports(1)
    there = urlsplit(slack_of_pods.environment["SLACK_API_URL"])
    away = there._replace(netloc=f"{network.HOST}:{port}").geturl()
    installed = ground.install(slack={**slack_of_pods.environment, "SLACK_API_URL": away})
    was = real_env.awake()
    sundown("stop", real_env.name)
    real_env.asleep(was)
    assert installed.probe("operator", "/readyz", 8080)[0] == 200
    assert installed.probe("frontdesk", "/livez", 8081)[0] == 200
    status, why = installed.probe("frontdesk", "/readyz", 8081)
    assert status == 503
    assert "Slack" in why
    relayed = [str(os.getpid()), network.HOST, str(port), network.HOST, str(there.port)]
    with subprocess.Popen([sys.executable, "-m", "sundown_lab.node.relay", *relayed]) as relay:
        slack_of_pods.wait_for_connection(within=60)
        eventually(lambda: installed.probe("frontdesk", "/readyz", 8081)[0] == 200, what="it is ready", within=60)
        relay.terminate()
    assert {one.restarts for one in installed.containers().values()} == {0}


@pytest.mark.parametrize("direction", ["falling asleep", "waking"])
def test_another_build_in_the_middle_of_a_transition_loses_nothing(
    direction: str, installed: Installation, real_env: RealEnv, sundown: Sundown
) -> None:
    """G10: `kubectl set image`, after which the old pod ends before the new one begins."""
    for number in range(40):
        real_env.env.add(f"more-{number}", 3)
    wanted = sorted([2, 1, *[3] * 40])
    was = real_env.awake()
    sundown("stop", real_env.name)
    if direction == "waking":
        real_env.env.until("Asleep", within=60)
        sundown("start", real_env.name)
    half = 0 if direction == "falling asleep" else 3
    eventually(lambda: half in real_env.env.counts().values(), what="it has begun")
    build = installed.container("operator").pod
    other = OTHER_BUILD if OTHER_BUILD not in _images(installed) else image.INSTALLED
    installed.kubectl("set", "image", "deployment/sundown", f"operator={other}", f"frontdesk={other}")
    installed.await_ready()
    assert installed.container("operator").pod != build
    if direction == "falling asleep":
        real_env.env.until("Asleep", within=60)
        assert set(real_env.env.counts().values()) == {0}
        sundown("start", real_env.name)
    real_env.env.until("Awake", within=60)
    assert sorted(real_env.env.counts().values()) == wanted
    assert not set(real_env.awake()) & set(was)


def _images(installed: Installation) -> str:
    found: list[Json] = installed.pods
    return str([container["image"] for pod in found for container in pod["spec"]["containers"]])
