"""The operator as tests run it: the installed command as a process of its own, logged in as its own ServiceAccount.

Two operators on one cluster would undo each other's work, and a test would blame the wrong one. So a test asks the one
``Stage`` of its run for an operator, which ends the one before; and a lock keeps other runs off the same cluster.
"""

import fcntl
import json
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Self

import pytest
import yaml

from sundown_lab import kubeconfig as kubeconfigs
from sundown_lab.cluster import Cluster
from support.programs import Program

ROOT = Path(__file__).parents[2]
HOME = "sundown-system"
ACCOUNT = "sundown-operator"
USER = f"system:serviceaccount:{HOME}:{ACCOUNT}"
RIGHTS = {"Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}

FRONTDESK = "sundown-frontdesk"

_stage = pytest.StashKey["Stage"]()


def for_both_accounts(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """These objects, where the frontdesk's roles are bound to the account that it shares and to the one of its own.

    The tests of a run share a cluster, and whoever installs one way must not take the rights of those who installed the other.
    """
    subjects = [{"kind": "ServiceAccount", "name": name, "namespace": HOME} for name in (ACCOUNT, FRONTDESK)]
    ours, names = (
        {"ClusterRoleBinding", "RoleBinding"},
        {
            FRONTDESK,
            *(f"{FRONTDESK}-{what}" for what in ("pods", "alerts", "nodes", "incidents")),
        },
    )
    return [
        {**each, "subjects": subjects} if each["kind"] in ours and each["metadata"]["name"] in names else each
        for each in items
    ]


class Operator(Program):
    """One operator process."""

    def __init__(self, kubeconfig: Path, *, log: Path, settings: Mapping[str, str], with_rows: str = "") -> None:
        super().__init__("operator", kubeconfig, log=log, settings=settings, with_rows=with_rows)


class Stage:
    """Where at most one operator runs at a time; ``with`` clears it, whatever has happened there."""

    def __init__(self, cluster: Cluster, *, logs: Path, installation: Path = ROOT / "deploy" / "base") -> None:
        self._cluster = cluster
        self._installation = installation
        self._logs = logs
        self._count = 0
        self._on: Operator | None = None
        self._usual: Operator | None = None
        self._lock: IO[str] | None = None
        self._account: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    @property
    def account(self) -> Path:
        """A kubeconfig of the operator's ServiceAccount, with the rights that the installation grants and no others."""
        if self._account is None:
            shown = self._cluster.kubectl("kustomize", str(self._installation)).stdout
            rights = [each for each in yaml.safe_load_all(shown) if each["kind"] in RIGHTS]
            self._cluster.kubectl(
                "apply", "--server-side", "--force-conflicts", "-f", "-", input=_list(for_both_accounts(rights))
            )
            self._account = self._cluster.service_account_kubeconfig(HOME, ACCOUNT)
        return self._account

    @property
    def log(self) -> str:
        """What the operator on stage has logged, its end."""
        return self._on.output[-20_000:] if self._on is not None else ""

    def usual(self) -> Operator:
        """An operator with the default settings that has not been tampered with: the one that runs already, if it can be."""
        if self._usual is None or self._usual is not self._on or not self._usual.runs:
            self._usual = self.fresh()
            self._usual.start()
        return self._usual

    def fresh(self, *, server: str | None = None, with_rows: str = "", **settings: str) -> Operator:
        """A new operator, not yet started, with these settings; ``server`` is another way to the same API server.

        The one before is ended.
        """
        self._claim()
        if self._on is not None:
            self._on.kill()
        self._count += 1
        kubeconfig = self.account if server is None else self._detour(server)
        log = self._logs / f"operator-{self._count}.log"
        self._on = Operator(kubeconfig, log=log, settings=settings, with_rows=with_rows)
        return self._on

    def look_again(self) -> None:
        """Have an operator that runs start afresh, with what the cluster has now."""
        if self._on is not None and self._on.runs:
            self._on.kill()
            self._on.start()

    def clear(self) -> None:
        """End whatever runs, and let other runs have the cluster."""
        if self._on is not None:
            self._on.kill()
            self._on = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _claim(self) -> None:
        if self._lock is None:
            lock = (self._cluster.kubeconfig.parent / "operator.lock").open("w")
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # BlockingIOError: another run has an operator there
            self._lock = lock

    def _detour(self, server: str) -> Path:
        document: dict[str, Any] = yaml.safe_load(self.account.read_text())
        path = self._logs / f"detour-{self._count}.kubeconfig"
        endpoint = kubeconfigs.Endpoint(server, self._cluster.endpoint.authority)
        return kubeconfigs.write(path, endpoint=endpoint, login=str(document["users"][0]["user"]["token"]))


def _list(items: list[dict[str, Any]]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


@pytest.fixture(scope="session")
def stage(
    control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Stage]:
    """The one place of this run where an operator runs."""
    with Stage(control_plane, logs=tmp_path_factory.mktemp("operator")) as one:
        pytestconfig.stash[_stage] = one
        yield one


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put what the operator said next to a test that failed."""
    report = yield
    one = item.config.stash.get(_stage, None)
    if report.failed and one is not None and "stage" in getattr(item, "fixturenames", ()):
        report.sections.append(("the operator's log", one.log))
    return report
