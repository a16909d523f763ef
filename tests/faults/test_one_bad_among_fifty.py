"""Fifty namespaces, one of them malformed: the other forty-nine go on."""

from collections.abc import Callable, Iterator

import pytest

from support.apiserver import Api, Json, eventually
from support.envs import ASLEEP_FOR_EVER, RECORD, Env
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab

FIFTY = 50


@pytest.fixture(scope="module")
def operator(stage: Stage) -> Iterator[Operator]:
    """One operator for the fifty, which goes straight to the API server."""
    one = stage.fresh()
    one.start()
    yield one
    assert one.runs
    stage.clear()


@pytest.fixture(scope="module")
def fifty(api: Api, operator: Operator) -> Iterator[list[Env]]:
    """Fifty envs with a Deployment each, all asleep."""
    envs = [Env(api, f"fifty-{number}-{id(operator) % 10**6}") for number in range(FIFTY)]
    for env in envs:
        api.create("/api/v1/namespaces", {"metadata": {"name": env.name}})
        env.add("web", 2)
        env.schedule(ASLEEP_FOR_EVER)
    for env in envs:
        env.until("Asleep")
    yield envs
    for env in envs:
        api.delete(env.path)


def annotate_workload(**notes: str) -> Callable[[Env], object]:
    return lambda env: env.edit("web", {"metadata": {"annotations": notes}})


def patch_schedule(body: Json) -> Callable[[Env], object]:
    return lambda env: env.patch(body)


BAD: dict[str, Callable[[Env], object]] = {
    "label of the namespace": lambda env: env.label(scheduler="perhaps"),
    "mark on the namespace": lambda env: env.label(**{"sundown.dev/state": "dozing"}),
    "owner of ten thousand characters": lambda env: env.annotate(email="x" * 10_000),
    "record on a workload": annotate_workload(**{RECORD: "many"}),
    "record of ten thousand digits": annotate_workload(**{RECORD: "9" * 10_000}),
    "record in other digits": annotate_workload(**{RECORD: "٣"}),
    "negative record": annotate_workload(**{RECORD: "-3"}),
    "exclusion": annotate_workload(**{"sundown.dev/exclude": "2026-02-30"}),
    "owners' zones": patch_schedule(
        {"spec": {"timeZone": "owner"}, "metadata": {"annotations": {"sundown.dev/owner-time-zones": ",,Mars," * 999}}}
    ),
    "time zone": patch_schedule({"spec": {"timeZone": "Nowhere/Land"}}),
    "country of the holidays": patch_schedule({"spec": {"holidays": {"country": "ZZ"}}}),
    "date of an exception": patch_schedule(
        {"spec": {"exceptions": [{"from": "2026-01-01T00:00", "to": "2026-01-02T00:00:59", "state": "Asleep"}]}}
    ),
}


@pytest.mark.parametrize("malform", BAD.values(), ids=BAD.keys())
def test_the_other_forty_nine_go_on(fifty: list[Env], operator: Operator, malform: Callable[[Env], object]) -> None:
    """Z (one malformed annotation or object stops the whole controller)"""
    bad, good = fifty[0], fifty[1:]
    malform(bad)
    state, replicas = ("Awake", 2) if good[0].replicas("web") == 0 else ("Asleep", 0)
    for env in good:
        env.wish(state)
    for env in good:
        env.until(state)
    assert {env.replicas("web") for env in good} == {replicas}
    assert operator.probe("/livez")[0] == 200
    assert '"reason": "Bug"' not in operator.output
    mend(bad)


def mend(env: Env) -> None:
    """Make the bad one good again: whatever was wrong with it, it wakes with the right count."""
    env.api.delete(env.schedules("default"))
    env.label(scheduler=None)
    env.annotate(email=None)
    env.edit("web", {"spec": {"replicas": 2}, "metadata": {"annotations": {RECORD: None, "sundown.dev/exclude": None}}})
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    eventually(lambda: env.record("web") == "2", what="it sleeps as the others do")
