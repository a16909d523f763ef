"""What was planned for a workload stands in the status first. Whoever writes after it, and before Sundown does, counts (A3, W4).

The operator dies between the two. The API server holds the workload meanwhile, where it has the policies for it, and writes
down by itself what is asked for.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import pytest

from support.apiserver import Answered, eventually
from support.detour import Detour, Fault
from support.envs import ASLEEP_FOR_EVER, Env, manifest
from support.operators import Operator, Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("with_and_without_policies")]

CONFLICT = 409
EVENING, PLANNED = 3, (4, 5)


def _path(env: Env, name: str) -> str:
    return f"{env.collection('Deployment')}/{name}"


def _replaced(env: Env, name: str, *, count: int | None) -> None:
    env.api.replace(_path(env, name), manifest("Deployment", name, count))


def _applied(env: Env, name: str, *, count: int) -> None:
    env.api.apply(_path(env, name), manifest("Deployment", name, count), manager="gitops")


def _another_image(env: Env, name: str) -> None:
    """As ``kubectl edit`` does: all that was read is written back."""

    def written() -> bool:
        found = env.workload(name)
        found["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.example.com/main:2"
        try:
            env.api.replace(_path(env, name), found)
        except Answered as answer:
            if answer.code != CONFLICT:
                raise
            return False
        return True

    eventually(written, what=f"{name} is written back")


class Deed(NamedTuple):
    """What an owner does, and the count that it is to have in the morning."""

    does: Callable[[Env, str], None]
    wakes_to: int


DEEDS = {
    "left": Deed(lambda _env, _name: None, PLANNED[-1]),
    "edited": Deed(_another_image, PLANNED[-1]),
    "replaced-without-count": Deed(partial(_replaced, count=None), 1),
    "replaced-as-before": Deed(partial(_replaced, count=EVENING), EVENING),
    "applied": Deed(partial(_applied, count=6), 6),
    "applied-as-before": Deed(partial(_applied, count=EVENING), EVENING),
    "scaled-to-zero": Deed(lambda env, name: env.scale(name, 0), 0),
}


def test_who_writes_after_it_was_planned_is_followed(
    env: Env, stage: Stage, detour: Detour, run_operator: Callable[..., Operator]
) -> None:
    """Scaled up twice at night, and each time the operator dies with it planned and nothing written."""
    for name in DEEDS:
        env.add(name, EVENING)
    env.schedule(ASLEEP_FOR_EVER)
    run_operator()
    env.until("Asleep")
    stage.clear()
    for count in PLANNED:
        for name in DEEDS:
            env.scale(name, count)
        with detour.broken(Fault(method="PATCH", part=f"/{env.name}/deployments/", cut=True)):
            run_operator()
            eventually(partial(_are_planned, env, count), what=f"{count} is planned for all of them")
            stage.clear()
    assert set(env.counts().values()) == {PLANNED[-1]}
    for name, deed in DEEDS.items():
        deed.does(env, name)
    run_operator()
    env.until("Asleep")
    env.wish("Awake")
    env.until("Awake")
    assert env.counts() == {f"Deployment/{name}": deed.wakes_to for name, deed in DEEDS.items()}


def _are_planned(env: Env, count: int) -> bool:
    planned = {one["name"]: one["restore"] for one in env.status().get("records", [])}
    return planned == dict.fromkeys(DEEDS, f'{{"spec":{{"replicas":{count}}}}}')
