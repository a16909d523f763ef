"""Workloads that are scaled and restarted because somebody asked for it, by ActionRequests that an administrator makes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support.apiserver import Api
from support.asked import Asked, request
from support.envs import Env
from support.operators import Operator, Stage


@pytest.fixture
def ask(api: Api, stage: Stage) -> Iterator[Callable[..., Asked]]:
    """``ask(env, action=..., parameters=...)`` as ``asked.request``; the requests are deleted after the test."""
    assert stage.account  # Sundown's namespace is there from now on
    made: list[Asked] = []

    def make(env: Env, **fields: Any) -> Asked:
        made.append(request(env, granted=False, **fields))
        return made[-1]

    yield make
    for asked in made:
        api.delete(asked.path)


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()
