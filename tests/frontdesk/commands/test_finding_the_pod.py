"""I4 I5: which pod ``logs`` finds, and what it says where there is none or its node is away."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from sundown.cluster.client import Cluster
from sundown.cluster.errors import Busy
from sundown.errors import NotFound
from sundown.frontdesk.commands.logs import NoLog, logs
from sundown.frontdesk.commands.parsing import Asked, EnvName, WhichThing
from sundown.frontdesk.commands.reply import Place, Reply
from sundown.frontdesk.people.people import Person
from sundown.usecases.find import Found
from support.cluster.scripted import Script, door, reply
from support.samples import known, namespace

ANA = Person(id="U1", email="ana@example.com", name="ana", time_zone="UTC")
ENV = Found(namespace="dev", known=known(), trouble=None, paused_by=None, space=namespace())
COLUMNS = [{"name": name} for name in ("Name", "Ready", "Status", "Restarts", "Age")]


def pod(name: str) -> web.Response:
    spec = {"containers": [{"name": "app"}]}
    status = {"containerStatuses": [{"name": "app", "state": {"running": {}}}]}
    return reply({"metadata": {"name": name}, "spec": spec, "status": status})


def pods(*names: str) -> web.Response:
    return reply(
        {"columnDefinitions": COLUMNS, "rows": [{"cells": [name, "1/1", "Running", 0, "1m"]} for name in names]}
    )


def missing() -> web.Response:
    return refusal(404, 'pods "web" not found')


def refusal(code: int, message: str) -> web.Response:
    return reply({"kind": "Status", "status": "Failure", "message": message, "code": code}, code)


def text(said: bytes) -> web.Response:
    return web.Response(body=said)


async def asked(*answers: web.Response, may_list: bool = True) -> Reply:
    async with door(Script(*answers), attempts=2) as cluster:
        return await logs(
            desk(cluster, may_list=may_list), ANA, Asked(env=EnvName("dev"), pod="web"), Place("C1", "U1")
        )


def desk(cluster: Cluster, *, may_list: bool) -> Any:
    async def has(*_: object) -> bool:
        return may_list

    return SimpleNamespace(
        cluster=cluster,
        board=SimpleNamespace(env=lambda _name: ENV),
        rights=SimpleNamespace(has=has),
        settings=SimpleNamespace(slack_command="/devenv"),
    )


async def test_the_one_of_that_name() -> None:
    assert (await asked(pod("web"), text(b"hello\n"))).block == "hello"


async def test_the_only_one_whose_name_begins_so() -> None:
    found = await asked(missing(), pods("db-0", "web-7d9c-abc"), pod("web-7d9c-abc"), text(b"hello\n"))
    assert "web-7d9c-abc/app" in str(found.title)
    assert found.block == "hello"


async def test_of_several_whose_names_begin_so_none_is_guessed() -> None:
    with pytest.raises(WhichThing, match="say which one you mean, there are web-7d9c-abc, web-7d9c-xyz"):
        await asked(missing(), pods("db-0", "web-7d9c-abc", "web-7d9c-xyz"))


@pytest.mark.parametrize("names", [(), ("db-0", "webserver")])
async def test_where_there_is_none_it_is_said_where_to_look(names: tuple[str, ...]) -> None:
    with pytest.raises(NotFound, match="`/devenv pods dev` shows those that there are"):
        await asked(missing(), pods(*names))


async def test_who_may_not_list_pods_is_told_of_no_other() -> None:
    """J3"""
    with pytest.raises(NotFound, match=r'^there is no pod "web" in "dev"$'):
        await asked(missing(), may_list=False)


async def test_a_node_that_does_not_answer_is_not_the_cluster() -> None:
    away = (
        'Get "https://10.0.0.7:10250/containerLogs/dev/web/app": dial tcp 10.0.0.7:10250: connect: connection refused'
    )
    with pytest.raises(NoLog, match='the node on which "web" runs does not answer'):
        await asked(pod("web"), refusal(500, away), refusal(500, away))


async def test_an_api_server_that_is_away_is_not_the_node() -> None:
    with pytest.raises(Busy):
        await asked(pod("web"), refusal(503, "apiserver is shutting down"), refusal(503, "apiserver is shutting down"))
