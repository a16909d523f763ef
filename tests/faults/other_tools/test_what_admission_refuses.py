"""Policies and webhooks of the cluster that refuse what Sundown writes on workloads (requirements A15, A18, A19, G5).

A workload that admission does not let wake has a ``scale`` that few rules are about; what is left to do is done when it
can be written again.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.admission_rules import Webhook, refusal, registry_rule
from support.apiserver import eventually
from support.envs import ALWAYS_AWAKE, Env, manifest
from support.operators import Operator
from support.other_tools import Kubectl, applied, notes, owners, retention, sleep, when_scaled

pytestmark = [
    pytest.mark.lab,
    pytest.mark.usefixtures("with_and_without_policies"),
]


@pytest.fixture
def app(env: Env, operator: Operator, kubectl: Kubectl) -> Env:
    """An env that is awake: ``web`` is applied by Helm, ``api`` by nobody, and ``db`` has disks that go with its pods."""
    del operator
    applied(kubectl, env, manifest("Deployment", "web", 3))
    env.add("api", 2)
    body = manifest("StatefulSet", "db", 2)
    body["spec"] |= retention("Delete")["spec"]
    env.api.create(env.collection("StatefulSet"), body)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    return env


@pytest.mark.parametrize(("name", "kind", "count"), [("web", "Deployment", 3), ("db", "StatefulSet", 2)])
def test_what_a_policy_refuses_wakes_by_its_scale_and_the_rest_is_done_later(
    app: Env, name: str, kind: str, count: int
) -> None:
    """A15, A19: a rule that came in at night kept it at 0, though kubectl scale worked."""
    sleep(app)
    with registry_rule(app, name, kind=kind):
        app.wish("Awake")
        app.until("Awake")
        assert app.counts() == {"Deployment/web": 3, "Deployment/api": 2, "StatefulSet/db": 2}
        assert app.replicas(name, kind=kind) == count
        message = app.until_condition("Degraded", "True", "WriteFailed")
        assert f"{kind}/{name}" in message
        assert "our own registry" in message
        assert "runs" in message
        assert [one["name"] for one in app.status()["records"]] == [name]
    eventually(lambda: notes(app, name, kind=kind) == {}, what="nothing is left on it")
    eventually(lambda: app.condition("Degraded")[0] == "False", what="all is well")
    assert name != "web" or owners(app) == {"helm"}
    assert when_scaled(app) == "Delete"
    eventually(lambda: not app.status().get("records"), what="nothing is owed any more")


def test_what_is_left_to_do_wakes_nothing_that_its_owner_puts_to_zero(app: Env) -> None:
    """A3: the record is still on it, and was for a night that is over."""
    sleep(app)
    with registry_rule(app, "web"):
        app.wish("Awake")
        app.until("Awake")
        app.until_condition("Degraded", "True", "WriteFailed")
        app.scale("web", 0)
    eventually(lambda: notes(app) == {}, what="nothing is left on it")
    assert app.replicas("web") == 0


def test_the_scale_may_be_refused_too_and_then_that_is_said(app: Env) -> None:
    sleep(app)
    with registry_rule(app, "web", also=("deployments/scale",)):
        app.wish("Awake")
        assert "our own registry" in app.until_condition("Degraded", "True", "WriteFailed")
        assert app.replicas("web") == 0
        app.until_count("api", 2)
    app.until("Awake")
    assert app.counts()["Deployment/web"] == 3


def test_what_may_not_fall_asleep_is_named_and_the_rest_sleeps(app: Env) -> None:
    """A2: without its record nothing goes to zero, by scale neither."""
    with registry_rule(app, "api"):
        app.wish("Asleep")
        message = app.until_condition("Degraded", "True", "WriteFailed")
        assert "Deployment/api" in message
        assert f"{app.name}-registry" in message
        app.until_count("web", 0)
        assert app.status()["state"] == "FallingAsleep"
        assert (app.replicas("api"), app.record("api")) == (2, None)
    app.until("Asleep")


@pytest.fixture
def webhook(app: Env, make_env: Callable[[], Env], tmp_path: Path) -> Iterator[tuple[Webhook, Env]]:
    """A webhook whose pods are those of ``web``, and another env whose Deployments cannot be changed without it."""
    other = make_env()
    other.add("web", 3)
    other.schedule(ALWAYS_AWAKE)
    other.until("Awake")
    one = Webhook(tmp_path, app, other)
    one.answer()
    with one.in_force():
        yield one, other
        one.vanish()


def test_an_env_that_holds_the_backend_of_a_webhook_wakes_and_so_do_all_that_need_it(
    app: Env, webhook: tuple[Webhook, Env]
) -> None:
    """A15: nobody could wake them but by kubectl scale."""
    hook, other = webhook
    sleep(app)
    sleep(other)
    hook.vanish()
    eventually(lambda: "failed calling webhook" in refusal(app, "web"), what="it is away")
    for env in (app, other):
        env.wish("Awake")
    for env in (app, other):
        env.until("Awake")
        assert env.counts()["Deployment/web"] == 3
        assert hook.name in env.until_condition("Degraded", "True", "WriteFailed")
    hook.answer()
    for env in (app, other):
        until_all_is_well(env)


def until_all_is_well(env: Env) -> None:
    eventually(lambda: notes(env) == {}, what="nothing is left on it")
    eventually(lambda: env.condition("Degraded")[0] == "False", what="all is well")


def test_what_cannot_sleep_without_a_webhook_names_it(app: Env, webhook: tuple[Webhook, Env]) -> None:
    """G5"""
    hook, other = webhook
    hook.vanish()
    eventually(lambda: "failed calling webhook" in refusal(app, "web"), what="it is away")
    other.wish("Asleep")
    assert hook.name in other.until_condition("Degraded", "True", "WriteFailed")
    assert other.replicas("web") == 3
    hook.answer()
    other.until("Asleep")
