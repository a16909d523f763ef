"""Which programs the lab runs, and where they are: `KUBEBUILDER_ASSETS`, then the cache, then a build into the cache."""

import fcntl
import hashlib
import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sundown_lab.errors import LabError
from sundown_lab.releases import NEWEST, RELEASES

GOMOD = Path(__file__).with_name("gomod")
HELM_VERSION = "v4.3.1"
HELM_LINKER_FLAGS = f"-s -w -X helm.sh/helm/v4/internal/version.version={HELM_VERSION}"
PROMETHEUS_VERSION = "3.15.1"
STRIPPED = "-s -w"
ECK_LINKER_FLAGS = f"{STRIPPED} -X github.com/elastic/cloud-on-k8s/v3/pkg/about.version=3.5.0"
PROMETHEUS_LINKER_FLAGS = f"-s -w -X github.com/prometheus/common/version.Version={PROMETHEUS_VERSION}"


@dataclass(frozen=True)
class Program:
    """A program that the lab runs: the Go package it is built from, and the module (a folder of gomod/) that pins it.

    ``tags`` are Go's build tags: what they leave out is neither downloaded nor compiled. ``crds`` is a Go module and the folder in
    it whose YAML files are kept beside the program, which is of no use without them.
    """

    name: str
    package: str
    module: str
    linker_flags: str = RELEASES[NEWEST].linker_flags
    tags: str = ""
    crds: tuple[str, str] | None = None


# The long builds come last, so that a machine on which nothing can be built says so within seconds.
PROGRAMS = (
    Program("etcd", "go.etcd.io/etcd/server/v3", "kubernetes"),
    Program("kwok", "sigs.k8s.io/kwok/cmd/kwok", "kwok"),
    Program("kubectl", "k8s.io/kubernetes/cmd/kubectl", "kubernetes"),
    Program("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler", "kubernetes"),
    Program("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager", "kubernetes"),
    Program("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver", "kubernetes"),
)
NAMES = tuple(program.name for program in PROGRAMS)
OF_A_RELEASE = frozenset({"kubectl", "kube-scheduler", "kube-controller-manager", "kube-apiserver"})
"""What is built anew for another release of Kubernetes; etcd and kwok are the same for all."""
# What a control plane does without; built by whoever asks for it by name.
TOOLS = (
    Program("helm", "helm.sh/helm/v4/cmd/helm", "helm", HELM_LINKER_FLAGS),
    # Without the clients of thirty clouds, of which checking rules and metrics needs none.
    Program(
        "promtool",
        "github.com/prometheus/prometheus/cmd/promtool",
        "promtool",
        PROMETHEUS_LINKER_FLAGS,
        tags="remove_all_sd",
    ),
    Program("kubelet", "k8s.io/kubernetes/cmd/kubelet", "kubernetes"),
)
# Of other projects, whose objects Sundown puts to sleep; for tests that meet the real ones.
CONTROLLERS = (
    Program(
        "rollouts-controller",
        "github.com/argoproj/argo-rollouts/cmd/rollouts-controller",
        "rollouts",
        STRIPPED,
        crds=("github.com/argoproj/argo-rollouts", "manifests/crds"),
    ),
    Program(
        "kustomize-controller",
        "github.com/fluxcd/kustomize-controller",
        "flux",
        STRIPPED,
        crds=("github.com/fluxcd/kustomize-controller", "config/crd/bases"),
    ),
    Program(
        "helm-controller",
        "github.com/fluxcd/helm-controller",
        "helm-controller",
        STRIPPED,
        crds=("github.com/fluxcd/helm-controller", "config/crd/bases"),
    ),
    Program(
        "keda-operator",
        "github.com/kedacore/keda/v2/cmd/operator",
        "keda",
        STRIPPED,
        crds=("github.com/kedacore/keda/v2", "config/crd/bases"),
    ),
    Program(  # under the Elastic License 2.0, which lets it be built and run here; nothing of it is handed on
        "elastic-operator",
        "github.com/elastic/cloud-on-k8s/v3/cmd",
        "eck",
        ECK_LINKER_FLAGS,
        crds=("github.com/elastic/cloud-on-k8s/v3", "config/crds/v1"),
    ),
    Program(  # all of Argo CD's programs in one, which ARGOCD_BINARY_NAME chooses from
        "argocd",
        "github.com/argoproj/argo-cd/v3/cmd",
        "argocd",
        STRIPPED,
        crds=("github.com/argoproj/argo-cd/v3", "manifests/crds"),
    ),
)


