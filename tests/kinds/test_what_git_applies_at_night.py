"""Who applies objects of the catalogue's kinds at night changes nothing where the manifest leaves out what sleeps (G1, A18).

Flux applies server-side and by force, Argo CD and kubectl client-side, Helm 4 server-side, Helm as before client-side.
"""

import json
from itertools import count
from pathlib import Path

import pytest

from sundown.model.record import read_patch
from sundown.sleepers.merge_patches import found_at, holds, leaves
from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.catalogued import KINDS, SAMPLES, as_owned, body, controllers, of_sundown
from support.envs import ASLEEP_FOR_EVER, Env
from support.helms import Chart, Helm
from support.operators import Operator
from support.whole_catalogue import workloads

pytestmark = pytest.mark.lab

WAYS = {
    "flux": "Flux's apply",
    "kubectl": "kubectl apply",
    "helm": "helm upgrade",
    "helm-client-side": "helm upgrade, client-side",
}


def without_what_sleeps(kind: str) -> list[Json]:
    """The specs of a kind that leave out the field by which it sleeps; of some it is required."""
    paths = [path for path, _ in leaves(read_patch(KINDS[kind].patch) or {})]
    specs = (SAMPLES[kind].spec, *SAMPLES[kind].others)
    return [one for one in specs if all(found_at({"spec": one}, path) is None for path in paths)]


ROWS = [row for row in KINDS.values() if without_what_sleeps(row.kind)]


def manifest(kind: str, way: str) -> Json:
    return body(kind, without_what_sleeps(kind)[0], name=way)


class Git:
    """Applies what is in Git, in each of the ways."""

    def __init__(self, env: Env, control_plane: Cluster, charts: dict[str, Chart]) -> None:
        self._env = env
        self._control_plane = control_plane
        self._charts = charts

    def install(self) -> None:
        for way, chart in self._charts.items():
            chart.install(*_options(way))
        self._apply()

    def again(self) -> None:
        """The same, as at each of its intervals."""
        for way, chart in self._charts.items():
            chart.upgrade(*_options(way))
        self._apply()

    def back_to_the_night(self) -> None:
        """To the release that was made in the first night."""
        for chart in self._charts.values():
            chart.rollback(2)

    def _apply(self) -> None:
        for row in ROWS:
            path = f"{row.collection(self._env.name)}/flux"
            self._env.api.apply(path, manifest(row.kind, "flux"), manager="kustomize-controller", force="true")
        items = [manifest(row.kind, "kubectl") for row in ROWS]
        document = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        self._control_plane.kubectl("apply", "-n", self._env.name, "-f", "-", input=document)


def _options(way: str) -> tuple[str, ...]:
    return ("--server-side=false",) if way == "helm-client-side" else ()


@pytest.fixture
def git(env: Env, operator: Operator, control_plane: Cluster, helm: Helm, tmp_path: Path) -> Git:
    del operator
    charts = {
        way: helm.chart(tmp_path / way, namespace=env.name, manifests=[manifest(row.kind, way) for row in ROWS])
        for way in WAYS
        if way.startswith("helm")
    }
    return Git(env, control_plane, charts)


def there(env: Env) -> dict[str, Json]:
    return {
        f"{row.kind}/{raw['metadata']['name']}": raw for row in ROWS for raw in env.api.items(row.collection(env.name))
    }


def running(env: Env) -> list[str]:
    """What is not as its row says."""
    return [
        path
        for path, raw in there(env).items()
        if not holds(read_patch(KINDS[path.partition("/")[0]].patch) or {}, raw)
    ]


@pytest.mark.proves("holds", kinds=[row.kind for row in ROWS], against=[*WAYS.values()])
def test_what_leaves_out_what_sleeps_wakes_nothing_and_is_given_back_exactly(
    env: Env, git: Git, control_plane: Cluster
) -> None:
    """By night, by day, and in the next night."""
    with controllers(Api(control_plane.kubeconfig), env.name, tuple(KINDS)):
        git.install()
        before = {path: as_owned(raw) for path, raw in there(env).items()}
        assert len(before) == len(WAYS) * len(ROWS)
        env.schedule({**ASLEEP_FOR_EVER, **workloads(row.kind for row in ROWS)})
        for _ in range(2):
            env.until("Asleep", within=120)
            assert running(env) == []
            git.again()
            assert running(env) == []
            env.wish("Awake")
            env.until("Awake", within=120)
            eventually(lambda: not [path for path, raw in there(env).items() if of_sundown(raw)], what="all is let go")
            git.again()
            assert {path: as_owned(raw) for path, raw in there(env).items()} == before
            env.wish("Asleep")
        env.wish("Awake")
        env.until("Awake", within=120)
        git.back_to_the_night()
        assert {path: as_owned(raw) for path, raw in there(env).items()} == before


def test_who_sets_the_field_back_at_night_is_named(env: Env, operator: Operator) -> None:
    """W9 G5: a CronJob with ``suspend: false`` in Git."""
    del operator
    path = f"{KINDS['CronJob'].collection(env.name)}/it"
    in_git = body("CronJob", SAMPLES["CronJob"].spec)
    assert in_git["spec"]["suspend"] is False
    env.api.apply(path, in_git, manager="kustomize-controller")
    env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["CronJob"]}})
    env.until("Asleep")
    looks = count()

    def is_fought() -> bool:
        env.api.apply(path, in_git, manager="kustomize-controller", force="true")
        env.wish("Asleep", reason=f"look again: {next(looks)}")
        return env.condition("Degraded")[1] == "Fought"

    eventually(is_fought, what="the fight is told", within=60)
    text = env.until_condition("Degraded", "True", "Fought")
    assert 'CronJob/it is set back to run while it should sleep, again and again, by "kustomize-controller"' in text
