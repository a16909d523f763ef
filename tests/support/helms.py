"""The real Helm 4 of the lab, and charts as small as they can be."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.capture import CaptureManager

from sundown_lab.build import find_or_build
from sundown_lab.cluster import Cluster
from sundown_lab.progress import Progress
from support.apiserver import Json

COUNT = "count-of-the-chart"


@dataclass(frozen=True)
class Chart:
    """A release of one chart in one namespace; ``values.replicas`` is the count of all its workloads."""

    helm: "Helm"
    directory: Path
    namespace: str

    @property
    def name(self) -> str:
        return self.directory.name

    def install(self, *options: str) -> None:
        self.helm("install", self.name, str(self.directory), "-n", self.namespace, *options)

    def upgrade(self, *options: str, replicas: int | None = None) -> None:
        """With another count, or with the values of before."""
        count = () if replicas is None else ("--set", f"replicas={replicas}")
        self.helm("upgrade", self.name, str(self.directory), "-n", self.namespace, "--reuse-values", *count, *options)

    def rollback(self, revision: int) -> None:
        self.helm("rollback", self.name, str(revision), "-n", self.namespace)

    def uninstall(self) -> None:
        self.helm("uninstall", self.name, "-n", self.namespace)


class Helm:
    """``helm("list")`` as administrator; a call that fails raises what Helm said."""

    def __init__(self, program: Path, cluster: Cluster, *, home: Path) -> None:
        self._program = program
        self.cluster = cluster
        homes = {f"HELM_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "CONFIG", "DATA")}
        self._environment = {**os.environ, **homes, "KUBECONFIG": str(cluster.kubeconfig)}

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run(
            [self._program, *arguments], capture_output=True, text=True, check=False, timeout=180, env=self._environment
        )
        assert done.returncode == 0, f"helm {' '.join(arguments)}: {done.stderr or done.stdout}"
        return done.stdout

    def chart(self, directory: Path, *, namespace: str, manifests: list[Json]) -> Chart:
        """A chart of these manifests, whose counts become a value of it, and are left out where that has none."""
        (directory / "templates").mkdir(parents=True)
        (directory / "Chart.yaml").write_text(f"apiVersion: v2\nname: {directory.name}\nversion: 1.0.0\n")
        (directory / "values.yaml").write_text(f"replicas: {json.dumps(manifests[0]['spec'].get('replicas'))}\n")
        for number, each in enumerate(manifests):
            text = json.dumps({**each, "spec": {"replicas": COUNT, **_without_count(each["spec"])}})
            field = ' {{ if .Values.replicas }}"replicas": {{ .Values.replicas }}, {{ end }}'
            (directory / "templates" / f"{number}.yaml").write_text(text.replace(f'"replicas": "{COUNT}", ', field))
        return Chart(self, directory, namespace)


def _without_count(spec: Json) -> Json:
    return {name: value for name, value in spec.items() if name != "replicas"}


@pytest.fixture(scope="session")
def helm(pytestconfig: pytest.Config, control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Helm:
    """Helm, built first where that was never done."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert isinstance(capture, CaptureManager)
    with capture.global_and_fixture_disabled():  # a first build takes minutes, which must be seen
        program = find_or_build(["helm"], progress=Progress())["helm"]
    return Helm(program, control_plane, home=tmp_path_factory.mktemp("helm"))
