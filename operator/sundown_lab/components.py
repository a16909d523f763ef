"""The command line of each program of a control plane, as data: pure functions of where things are and what is wanted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sundown_lab.binaries import Binaries
from sundown_lab.processes import LOOPBACK, Command
from sundown_lab.releases import NEWEST, RELEASES, Release

DATA = Path(__file__).with_name("data")
SERVICE_RANGE = "10.96.0.0/16"
POD_RANGE = "10.128.0.0/9"
ISSUER = "https://kubernetes.default.svc.cluster.local"
# Nobody renews a lease for the nodes: a restarted kwok would have to wait until the lease of its killed predecessor ran
# out before it may play pods again. So the controller manager must not miss the heartbeats either.
NODE_LEASE_SECONDS = 0
NODE_GRACE = "24h"
POLICY_RESOURCES = (
    "admissionregistration.k8s.io/v1/mutatingadmissionpolicies",
    "admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings",
)
SCHEDULER_FILE = "scheduler.json"
REAL_NODE = "lab.sundown.dev/real"
FAKE_NODE = "kwok.x-k8s.io/node=fake"


@dataclass(frozen=True)
class Options:
    """What can be chosen when a control plane starts.

    `nodes` pretended nodes take 100,000 pods each, and a `real_node` runs containers beside them; `audit` writes every request
    to a file; `qps` (per second, with twice as many at once) is what the controller manager and the scheduler may ask of the
    API server; `flags` are further flags without their dashes, by the program's name. Without `policies` the API server knows no
    MutatingAdmissionPolicy, like those before Kubernetes 1.36. `kubernetes` is the minor release.
    """

    nodes: int = 1
    real_node: bool = False
    audit: bool = False
    policies: bool = True
    qps: int = 2000
    flags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kubernetes: str = NEWEST

    @property
    def release(self) -> Release:
        """The release of its programs."""
        return RELEASES[self.kubernetes]

    @property
    def serves_policies(self) -> bool:
        """Whether MutatingAdmissionPolicy can be used in it."""
        return self.policies and self.release.serves_policies


@dataclass(frozen=True)
class Ports:
    """TCP ports on the loopback address, all different."""

    etcd: int
    etcd_peer: int
    api_server: int
    controller_manager: int
    scheduler: int
    kwok: int


@dataclass(frozen=True)
class Layout:
    """Where a control plane keeps its files."""

    directory: Path

    @property
    def pki(self) -> Path:
        return self.directory / "pki"

    @property
    def etcd(self) -> Path:
        return self.directory / "etcd"

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    @property
    def audit_log(self) -> Path:
        return self.directory / "audit.log"

    def kubeconfig(self, user: str) -> Path:
        """The kubeconfig file of a user; `admin` is the one for people."""
        name = "kubeconfig" if user == "admin" else f"{user}.kubeconfig"
        return self.directory / name

    def log(self, program: str) -> Path:
        return self.logs / f"{program}.log"


def etcd(binaries: Binaries, *, layout: Layout, ports: Ports) -> Command:
    """etcd that never waits for the disk: what a crash of the whole machine loses, a lab can lose."""
    client, peer = f"http://{LOOPBACK}:{ports.etcd}", f"http://{LOOPBACK}:{ports.etcd_peer}"
    flags = {
        "name": "lab",
        "data-dir": str(layout.etcd),
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"lab={peer}",
        "unsafe-no-fsync": "true",
        "quota-backend-bytes": str(4 * 1024**3),
        "log-level": "warn",
    }
    return _command("etcd", binaries, flags)


def api_server(binaries: Binaries, *, layout: Layout, ports: Ports, options: Options) -> Command:
    """The API server: RBAC, ServiceAccount tokens, client certificates, TLS on the loopback address only."""
    flags = {
        "etcd-servers": f"http://{LOOPBACK}:{ports.etcd}",
        "bind-address": LOOPBACK,
        "secure-port": str(ports.api_server),
        # The `kubernetes` Service cannot have a loopback address as its endpoint, and nobody here calls it.
        "endpoint-reconciler-type": "none",
        "service-cluster-ip-range": SERVICE_RANGE,
        "client-ca-file": str(layout.pki / "ca.crt"),
        "tls-cert-file": str(layout.pki / "server.crt"),
        "tls-private-key-file": str(layout.pki / "server.key"),
        "kubelet-client-certificate": str(layout.pki / "kubelet-client.crt"),
        "kubelet-client-key": str(layout.pki / "kubelet-client.key"),
        "kubelet-preferred-address-types": "InternalIP",
        "service-account-issuer": ISSUER,
        "service-account-key-file": str(layout.pki / "sa.crt"),
        "service-account-signing-key-file": str(layout.pki / "sa.key"),
        "authorization-mode": "RBAC",
        # Otherwise it stays for a minute, until the last watcher has gone by itself.
        "shutdown-watch-termination-grace-period": "1s",
        "anonymous-auth": "true",  # /readyz is asked without a login, as a load balancer would
        "profiling": "false",
    }
    if options.release.serves_policies and not options.policies:
        flags["runtime-config"] = ",".join(f"{resource}=false" for resource in POLICY_RESOURCES)
        # It would wait for the lists of what is not served any more, and let nothing pass until then.
        flags["disable-admission-plugins"] = "MutatingAdmissionPolicy"
    if options.audit:
        flags |= {"audit-policy-file": str(DATA / "audit-policy.yaml"), "audit-log-path": str(layout.audit_log)}
    return _command("kube-apiserver", binaries, {**flags, **options.flags.get("kube-apiserver", {})})


def controller_manager(binaries: Binaries, *, layout: Layout, ports: Ports, options: Options) -> Command:
    """The controller manager; each controller logs in as its own ServiceAccount, as in a cluster of kubeadm's."""
    flags = {
        "kubeconfig": str(layout.kubeconfig("kube-controller-manager")),
        "bind-address": LOOPBACK,
        "secure-port": str(ports.controller_manager),
        "tls-cert-file": str(layout.pki / "server.crt"),
        "tls-private-key-file": str(layout.pki / "server.key"),
        "use-service-account-credentials": "true",
        "service-account-private-key-file": str(layout.pki / "sa.key"),
        "root-ca-file": str(layout.pki / "ca.crt"),
        "cluster-signing-cert-file": str(layout.pki / "ca.crt"),
        "cluster-signing-key-file": str(layout.pki / "ca.key"),
        "leader-elect": "false",
        "node-monitor-grace-period": NODE_GRACE,
        "kube-api-qps": str(options.qps),
        "kube-api-burst": str(2 * options.qps),
        "profiling": "false",
    }
    return _command("kube-controller-manager", binaries, {**flags, **options.flags.get("kube-controller-manager", {})})


