"""I4: without a namespace the person's own env is meant, if there is no doubt which that is."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from sundown.frontdesk.commands.command import Command
from sundown.frontdesk.commands.own_env import own_env
from sundown.frontdesk.commands.parsing import Asked, EnvName, WhichEnv, maybe_env
from sundown.frontdesk.commands.reply import Reply
from sundown.frontdesk.commands.table import with_env
from sundown.frontdesk.people.people import Person
from sundown.model.resources import OWNER
from sundown.usecases.find import Found
from support.samples import known, namespace

ANA = Person(id="U1", email="ana@example.com", name="ana", time_zone="UTC")


def env(name: str, owner: str | None = None) -> Found:
    space = replace(namespace(name=name), annotations={OWNER: owner} if owner else {})
    return Found(namespace=name, known=known(), trouble=None, paused_by=None, space=space)


def desk(*seen: Found) -> Any:
    async def of(_person: Person, envs: tuple[Found, ...]) -> tuple[Found, ...]:
        return envs

    return SimpleNamespace(sight=SimpleNamespace(of=of), board=SimpleNamespace(envs=seen))


MINE, HERS, THEIRS = env("mine", "ana@example.com"), env("hers", "Ana@Example.com"), env("theirs", "bo@example.com")


@pytest.mark.parametrize(
    ("seen", "meant"),
    [((MINE, THEIRS), "mine"), ((THEIRS,), "theirs"), ((HERS,), "hers")],
    ids=["own", "only", "spelled"],
)
async def test_there_is_no_doubt(seen: tuple[Found, ...], meant: str) -> None:
    assert await own_env(desk(*seen), ANA, verb="pods") == meant


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        ((MINE, HERS, THEIRS), "say which environment you mean, yours are mine, hers"),
        ((THEIRS, env("others")), "say which environment you mean, you see theirs, others"),
        (tuple(env(f"dev{number}") for number in range(30)), "dev9 and 20 more"),
        ((), "there is no environment that you may see"),
    ],
)
async def test_in_doubt_they_are_asked(seen: tuple[Found, ...], told: str) -> None:
    with pytest.raises(WhichEnv, match=told):
        await own_env(desk(*seen), ANA, verb="pods")


async def test_only_a_row_that_says_so_means_the_own_one_and_a_name_counts_more() -> None:
    async def handle(*_: object) -> Reply:
        return Reply(title=("done",))

    row = Command("raze", "raze", "", "", ("raze",), maybe_env, handle, right="get", of_own_env=True)
    other = Command("raze", "raze", "", "", ("raze",), maybe_env, handle, right="get")
    assert (await with_env(row, Asked(env=EnvName("", "eu")), ANA, desk(MINE))).env == EnvName("mine", "eu")
    assert (await with_env(row, Asked(env=EnvName("dev1")), ANA, desk(MINE))).env == EnvName("dev1")
    assert (await with_env(other, Asked(), ANA, desk(MINE))).env == EnvName("")
