"""Of all EnvSchedules the operator's account deletes those that Sundown has made, while they are nobody else's (S4, A11)."""

from collections.abc import Callable

import pytest

from sundown.model.resources import MANAGED_BY, TEMPLATE
from support.apiserver import Answered, Api, Json
from support.envs import Env, override

pytestmark = pytest.mark.lab

SPEC: Json = {"timeZone": "Europe/Berlin", "awake": [{"days": ["Mon"], "from": "08:00", "to": "18:00"}]}
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
THEIRS = "the operator deletes no EnvSchedule but one that it has made, and that is nobody's since"

Write = Callable[[Env], object]


def merged(body: Json, manager: str = "kubectl-edit") -> Write:
    """What somebody writes into it."""
    return lambda env: env.api.merge(env.schedules("default"), body, fieldManager=manager)


def applied(spec: Json) -> Write:
    """What somebody applies server-side."""
    body = {"apiVersion": "sundown.dev/v1alpha1", "kind": "EnvSchedule", "metadata": {"name": "default"}, "spec": spec}
    return lambda env: env.api.apply(env.schedules("default"), body, manager="helm")


@pytest.fixture
def env(make_env: Callable[..., Env]) -> Env:
    one = make_env({"scheduler": "disabled"})
    one.generated_schedule(SPEC)
    return one


def refusal(operators: Api, path: str) -> str:
    """Why the operator may not delete it; empty where it has done so."""
    try:
        operators.delete(path)
    except Answered as answer:
        return str(answer)
    return ""


@pytest.mark.parametrize(
    "write",
    [
        lambda _env: None,
        merged(override("Awake")),
        merged({"spec": {"paused": True}}),
        merged({"spec": {"override": {"state": "Asleep", "by": "ana@example.com"}}}, "sundown-frontdesk"),
        merged({"spec": {"timeZone": "UTC"}}, "sundown-operator"),
        merged({"metadata": {"labels": {"team": "blue"}, "annotations": {"example.com/note": "x"}}}),
        lambda env: env.api.merge(f"{env.schedules('default')}/status", {"status": {"state": "Awake"}}),
    ],
    ids=["nobody", "override", "paused", "slack", "the template has changed", "label", "status"],
)
def test_it_deletes_what_it_has_made(env: Env, operators: Api, write: Write) -> None:
    write(env)
    assert refusal(operators, env.schedules("default")) == ""
    assert env.api.find(env.schedules("default")) is None


@pytest.mark.parametrize(
    "write",
    [
        merged({"spec": {"timeZone": "Asia/Tokyo"}}),
        merged({"spec": {"holidays": {"country": "AT"}}}),
        merged({"spec": {"spread": "15m", "paused": True}}, "sundown-ci"),
        applied(SPEC),
        applied({}),
        merged({"metadata": {"annotations": {LAST_APPLIED: "{}"}}}),
        merged({"metadata": {"annotations": {TEMPLATE: None}}}),
        merged({"metadata": {"labels": {MANAGED_BY: "Helm"}}}),
        merged({"metadata": {"labels": None}}),
    ],
    ids=[
        "patch of a field",
        "patch of a nested field",
        "by a name that is like Sundown's",
        "server-side apply of the same",
        "apply of an empty spec",
        "client-side apply of the same",
        "without the mark",
        "a chart's label",
        "without labels",
    ],
)
def test_it_deletes_none_that_has_become_somebodys(env: Env, operators: Api, write: Write) -> None:
    write(env)
    assert THEIRS in refusal(operators, env.schedules("default"))
    assert env.api.find(env.schedules("default")) is not None


@pytest.mark.parametrize("name", ["default", "mine"])
def test_it_deletes_none_that_somebody_has_made(make_env: Callable[..., Env], operators: Api, name: str) -> None:
    env = make_env({"scheduler": "disabled"})
    metadata = {"labels": {MANAGED_BY: "sundown"}, "annotations": {TEMPLATE: "made-by-.hand"}}
    env.schedule(SPEC, name=name, **metadata)
    assert THEIRS in refusal(operators, env.schedules(name))


def test_it_deletes_none_that_is_somebodys_by_deleting_all(env: Env, operators: Api) -> None:
    env.schedule(SPEC, name="mine")
    assert THEIRS in refusal(operators, env.schedules())
    assert env.api.find(env.schedules("mine")) is not None


def test_whoever_else_may_delete_schedules_goes_on_deleting_them(env: Env) -> None:
    applied(SPEC)(env)
    env.api.delete(env.schedules("default"))
    assert env.api.find(env.schedules("default")) is None
