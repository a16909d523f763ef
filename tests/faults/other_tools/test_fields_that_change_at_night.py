"""Whoever changes or takes away at night what Sundown keeps for them has in the morning what they would have by day (W2, W6).

Two namespaces are treated alike, and one of them sleeps: values and ``managedFields`` of both are the same afterwards.
"""

import json
from collections.abc import Iterator

import pytest

from support.apiserver import Api, Json
from support.envs import ASLEEP_FOR_EVER, NAMESPACES, Env
from support.field_owners import Make, applied, argocd, body_of, created, differing, helm, of_several
from support.operators import Operator
from support.other_tools import Kubectl, sleep, wake

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("with_and_without_policies")]

RETENTION = "persistentVolumeClaimRetentionPolicy"


def replaced(kubectl: Kubectl, env: Env, body: Json) -> None:
    """What stands on the object and not in the manifest is gone with it."""
    kubectl("-n", env.name, "replace", "-f", "-", input=json.dumps(body))


both = of_several(helm, argocd)
WAYS: dict[str, tuple[Make, Make]] = {
    "apply": (helm, helm),
    "one-of-two": (both, helm),
    "both": (both, both),
    "create-apply": (of_several(created, helm), helm),
    "client-side": (applied, applied),
    "create-replace": (created, replaced),
    "apply-replace": (helm, replaced),
}
"""How a StatefulSet is made, and by whom it is changed at night."""
CHANGES: dict[str, Json] = {
    "same": {},
    "no-retention": {RETENTION: None},
    "no-when-scaled": {RETENTION: {"whenDeleted": "Delete"}},
    "no-count": {"replicas": None},
    "neither": {"replicas": None, RETENTION: None},
    "five": {"replicas": 5},
    "five-no-retention": {"replicas": 5, RETENTION: None},
}
"""What its manifest says at night; by day it asks for three and for ``whenScaled: Delete``."""
REFUSED = {
    *((way, change) for way in ("one-of-two", "both") for change in CHANGES if change != "neither"),
    *(("create-apply", change) for change in ("no-when-scaled", "five", "five-no-retention")),
}
"""What meets the field of another, by day or by night."""
ROWS = {f"{way}-{change}": (way, change) for way in WAYS for change in CHANGES if (way, change) not in REFUSED}


@pytest.fixture
def env(env: Env, operator: Operator, kubectl: Kubectl) -> Env:
    """An env that is awake, with a StatefulSet for each row."""
    env.schedule({**ASLEEP_FOR_EVER, "override": {"state": "Awake"}})
    made(env, kubectl)
    env.until("Awake", within=60)
    return env


@pytest.fixture
def control(api: Api, env: Env, kubectl: Kubectl) -> Iterator[Env]:
    """The same in a namespace that nobody governs."""
    one = Env(api, f"{env.name}-control")
    api.create(NAMESPACES, {"metadata": {"name": one.name}})
    made(one, kubectl)
    yield one
    api.delete(one.path)


def made(env: Env, kubectl: Kubectl) -> None:
    for name, (way, _) in ROWS.items():
        make, _ = WAYS[way]
        make(kubectl, env, body_of("StatefulSet", name))


def edited(env: Env, kubectl: Kubectl) -> None:
    for name, (way, change) in ROWS.items():
        body = body_of("StatefulSet", name)
        spec = {key: value for key, value in {**body["spec"], **CHANGES[change]}.items() if value is not None}
        _, edit = WAYS[way]
        edit(kubectl, env, {**body, "spec": spec})


def values(env: Env) -> dict[str, tuple[int, str]]:
    """The count of each StatefulSet, and what becomes of its claims."""
    return {
        one["metadata"]["name"]: (one["spec"]["replicas"], one["spec"][RETENTION]["whenScaled"])
        for one in env.api.items(env.collection("StatefulSet"))
    }


def test_what_is_changed_or_taken_away_at_night_is_in_the_morning_what_it_would_be_by_day(
    env: Env, control: Env, kubectl: Kubectl
) -> None:
    """W2, W6, A19. Of who replaces the whole object the values count: to restate one is a change only at night."""
    edited(control, kubectl)
    sleep(env)
    edited(env, kubectl)
    sleep(env, why="have a look")
    wake(env)
    assert values(env) == values(control)
    assert [name for name in differing(env, control) if "-replace-" not in name] == []
