"""Tests of the catalogue: its CRDs are there, and so are the rights that its components grant."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
import yaml
from click.testing import CliRunner

from sundown.cli.app import cli
from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.catalogued import BUILT_IN, CRDS, KINDS, controllers, crd
from support.commandline import Called, Sundown
from support.envs import Env
from support.operators import ROOT, Operator, Stage
from support.simulators import GROUP, PLURAL, RIGHTS, take_away

COMPONENTS = ROOT / "deploy" / "components" / "kinds"


def roles() -> list[Json]:
    """The ClusterRoles of all components."""
    return [yaml.safe_load(path.read_text()) for path in sorted(COMPONENTS.glob("*/clusterrole.yaml"))]


@pytest.fixture(scope="module")
def catalogue(control_plane: Cluster, stage: Stage) -> Iterator[None]:
    """A cluster that serves every kind of the catalogue, on all of which the operator has rights.

    For one file: between two of them others may run on the same cluster, with the CRDs of a project's own controller.
    """
    stage.usual()  # installs what the rights are added to
    api = Api(control_plane.kubeconfig)
    rows = [row for row in KINDS.values() if row.kind not in BUILT_IN]
    items = [*(crd(row.group, row.versions[0], row.kind, row.plural) for row in rows), *roles()]
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    control_plane.kubectl("apply", "--server-side", "-f", "-", input=document)
    for row in rows:
        eventually(lambda: api.find(row.collection("default")) is not None, what=f"{row.plural} are served")  # noqa: B023
    eventually(
        lambda: len(api.get("/apis/rbac.authorization.k8s.io/v1/clusterroles/sundown-kinds")["rules"]) >= len(roles()),
        what="the rights are granted",
    )
    yield
    control_plane.kubectl("delete", "--wait=false", "--ignore-not-found", "-f", "-", input=document)
    for row in rows:
        eventually(lambda: api.find(f"{CRDS}/{row.plural}.{row.group}") is None, what=f"{row.plural} are gone")  # noqa: B023


@pytest.fixture
def operator(catalogue: None, stage: Stage) -> Operator:
    """An operator that has seen the catalogue's kinds."""
    return stage.usual()


@pytest.fixture
def played(env: Env, operator: Operator, control_plane: Cluster) -> Iterator[Env]:
    """An env in which somebody answers for all controllers."""
    with controllers(Api(control_plane.kubeconfig), env.name, tuple(KINDS)):
        yield env


@pytest.fixture
def sundown(control_plane: Cluster) -> Iterator[Sundown]:
    """Call ``sundown`` against the control plane."""

    def run(*arguments: str, who: Path | None = None) -> Called:
        command, *rest = arguments
        words = (command, "--kubeconfig", str(who or control_plane.kubeconfig), *rest)
        result = CliRunner().invoke(cli, words, prog_name="sundown")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Called(result.exit_code, result.stdout, result.stderr)

    yield run
    structlog.reset_defaults()


@pytest.fixture
def simulators(control_plane: Cluster, operator: Operator, api: Api) -> Iterator[Callable[[], None]]:
    """Serve simulators, on which the operator has rights, when this is called; not any more after the test."""
    control_plane.kubectl("apply", "-f", "-", input=json.dumps(RIGHTS))

    def serve() -> None:
        document = json.dumps(crd(GROUP, "v1", "Simulator", PLURAL))
        control_plane.kubectl("apply", "-f", "-", input=document)
        eventually(lambda: api.find(f"/apis/{GROUP}/v1/{PLURAL}") is not None, what="simulators are served")

    yield serve
    take_away(api)
    control_plane.kubectl("delete", "-f", "-", input=json.dumps(RIGHTS))
