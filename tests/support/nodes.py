"""Sundown as it is installed: its own image in pods on a real node beside the lab's control plane.

`node` is that node; at most one runs on a machine. `ground` is where at most one installation stands at a time, made of what
`kubectl kustomize` prints, with only that added which leads it here: the node selector, and where Slack is.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from _pytest.capture import CaptureManager

from sundown_lab.binaries import Cache
from sundown_lab.cluster import Cluster
from sundown_lab.components import REAL_NODE
from sundown_lab.controlplane import ControlPlane
from sundown_lab.node import archives, cgroups, image, network
from sundown_lab.node.archives import Archive
from sundown_lab.node.base import SLEEPER
from sundown_lab.node.preparing import prepare
from sundown_lab.node.realnode import RealNode
from sundown_lab.progress import Progress
from sundown_lab.slack.remote import Workspace
from sundown_lab.slack.server import BackgroundSlack
from support.apiserver import Json, eventually

ROOT = Path(__file__).parents[2]
HOME = "sundown-system"
OTHER_BUILD = "localhost/sundown:other"
STAYS = {"CustomResourceDefinition", "Namespace"}
READY_WITHIN = 60.0
SLEEP = "echo hello from $(hostname); trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"


@dataclass(frozen=True)
class Container:
    """A container of an installation, as kubelet reports it."""

    name: str
    pod: str
    identifier: str
    restarts: int
    ready: bool

    @property
    def processes(self) -> list[int]:
        """Its processes by id; the first is the program itself."""
        return cgroups.processes(self.identifier)

    @property
    def memory(self) -> cgroups.Memory:
        """What its control group says."""
        return cgroups.memory(self.identifier)


class Node:
    """The machine's one real node, started when somebody asks for it."""

    def __init__(self, control_plane: ControlPlane, *, builds: Path) -> None:
        self.control_plane = control_plane
        self._builds = builds
        self._real: RealNode | None = None
        self.image: Archive

    def start(self) -> None:
        """Start it, with Sundown's image and another build of that; nothing where it runs."""
        if self._real is not None:
            return
        progress = Progress()
        node = RealNode(self.control_plane, prepare(progress))
        self.image = built = image.find_or_build(Cache.of(os.environ), progress=progress)
        other = Archive(self._builds / "other.tar", OTHER_BUILD)
        if not other.path.exists():
            was = archives.configuration(built.path)
            archives.varied(built.path, other, config={"Env": [*was["Env"], "SUNDOWN_LAB_BUILD=other"]})
        node.start()
        self._real = node
        node.runtime.load(built, image.INSTALLED)
        node.runtime.load(other)

    def stop(self) -> None:
        """Take it away, for a test that needs the machine's one node."""
        if self._real is not None:
            self._real.stop()
            self._real = None
            self.control_plane.kubectl("delete", "node", "-l", REAL_NODE, "--wait=false")


