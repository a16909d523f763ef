"""Brings up what demo and story play on: a control plane of this process's own, Sundown's installation, its companions."""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import yaml

from sundown_lab import instances, runs
from sundown_lab import kubeconfig as kubeconfigs
from sundown_lab.aws.remote import Aws
from sundown_lab.build import find_or_build
from sundown_lab.components import Options
from sundown_lab.controlplane import ControlPlane
from sundown_lab.demo import cloud
from sundown_lab.demo.companions import COMPANIONS, Running
from sundown_lab.demo.ending import ignore_signals
from sundown_lab.errors import LabError
from sundown_lab.instances import Record
from sundown_lab.processes import LOOPBACK, free_ports
from sundown_lab.progress import Progress
from sundown_lab.releases import NEWEST
from sundown_lab.wire import Json

CHECKOUT = Path(__file__).parents[3]
# These would only be pretended by kwok: the programs themselves run as companions.
PRETENDED = frozenset({"Deployment", "Service", "PodDisruptionBudget"})
PARTS = ("alerts", "support", "split", "api")
POLICIES = ("hold", "policies", "admission")
"""The base with these, in the order of deploy/README.md; the latter where the API server knows MutatingAdmissionPolicy."""
COMMANDS = ("sundown", "kubectl-sundown", "sundown-lab")


def name_of(person: str) -> str:
    """What somebody is called by their colleagues."""
    return person.partition("@")[0]


@dataclass
class Stage:
    """A control plane with Sundown installed; `companions` run once `play` was called."""

    control_plane: ControlPlane
    progress: Progress
    companions: dict[str, Running] = field(default_factory=dict)
    api: str = field(default_factory=lambda: f"http://{LOOPBACK}:{free_ports(1)[0]}")
    """Where the REST API is, which is served by the frontdesk."""

    @property
    def kubeconfig(self) -> Path:
        """The administrator's."""
        return self.control_plane.kubeconfig

    @property
    def logs(self) -> Path:
        """The folder in which every program has its log."""
        return self.control_plane.directory / "logs"

    @property
    def commands(self) -> Path:
        """A folder of links to kubectl and Sundown's own commands, to be put on the PATH."""
        return self.control_plane.directory / "bin"

    @property
    def aws(self) -> Aws:
        """The simulated AWS, from outside."""
        return Aws(self.companions["aws"].url)

    @property
    def aws_settings(self) -> Path:
        """A file to be sourced by a shell in which commands are to find that AWS."""
        return self.control_plane.directory / "aws.env"

    def apply(self, objects: list[Json]) -> None:
        """Applies objects as administrator. Raises KubectlError: one is refused."""
        together = {"apiVersion": "v1", "kind": "List", "items": objects}
        self.control_plane.kubectl("apply", "-f", "-", input=json.dumps(together))

    def let_in(self, owners: Mapping[str, str]) -> None:
        """Gives each namespace's owner, by address, a context of their first name in the administrator's kubeconfig."""
        for namespace, owner in owners.items():
            login = self.control_plane.client_certificate(owner)
            kubeconfigs.add_context(self.kubeconfig, name_of(owner), login=login, namespace=namespace)

    def play(self, *, in_cloud: Iterable[str] = ()) -> None:
        """Starts every companion; before the operator comes, the envs ``in_cloud`` get something to run in AWS.

        Raises:
            LabError: one does not become ready; the hint holds the end of its log.
        """
        for companion in COMPANIONS:
            with self.progress.step(f"starting {companion.name}, which {companion.does}"):
                urls = {"api": self.api, **{name: running.url for name, running in self.companions.items()}}
                running = Running(companion, self.control_plane, urls)
                self.companions[companion.name] = running
                running.start()
                if companion.name == "aws":
                    self.aws_settings.write_text(cloud.exports(running.url))
                    cloud.furnish(self.aws, in_cloud)

    def stop(self) -> None:
        """Stops the companions, the last started first."""
        for running in reversed(self.companions.values()):
            running.process.stop()


