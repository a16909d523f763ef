"""What the door makes of writes that a webhook of the cluster keeps from being done (requirement A15)."""

import asyncio

import pytest
from aiohttp import web

from sundown.cluster.client import Cluster
from sundown.cluster.errors import AdmissionAway, Busy, Unanswered, Unreachable
from support.cluster.scripted import Script, door, reply

WEB = "/apis/apps/v1/namespaces/dev/deployments/web"
MESSAGE = 'Internal error occurred: failed calling webhook "images.example.com": connection refused'
FAILURE = {"kind": "Status", "metadata": {}, "status": "Failure", "message": MESSAGE, "code": 500}
AT_ONCE = {"Retry-After": "0"}


async def test_one_that_is_away_is_asked_twice_and_named() -> None:
    """It takes its time each time, and others wait meanwhile."""
    script = Script(*(reply(FAILURE, 500, headers=AT_ONCE) for _ in range(5)))
    async with door(script) as cluster:
        with pytest.raises(AdmissionAway, match=r"images\.example\.com"):
            await cluster.merge_patch(WEB, {})
    assert len(script.asked) == 2


async def test_one_that_is_back_the_second_time_is_no_failure() -> None:
    script = Script(reply(FAILURE, 500, headers=AT_ONCE), reply({}))
    async with door(script) as cluster:
        assert await cluster.merge_patch(WEB, {}) == {}


async def test_an_api_server_that_is_busy_is_asked_as_often_as_before() -> None:
    busy = {**FAILURE, "message": "etcdserver: timed out"}
    script = Script(*(reply(busy, 500, headers=AT_ONCE) for _ in range(5)))
    async with door(script) as cluster:
        with pytest.raises(Busy):
            await cluster.merge_patch(WEB, {})
    assert len(script.asked) == 5


async def test_policies_that_do_not_know_a_new_crd_yet_are_waited_for() -> None:
    """They read schemas every five seconds, so that a wish right after the installation would fail."""
    said = (
        "Resource kind sundown.dev/v1alpha1, Kind=EnvSchedule not found. "
        "There can be a delay between when CustomResourceDefinitions are created and when they are available."
    )
    unread = {**FAILURE, "message": said, "code": 503}
    script = Script(*(reply(unread, 503, headers=AT_ONCE) for _ in range(8)), reply({}))
    async with door(script) as cluster:
        assert await cluster.merge_patch("/apis/sundown.dev/v1alpha1/namespaces/dev/envschedules/default", {}) == {}
    assert len(script.asked) == 9


class Waits(Script):
    """Never answers."""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        await asyncio.sleep(60)
        raise AssertionError("nobody waits so long")


async def test_an_answer_that_does_not_come_is_told_from_a_server_that_is_not_there() -> None:
    waits = Waits()
    async with door(waits, request_timeout=0.05) as cluster:
        with pytest.raises(Unanswered):
            await cluster.merge_patch(WEB, {})
        configuration = cluster.configuration
    async with Cluster(configuration) as late:
        with pytest.raises(Unreachable) as caught:
            await late.merge_patch(WEB, {})
    assert type(caught.value) is Unreachable
    assert len(waits.asked) == 1
