"""The operator scales and restarts what somebody has asked to be scaled or restarted, and says what has become of it."""

from collections.abc import Callable

import pytest

from support.apiserver import Answered, Json, eventually
from support.asked import Asked
from support.audit import Audit
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, PLURALS, Env
from support.operating import keep_from_operating, let_operate
from support.operators import Operator

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("operator")]

Ask = Callable[..., Asked]
ANA = "ana@example.com"
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"


@pytest.fixture
def env(env: Env) -> Env:
    """An env with two pods of each kind, which ana may operate."""
    for kind in PLURALS:
        env.add("web", 2, kind=kind)
    let_operate(env, ANA)
    return env


def meant(kind: str = "Deployment", **more: str) -> Json:
    return {"kind": kind, "name": "web", **more}


def seen(env: Env, change: str, kind: str = "Deployment") -> Json:
    found = env.workload("web", kind=kind)["metadata"]
    return {"uid": found["uid"], "resourceVersion": found["resourceVersion"], "change": change}


@pytest.mark.parametrize("kind", PLURALS)
def test_a_workload_is_scaled(env: Env, ask: Ask, audit: Audit, kind: str) -> None:
    """I4, I6: by its scale, as it was seen, and it is said."""
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    asked = ask(env, action="Scale", parameters=meant(kind, replicas="3"), seen=seen(env, "2 -> 3", kind))
    status = asked.finished()
    assert (status["state"], status["outcome"]) == ("Done", f'{kind}/web in "{env.name}" is scaled: 2 -> 3')
    assert env.replicas("web", kind=kind) == 3
    assert ("patch", f"{PLURALS[kind]}/scale") in audit.rights()
    eventually(lambda: asked.reasons() == ["Scaling", "Scaled"], what="both are told")


def test_requests_are_counted_by_what_becomes_of_them(env: Env, ask: Ask, operator: Operator) -> None:
    """F4: an action that there is none of has no name of its own, for people could make up any number of them."""
    done, refused = (
        f'sundown_requests_total{{action="{action}",state="{state}"}}'
        for action, state in (("Restart", "Done"), ("unknown", "Refused"))
    )
    before = operator.metric(done), operator.metric(refused)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    assert ask(env, action="Restart", parameters=meant()).finished()["state"] == "Done"
    assert ask(env, action="Dance").finished()["state"] == "Refused"
    eventually(
        lambda: (operator.metric(done), operator.metric(refused)) == (before[0] + 1, before[1] + 1), what="both count"
    )


def test_a_zero_that_was_asked_for_is_nobody_elses(env: Env, ask: Ask) -> None:
    """A3: it stays at zero over the night, for it was a person's."""
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    assert ask(env, action="Scale", parameters=meant(replicas="0")).finished()["state"] == "Done"
    for state in ("Asleep", "Awake"):
        env.wish(state)
        env.until(state)
    assert (env.replicas("web"), env.replicas("web", kind="StatefulSet")) == (0, 2)


@pytest.mark.parametrize("kind", PLURALS)
def test_one_that_sleeps_stays_asleep_and_wakes_to_what_was_asked_for(env: Env, ask: Ask, kind: str) -> None:
    """I4: what it wakes to is changed, in both places, and it is said."""
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    status = ask(env, action="Scale", parameters=meant(kind, replicas="4")).finished()
    assert (status["state"], "2 -> 4 when it wakes" in status["outcome"]) == ("Done", True)
    assert (env.replicas("web", kind=kind), env.record("web", kind=kind)) == (0, "4")

    def remembered() -> list[str]:
        return [each["restore"] for each in env.status()["records"] if each["kind"] == kind]

    eventually(lambda: any('"replicas":4' in each for each in remembered()), what="the second place knows")
    env.edit("web", {"metadata": {"annotations": {"sundown.dev/previous-replicas": None}}}, kind=kind)
    env.wish("Awake")
    env.until("Awake")
    assert env.replicas("web", kind=kind) == 4


@pytest.mark.parametrize("kind", PLURALS)
def test_a_workload_is_restarted_once(env: Env, ask: Ask, kind: str) -> None:
    """I4: as kubectl does it."""
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    before = env.workload("web", kind=kind)
    asked = ask(env, action="Restart", parameters=meant(kind))
    assert asked.finished()["state"] == "Done"
    now = env.workload("web", kind=kind)
    assert now["metadata"]["generation"] == before["metadata"]["generation"] + 1
    assert now["spec"]["template"]["metadata"]["annotations"][RESTARTED_AT]
    assert now["spec"]["replicas"] == 2


def test_what_has_changed_since_it_was_seen_is_left_alone(env: Env, ask: Ask) -> None:
    """I6"""
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    before = seen(env, "2 -> 0")
    env.scale("web", 5)
    status = ask(env, action="Scale", parameters=meant(replicas="0"), seen=before).finished()
    assert (status["state"], status["conditions"][1]["reason"]) == ("Refused", "Changed")
    assert "look again" in status["outcome"]
    assert env.replicas("web") == 5


def test_who_may_not_scale_it_with_kubectl_cannot_have_it_scaled(env: Env, ask: Ask) -> None:
    """I4, J2"""
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    keep_from_operating(env, ANA)
    for action, more in (("Scale", {"replicas": "0"}), ("Restart", {})):
        status = ask(env, action=action, parameters=meant(**more)).finished()
        assert (status["state"], status["conditions"][1]["reason"]) == ("Refused", "Forbidden")
        assert '"patch" deployments' in status["outcome"]
    assert env.replicas("web") == 2


def test_what_the_api_server_itself_would_not_take_is_refused_by_it(env: Env, ask: Ask) -> None:
    """I5: a parameter is a short text, and there are few of them."""
    for bad in ({"name": "x" * 300}, {f"p{index}": "x" for index in range(9)}, {"Name": "web"}, {"n": 3}):
        with pytest.raises(Answered):
            ask(env, action="Scale", parameters=bad)