@dataclass(frozen=True)
class Binaries:
    """The programs found, by name; a property for the one that the lab itself calls."""

    paths: Mapping[str, Path]

    def __getitem__(self, name: str) -> Path:
        return self.paths[name]

    def crds(self, name: str) -> Path:
        """The folder of the CRDs that a controller works on."""
        return crds_beside(self.paths[name])

    @property
    def kubectl(self) -> Path:
        return self.paths["kubectl"]


@dataclass(frozen=True)
class Cache:
    """The folder that keeps what was built: `SUNDOWN_LAB_CACHE`, else `sundown-lab` in the user's cache directory."""

    directory: Path

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Cache":
        """The cache that these environment variables ask for."""
        if environment.get("SUNDOWN_LAB_CACHE"):
            return cls(Path(environment["SUNDOWN_LAB_CACHE"]).expanduser().absolute())
        base = environment.get("XDG_CACHE_HOME") or Path(environment.get("HOME") or Path.home()) / ".cache"
        return cls(Path(base) / "sundown-lab")

    def path(self, program: Program) -> Path:
        """Where the program is or would be. The folder's name changes with all that decides what a build yields."""
        digest = hashlib.sha256(f"{platform.machine()}\n{program.linker_flags}\n{program.tags}".encode())
        digest.update("".join(program.crds or ()).encode())
        for name in ("go.mod", "go.sum"):
            digest.update((GOMOD / program.module / name).read_bytes())
        return self.directory / f"{program.module}-{digest.hexdigest()[:16]}" / program.name

    @contextmanager
    def locked(self, *, wait: bool = True) -> Iterator[bool]:
        """Holds the cache for one builder at a time; yields False when `wait` is off and another one holds it.

        A lock of the kernel: it is gone with its holder, so a killed build blocks nobody.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True


def find(
    names: Iterable[str] = NAMES, *, kubernetes: str = NEWEST, environment: Mapping[str, str] | None = None
) -> dict[str, Path]:
    """Those of the named programs that exist already; whoever is not in the answer has to be built.

    What is in `KUBEBUILDER_ASSETS` does not say of which release it is: it counts as the newest, and as no other.

    Raises:
        LabError: `KUBEBUILDER_ASSETS` names no directory, which is surely not what was meant.
    """
    variables = os.environ if environment is None else environment
    places = []
    if variables.get("KUBEBUILDER_ASSETS"):
        assets = Path(variables["KUBEBUILDER_ASSETS"])
        if not assets.is_dir():
            raise LabError(
                f"KUBEBUILDER_ASSETS is {assets}, which is no directory",
                hint="Unset it to use the lab's own programs, which are built once and kept.",
            )
        places.append(assets)
    cache = Cache.of(variables)
    found: dict[str, Path] = {}
    for program in programs(names, kubernetes=kubernetes):
        there = () if kubernetes != NEWEST and program.name in OF_A_RELEASE else places
        for candidate in (*(place / program.name for place in there), cache.path(program)):
            if usable(candidate) and (program.crds is None or crds_beside(candidate).is_dir()):
                found[program.name] = candidate
                break
    return found


def programs(names: Iterable[str], *, kubernetes: str = NEWEST) -> tuple[Program, ...]:
    """The rows of `PROGRAMS`, `TOOLS` and `CONTROLLERS` with these names, in the tables' order, as that minor release has them."""
    wanted = set(names)
    every = (*PROGRAMS, *TOOLS, *CONTROLLERS)
    return tuple(_of(kubernetes, program) for program in every if program.name in wanted)


def _of(kubernetes: str, program: Program) -> Program:
    release = RELEASES[kubernetes]
    if program.name not in OF_A_RELEASE:
        return program
    return replace(program, module=release.module, linker_flags=release.linker_flags)


def crds_beside(program: Path) -> Path:
    """Where the CRDs of a controller are kept."""
    return program.with_name(f"{program.name}-crds")


def usable(path: Path) -> bool:
    """Whether the file is there, not empty and may be executed."""
    return path.is_file() and path.stat().st_size > 0 and os.access(path, os.X_OK)
