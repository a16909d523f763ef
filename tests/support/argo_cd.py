"""Argo CD as a cluster has it: its repo-server and its application controller, and a Git repository on disk that it syncs from.

Its cache is fakeredis, which speaks Redis' protocol: Argo CD keeps there what it can compute again.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread

from fakeredis import TcpFakeServer

from sundown_lab.binaries import Binaries
from sundown_lab.cluster import Cluster
from sundown_lab.processes import LOOPBACK, Command, Process, answers, free_ports, wait_until
from support.apiserver import Api, Json, eventually
from support.controllers import READY_WITHIN, TEN, Controller, running

HOME = "argocd"
IN_CLUSTER = "https://kubernetes.default.svc"
DIFF = {"argocd.argoproj.io/compare-options": "ServerSideDiff=true,IncludeMutationWebhook=true"}
"""As docs/gitops.md has it."""
_ENDS_WITHIN = 60.0
_SETTINGS: list[Json] = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": HOME}},
    {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "argocd-cm", "namespace": HOME, "labels": {"app.kubernetes.io/part-of": "argocd"}},
        "data": {
            "resource.inclusions": json.dumps([{"apiGroups": ["apps"], "kinds": ["Deployment"], "clusters": ["*"]}])
        },
    },
    {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "argocd-secret", "namespace": HOME, "labels": {"app.kubernetes.io/part-of": "argocd"}},
        "stringData": {"server.secretkey": "of the lab"},
    },
]
_PROJECT: Json = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "AppProject",
    "metadata": {"name": "default", "namespace": HOME},
    "spec": {"sourceRepos": ["*"], "sourceNamespaces": ["*"], "destinations": [{"server": "*", "namespace": "*"}]},
}


def applications(home: str) -> str:
    """The path of all Applications in a namespace."""
    return f"/apis/argoproj.io/v1alpha1/namespaces/{home}/applications"


class ArgoCd:
    """Both of them, and the repository, in which each env has a folder."""

    def __init__(self, cluster: Cluster, controller: Controller, repository: Path) -> None:
        self.controller = controller
        self._api = Api(cluster.kubeconfig)
        self._repository = repository
        self._git("init", "--quiet", "--initial-branch=main")

    def commit(self, env: str, manifests: list[Json]) -> str:
        """Have Git say this of an env; the revision."""
        folder = self._repository / env
        folder.mkdir(exist_ok=True)
        (folder / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests}))
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", f"Change {env}")
        return self._git("rev-parse", "HEAD").strip()

    def create(self, env: str, *, annotations: dict[str, str], options: list[str], home: str = HOME) -> None:
        """Its Application, which heals itself, with these annotations and sync options, in the namespace ``home``."""
        source = {"repoURL": f"file://{self._repository}", "path": env, "targetRevision": "main"}
        self._api.create(
            applications(home),
            {
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "Application",
                "metadata": {"name": env, "namespace": home, "annotations": annotations},
                "spec": {
                    "project": "default",
                    "source": source,
                    "destination": {"server": IN_CLUSTER, "namespace": env},
                    "syncPolicy": {
                        "automated": {"selfHeal": True, "prune": True},
                        "syncOptions": options,
                    },
                },
            },
        )

    def is_synced(self, env: str, revision: str, *, home: str = HOME) -> bool:
        """Whether it finds no difference from what Git says at this revision."""
        status: Json = self._api.get(f"{applications(home)}/{env}").get("status") or {}
        sync = status.get("sync") or {}
        return (sync.get("status"), sync.get("revision")) == ("Synced", revision)

    def look(self, env: str, *, times: int = TEN) -> None:
        """Return when it has compared the Application so many times more."""
        self.controller.look("Reconciliation completed", f'"application":"{env}"', times=times)

    def delete(self, env: str) -> None:
        """Without what it has applied."""
        self._api.delete(f"{applications(HOME)}/{env}")
        eventually(lambda: self._api.find(f"{applications(HOME)}/{env}") is None, what="the Application is gone")

    def _git(self, *arguments: str) -> str:
        nobody = ("-c", "user.name=lab", "-c", "user.email=lab@example.com", "-c", "commit.gpgsign=false")
        command = ["git", *nobody, *arguments]
        return subprocess.run(command, cwd=self._repository, check=True, capture_output=True, text=True).stdout


def _with_its_script(folder: Path) -> Path:
    """A folder with the script by which its image asks Git for the signature of a commit."""
    folder.mkdir()
    script = folder / "git-verify-wrapper.sh"
    script.write_text('#!/bin/sh\ngit verify-commit "$1" 2>&1 || true\n')
    script.chmod(0o755)
    return folder


@contextmanager
def argo_cd(cluster: Cluster, binaries: Binaries, directory: Path) -> Iterator[ArgoCd]:
    """For as long as this lasts. It looks at each Application every second."""
    repository = directory / "repository"
    repository.mkdir()
    cache = TcpFakeServer((LOOPBACK, 0))
    redis = f"--redis={LOOPBACK}:{cache.server_address[1]}"
    health, repo_port, repo_metrics = free_ports(3)
    home = directory / "home"
    (home / ".kube").mkdir(parents=True)
    login = cluster.user_kubeconfig(HOME, groups=("system:masters",))
    shutil.copyfile(login, home / ".kube" / "config")
    environment = {
        "HOME": str(home),
        "PATH": f"{_with_its_script(directory / 'bin')}:{os.environ['PATH']}",
        "TMPDIR": str(directory),
        "KUBECONFIG": str(login),
        "ARGOCD_FAKE_IN_CLUSTER": "true",
        "ARGOCD_GPG_ENABLED": "false",
        "ARGOCD_ASK_PASS_SOCK": str(directory / "ask"),
        "ARGOCD_TLS_DATA_PATH": str(directory),
        "ARGOCD_SSH_DATA_PATH": str(directory),
    }
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": _SETTINGS})
    cluster.kubectl("apply", "--server-side", "-f", "-", input=document)
    where = (f"--namespace={HOME}", f"--kubeconfig={login}")
    server = Process(
        Command(
            "argocd-repo-server",
            (
                str(binaries["argocd"]),
                f"--address={LOOPBACK}",
                f"--port={repo_port}",
                f"--metrics-address={LOOPBACK}",
                f"--metrics-port={repo_metrics}",
                redis,
                "--disable-tls",
                "--client-ca-path=",
                "--revision-cache-expiration=1s",
            ),
            env={**environment, "ARGOCD_BINARY_NAME": "argocd-repo-server"},
        ),
        log=directory / "repo-server.log",
    )
    with ExitStack() as stack:
        Thread(target=cache.serve_forever, daemon=True).start()
        stack.callback(cache.server_close)
        stack.callback(cache.shutdown)
        server.start()
        stack.callback(server.stop)
        wait_until(
            lambda: answers(f"http://{LOOPBACK}:{repo_metrics}/healthz"),
            what="argocd-repo-server is ready",
            timeout=READY_WITHIN,
            processes=[server],
        )
        controller = stack.enter_context(
            running(
                cluster,
                binaries,
                "argocd",
                *where,
                redis,
                f"--repo-server={LOOPBACK}:{repo_port}",
                "--repo-server-plaintext",
                f"--metrics-port={health}",
                "--application-namespaces=*",
                "--app-resync=1",
                "--app-resync-jitter=0",
                "--self-heal-backoff-timeout-seconds=1",
                "--self-heal-backoff-factor=1",
                health=f"http://{LOOPBACK}:{health}/healthz",
                directory=directory,
                environment={**environment, "ARGOCD_BINARY_NAME": "argocd-application-controller"},
            )
        )
        cluster.kubectl("apply", "--server-side", "-f", "-", input=json.dumps(_PROJECT))
        yield ArgoCd(cluster, controller, repository)
    cluster.kubectl("delete", "namespace", HOME, "--wait=false", timeout=_ENDS_WITHIN)
