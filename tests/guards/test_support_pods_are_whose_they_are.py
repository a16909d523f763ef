"""A support pod is owned by whoever has started it, and of it the frontdesk writes its time and its own note (J5, H1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.apiserver import Answered, Api, Json
from support.envs import SUNDOWN

pytestmark = pytest.mark.lab

ANA, BOSS = "ana@example.com", "boss@example.com"
EVERYTHING = "editors-of-all"
KIND = {"apiVersion": "sundown.dev/v1alpha1", "kind": "SupportPod", "metadata": {"name": "tools"}}


@pytest.fixture
def path(namespace: str) -> str:
    return f"{SUNDOWN}/namespaces/{namespace}/supportpods"


@pytest.mark.parametrize("said", [BOSS, ANA, None])
def test_its_owner_is_who_makes_it_whatever_they_say(path: str, become: Callable[..., Api], said: str | None) -> None:
    spec = {} if said is None else {"owner": said}
    made = become(ANA, EVERYTHING).create(path, {**KIND, "spec": spec})
    assert made["spec"]["owner"] == ANA


def test_only_the_frontdesk_says_that_somebody_else_has_started_it(path: str, frontdesks: Api) -> None:
    made = frontdesks.create(path, {**KIND, "spec": {"owner": ANA, "size": "M"}})
    assert made["spec"]["owner"] == ANA
    frontdesks.merge(f"{path}/tools", {"spec": {"ttl": "9h"}, "metadata": {"annotations": {"sundown.dev/slack": "{}"}}})
    frontdesks.delete(f"{path}/tools")


@pytest.mark.parametrize(
    "body",
    [
        {"metadata": {"annotations": {"sundown.dev/owner": "eve@example.com"}}},
        {"metadata": {"labels": {"team": "eve"}}},
        {"metadata": {"finalizers": ["example.com/never"]}},
    ],
    ids=str,
)
def test_the_frontdesk_writes_nothing_else_of_it(path: str, api: Api, frontdesks: Api, body: Json) -> None:
    api.create(path, {**KIND, "spec": {"size": "M"}})
    with pytest.raises(Answered, match="the frontdesk writes"):
        frontdesks.merge(f"{path}/tools", body)


def test_nobody_else_writes_the_frontdesks_note(path: str, become: Callable[..., Api]) -> None:
    ana = become(ANA, EVERYTHING)
    ana.create(path, {**KIND, "spec": {}})
    with pytest.raises(Answered, match="is the frontdesk's"):
        ana.merge(f"{path}/tools", {"metadata": {"annotations": {"sundown.dev/slack": "{}"}}})
