"""Every way to put the parts of ``deploy/`` together: it is rendered, and the real API server takes all of it.

The parts stand in the order in which a kustomization lists them (deploy/README.md).
"""

from __future__ import annotations

import json
import re

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Json
from support.kustomize import NONSENSE, WAYS, Kitchen, written
from support.operators import HOME, ROOT
from support.supporting import PLACE

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def kitchen(control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Kitchen:
    for name in (HOME, PLACE):  # a dry run makes none
        home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        control_plane.kubectl("apply", "--server-side", "-f", "-", input=json.dumps(home))
    return Kitchen(control_plane, tmp_path_factory.mktemp("kustomize"))


@pytest.mark.parametrize("parts", WAYS, ids=written)
def test_whatever_makes_sense_together_is_taken_by_the_api_server(
    control_plane: Cluster, kitchen: Kitchen, parts: tuple[str, ...]
) -> None:
    """S4"""
    objects = kitchen.objects(parts)
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    command = ("apply", "--dry-run=server", "--server-side", "--force-conflicts", "-o", "name", "-f", "-")
    done = control_plane.kubectl(*command, input=document)
    assert len(done.stdout.split()) == len(objects)
    assert "Warning" not in done.stderr
    names = [(each["kind"], each["metadata"]["name"], each["metadata"].get("namespace")) for each in objects]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("parts", NONSENSE, ids=written)
def test_what_makes_no_sense_together_is_refused_before_it_is_installed(
    kitchen: Kitchen, parts: tuple[str, ...]
) -> None:
    """S4: Slack by HTTP in the operator's pod, say, would put the operator's rights before the internet."""
    done = kitchen.build(parts, check=False)
    assert done.returncode != 0
    assert done.stdout == ""


def test_the_page_names_those_that_cannot_be_applied_alone(control_plane: Cluster) -> None:
    """S4: kustomize refuses them, or there is nothing in them to apply."""
    rendered = {
        path.name: control_plane.kubectl("kustomize", str(path), check=False)
        for path in (ROOT / "deploy/components").iterdir()
        if (path / "kustomization.yaml").exists()
    }
    refused = {name for name, done in rendered.items() if done.returncode != 0 or not done.stdout.strip()}
    page = (ROOT / "docs/install.md").read_text(encoding="utf-8")
    (line,) = [line for line in page.splitlines() if "cannot stand alone" in line]
    assert set(re.findall(r"`([a-z-]+)`", line)) == refused


@pytest.mark.parametrize("parts", WAYS, ids=written)
def test_what_the_internet_reaches_never_has_the_operators_account(kitchen: Kitchen, parts: tuple[str, ...]) -> None:
    """S4"""
    objects = kitchen.objects(parts)
    pods = {each["metadata"]["name"]: each["spec"]["template"] for each in objects if each["kind"] == "Deployment"}
    for name, pod in pods.items():
        opened = {port["containerPort"] for each in pod["spec"]["containers"] for port in each["ports"]}
        assert (3000 in opened) is (name == "sundown-frontdesk" and "slack-http" in parts)
        assert pod["spec"]["serviceAccountName"] == ("sundown-operator" if name == "sundown" else name)
    for service in (each for each in objects if each["kind"] == "Service"):
        (pod,) = [each for each in pods.values() if _selects(service["spec"]["selector"], each)]
        named = {port["name"] for each in pod["spec"]["containers"] for port in each["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= named


@pytest.mark.parametrize("parts", WAYS, ids=written)
def test_each_process_is_reached_by_whom_it_has_to_be_and_reaches_no_metadata_service(
    kitchen: Kitchen, parts: tuple[str, ...]
) -> None:
    """S4: a NetworkPolicy for both."""
    objects = kitchen.objects(parts)
    policies = [each["spec"] for each in objects if each["kind"] == "NetworkPolicy"]
    for pod in (each["spec"]["template"] for each in objects if each["kind"] == "Deployment"):
        ours = [each for each in policies if _selects(each["podSelector"]["matchLabels"], pod)]
        assert {kind for each in ours for kind in each["policyTypes"]} == {"Ingress", "Egress"}
        open_to_all = _ports(ours, "ingress", besides="from")
        opened = {port["name"] for each in pod["spec"]["containers"] for port in each["ports"]}
        assert open_to_all == opened & {"slack", "webhook"}
        anywhere = _ports(ours, "egress", besides="to")
        assert {53, 443} <= anywhere
        assert 80 not in anywhere


def _ports(policies: list[Json], way: str, *, besides: str) -> set[int | str]:
    """Where the way is open to everybody."""
    rules = [rule for each in policies for rule in each.get(way, ()) if besides not in rule]
    return {port["port"] for rule in rules for port in rule["ports"]}


def _selects(labels: Json, pod: Json) -> bool:
    return bool(labels.items() <= pod["metadata"]["labels"].items())
