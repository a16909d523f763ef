"""The oldest release that is promised, and the newest: all goes in, an env sleeps and wakes, what is not served is said.

Issue 12, item 5. The oldest runs where the lab's cache has it; `make test-oldest` builds it.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from _pytest.capture import CaptureManager

from sundown_lab import controlplane
from sundown_lab.controlplane import ControlPlane
from sundown_lab.progress import Progress
from sundown_lab.releases import NEWEST, OLDEST
from support.apiserver import Answered, Api, eventually
from support.envs import ALWAYS_AWAKE, NAMESPACES, Env
from support.operators import ROOT, Operator, Stage

pytestmark = pytest.mark.lab

PARTS = ROOT / "deploy" / "components"
KINDS = ("Deployment", "StatefulSet")
SWEEP = str(10 / 60)
"""Minutes; ten by default, in which what somebody applies at night runs where the API server does not hold it."""


@dataclass(frozen=True)
class Deployed:
    """What `make deploy` printed."""

    said: str
    warned: str


@pytest.fixture(scope="module", params=[pytest.param(OLDEST, marks=pytest.mark.oldest), NEWEST])
def cluster(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Iterator[ControlPlane]:
    """A control plane of its own for each release, which is built where it has been asked for and is not there."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert isinstance(capture, CaptureManager)
    with capture.global_and_fixture_disabled():  # a first build takes minutes, which must be seen
        started = controlplane.start(kubernetes=request.param, progress=Progress())
    with started:
        yield started


@pytest.fixture(scope="module")
def deployed(cluster: ControlPlane) -> Deployed:
    """Sundown as whoever has a checkout puts it in, with the kubectl of that release."""
    environment = os.environ | {
        "KUBECONFIG": str(cluster.kubeconfig),
        "PATH": f"{cluster.binaries.kubectl.parent}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["make", "deploy"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Deployed(done.stdout, done.stderr)


@pytest.fixture(scope="module")
def operator(cluster: ControlPlane, deployed: Deployed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """The operator's process under its own account."""
    with Stage(cluster, logs=tmp_path_factory.mktemp("operator")) as stage:
        one = stage.fresh(SUNDOWN_SWEEP_MINUTES=SWEEP)
        one.start()
        yield one


@pytest.fixture(scope="module")
def env(cluster: ControlPlane, operator: Operator) -> Env:
    """An env with a workload of each kind that has a count; it is awake."""
    assert operator.runs
    api = Api(cluster.kubeconfig)
    api.create(NAMESPACES, {"metadata": {"name": "dev"}})
    one = Env(api, "dev")
    for kind in KINDS:
        one.add("web", 3, kind=kind)
    one.schedule(ALWAYS_AWAKE)
    one.until("Awake")
    return one


def served(cluster: ControlPlane) -> bool:
    """Whether the API server knows MutatingAdmissionPolicy."""
    return cluster.options.serves_policies


def test_the_api_server_is_of_that_release(cluster: ControlPlane) -> None:
    said = json.loads(cluster.kubectl("version", "-o", "json").stdout)
    assert said["serverVersion"]["gitVersion"] == said["clientVersion"]["gitVersion"] == cluster.options.release.version


def test_make_deploy_puts_in_what_the_cluster_knows_without_a_warning(
    cluster: ControlPlane, deployed: Deployed
) -> None:
    assert "customresourcedefinition.apiextensions.k8s.io/envschedules.sundown.dev created" in deployed.said
    assert "deployment.apps/sundown created" in deployed.said
    assert ("mutatingadmissionpolicy.admissionregistration.k8s.io/sundown-sleep created" in deployed.said) is served(
        cluster
    )
    assert ("This cluster serves no MutatingAdmissionPolicy" in deployed.said) is not served(cluster)
    assert deployed.warned == ""


@pytest.mark.usefixtures("deployed")
def test_what_a_crd_cannot_allow_is_refused_in_its_own_words(cluster: ControlPlane) -> None:
    """CEL of the API server, with the field that it names."""
    wrong = Env(Api(cluster.kubeconfig), "default")
    with pytest.raises(Answered, match=r"spec\.awake\[0\]\.to.*a window of zero length"):
        wrong.schedule({"awake": [{"days": ["Mon"], "from": "08:00", "to": "08:00"}]})


def test_the_operator_says_what_this_cluster_has_of_the_policies(cluster: ControlPlane, operator: Operator) -> None:
    hold = "policies: in force;" if served(cluster) else "policies: not served by this cluster"
    eventually(lambda: hold in operator.probe("/readyz")[1], what=f"it says {hold}")
    assert operator.probe("/readyz")[0] == 200


def test_an_env_falls_asleep_and_wakes_with_its_counts(env: Env) -> None:
    env.wish("Asleep")
    env.until("Asleep")
    assert env.counts() == dict.fromkeys(("Deployment/web", "StatefulSet/web"), 0)
    eventually(lambda: not env.pods(), what="its pods are gone")
    env.wish("Awake")
    env.until("Awake")
    assert env.counts() == dict.fromkeys(("Deployment/web", "StatefulSet/web"), 3)
    assert env.condition("Degraded")[0] == "False"


def test_what_somebody_applies_at_night_is_remembered_and_the_morning_has_it(env: Env) -> None:
    """Held by the API server, or put to sleep again by the operator at its next sweep."""
    env.wish("Asleep")
    env.until("Asleep")
    for kind in KINDS:
        env.edit("web", {"spec": {"replicas": 5}}, kind=kind)
    for kind in KINDS:
        env.until_count("web", 0, kind=kind)
        assert env.record("web", kind=kind) == "5"
    env.wish("Awake")
    env.until("Awake")
    assert env.counts() == dict.fromkeys(("Deployment/web", "StatefulSet/web"), 5)


def test_the_guards_and_refusals_that_need_no_mutating_policy_go_in_alone(
    cluster: ControlPlane, deployed: Deployed
) -> None:
    """As docs/policies.md says of Kubernetes 1.30 to 1.35; on newer ones they are there already."""
    assert deployed.said
    files = [
        *(PARTS / "policies" / name for name in ("guards.yaml", "accounts.yaml")),
        *(PARTS / "admission" / name for name in ("time-zones.yaml", "refusals.yaml")),
    ]
    cluster.kubectl("apply", *(argument for file in files for argument in ("-f", str(file))))
    api = Api(cluster.kubeconfig)

    def refused() -> str:
        try:
            api.merge(f"{NAMESPACES}/default", {"metadata": {"labels": {"scheduler": "enable"}}}, dryRun="All")
        except Answered as answer:
            return str(answer)
        return ""

    assert re.search("scheduler.*enabled", eventually(refused, what="a misspelt label is refused"))
