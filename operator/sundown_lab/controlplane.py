"""One control plane of Kubernetes on this machine: started, faulted and stopped as a whole or in parts.

etcd, the API server, the controller manager, the scheduler and kwok (which pretends to be every node's kubelet) run as
plain processes on free ports of the loopback address. They end with the process that started them, even after `kill -9`.
"""

import http.client
import json
import platform
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from sundown_lab import components, kubeconfig, pretended_logs, runs
from sundown_lab.binaries import Binaries
from sundown_lab.build import find_or_build
from sundown_lab.certs import Authority, Certificate, service_account_key
from sundown_lab.cluster import Cluster, mark
from sundown_lab.components import Layout, Options, Ports
from sundown_lab.errors import LabError
from sundown_lab.processes import LOOPBACK, Process, answers, free_ports, wait_until
from sundown_lab.progress import Progress
from sundown_lab.releases import NEWEST
from sundown_lab.runs import Run

START_TIMEOUT = 90.0
# As these users the programs log in; the names of the first two are those that Kubernetes's own ClusterRoles are bound to.
COMPONENT_USERS = {
    "kube-controller-manager": ("system:kube-controller-manager", ()),
    "kube-scheduler": ("system:kube-scheduler", ()),
    "kwok": ("sundown-lab:kwok", ("system:masters",)),
    "admin": ("sundown-lab:admin", ("system:masters",)),
}
CLIENTS = ("kube-controller-manager", "kube-scheduler", "kwok")


def start(
    *,
    name: str | None = None,
    directory: Path | None = None,
    audit: bool = False,
    policies: bool = True,
    nodes: int = 1,
    flags: Mapping[str, Mapping[str, str]] | None = None,
    kubernetes: str = NEWEST,
    progress: Progress | None = None,
) -> "ControlPlane":
    """Starts a control plane that belongs to this process, building its programs first where that was never done.

    `with start() as control_plane:` stops it at the end of the block; else call `stop()`. `name` is what its mark says
    (a random one by default); `directory` keeps its files and is left there (by default a folder that goes away with
    it); the rest is explained in `components.Options`.

    Raises:
        LabError: a program could not be built or does not become ready; the hint holds the end of its log.
    """
    if platform.system() != "Linux":
        raise LabError(
            "a control plane can be started on Linux only",
            hint="Use a cluster of kind or k3d by its kubeconfig (--kubeconfig FILE).",
        )
    binaries = find_or_build(kubernetes=kubernetes, progress=progress)
    options = Options(
        nodes=nodes,
        audit=audit,
        policies=policies,
        flags=flags or {},
        kubernetes=kubernetes,
    )
    name = name or f"run-{secrets.token_hex(4)}"
    run = None
    if directory is None:
        run = runs.begin(name)
        directory = run.directory
    control_plane = ControlPlane(name=name, directory=directory, binaries=binaries, options=options, run=run)
    control_plane.start()
    return control_plane


