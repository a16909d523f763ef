"""What tests on the real node ask for: the command line as an administrator calls it, and an env of real containers."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from sundown_lab.cluster import Cluster
from support.commandline import Called, Sundown
from support.envs import Env
from support.node.real_envs import RealEnv, populated
from support.nodes import Node


@pytest.fixture
def sundown(control_plane: Cluster) -> Sundown:
    """``sundown("stop", "team-a")``; raises where it does not end with 0."""

    def call(*arguments: str, who: object = None) -> Called:
        command = [sys.executable, "-m", "sundown", *arguments]
        environment = {**os.environ, "KUBECONFIG": str(who or control_plane.kubeconfig)}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 0, done.stderr
        return Called(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def real_env(make_env: Callable[..., Env], node: Node) -> RealEnv:
    """An env that is always awake, unless somebody says otherwise."""
    return populated(make_env(labels={"scheduler": "enabled"}), node)
