"""A Kubernetes cluster as tests and demos use it: kubectl, identities, installed CRDs; and the guard of what is no lab."""

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from sundown_lab import kubeconfig as kubeconfigs
from sundown_lab.binaries import Binaries
from sundown_lab.build import find_or_build
from sundown_lab.errors import KubectlError, LabError
from sundown_lab.releases import NEWEST

MARK_NAMESPACE = "kube-system"
MARK_NAME = "sundown-lab"
KUSTOMIZATION = "kustomization.yaml"


class Cluster:
    """A cluster reached through an administrator's kubeconfig.

    `kubeconfig` is that file, `server` the https URL of the API server, `directory` a place for files of this cluster
    (kubeconfigs of other identities, kubectl's cache).
    """

    def __init__(self, *, kubeconfig: Path, directory: Path, binaries: Binaries) -> None:
        self.kubeconfig = kubeconfig
        self.directory = directory
        self.binaries = binaries
        self._endpoint: kubeconfigs.Endpoint | None = None

    @property
    def endpoint(self) -> kubeconfigs.Endpoint:
        """The API server's URL and authority, as the kubeconfig has them. Raises LabError where it is unusable."""
        if self._endpoint is None:
            self._endpoint = kubeconfigs.read_endpoint(self.kubeconfig)
        return self._endpoint

    @property
    def server(self) -> str:
        return self.endpoint.server

    def kubectl(
        self,
        *arguments: str,
        input: str | None = None,  # noqa: A002 - the name that subprocess.run has for it
        check: bool = True,
        timeout: float = 120.0,
        kubeconfig: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Runs kubectl as administrator, or as whoever `kubeconfig` logs in, with `input` on its standard input.

        Raises:
            KubectlError: kubectl ended with another code than 0, and `check` was not switched off.
            LabError: kubectl took longer than `timeout` seconds.
        """
        command = [str(self.binaries.kubectl), *arguments]
        environment = {
            **os.environ,
            "KUBECONFIG": str(kubeconfig or self.kubeconfig),
            "KUBECACHEDIR": str(self.directory / "kubectl-cache"),
        }
        try:
            done = subprocess.run(
                command, input=input, capture_output=True, text=True, check=False, timeout=timeout, env=environment
            )
        except subprocess.TimeoutExpired as error:
            raise LabError(f"kubectl {' '.join(arguments)}: no end after {timeout:g} s") from error
        if check and done.returncode != 0:
            message = f"kubectl {' '.join(arguments)} ended with code {done.returncode}: {done.stderr.strip()}"
            raise KubectlError(message, code=done.returncode, stderr=done.stderr)
        return done

    def install(self, paths: Iterable[Path], *, timeout: float = 90.0) -> None:
        """Applies manifests (files, folders of them, or of a kustomization) and waits until the CRDs among them are served.

        Raises:
            KubectlError: one is refused, or a CRD is not established after `timeout` seconds.
        """
        given = tuple(paths)
        kustomized = [path for path in given if (path / KUSTOMIZATION).is_file()]
        plain = [argument for path in given if path not in kustomized for argument in ("-f", str(path))]
        sources = [*(("-k", str(path)) for path in kustomized), *([plain] if plain else [])]
        command = ("apply", "--server-side", "--force-conflicts", "-o", "name")
        applied = [name for source in sources for name in self.kubectl(*command, *source).stdout.split()]
        crds = [name for name in applied if name.startswith("customresourcedefinition.")]
        if crds:
            wait = ("wait", "--for=condition=Established", f"--timeout={timeout:g}s", *crds)
            again = Retrying(
                retry=retry_if_exception(_is_too_new),
                stop=stop_after_delay(timeout),
                wait=wait_fixed(0.2),
                reraise=True,
            )
            again(self.kubectl, *wait, timeout=timeout + 10)

    def service_account_kubeconfig(self, namespace: str, name: str, *, seconds: int = 86400) -> Path:
        """A kubeconfig that logs in as this ServiceAccount (which must exist) with a token of so many seconds.

        Raises:
            KubectlError: there is no such ServiceAccount.
        """
        token = self.kubectl("create", "token", name, "--namespace", namespace, f"--duration={seconds}s").stdout.strip()
        path = self.directory / "kubeconfigs" / f"{namespace}.{name}.kubeconfig"
        return kubeconfigs.write(path, endpoint=self.endpoint, login=token, namespace=namespace)

    @property
    def audit_log(self) -> Path:
        """The file of audit events, JSON lines. Raises LabError: only clusters that the lab started have one."""
        raise self._not_ours("read its audit log")

    def user_kubeconfig(self, user: str, groups: Sequence[str] = ()) -> Path:
        """A kubeconfig that logs in as a person. Raises LabError: only clusters that the lab started can make one."""
        raise self._not_ours(f"log in as {user} {list(groups)}")

    def start_api_server(self) -> None:
        """Starts the API server. Raises LabError: only clusters that the lab started can be faulted."""
        raise self._not_ours("start its API server")

    def stop_api_server(self, *, kill: bool = False) -> None:
        """Stops the API server. Raises LabError: only clusters that the lab started can be faulted."""
        raise self._not_ours("kill its API server" if kill else "stop its API server")

    def restart_api_server(self, *, kill: bool = False) -> None:
        """Stops the API server, in order or (`kill`) as a crash would, and starts it with the same port and data."""
        self.stop_api_server(kill=kill)
        self.start_api_server()

    def compact(self) -> int:
        """Makes etcd forget. Raises LabError: only clusters that the lab started can be faulted."""
        raise self._not_ours("compact its etcd")

    def back_up(self) -> Path:
        """Copies etcd's data. Raises LabError: only clusters that the lab started can be faulted."""
        raise self._not_ours("copy etcd's data")

    def restore(self, backup: Path) -> None:
        """Puts etcd's data back. Raises LabError: only clusters that the lab started can be faulted."""
        raise self._not_ours(f"restore {backup}")

    def _not_ours(self, wish: str) -> LabError:
        return LabError(f"the lab did not start {self.server}, so it cannot {wish}")


def _is_too_new(error: BaseException) -> bool:
    """Whether `kubectl wait` failed, and did not wait, because a CRD has no conditions yet."""
    return isinstance(error, KubectlError) and "accessor error" in error.stderr


def connect(kubeconfig: Path, *, directory: Path, kubernetes: str = NEWEST) -> Cluster:
    """A cluster that exists already, with the kubectl of that minor release.

    Raises:
        LabError: the file is no kubeconfig with a server and its authority.
    """
    kubeconfigs.read_endpoint(kubeconfig)
    return Cluster(
        kubeconfig=kubeconfig, directory=directory, binaries=find_or_build(["kubectl"], kubernetes=kubernetes)
    )


def mark(instance: str) -> dict[str, object]:
    """The ConfigMap that makes a cluster a lab's, which `require_lab` looks for."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": MARK_NAME, "namespace": MARK_NAMESPACE},
        "data": {"instance": instance},
    }


def require_lab(kubeconfig: Path) -> str:
    """Makes sure that the kubeconfig leads to a lab's cluster and to no other; returns the lab's instance name.

    Raises:
        LabError: it leads elsewhere, or nowhere. Whoever is about to change or delete things lets this end them.
    """
    cluster = connect(kubeconfig, directory=kubeconfig.parent)
    command = ("get", "configmap", MARK_NAME, "--namespace", MARK_NAMESPACE, "-o", "json", "--request-timeout=10s")
    answer = cluster.kubectl(*command, check=False)
    if answer.returncode == 0:
        return str(json.loads(answer.stdout).get("data", {}).get("instance", ""))
    if "NotFound" not in answer.stderr:
        raise LabError(f"cannot tell whether {cluster.server} is a lab's: {answer.stderr.strip()}")
    raise LabError(
        f"{cluster.server} (from {kubeconfig}) is not a lab's cluster: nothing was changed in it",
        hint=(
            "Tests and load delete what they find. If this cluster may be thrown away, mark it yourself:\n"
            f"  kubectl --kubeconfig {kubeconfig} -n {MARK_NAMESPACE} create configmap {MARK_NAME}"
            " --from-literal=instance=mine"
        ),
    )
