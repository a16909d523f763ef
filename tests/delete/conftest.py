"""ActionRequests as the frontdesk makes them, made by an administrator."""

from collections.abc import Callable, Iterator

import pytest

from support.apiserver import Api
from support.asked import Asked, asking
from support.operators import Operator, Stage


@pytest.fixture
def ask(api: Api, stage: Stage) -> Iterator[Callable[..., Asked]]:
    """``ask(env)`` as ``asked.asking`` has it."""
    assert stage.account.exists()  # Sundown's namespace is there from now on
    with asking(api) as ask:
        yield ask


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()
