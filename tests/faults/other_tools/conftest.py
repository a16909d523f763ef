"""An operator that runs, and an env that other tools write to."""

import pytest

from support.apiserver import eventually
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator, Stage
from support.other_tools import set_image


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """One that runs, whatever the test before has done to it."""
    return stage.usual()


@pytest.fixture
def team(env: Env, operator: Operator) -> Env:
    """An env that is awake: ``web`` in its second revision, so that there is something to undo."""
    env.add("web", 3)
    eventually(lambda: revision(env) == "1", what="its first revision is kept")
    env.edit("web", set_image("registry.example.com/main:2"))
    eventually(lambda: revision(env) == "2", what="its second revision is kept")
    env.schedule({**ASLEEP_FOR_EVER, "override": {"state": "Awake"}})
    env.until("Awake")
    return env


def revision(env: Env) -> str | None:
    """Of its Deployment, as the controller has counted."""
    annotations: dict[str, str] = env.workload("web")["metadata"].get("annotations", {})
    return annotations.get("deployment.kubernetes.io/revision")
