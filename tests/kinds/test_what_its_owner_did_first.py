"""What its owner suspends before its wave comes is theirs: a plan alone makes it nobody's (A2, E1)."""

import pytest

from support.apiserver import eventually
from support.catalogued import KINDS, SAMPLES, body, found, of_sundown
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator

pytestmark = pytest.mark.lab


def test_a_cron_job_that_is_suspended_before_its_wave_stays_so_in_the_morning(env: Env, operator: Operator) -> None:
    """It was resumed: that it was to be suspended counted as that Sundown had done it."""
    del operator
    rollouts, jobs = (KINDS[kind].collection(env.name) for kind in ("Rollout", "CronJob"))
    env.api.create(rollouts, body("Rollout", SAMPLES["Rollout"].spec))
    # Nobody answers for its controller, so that its wave goes on.
    env.api.merge(f"{rollouts}/it/status", {"status": {"replicas": 3, "availableReplicas": 3}})
    env.api.create(jobs, body("CronJob", SAMPLES["CronJob"].spec, **{"sundown.dev/wave": "5"}))
    env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Rollout", "CronJob"]}})

    def says() -> dict[str, str]:
        return {one["kind"]: one["restore"] for one in env.status().get("records", [])}

    written = {"Rollout": '{"spec":{"replicas":3}}', "CronJob": "planned"}
    eventually(lambda: says() == written, what="what is done is told from what is planned")
    env.api.merge(f"{jobs}/it", {"spec": {"suspend": True}})
    env.wish("Awake")
    eventually(lambda: found(env.api, "Rollout", env.name)["spec"]["replicas"] == 3, what="the rollout wakes")
    env.until("Awake")
    left = found(env.api, "CronJob", env.name)
    assert left["spec"]["suspend"] is True
    assert of_sundown(left) == ["sundown.dev/wave"]
