"""W6 from end to end: the real Helm 4 and the real operator, with the policies in force and where there are none.

Helm applies server-side and without force. Whatever it does, at night or by day, goes through, and the count that it asked
for last is the one that its workloads wake to.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from support.apiserver import Json, eventually
from support.envs import ALWAYS_AWAKE, Env, manifest
from support.helms import Chart, Helm
from support.operators import Operator, Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("with_and_without_policies")]

WORKLOADS = (("Deployment", "web"), ("StatefulSet", "db"))
DELETES_DISKS: Json = {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Delete"}}


@pytest.fixture
def operator(stage: Stage) -> Operator:
    return stage.usual()


@pytest.fixture
def chart(helm: Helm, env: Env, operator: Operator, tmp_path: Path) -> Chart:
    """A Deployment and a StatefulSet that deletes its claims, three replicas each, installed by day."""
    manifests = [manifest(kind, name, 3) for kind, name in WORKLOADS]
    manifests[1]["spec"] |= DELETES_DISKS
    one = helm.chart(tmp_path / "shop", namespace=env.name, manifests=manifests)
    one.install()
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    return one


def asleep(env: Env, record: str) -> None:
    """Everything is at zero and knows this count."""
    seen = {name: (env.replicas(name, kind=kind), env.record(name, kind=kind)) for kind, name in WORKLOADS}
    assert seen == {"web": (0, record), "db": (0, record)}
    assert retention(env) == "Retain"


def awake(env: Env, replicas: int) -> None:
    """Everything has this count, nothing of Sundown's is left, and every field that Helm applies is Helm's alone."""
    # A record that has served its time goes when the env is said to be awake, or a moment after.
    eventually(lambda: leftovers(env) == [], what="nothing of Sundown's is left")
    assert env.counts() == {"Deployment/web": replicas, "StatefulSet/db": replicas}
    assert retention(env) == "Delete"
    assert [owners(each["managedFields"]) for each in metadata(env)] == [{"helm/Apply"}, {"helm/Apply"}]


def metadata(env: Env) -> list[Json]:
    return [env.workload(name, kind=kind)["metadata"] for kind, name in WORKLOADS]


def applied(env: Env) -> list[str]:
    """When Helm applied each, as the API server remembers."""
    return [one["time"] for each in metadata(env) for one in each["managedFields"] if one["manager"] == "helm"]


def leftovers(env: Env) -> list[str]:
    """Annotations of Sundown's."""
    return [key for each in metadata(env) for key in each.get("annotations", {}) if key.startswith("sundown.dev/")]


def retention(env: Env) -> str:
    return str(env.workload("db", kind="StatefulSet")["spec"]["persistentVolumeClaimRetentionPolicy"]["whenScaled"])


def owners(entries: list[Json]) -> set[str]:
    """Who owns the count."""
    return {
        f"{each['manager']}/{each['operation']}"
        for each in entries
        if "f:replicas" in each["fieldsV1"].get("f:spec", {}) and "subresource" not in each
    }


def sleeps(env: Env) -> None:
    env.wish("Asleep")
    env.until("Asleep")


def wakes(env: Env) -> None:
    env.wish("Awake")
    env.until("Awake")


def test_an_upgrade_after_a_night_goes_through_by_day(chart: Chart, env: Env) -> None:
    """W6 as it was found: it failed for every chart, for ever."""
    sleeps(env)
    asleep(env, "3")
    wakes(env)
    awake(env, 3)
    chart.upgrade(replicas=5)
    awake(env, 5)


@pytest.mark.parametrize(
    ("edit", "wakes_to"),
    [
        (lambda chart: chart.upgrade(), 3),
        (lambda chart: chart.upgrade(replicas=5), 5),
        (lambda chart: (chart.upgrade(replicas=5), chart.rollback(1)), 3),
        (lambda chart: (chart.upgrade(replicas=5), chart.upgrade(replicas=2)), 2),
    ],
    ids=["the same again", "to 5", "to 5 and back", "to 5, to 2"],
)
def test_what_helm_asks_for_at_night_is_what_it_wakes_to(
    chart: Chart, env: Env, edit: Callable[[Chart], object], wakes_to: int
) -> None:
    """W6, A18"""
    sleeps(env)
    edit(chart)
    wakes(env)
    awake(env, wakes_to)


def test_what_helm_asks_for_within_the_second_of_its_install_counts_too(
    chart: Chart, env: Env, operator: Operator
) -> None:
    """A18: owners have whole seconds; on a fast machine an install, an evening and an upgrade fit into one."""
    installed = applied(env)
    sleeps(env)
    operator.kill()
    chart.upgrade(replicas=5)
    for (kind, name), time, each in zip(WORKLOADS, installed, metadata(env), strict=True):
        entries = [{**one, "time": time} if one["manager"] == "helm" else one for one in each["managedFields"]]
        # A change of times alone is none for the API server.
        env.edit(name, {"metadata": {"managedFields": entries, "annotations": {"told": "twice"}}}, kind=kind)
    assert applied(env) == installed
    env.wish("Awake")
    operator.start()
    env.until("Awake")
    awake(env, 5)


def test_night_after_night_nothing_is_lost_and_nothing_taken(chart: Chart, env: Env) -> None:
    """W6, W3: upgrades by day and at night, and an undo in the second night."""
    sleeps(env)
    chart.upgrade(replicas=5)
    wakes(env)
    awake(env, 5)
    chart.upgrade(replicas=2)
    env.edit("web", {"spec": {"template": {"metadata": {"annotations": {"a": "b"}}}}})
    sleeps(env)
    chart.helm.cluster.kubectl("-n", env.name, "rollout", "undo", "deployment/web")
    wakes(env)
    assert env.counts() == {"Deployment/web": 2, "StatefulSet/db": 2}
    chart.upgrade(replicas=4)
    awake(env, 4)


def test_after_a_night_every_field_belongs_to_whom_it_belonged(chart: Chart, env: Env) -> None:
    """A19"""
    before = [helms(each["managedFields"]) for each in metadata(env)]
    sleeps(env)
    wakes(env)
    awake(env, 3)
    assert [helms(each["managedFields"]) for each in metadata(env)] == before


def helms(entries: list[Json]) -> list[Json]:
    """The fields that Helm owns."""
    return [each["fieldsV1"] for each in entries if each["manager"] == "helm"]
