"""ActionRequests as the frontdesk makes them, made by an administrator."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asked import Asked

from apiserver import Api
from envs import Env, instant
from operators import HOME, Operator, Stage


@pytest.fixture
def ask(api: Api, stage: Stage) -> Iterator[Callable[..., Asked]]:
    """``ask(env)`` makes a request to delete an env, in order unless fields of the spec are given."""
    assert stage.account  # Sundown's namespace is there from now on
    made: list[Asked] = []

    def make(env: Env, *, home: str = HOME, **spec: Any) -> Asked:
        asked = Asked(api, f"delete-{secrets.token_hex(4)}", home)
        uid = api.get(env.path)["metadata"]["uid"] if "target" not in spec else ""
        body = {
            "action": "Delete",
            "target": {"namespace": env.name, "uid": uid},
            "requestedBy": "ana@example.com",
            "via": "slack",
            "requestedAt": instant(),
            "expiresAt": instant(minutes=15),
            "confirmation": env.name,
        }
        kind = {"apiVersion": "sundown.dev/v1alpha1", "kind": "ActionRequest", "metadata": {"name": asked.name}}
        api.create(asked.path.rpartition("/")[0], {**kind, "spec": {**body, **spec}})
        made.append(asked)
        return asked

    yield make
    for asked in made:
        api.delete(asked.path)


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()
