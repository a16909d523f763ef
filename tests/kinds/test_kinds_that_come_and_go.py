"""Kinds that are not granted, not served, served later or no longer; and kinds that a schedule brings along (E1, G2)."""

import json
from collections.abc import Callable
from itertools import count

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.catalogued import KINDS, SAMPLES, body, controllers, found, of_sundown
from support.commandline import Sundown
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import HOME, ROOT, Operator, Stage
from support.simulators import GROUP, KEY, PATCH, serve_versions, simulator, take_away

pytestmark = pytest.mark.lab

ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"


def with_patches(*patches: Json, **more: object) -> Json:
    return {**ASLEEP_FOR_EVER, "workloads": {"patches": list(patches)}, **more}


def test_a_kind_without_rights_is_named_with_what_grants_it_and_sleeps_once_it_is(
    env: Env, operator: Operator, control_plane: Cluster, sundown: Sundown
) -> None:
    """G2: nobody grants more than they use."""
    role = control_plane.kubectl("get", "clusterrole", "sundown-kinds-cronjob", "-o", "json").stdout
    row = KINDS["CronJob"]
    env.api.create(row.collection(env.name), body("CronJob", SAMPLES["CronJob"].spec))
    env.add("web", 1)
    env.api.delete(f"{ROLES}/sundown-kinds-cronjob")
    try:
        _until_granted(env.api, "cronjobs", granted=False)
        env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Deployment", "CronJob"]}})
        text = env.until_condition("Degraded", "True", "KindNotGranted")
        assert text == (
            "CronJob: not put to sleep: Sundown has no rights on it; kubectl apply -k deploy/components/kinds/cronjob"
        )
        env.until("Asleep")
        assert text in sundown("why", env.name).out
        kinds = {one["kind"]: one for one in sundown("kinds", "-o", "json").json}
        assert (kinds["CronJob"]["served"], kinds["CronJob"]["granted"], kinds["DaemonSet"]["granted"]) == (
            True,
            False,
            True,
        )
        assert "deploy/components/kinds/cronjob" in sundown("kinds").err
    finally:
        control_plane.kubectl("apply", "-f", "-", input=role)
        _until_granted(env.api, "cronjobs", granted=True)
    env.wish("Asleep", reason="granted")
    eventually(lambda: found(env.api, "CronJob", env.name)["spec"]["suspend"], what="it is suspended")
    eventually(lambda: env.condition("Degraded")[0] == "False", what="all is well")


def test_what_sleeps_is_not_forgotten_while_its_rights_are_gone(
    env: Env, operator: Operator, control_plane: Cluster
) -> None:
    """A2: rights are taken away at night; in the morning the env waits for it, and it wakes once they are back."""
    role = control_plane.kubectl("get", "clusterrole", "sundown-kinds-cronjob", "-o", "json").stdout
    env.api.create(KINDS["CronJob"].collection(env.name), body("CronJob", SAMPLES["CronJob"].spec))
    env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["CronJob"]}})
    env.until("Asleep")
    env.api.delete(f"{ROLES}/sundown-kinds-cronjob")
    try:
        _until_granted(env.api, "cronjobs", granted=False)
        env.wish("Awake")
        text = env.until_condition("Degraded", "True", "KindNotGranted")
        assert "CronJob/it: sleeps, and cannot be woken" in text
        assert env.status()["state"] == "Waking"
        assert [one["name"] for one in env.status()["records"]] == ["it"]
    finally:
        control_plane.kubectl("apply", "-f", "-", input=role)
        _until_granted(env.api, "cronjobs", granted=True)
    env.wish("Awake", reason="granted again")
    env.until("Awake")
    assert found(env.api, "CronJob", env.name)["spec"]["suspend"] is False