@contextmanager
def set_up(name: str, *, kubernetes: str = NEWEST, tools: Iterable[str] = (), progress: Progress) -> Iterator[Stage]:
    """A stage that ends with the block, or with this process.

    The control plane is the lab's instance `name`, held by this process and not by a supervisor in the background, so
    `sundown-lab status` and `kubectl` know it, and `sundown-lab down` asks this process to end. `tools` are programs of the lab
    that are put beside its commands.

    Raises:
        LabError: a lab of that name runs, a program cannot be built or started, or this is no checkout.
    """
    manifests = CHECKOUT / "deploy"
    if not manifests.is_dir():
        raise LabError(f"{manifests} is not there", hint="Demo and story run from a checkout of Sundown.")
    instances.get(name)  # refuses what cannot be a name before anything is made of it
    find_or_build(kubernetes=kubernetes, progress=progress)
    found = find_or_build(tools, progress=progress).paths
    with _control_plane(name, Options(kubernetes=kubernetes), progress=progress) as control_plane:
        stage = Stage(control_plane, progress)
        try:
            with progress.step("installing Sundown: CRDs, ServiceAccounts, rights, policies"):
                _install(control_plane)
                _link_commands(stage, tools=found)
            yield stage
        finally:
            ignore_signals()
            stage.stop()


@contextmanager
def _control_plane(name: str, options: Options, *, progress: Progress) -> Iterator[ControlPlane]:
    directory = runs.home() / "instances" / name
    with runs.exclusive(directory.parent, name):
        instance = instances.get(name)
        if instance is not None and instance.state != "dead":
            raise LabError(
                f"the lab {name} runs already",
                hint=f"Choose another name with --name, or stop that one: {instances.down_command(name)}",
            )
        shutil.rmtree(directory, ignore_errors=True)
        run = runs.claim(directory)
    binaries = find_or_build(kubernetes=options.kubernetes)
    control_plane = ControlPlane(name=name, directory=directory, binaries=binaries, options=options)
    try:
        with progress.step("starting Kubernetes: etcd, API server, controllers, scheduler, a pretended node"):
            control_plane.start()
        _record(control_plane).save(directory)
        yield control_plane
    finally:
        ignore_signals()
        control_plane.stop()
        run.end()


def _record(control_plane: ControlPlane) -> Record:
    return Record(
        name=control_plane.name,
        kubeconfig=str(control_plane.kubeconfig),
        server=control_plane.server,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        kubernetes=control_plane.options.kubernetes,
        nodes=control_plane.options.nodes,
        programs=control_plane.pids,
    )


def _install(control_plane: ControlPlane) -> None:
    place = control_plane.directory / "installation"
    place.mkdir()
    for name in ("deploy", "crds"):  # kustomize takes no path that is not below or beside
        (place / name).symlink_to(CHECKOUT / name)
    parts = (*PARTS, *(POLICIES if control_plane.options.serves_policies else ()))
    wanted = {"resources": ["deploy/base"], "components": [f"deploy/components/{part}" for part in parts]}
    (place / "kustomization.yaml").write_text(yaml.safe_dump(wanted))
    rendered = control_plane.kubectl("kustomize", str(place)).stdout
    manifest = control_plane.directory / "sundown.yaml"
    kept = [each for each in yaml.safe_load_all(rendered) if each["kind"] not in PRETENDED]
    manifest.write_text(yaml.safe_dump_all(kept))
    control_plane.install([manifest])


def _link_commands(stage: Stage, *, tools: Mapping[str, Path]) -> None:
    stage.commands.mkdir()
    for name, program in tools.items():
        (stage.commands / name).symlink_to(program)
    (stage.commands / "kubectl").symlink_to(stage.control_plane.binaries.kubectl)
    for name in COMMANDS:
        program = Path(sys.executable).with_name(name)
        if os.access(program, os.X_OK):
            (stage.commands / name).symlink_to(program)
