"""What is in the image and what a container of it may do, looked at from inside one that runs (J4; issue 9, item 4)."""

import json

import pytest

from sundown_lab.node import archives
from sundown_lab.slack.remote import Workspace
from support.apiserver import Json
from support.commandline import Sundown
from support.node.real_envs import RealEnv
from support.nodes import Ground, Installation, Node

pytestmark = pytest.mark.node

BOTH = pytest.mark.parametrize("container", ["operator", "frontdesk"])
LOOK_AROUND = """
import importlib.util, json, pathlib, sys
packages = pathlib.Path("/opt/sundown/lib/python3.13/site-packages")
compiled = {path for path in packages.rglob("*.pyc")}
sources = {path for path in packages.rglob("*.py")}
print(json.dumps({
    "found": [name for name in ("sundown_lab", "pip", "ensurepip", "setuptools") if importlib.util.find_spec(name)],
    "commands": sorted(path.name for path in pathlib.Path("/opt/sundown/bin").iterdir()),
    "not compiled": [str(one) for one in sources if not pathlib.Path(importlib.util.cache_from_source(str(one))).exists()],
    "without source": [str(one) for one in compiled if not pathlib.Path(importlib.util.source_from_cache(str(one))).exists()],
    "traces of tools": [str(one) for one in pathlib.Path("/etc").glob("pip*")],
}))
"""


@pytest.fixture
def installed(ground: Ground, slack_of_pods: Workspace) -> Installation:
    return ground.install(slack=slack_of_pods.environment)


def test_it_has_byte_code_for_all_of_it_and_nothing_to_install_with_and_no_lab(installed: Installation) -> None:
    seen = json.loads(installed.execute("operator", "python", "-c", LOOK_AROUND).stdout)
    assert {name: seen[name] for name in ("found", "not compiled", "without source", "traces of tools")} == {
        "found": [],
        "not compiled": [],
        "without source": [],
        "traces of tools": [],
    }
    assert {"sundown", "kubectl-sundown"} <= set(seen["commands"])
    assert not {"sundown-lab", "pip", "pip3"} & set(seen["commands"])
    for command in (["pip", "--version"], ["python", "-m", "pip"], ["/usr/bin/python3", "-m", "ensurepip"]):
        assert installed.execute("operator", *command, check=False).returncode != 0


@BOTH
def test_nothing_can_be_written_and_no_right_of_root_is_left(installed: Installation, container: str) -> None:
    for path in ("/", "/tmp", "/opt/sundown/lib", "/var/tmp"):
        written = installed.execute(container, "sh", "-c", f"echo > {path}/written", check=False)
        assert "Read-only file system" in written.stderr
    status = dict(
        line.split(":\t", 1)
        for line in installed.execute(container, "cat", "/proc/1/status").stdout.splitlines()
        if ":\t" in line
    )
    rights = {name: int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
    assert set(rights.values()) == {0}
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"


def test_it_names_its_ports_and_its_user(node: Node) -> None:
    said = archives.configuration(node.image.path)
    assert set(said["ExposedPorts"]) == {"8080/tcp", "8081/tcp"}
    assert (said["User"], said["Entrypoint"], said["Cmd"]) == ("65532:65532", ["sundown"], ["operator"])


@pytest.mark.parametrize("user", [1000710000, 1], ids=["of-openshift", "of-a-daemon"])
def test_any_user_will_do(
    user: int, ground: Ground, slack_of_pods: Workspace, real_env: RealEnv, sundown: Sundown
) -> None:
    """W1"""

    def change(deployment: Json) -> None:
        context = deployment["spec"]["template"]["spec"]["securityContext"]
        context |= {"runAsUser": user, "runAsGroup": user}

    installed = ground.install(slack=slack_of_pods.environment, change=change)
    assert installed.execute("operator", "id", "-u").stdout == f"{user}\n"
    was = real_env.awake()
    sundown("stop", real_env.name)
    real_env.asleep(was)
    slack_of_pods.wait_for_connection()
    assert {one.restarts for one in installed.containers().values()} == {0}
