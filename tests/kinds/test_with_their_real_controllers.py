"""What the controllers of Kubernetes itself make of a night of their kinds (G2)."""

import json

import pytest

from support.apiserver import Json, eventually
from support.catalogued import KINDS, SAMPLES, body
from support.envs import ASLEEP_FOR_EVER, Env, instant
from support.operators import Operator

pytestmark = pytest.mark.lab


def jobs(env: Env) -> list[Json]:
    return env.api.items(f"/apis/batch/v1/namespaces/{env.name}/jobs")


@pytest.mark.proves("real controller", kinds=["DaemonSet"])
def test_the_pods_of_a_daemon_set_go_in_the_evening_and_are_there_in_the_morning(env: Env, operator: Operator) -> None:
    """G2"""
    del operator
    env.api.create(KINDS["DaemonSet"].collection(env.name), body("DaemonSet", SAMPLES["DaemonSet"].spec))
    eventually(lambda: env.pods() != [], what="its pods run")
    nodes = len(env.pods())
    env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["DaemonSet"]}})
    env.until("Asleep")
    assert env.pods() == []
    env.wish("Awake")
    env.until("Awake")
    assert len(env.pods()) == nodes


def test_a_daemon_set_that_does_not_come_up_is_named_with_what_its_pods_say(env: Env, operator: Operator) -> None:
    """G2, G3, X8"""
    del operator
    spec = json.loads(json.dumps(SAMPLES["DaemonSet"].spec))
    spec["template"]["metadata"]["annotations"] = {"lab.sundown.dev/fault": "ImagePullBackOff"}
    env.api.create(KINDS["DaemonSet"].collection(env.name), body("DaemonSet", spec))
    env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["DaemonSet"]}, "waves": {"timeout": "2s"}})
    env.until("Asleep")
    env.wish("Awake")
    message = env.until_condition("Degraded", "True", "PartsNotReady")
    assert 'DaemonSet/it (ImagePullBackOff: "registry.example.com/main:1": not found)' in message


@pytest.mark.proves("real controller", kinds=["CronJob"])
def test_a_cron_job_runs_at_no_time_of_the_night_and_once_in_the_morning(env: Env, operator: Operator) -> None:
    """G2: what came due an hour ago would run at once, were it not suspended; on waking what was missed runs once."""
    del operator
    path = KINDS["CronJob"].collection(env.name)
    env.api.create(path, body("CronJob", {**SAMPLES["CronJob"].spec, "schedule": "0 0 29 2 *"}))
    env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["CronJob"]}})
    env.until("Asleep")
    env.api.merge(f"{path}/it", {"spec": {"schedule": "* * * * *"}})
    env.api.merge(f"{path}/it/status", {"status": {"lastScheduleTime": instant(hours=-1)}})
    asked = instant()
    env.wish("Awake")
    env.until("Awake")
    eventually(lambda: jobs(env) != [], what="what was missed runs")
    first = [job for job in jobs(env) if job["metadata"]["creationTimestamp"] < asked]
    assert first == []
    # The next minute may come while this test looks.
    scheduled = [job["metadata"]["annotations"]["batch.kubernetes.io/cronjob-scheduled-timestamp"] for job in jobs(env)]
    assert len([at for at in scheduled if at <= asked]) <= 1
