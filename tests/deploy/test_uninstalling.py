"""``make undeploy`` on a real cluster: all are awake, schedules are kept, and nothing else of Sundown is left (G10).

On a control plane of its own, for it takes out what the other tests share.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sundown_lab import controlplane
from sundown_lab.cluster import Cluster
from support.apiserver import Api, eventually
from support.envs import ALWAYS_AWAKE, NAMESPACES, Env
from support.kustomize import EACH, Kitchen, written
from support.operators import HOME, ROOT, Stage

pytestmark = pytest.mark.lab

OURS = ("team-a", "team-b")
WAYS = {
    "all namespaces": ("support", "split", "hold", "policies"),
    "named namespaces": ("namespaced", "policies"),
}


@pytest.fixture(scope="module")
def apart() -> Iterator[Cluster]:
    with controlplane.start() as one:
        for name in OURS:
            one.kubectl("create", "namespace", name)
        yield one


@pytest.fixture(scope="module")
def kitchen(apart: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Kitchen:
    return Kitchen(apart, tmp_path_factory.mktemp("kustomize"))


def labelled(cluster: Cluster) -> set[str]:
    """Whatever says that it is a part of Sundown, of any kind, in any namespace."""
    kinds = cluster.kubectl("api-resources", "--verbs=list,delete", "-o", "name").stdout.split()
    found = cluster.kubectl(
        "get", "--all-namespaces", "-l", "app.kubernetes.io/part-of=sundown", ",".join(kinds), "-o", "json"
    )
    return {f"{each['kind']} {each['metadata']['name']}" for each in json.loads(found.stdout)["items"]}


def undeploy(cluster: Cluster) -> str:
    """As somebody types it, with the cluster's kubectl."""
    environment = os.environ | {
        "KUBECONFIG": str(cluster.kubeconfig),
        "PATH": f"{cluster.binaries.kubectl.parent}{os.pathsep}{os.environ['PATH']}",
    }
    # The .venv of these tests is there already, whatever the times of files say.
    command = ["make", "--old-file=.venv/.complete", "undeploy"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("parts", WAYS.values(), ids=WAYS)
def test_all_are_awake_schedules_stay_and_nothing_else_is_left(
    apart: Cluster, kitchen: Kitchen, parts: tuple[str, ...], tmp_path: Path
) -> None:
    """G10: whichever way it was installed."""
    api = Api(apart.kubeconfig)
    named = OURS if "namespaced" in parts else ()
    place = kitchen.place(parts, resources=tuple(f"overlays/namespaced/{name}" for name in named))
    apart.install([place])
    settings = {"SUNDOWN_NAMESPACES": json.dumps(named)} if named else {}
    env = Env(api, "team-a")
    with Stage(apart, logs=tmp_path, installation=place) as stage:
        stage.fresh(**settings).start()
        if api.find(env.schedules("default")) is None:
            env.add("web", 3)
            env.add("db", 1, kind="StatefulSet")
            env.schedule(ALWAYS_AWAKE)
        env.wish("Asleep")
        env.until("Asleep")

    said = undeploy(apart)

    assert (env.replicas("web"), env.replicas("db", kind="StatefulSet")) == (3, 1)
    crds = {
        f"CustomResourceDefinition {each}.sundown.dev"
        for each in ("envschedules", "clusterenvschedules", "actionrequests", "supportpods")
    }
    assert labelled(apart) == crds
    assert api.get(env.schedules("default"))["spec"]["override"]["state"] == "Asleep"
    assert "kubectl delete -k crds" in said
    eventually(lambda: api.find(f"{NAMESPACES}/{HOME}") is None, what="its own namespace is gone")


@pytest.mark.parametrize("parts", [(), *EACH], ids=written)
def test_each_object_says_that_it_is_a_part_of_sundown(kitchen: Kitchen, parts: tuple[str, ...]) -> None:
    """G10: `make undeploy` finds by that what it removes."""
    labels = {
        f"{each['kind']} {each['metadata']['name']}": each["metadata"].get("labels", {})
        for each in kitchen.objects(parts)
    }
    assert [name for name, own in labels.items() if own.get("app.kubernetes.io/part-of") != "sundown"] == []
