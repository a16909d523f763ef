"""A DaemonSet that is rolled back by day goes back to what its owner had, and never to a night (requirement A3)."""

import json
from itertools import count

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Json, eventually
from support.catalogued import KINDS, SAMPLES, body, found, of_sundown
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator

pytestmark = pytest.mark.lab

CHOSEN: Json = {"workloads": {"kinds": ["DaemonSet"]}}


@pytest.fixture
def logs(env: Env, operator: Operator) -> Env:
    """An env with a DaemonSet that has had two templates."""
    del operator
    path = KINDS["DaemonSet"].collection(env.name)
    env.api.create(path, body("DaemonSet", SAMPLES["DaemonSet"].spec))
    eventually(lambda: len(revisions(env)) == 1, what="its first template is in its history")
    env.api.merge(f"{path}/it", {"spec": {"template": {"metadata": {"labels": {"release": "2"}}}}})
    eventually(lambda: len(revisions(env)) == 2, what="its second template is in its history")
    return env


def revisions(env: Env) -> list[Json]:
    """The templates that its controller remembers, the newest last."""
    there = env.api.items(f"/apis/apps/v1/namespaces/{env.name}/controllerrevisions")
    return [one["data"]["spec"]["template"] for one in sorted(there, key=lambda one: int(one["revision"]))]


def template(env: Env) -> Json:
    spec: Json = found(env.api, "DaemonSet", env.name)["spec"]["template"]
    return spec


def release(of: Json) -> str | None:
    text: str | None = of["metadata"]["labels"].get("release")
    return text


def test_a_rollback_on_the_day_after_goes_to_what_its_owner_had_before(logs: Env, control_plane: Cluster) -> None:
    """B4: it went to the night's template, and there were no pods for ten minutes of the day."""
    logs.schedule({**ASLEEP_FOR_EVER, **CHOSEN})
    logs.until("Asleep")
    eventually(lambda: len(revisions(logs)) == 3, what="the night is in its history")
    logs.wish("Awake")
    logs.until("Awake")
    eventually(lambda: len(revisions(logs)) == 2, what="the night is out of its history")
    assert "sundown.dev/" not in json.dumps(revisions(logs))
    control_plane.kubectl("-n", logs.name, "rollout", "undo", "daemonset/it")
    assert release(template(logs)) is None
    assert "nodeSelector" not in template(logs)["spec"]
    assert logs.status()["state"] == "Awake"


def test_the_night_goes_out_of_its_history_when_its_schedule_goes(logs: Env) -> None:
    """A15: without a schedule nobody would wake it again."""
    logs.schedule({**ASLEEP_FOR_EVER, **CHOSEN})
    logs.until("Asleep")
    eventually(lambda: len(revisions(logs)) == 3, what="the night is in its history")
    logs.api.delete(logs.schedules("default"))
    eventually(lambda: len(revisions(logs)) == 2, what="the night is out of its history", within=60)
    assert [release(one) for one in revisions(logs)] == [None, "2"]


def test_sundowns_selector_that_somebody_brings_back_is_taken_off_again(logs: Env) -> None:
    """A3: what was exported at night and is applied by day has no annotation that says so."""
    logs.schedule({**ASLEEP_FOR_EVER, "override": {"state": "Awake"}, **CHOSEN})
    logs.until("Awake")
    asleep = json.loads(KINDS["DaemonSet"].patch)
    logs.api.merge(f"{KINDS['DaemonSet'].collection(logs.name)}/it", asleep)
    looks = count()

    def repaired() -> bool:
        logs.wish("Awake", reason=f"look again: {next(looks)}")
        return "nodeSelector" not in template(logs)["spec"]

    eventually(repaired, what="its pods may run again", within=60)
    logs.until("Awake")
    assert logs.condition("Degraded")[0] == "False"
    assert logs.status().get("records", []) == []
    assert of_sundown(found(logs.api, "DaemonSet", logs.name)) == []
