"""`sundown why` of an env that sleeps names the CronJobs that start pods there all the same (A20)."""

from typing import Any

import pytest

from sundown.model.base import parse
from sundown.model.spec import Workloads
from sundown.usecases.cron_jobs import told, unnamed_cron_jobs
from support.cluster.scripted import Script, door, reply

Json = dict[str, Any]
REFUSED: Json = {"kind": "Status", "status": "Failure", "reason": "Forbidden", "code": 403, "message": "not allowed"}
OWN = {"apiVersion": "batch/v1", "kind": "CronJob", "asleep": {"spec": {"suspend": True}}}


def cron_job(name: str, *, suspend: bool | None = None, **metadata: Any) -> Json:
    about = {"name": name, "namespace": "dev", "uid": f"uid-{name}", "resourceVersion": "7", **metadata}
    return {"metadata": about, "spec": {"schedule": "0 3 * * *", "suspend": suspend}}


def listed(*items: Json) -> Json:
    return {"kind": "CronJobList", "apiVersion": "batch/v1", "metadata": {"resourceVersion": "9"}, "items": [*items]}


async def test_those_that_run_are_named() -> None:
    """A20"""
    there = listed(
        cron_job("nightly"),
        cron_job("hourly", suspend=False),
        cron_job("off", suspend=True),
        cron_job("leaving", deletionTimestamp="2026-11-23T08:00:00Z"),
    )
    async with door(Script(reply(there)), attempts=1) as cluster:
        found = await unnamed_cron_jobs(cluster, "dev", Workloads())
    assert found == ("CronJob/hourly", "CronJob/nightly")


@pytest.mark.parametrize("chosen", [{"kinds": ["Deployment", "CronJob"]}, {"patches": [OWN]}], ids=["named", "patch"])
async def test_where_they_sleep_nobody_looks(chosen: Json) -> None:
    async with door(Script(), attempts=1) as cluster:
        assert await unnamed_cron_jobs(cluster, "dev", parse(Workloads, chosen)) == ()


async def test_who_may_not_look_is_told_the_rest() -> None:
    async with door(Script(reply(REFUSED, 403)), attempts=1) as cluster:
        assert await unnamed_cron_jobs(cluster, "dev", Workloads()) == ()


def test_it_is_said_what_to_write() -> None:
    """A20"""
    hint = "CronJobs sleep where spec.workloads.kinds names them"
    assert told(["CronJob/a"]) == f"CronJob/a starts pods at night too: {hint}"
    many = [f"CronJob/{name}" for name in "abcde"]
    assert told(many) == f"CronJob/a, CronJob/b, CronJob/c and 2 more start pods at night too: {hint}"