def scheduler(binaries: Binaries, *, layout: Layout, ports: Ports) -> Command:
    """The scheduler; its profile is in `scheduler_configuration`."""
    flags = {
        "config": str(layout.directory / SCHEDULER_FILE),
        "bind-address": LOOPBACK,
        "secure-port": str(ports.scheduler),
        "tls-cert-file": str(layout.pki / "server.crt"),
        "tls-private-key-file": str(layout.pki / "server.key"),
        "profiling": "false",
    }
    return _command("kube-scheduler", binaries, flags)


def scheduler_configuration(layout: Layout, *, options: Options) -> dict[str, object]:
    """The default profile, by which every pod prefers pretended nodes to a real one, unless its node selector says otherwise."""
    version = "kubescheduler.config.k8s.io/v1"
    elsewhere = {"matchExpressions": [{"key": REAL_NODE, "operator": "DoesNotExist"}]}
    affinity = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "preference": elsewhere}]}
    arguments = {"apiVersion": version, "kind": "NodeAffinityArgs", "addedAffinity": affinity}
    profile = {
        "schedulerName": "default-scheduler",
        "plugins": {"score": {"enabled": [{"name": "NodeAffinity", "weight": 100}]}},
        "pluginConfig": [{"name": "NodeAffinity", "args": arguments}],
    }
    return {
        "apiVersion": version,
        "kind": "KubeSchedulerConfiguration",
        "clientConnection": {
            "kubeconfig": str(layout.kubeconfig("kube-scheduler")),
            "qps": options.qps,
            "burst": 2 * options.qps,
        },
        "leaderElection": {"leaderElect": False},
        "profiles": [profile],
    }


def kwok(binaries: Binaries, *, layout: Layout, ports: Ports) -> Command:
    """The pretended kubelet of all nodes; it also serves the log lines that `kubectl logs` asks for."""
    flags = {
        "kubeconfig": str(layout.kubeconfig("kwok")),
        "config": f"{DATA / 'stages.yaml'},{layout.directory / 'kwok-logs.yaml'}",
        # Not all nodes: a real one has a kubelet of its own.
        "manage-nodes-with-annotation-selector": FAKE_NODE,
        "node-ip": LOOPBACK,
        "node-port": str(ports.kwok),
        "server-address": f"{LOOPBACK}:{ports.kwok}",
        "tls-cert-file": str(layout.pki / "server.crt"),
        "tls-private-key-file": str(layout.pki / "server.key"),
        "node-lease-duration-seconds": str(NODE_LEASE_SECONDS),
        "cidr": POD_RANGE,
    }
    return _command("kwok", binaries, flags)


def _command(name: str, binaries: Binaries, flags: Mapping[str, str]) -> Command:
    return Command(name, (str(binaries[name]), *(f"--{flag}={value}" for flag, value in flags.items())))