def test_what_sleeps_wakes_when_its_schedule_goes_and_by_wake_all(
    make_env: Callable[..., Env], operator: Operator, stage: Stage, control_plane: Cluster, sundown: Sundown
) -> None:
    """A15: nothing stays asleep without an owner, of whatever kind."""
    kinds = ("CronJob", "Cluster", "Rollout")
    left, uninstalled = make_env(), make_env()
    for env in (left, uninstalled):
        for kind in kinds:
            env.api.create(KINDS[kind].collection(env.name), body(kind, SAMPLES[kind].spec))
    with (
        controllers(Api(control_plane.kubeconfig), left.name, kinds),
        controllers(Api(control_plane.kubeconfig), uninstalled.name, kinds),
    ):
        for env in (left, uninstalled):
            env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": [*kinds]}})
        for env in (left, uninstalled):
            env.until("Asleep", within=60)
        left.api.delete(left.schedules("default"))
        left.until_let_go()
        stage.clear()
        foretold = sundown("wake-all", "-n", uninstalled.name, "--direct", "--dry-run").out
        assert f"{uninstalled.name}: CronJob/it would be woken, spec.suspend true -> false\n" in foretold
        (row,) = sundown("wake-all", "-n", uninstalled.name, "--direct", "--dry-run", "-o", "json").json
        assert {"kind": "CronJob", "name": "it", "patch": {"spec": {"suspend": False}}} in row["woken"]
        called = sundown("wake-all", "-n", uninstalled.name, "--direct")
        assert called.code == 0
        assert f"{uninstalled.name}: Rollout/it woken, 0 -> 3 replicas\n" in called.out
    for env in (left, uninstalled):
        for kind in kinds:
            assert of_sundown(found(env.api, kind, env.name)) == [], kind
        assert found(env.api, "CronJob", env.name)["spec"]["suspend"] is False
        assert found(env.api, "Rollout", env.name)["spec"]["replicas"] == 3


def test_a_kind_of_a_schedules_own_sleeps_and_wakes_exactly_and_a_bad_patch_is_refused_by_name(
    env: Env, simulators: Callable[[], None]
) -> None:
    """E1, G2: the others count."""
    simulators()
    plain, set_before = simulator(env, size=2), simulator(env, "two", paused=False)
    bad = {"apiVersion": "batch/v1", "kind": "Job", "asleep": {"status": {"active": 0}}}
    env.schedule(with_patches(PATCH, bad))
    status = env.until("Asleep")
    assert {(one["kind"], one["name"], one["restore"]) for one in status["records"]} == {
        (KEY, "it", '{"spec":{"paused":null}}'),
        (KEY, "two", '{"spec":{"paused":false}}'),
    }
    assert "spec.workloads.patches: Job of batch/v1: a patch cannot set status" in env.condition("Ready")[2]
    assert [env.api.get(path)["spec"]["paused"] for path in (plain, set_before)] == [True, True]
    env.wish("Awake")
    env.until("Awake")
    assert [env.api.get(path)["spec"] for path in (plain, set_before)] == [{"size": 2}, {"paused": False}]
    assert of_sundown(env.api.get(plain)) == []


def test_a_kind_that_the_clusters_owner_adds_sleeps_where_a_schedule_names_it(
    env: Env, simulators: Callable[[], None], control_plane: Cluster, stage: Stage
) -> None:
    """G2: a row with a mistake is refused by name, and the others count."""
    simulators()
    path = simulator(env, size=2)
    rights = (ROOT / "deploy/components/kinds/own/rights.yaml").read_text()
    rows = {"good": json.dumps(PATCH), "bad": "apiVersion: example.com/v1\nkind: Simulator\nasleep: {}\n"}
    row = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "sundown-kinds", "namespace": HOME},
        "data": rows,
    }
    for document in (rights, json.dumps(row)):
        control_plane.kubectl("apply", "-f", "-", input=document)
    try:
        stage.fresh().start()
        env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Simulator"]}})
        env.until("Asleep")
        assert env.api.get(path)["spec"] == {"size": 2, "paused": True}
        assert "ConfigMap sundown-kinds: bad: asleep" in env.condition("Ready")[2]
        env.wish("Awake")
        env.until("Awake")
        assert env.api.get(path)["spec"] == {"size": 2}
    finally:
        for document in (rights, json.dumps(row)):
            control_plane.kubectl("delete", "-f", "-", input=document)