@dataclass(frozen=True)
class Installation:
    """One that stands."""

    cluster: Cluster
    deployments: tuple[str, ...]

    def kubectl(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """In Sundown's namespace."""
        return self.cluster.kubectl("-n", HOME, *arguments, check=check)

    @property
    def pods(self) -> list[Json]:
        """Those that are not on their way out."""
        found: list[Json] = json.loads(self.kubectl("get", "pods", "-o", "json").stdout)["items"]
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def containers(self) -> dict[str, Container]:
        """By name."""
        return {
            status["name"]: Container(
                name=status["name"],
                pod=pod["metadata"]["name"],
                identifier=str(status.get("containerID", "")).removeprefix("containerd://"),
                restarts=status["restartCount"],
                ready=status["ready"],
            )
            for pod in self.pods
            for status in pod["status"].get("containerStatuses", [])
        }

    def container(self, name: str) -> Container:
        """One of them."""
        return self.containers()[name]

    def await_ready(self, *, within: float = READY_WITHIN) -> None:
        """Return when every Deployment is rolled out and every container ready."""
        for name in self.deployments:
            self.kubectl("rollout", "status", f"deployment/{name}", f"--timeout={within:.0f}s")
        eventually(lambda: all(one.ready for one in self.containers().values()), what="all is ready", within=within)

    def renew(self) -> None:
        """New pods, on which kubelet has not begun to wait between restarts."""
        before = {pod["metadata"]["name"] for pod in self.pods}
        self.kubectl("delete", "pods", "--all", "--wait=true")
        eventually(lambda: {pod["metadata"]["name"] for pod in self.pods} - before, what="new pods are there")
        self.await_ready()

    def execute(self, container: str, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """``kubectl exec``."""
        return self.kubectl("exec", self.container(container).pod, "-c", container, "--", *command, check=check)

    def probe(self, container: str, path: str, port: int) -> tuple[int, str]:
        """What its probe answers, asked from inside."""
        code = (
            "import sys, urllib.request as r, urllib.error as e\n"
            f"try: a = r.urlopen('http://127.0.0.1:{port}{path}')\n"
            "except e.HTTPError as x: a = x\n"
            "print(a.status); print(a.read().decode())"
        )
        status, _, text = self.execute(container, "python3", "-c", code).stdout.partition("\n")
        return int(status), text.strip()


@dataclass
class Ground:
    """Where at most one installation stands."""

    cluster: Cluster
    scratch: Path
    _on: str = ""
    _objects: list[Json] = field(default_factory=list)

    def install(
        self,
        *components: str,
        overlay: str = "base",
        slack: Mapping[str, str],
        change: Callable[[Json], None] = lambda _: None,
        ready: bool = True,
    ) -> Installation:
        """``overlay`` (a folder of deploy/) with these components; the one that stands already, if it is the same.

        ``change`` is given each Deployment.
        """
        objects = self.manifests(*components, overlay=overlay)
        for each in objects:
            if each["kind"] == "Deployment":
                _lead_here(each, slack=slack)
                change(each)
        objects.append(_secret(slack, http="slack-http" in components))
        key = json.dumps(objects, sort_keys=True)
        names = tuple(each["metadata"]["name"] for each in objects if each["kind"] == "Deployment")
        installation = Installation(self.cluster, names)
        if key != self._on:
            self.clear()
            self._objects, self._on = objects, key
            self._apply([each for each in objects if each["kind"] in STAYS])
            self._apply([each for each in objects if each["kind"] not in STAYS])
        if ready:
            installation.await_ready()
        return installation

    def manifests(self, *components: str, overlay: str) -> list[Json]:
        """What kustomize makes of it."""
        for name in ("deploy", "crds"):
            if not (link := self.scratch / name).exists():
                link.symlink_to(ROOT / name)
        folder = self.scratch / "-".join(("try", Path(overlay).name, *(name.replace("/", "-") for name in components)))
        folder.mkdir(exist_ok=True)
        wanted = {
            "resources": [f"../deploy/{overlay}"],
            "components": [f"../deploy/components/{name}" for name in components],
        }
        (folder / "kustomization.yaml").write_text(yaml.safe_dump(wanted))
        return list(yaml.safe_load_all(self.cluster.kubectl("kustomize", str(folder)).stdout))

    def clear(self) -> None:
        """Uninstall what stands, and return when its pods are gone."""
        doomed = [each for each in self._objects if each["kind"] not in STAYS]
        self._objects, self._on = [], ""
        if doomed:
            self.cluster.kubectl("delete", "--ignore-not-found", "-f", "-", input=_list(doomed))
            self.cluster.kubectl("-n", HOME, "wait", "--for=delete", "pods", "--all", "--timeout=110s")

    def _apply(self, objects: list[Json]) -> None:
        self.cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input=_list(objects))


def _lead_here(deployment: Json, *, slack: Mapping[str, str]) -> None:
    pod = deployment["spec"]["template"]["spec"]
    pod["nodeSelector"] = {**pod.get("nodeSelector", {}), REAL_NODE: "true"}
    for container in pod["containers"]:
        if container["name"] == "frontdesk":
            container["env"].append({"name": "SLACK_API_URL", "value": slack["SLACK_API_URL"]})
            container["env"].append({"name": "SUNDOWN_SLACK_API_PLAIN", "value": "true"})  # over the link to the node


def _secret(slack: Mapping[str, str], *, http: bool) -> Json:
    keys = {"SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET" if http else "SLACK_APP_TOKEN"}
    metadata = {"name": "sundown-slack", "namespace": HOME}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {key: slack[key] for key in keys}}


def _list(items: list[Json]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def really(manifest: Json, *, stubborn: float = 0) -> Json:
    """A workload whose pods are containers on the real node; each stays ``stubborn`` seconds after SIGTERM."""
    pod: Json = manifest["spec"]["template"]["spec"]
    pod["nodeSelector"] = {REAL_NODE: "true"}
    pod["terminationGracePeriodSeconds"] = 2 + int(stubborn)
    main = pod["containers"][0]
    main["image"] = SLEEPER
    main["command"] = ["sh", "-c", SLEEP.replace("exit 0", f"sleep {stubborn}; exit 0") if stubborn else SLEEP]
    main["resources"] = {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}}
    return manifest


@pytest.fixture(scope="session")
def machine(
    control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Node]:
    """The machine's one node, which a test may stop."""
    assert isinstance(control_plane, ControlPlane), "a real node stands beside a control plane of the run's own"
    one = Node(control_plane, builds=tmp_path_factory.mktemp("builds"))
    yield one
    one.stop()


@pytest.fixture
def node(machine: Node, pytestconfig: pytest.Config) -> Node:
    """The real node, which runs."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert isinstance(capture, CaptureManager)
    with capture.global_and_fixture_disabled():  # making images takes a minute the first time, which must be seen
        machine.start()
    return machine


@pytest.fixture(scope="session")
def standing(machine: Node, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The ground, whoever stands on it."""
    return Ground(machine.control_plane, tmp_path_factory.mktemp("kustomize"))


@pytest.fixture
def ground(node: Node, standing: Ground) -> Ground:
    """Where installations are made."""
    return standing


@pytest.fixture(scope="session")
def one_slack(machine: Node) -> Iterator[Workspace]:
    """One for the run: what stands goes on talking to it."""
    machine.start()  # the address is that of the link to the node
    with BackgroundSlack(host=network.HOST) as server:
        yield Workspace(server.url)


@pytest.fixture
def slack_of_pods(node: Node, one_slack: Workspace) -> Iterator[Workspace]:
    """The workspace with nothing said in it yet."""
    one_slack.reset()
    yield one_slack
    one_slack.mend()
