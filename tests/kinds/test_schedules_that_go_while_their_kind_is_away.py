"""A schedule that goes while something sleeps by a kind that cannot be looked at leaves nothing asleep for good (A15, G2)."""

from collections.abc import Callable
from itertools import count

import pytest

from support.apiserver import eventually
from support.catalogued import of_sundown
from support.commandline import Sundown
from support.envs import ALWAYS_AWAKE, STATE, Env
from support.operators import Operator, Stage
from support.simulators import KEY, asleep_simulator, serve_versions

pytestmark = pytest.mark.lab

ASLEEP_BY = "sundown.dev/asleep-by"


def noted(env: Env) -> str | None:
    text: str | None = env.api.get(env.path)["metadata"].get("annotations", {}).get(ASLEEP_BY)
    return text


def until_woken(env: Env, path: str) -> None:
    """Whoever changes something of the namespace has it looked at, which else is in minutes."""
    looks = count()

    def woken() -> bool:
        env.label(look=f"{next(looks)}")
        return bool(env.api.get(path)["spec"] == {"size": 2})

    eventually(woken, what="it wakes")
    env.until_let_go()
    eventually(lambda: noted(env) is None, what="nothing is said to sleep there")
    assert of_sundown(env.api.get(path)) == []


@pytest.mark.parametrize("restarts", [False, True], ids=["the same operator", "another operator"])
def test_it_is_told_and_wakes_when_its_kind_is_served_again(
    env: Env, simulators: Callable[[], None], stage: Stage, *, restarts: bool
) -> None:
    """A15: and what can be looked at is awake meanwhile."""
    simulators()
    path = asleep_simulator(env)
    serve_versions(env.api, v1=False, v2=True)
    env.api.delete(env.schedules("default"))
    env.until_count("web", 2)
    (told,) = env.until_told("NotAllWoken")
    assert told.startswith(f"{KEY}: what sleeps by it sleeps still: this cluster does not serve it now.")
    if restarts:
        stage.fresh().start()
    assert (STATE in env.labels(), KEY.partition(".")[0] in (noted(env) or "")) == (True, True)
    serve_versions(env.api, v1=True, v2=True)
    until_woken(env, path)


def test_a_new_schedule_that_says_nothing_of_it_leaves_nothing_asleep(
    env: Env, simulators: Callable[[], None], operator: Operator
) -> None:
    """A15: it took the mark off, and with it all that was known; by night and by day, until the kind is served again."""
    del operator
    simulators()
    path = asleep_simulator(env)
    serve_versions(env.api, v1=False, v2=True)
    env.api.delete(env.schedules("default"))
    env.until_told("NotAllWoken")
    env.schedule(ALWAYS_AWAKE)
    text = env.until_condition("Degraded", "True", "KindNotServed")
    assert f"{KEY}: what sleeps by it sleeps still" in text
    assert (env.status()["state"], STATE in env.labels(), noted(env) is None) == ("Waking", True, False)
    env.wish("Asleep")
    env.until("Asleep")
    env.wish("Awake")
    env.until("Waking")
    env.until_count("web", 2)
    serve_versions(env.api, v1=True, v2=True)
    looks = count()

    def awake() -> bool:
        env.wish("Awake", reason=f"look again: {next(looks)}")
        return bool(env.status()["state"] == "Awake")

    eventually(awake, what="it is found and woken", within=60)
    assert (env.api.get(path)["spec"], of_sundown(env.api.get(path))) == ({"size": 2}, [])
    eventually(lambda: (STATE in env.labels(), noted(env)) == (False, None), what="nothing is said to sleep there")


def test_a_kind_of_a_schedules_own_is_woken_by_an_operator_that_never_saw_it(
    env: Env, simulators: Callable[[], None], stage: Stage
) -> None:
    """A15: the schedule, its patch with it, goes while no operator runs."""
    simulators()
    path = asleep_simulator(env)
    stage.clear()
    env.api.delete(env.schedules("default"))
    stage.usual()
    until_woken(env, path)
    assert env.replicas("web") == 2


def test_who_says_that_the_kind_is_gone_for_good_has_the_namespace_let_go(
    env: Env, simulators: Callable[[], None]
) -> None:
    """G2: the way out that the Event names."""
    simulators()
    asleep_simulator(env)
    serve_versions(env.api, v1=False, v2=True)
    env.api.delete(env.schedules("default"))
    env.until_told("NotAllWoken")
    env.annotate(**{ASLEEP_BY: None})
    env.until_let_go()


def test_waking_all_names_it_and_leaves_the_namespace_marked(
    env: Env, simulators: Callable[[], None], stage: Stage, sundown: Sundown
) -> None:
    """A15: ``wake-all --direct`` with a kind away, and once more when it is back."""
    simulators()
    path = asleep_simulator(env)
    stage.clear()
    env.api.delete(env.schedules("default"))
    serve_versions(env.api, v1=False, v2=True)
    called = sundown("wake-all", "-n", env.name, "--direct")
    assert called.code != 0
    assert f"{KEY}: what sleeps by it sleeps still" in called.out + called.err
    assert (env.replicas("web"), STATE in env.labels()) == (2, True)
    serve_versions(env.api, v1=True, v2=True)
    # The directory of the API server is a moment behind what it serves.
    eventually(lambda: sundown("wake-all", "-n", env.name, "--direct").code == 0, what="all is woken")
    assert env.api.get(path)["spec"] == {"size": 2}
    assert (STATE in env.labels(), noted(env)) == (False, None)
