"""After a night every field belongs to whom it would belong without one (faults W6 and B4).

Two namespaces are treated alike, and one of them sleeps. Whoever owned the count before, and whatever is done at night, the
``managedFields`` of both are the same afterwards.
"""

from collections.abc import Callable, Iterator

import pytest

from support.apiserver import Api, Json
from support.envs import ASLEEP_FOR_EVER, NAMESPACES, Env
from support.field_owners import KINDS, OWNERS, Make, applied, body_of, differing, helm, together, written
from support.operators import Operator
from support.other_tools import Kubectl, notes, sleep, wake

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("with_and_without_policies")]


def bodies_of(*names: str, replicas: int = 3) -> Json:
    """One of each kind for each of the names."""
    return together(body_of(kind, name, replicas) for name in names for kind in KINDS)


@pytest.fixture
def env(env: Env, operator: Operator, kubectl: Kubectl) -> Env:
    """An env with one workload of each kind for each way to own a count."""
    env.schedule({**ASLEEP_FOR_EVER, "override": {"state": "Awake"}})
    return settled(env, kubectl)


@pytest.fixture
def control(api: Api, env: Env, kubectl: Kubectl) -> Iterator[Env]:
    """The same in a namespace that is awake for ever, since nobody governs it."""
    one = Env(api, f"{env.name}-control")
    api.create(NAMESPACES, {"metadata": {"name": one.name}})
    yield settled(one, kubectl)
    api.delete(one.path)


def settled(env: Env, kubectl: Kubectl) -> Env:
    for number in range(max(map(len, OWNERS.values()))):
        names_by_step: dict[Make, list[str]] = {}
        for name, steps in OWNERS.items():
            if number < len(steps):
                names_by_step.setdefault(steps[number], []).append(name)
        for make, names in names_by_step.items():
            make(kubectl, env, bodies_of(*names))
    if env.status():
        env.until("Awake")
    return env


def night(env: Env) -> None:
    sleep(env)
    assert set(env.counts().values()) == {0}


def morning(env: Env) -> None:
    """Nothing is left to be done when it is said to be awake."""
    wake(env)
    assert [name for name in OWNERS if notes(env, f"{name}-deployment")] == []


def same(env: Env, control: Env) -> None:
    """Nothing tells one from the other."""
    assert differing(env, control) == {}
    assert env.counts() == control.counts()


@pytest.mark.parametrize("nights", [1, 2])
def test_after_nights_all_is_as_before(env: Env, control: Env, nights: int) -> None:
    """W6, A19"""
    for _ in range(nights):
        night(env)
        morning(env)
    same(env, control)


def same_again_by_helm(kubectl: Kubectl, env: Env) -> None:
    """Of those whose count Helm applies, and nobody beside it."""
    helm(kubectl, env, bodies_of("apply", "create-apply"))


def five_by_helm(kubectl: Kubectl, env: Env) -> None:
    """Of those on whose count it meets nobody by day either."""
    helm(kubectl, env, bodies_of("nobody", "nobody-scaled", "apply", replicas=5))


def five_by_update(kubectl: Kubectl, env: Env) -> None:
    """By an editor, and by the client-side apply of who made it."""
    written(env, bodies_of("nobody", "create", "apply", "apply-edit", "create-apply"), 5, by="kubectl-edit")
    applied(kubectl, env, bodies_of("client-side", replicas=5))


def five_by_scale(_: Kubectl, env: Env) -> None:
    of_all = bodies_of("nobody", "create", "apply", "create-apply", "client-side")
    written(env, of_all, 5, by="kubectl", through="/scale")


def another_image(kubectl: Kubectl, env: Env) -> None:
    """What leaves the count alone: it moves the time of an owner who has it by an update."""
    here = [f"{kind.lower()}/{name}-{kind.lower()}" for kind in KINDS for name in OWNERS]
    kubectl("-n", env.name, "set", "image", *here, "main=registry.example.com/main:2")


EDITS = (same_again_by_helm, five_by_helm, five_by_update, five_by_scale, another_image)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_after_an_edit_at_night_all_is_as_after_the_same_edit_by_day(
    env: Env, control: Env, kubectl: Kubectl, edit: Callable[[Kubectl, Env], None]
) -> None:
    """W6, A19"""
    edit(kubectl, control)
    night(env)
    edit(kubectl, env)
    sleep(env, why="have a look")
    morning(env)
    same(env, control)
