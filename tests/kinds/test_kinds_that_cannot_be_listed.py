"""A kind whose objects the API server cannot read for a while keeps nothing else of its env from sleeping and waking (B2, G2)."""

from collections.abc import Callable

import pytest

from support.apiserver import Answered, Api, Json, eventually
from support.catalogued import CRDS
from support.commandline import Sundown
from support.envs import ASLEEP_FOR_EVER, STATE, Env
from support.operators import Stage
from support.simulators import GROUP, KEY, PATCH, PLURAL, asleep_simulator, serve_versions, simulator

pytestmark = pytest.mark.lab

NOBODY: Json = {
    "strategy": "Webhook",
    "webhook": {"clientConfig": {"url": "https://127.0.0.1:1/convert"}, "conversionReviewVersions": ["v1"]},
}

OF_V2: Json = {**PATCH, "apiVersion": f"{GROUP}/v2"}


def convert(api: Api, *, works: bool) -> None:
    """Have what is kept as v1 be read as v2, or by a webhook of conversion where nobody listens."""
    conversion = {"strategy": "None", "webhook": None} if works else NOBODY
    api.merge(f"{CRDS}/{PLURAL}.{GROUP}", {"spec": {"conversion": conversion}})

    def as_said() -> bool:
        try:
            api.get(f"/apis/{GROUP}/v2/{PLURAL}")
        except Answered:
            return not works
        return works

    eventually(as_said, what=f"simulators can be listed: {works}")


def asleep(env: Env) -> str:
    """An env with a Deployment and a simulator, both asleep; the path of the latter, which is listed as v2 and kept as v1."""
    serve_versions(env.api, v1=True, v2=True)
    return asleep_simulator(env, OF_V2)


def test_the_rest_of_the_env_sleeps_and_wakes_and_it_follows(env: Env, simulators: Callable[[], None]) -> None:
    """B2: one answer of 500 failed the whole look, and nothing slept or woke."""
    simulators()
    serve_versions(env.api, v1=True, v2=True)
    path = simulator(env, size=2)
    env.add("web", 2)
    convert(env.api, works=False)
    env.schedule({**ASLEEP_FOR_EVER, "workloads": {"patches": [OF_V2]}})
    env.until_count("web", 0)
    assert f"{KEY}: it cannot be listed now" in env.until_condition("Degraded", "True", "KindNotListed")
    convert(env.api, works=True)
    eventually(lambda: env.api.get(path)["spec"].get("paused"), what="it sleeps, once it can be listed")
    env.until("Asleep")
    convert(env.api, works=False)
    env.wish("Awake")
    env.until_count("web", 2)
    text = env.until_condition("Degraded", "True", "KindNotListed")
    assert f"{KEY}/it: sleeps, and cannot be woken" in text
    assert env.status()["state"] == "Waking"
    convert(env.api, works=True)
    env.until("Awake")
    assert env.api.get(path)["spec"] == {"size": 2}
    assert env.condition("Degraded")[0] == "False"


def test_waking_all_wakes_the_rest_says_which_it_is_and_leaves_the_namespace_marked(
    env: Env, simulators: Callable[[], None], stage: Stage, sundown: Sundown
) -> None:
    """A15: one kind's failing list stopped ``wake-all --direct``, and nothing woke."""
    simulators()
    path = asleep(env)
    stage.clear()
    env.api.delete(env.schedules("default"))
    convert(env.api, works=False)
    called = sundown("wake-all", "-n", env.name, "--direct")
    assert called.code == 1
    assert f"{env.name}: Deployment/web woken, 0 -> 2 replicas\n1 workload woken\n" in called.out
    assert f"{KEY} in {env.name}: what sleeps by it was not looked for: " in called.err
    assert (env.replicas("web"), STATE in env.labels()) == (2, True)
    convert(env.api, works=True)
    assert sundown("wake-all", "-n", env.name, "--direct").code == 0
    assert (env.api.get(path)["spec"], STATE in env.labels()) == ({"size": 2}, False)