@pytest.mark.parametrize("patches", [[], [{**PATCH, "asleep": {"spec": {"size": 0}}}]], ids=["taken out", "another"])
def test_a_patch_that_is_changed_while_objects_sleep_by_it_still_wakes_them(
    env: Env, simulators: Callable[[], None], patches: list[Json]
) -> None:
    """A2, G2"""
    simulators()
    path = simulator(env, size=2)
    env.schedule(with_patches(PATCH))
    env.until("Asleep")
    env.patch({"spec": {"workloads": {"patches": patches}}})
    eventually(
        lambda: env.api.get(path)["spec"] == ({"size": 0, "paused": True} if patches else {"size": 2}),
        what="it is as asked",
    )
    env.wish("Awake")
    env.until("Awake")
    eventually(lambda: env.api.get(path)["spec"] == {"size": 2}, what="it is as it was")
    assert of_sundown(env.api.get(path)) == []


def test_what_sleeps_is_not_forgotten_while_its_version_is_not_served(
    env: Env, simulators: Callable[[], None], stage: Stage
) -> None:
    """A2: a CRD without the version for a while, through a restart of the operator; then it wakes."""
    simulators()
    path = simulator(env, size=2)
    env.schedule(with_patches(PATCH))
    env.until("Asleep")
    serve_versions(env.api, v1=False, v2=True)
    stage.fresh().start()
    assert f"{KEY}: it may sleep still: " in env.until_condition("Degraded", "True", "KindNotServed")
    env.wish("Awake")
    env.until("Waking")
    text = env.until_condition("Degraded", "True", "KindNotServed")
    assert f"{KEY}/it: sleeps, and cannot be woken: this cluster does not serve {GROUP}/v1 Simulator" in text
    assert [one["name"] for one in env.status()["records"]] == ["it"]
    serve_versions(env.api, v1=True, v2=True)
    looks = count()

    def awake() -> bool:
        env.wish("Awake", reason=f"look again: {next(looks)}")
        return bool(env.status()["state"] == "Awake")

    eventually(awake, what="it is found and woken", within=60)
    assert env.api.get(path)["spec"] == {"size": 2}
    assert of_sundown(env.api.get(path)) == []


def test_a_kind_that_is_served_later_sleeps_then_and_one_that_goes_for_good_is_forgotten_with_its_patch(
    env: Env, simulators: Callable[[], None], operator: Operator
) -> None:
    """G2: absent kinds are no fault, unless something sleeps by them; then a person says that they are gone."""
    env.add("web", 2)
    env.schedule(with_patches(PATCH))
    env.until("Asleep")
    assert f"{KEY}: this cluster serves no such kind" in env.condition("Ready")[2]
    simulators()
    path, looks = simulator(env), count()

    def asleep() -> bool:
        env.wish("Asleep", reason=f"look again: {next(looks)}")
        return bool(env.api.get(path)["spec"].get("paused"))

    eventually(asleep, what="it is found and sleeps", within=60)
    with operator.held():  # the objects go before their CRD does, and what is deleted is rightly forgotten
        take_away(env.api)
    env.wish("Awake")
    env.until("Waking")
    text = env.until_condition("Degraded", "True", "KindNotServed")
    assert "take the kind out of spec.workloads" in text
    eventually(lambda: env.replicas("web") == 2, what="the rest is awake")
    env.patch({"spec": {"workloads": {"patches": []}}})
    env.until("Awake", within=60)
    assert env.condition("Degraded")[0] == "False"


def _until_granted(api: Api, plural: str, *, granted: bool) -> None:
    def there() -> bool:
        rules = api.get(f"{ROLES}/sundown-kinds").get("rules") or []
        return any(plural in rule["resources"] for rule in rules) == granted

    eventually(there, what=f"{plural} are {'' if granted else 'not '}granted")