class ControlPlane(Cluster):
    """A control plane that belongs to this process; `with` stops it at the end of the block.

    Beyond what every `Cluster` has: `audit_log` is the file of audit events (JSON lines; none unless `options.audit`),
    `name` what the cluster's mark says.
    """

    def __init__(
        self, *, name: str, directory: Path, binaries: Binaries, options: Options, run: Run | None = None
    ) -> None:
        self.name = name
        self._run = run
        self.options = options
        self._layout = Layout(directory)
        super().__init__(kubeconfig=self._layout.kubeconfig("admin"), directory=directory, binaries=binaries)
        self.ports = Ports(*free_ports(6))
        self._authority = Authority()
        where: dict[str, Any] = {"layout": self._layout, "ports": self.ports}
        commands = (
            components.etcd(binaries, **where),
            components.api_server(binaries, **where, options=options),
            components.controller_manager(binaries, **where, options=options),
            components.scheduler(binaries, **where),
            components.kwok(binaries, **where),
        )
        self._processes = {command.name: Process(command, log=self._layout.log(command.name)) for command in commands}

    @property
    def audit_log(self) -> Path:
        return self._layout.audit_log

    @property
    def processes(self) -> Mapping[str, Process]:
        """The programs by name, in the order in which they start."""
        return self._processes

    @property
    def pids(self) -> dict[str, int]:
        """The process ids of the programs that run, by program."""
        return {name: process.pid for name, process in self._processes.items() if process.pid is not None}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts everything and returns when nodes are ready and pods can be made; a few seconds.

        Raises:
            LabError: a program ended or is not ready after 90 seconds; all of them are stopped again.
        """
        self._write_files()
        try:
            self._start_etcd()
            self.start_api_server()
            self.kubectl("apply", "-f", "-", input=json.dumps(self._first_objects()))
            wait_until(
                self._settled,
                what="nodes are ready and pods can be made",
                timeout=START_TIMEOUT,
                processes=self._processes.values(),
            )
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stops everything, the last started first; what takes too long is killed. A second call does nothing."""
        for process in reversed(self._processes.values()):
            process.stop()
        if self._run is not None:
            self._run.end()

    def start_api_server(self) -> None:
        """Starts the API server on its port with the data that etcd has, and returns when it is ready.

        The control plane's own clients are started afresh: left alone, their backoff grows with each fault to half a
        minute in which no pod becomes ready, and what a test is about is how *its* clients take the fault.
        """
        self._start_program("kube-apiserver", url=f"https://{LOOPBACK}:{self.ports.api_server}/readyz")
        for name in CLIENTS:
            self._processes[name].kill()
            self._processes[name].start()

    def stop_api_server(self, *, kill: bool = False) -> None:
        """Stops the API server alone, in order or (`kill`) as a crash would; everybody else goes on."""
        process = self._processes["kube-apiserver"]
        process.kill() if kill else process.stop()

    def compact(self) -> int:
        """Makes etcd forget its history up to now, and returns the revision up to which it did.

        A list that continues from before is answered with 410 from now on. The API server keeps a window of events of
        its own: `restart_api_server()` after this makes watches from an older resourceVersion end with 410 too.
        """
        revision = int(self._etcd("/v3/kv/range", {"key": "AA=="})["header"]["revision"])
        self._etcd("/v3/kv/compaction", {"revision": str(revision), "physical": True})
        return revision

    def back_up(self) -> Path:
        """Copies the data of etcd, which stands still for that, and returns where the copy is."""
        backup = self.directory / "etcd-backup"
        shutil.rmtree(backup, ignore_errors=True)
        self._processes["etcd"].stop()
        shutil.copytree(self._layout.etcd, backup)
        self._start_etcd()
        return backup

    def restore(self, backup: Path) -> None:
        """Has the cluster go back to the moment of that copy, under everybody who runs on."""
        self.stop_api_server(kill=True)
        self._processes["etcd"].stop()
        shutil.rmtree(self._layout.etcd)
        shutil.copytree(backup, self._layout.etcd)
        self._start_etcd()
        self.start_api_server()

    def user_kubeconfig(self, user: str, groups: Sequence[str] = ()) -> Path:
        """A kubeconfig that logs in as this user of these groups, with a client certificate."""
        safe = "".join(letter if letter.isalnum() or letter in "-._@" else "-" for letter in user)
        path = self.directory / "kubeconfigs" / f"user.{safe}.kubeconfig"
        login = self.client_certificate(user, groups=tuple(groups))
        return kubeconfig.write(path, endpoint=self.endpoint, login=login)

    def client_certificate(self, user: str, *, groups: tuple[str, ...] = ()) -> Certificate:
        """What this user of these groups logs in with."""
        return self._authority.client(user, groups=groups)

    def _start_etcd(self) -> None:
        self._start_program("etcd", url=f"http://{LOOPBACK}:{self.ports.etcd}/health")

    def _start_program(self, name: str, *, url: str) -> None:
        process = self._processes[name]
        process.start()
        wait_until(
            lambda: answers(url, authority=self._layout.pki / "ca.crt"),
            what=f"{name} is ready",
            timeout=START_TIMEOUT,
            processes=[process],
        )

    def _write_files(self) -> None:
        layout, authority = self._layout, self._authority
        layout.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        authority.pair.save(layout.pki, "ca")
        service_account_key().save(layout.pki, "sa")
        names = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
        authority.server(names=names, addresses=(LOOPBACK, "10.96.0.1")).save(layout.pki, "server")
        authority.client("sundown-lab:api-server", groups=("system:masters",)).save(layout.pki, "kubelet-client")
        endpoint = kubeconfig.Endpoint(f"https://{LOOPBACK}:{self.ports.api_server}", authority.pair.certificate)
        for component, (user, groups) in COMPONENT_USERS.items():
            login: Certificate = authority.client(user, groups=groups)
            kubeconfig.write(layout.kubeconfig(component), endpoint=endpoint, login=login)
        profile = components.scheduler_configuration(layout, options=self.options)
        (layout.directory / components.SCHEDULER_FILE).write_text(json.dumps(profile))
        served = pretended_logs.write(layout.directory / "containers")
        (layout.directory / "kwok-logs.yaml").write_text(json.dumps(served))

    def _first_objects(self) -> dict[str, object]:
        nodes = [
            {
                "apiVersion": "v1",
                "kind": "Node",
                "metadata": {
                    "name": f"node-{number}",
                    "annotations": dict([components.FAKE_NODE.split("=")]),
                    "labels": {"kubernetes.io/hostname": f"node-{number}", "kubernetes.io/os": "linux"},
                },
            }
            for number in range(1, self.options.nodes + 1)
        ]
        return {"apiVersion": "v1", "kind": "List", "items": [mark(self.name), *nodes]}

    def _settled(self) -> bool:
        """Nodes can take pods, and the ServiceAccount that every pod needs is there."""
        found = json.loads(self.kubectl("get", "nodes,serviceaccounts", "-n", "default", "-o", "json").stdout)["items"]
        nodes = [entry for entry in found if entry["kind"] == "Node"]
        accounts = [entry for entry in found if entry["kind"] == "ServiceAccount"]
        return bool(accounts) and len(nodes) == self.options.nodes and all(map(_takes_pods, nodes))

    def _etcd(self, path: str, body: dict[str, object]) -> dict[str, Any]:
        # http.client and not urllib, which would go through a proxy that the environment names.
        connection = http.client.HTTPConnection(LOOPBACK, self.ports.etcd, timeout=30)
        try:
            connection.request("POST", path, body=json.dumps(body))
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise LabError(f"etcd did not answer {path}: {error}") from error
        finally:
            connection.close()
        if answer.status != http.HTTPStatus.OK:
            raise LabError(f"etcd answered {path} with {answer.status}: {text}")
        parsed: dict[str, Any] = json.loads(text)
        return parsed


def _takes_pods(node: dict[str, Any]) -> bool:
    conditions = node.get("status", {}).get("conditions", [])
    ready = any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
    return ready and not node["spec"].get("taints")
