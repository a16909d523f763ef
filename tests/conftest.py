"""Fixtures of all tests. One real control plane serves a run, or each worker of it, and starts when a test asks for it."""

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import hypothesis
import pytest
from _pytest.capture import CaptureManager
from _pytest.terminal import TerminalReporter

from sundown_lab import controlplane
from sundown_lab.cluster import Cluster, connect, require_lab
from sundown_lab.progress import Progress
from support import logins
from support.effort import as_many

pytest_plugins = [
    "support.operators",
    "support.envs",
    "support.audit",
    "support.slacks",
    "support.awses",
    "support.tables",
    "support.frontdesks",
    "support.alerting",
    "support.browsers",
    "support.policies",
    "support.helms",
    "support.promtools",
    "support.controllers",
    "support.nodes",
    "support.supporting",
    "support.stopping",
    "support.two_clusters",
    "support.slowest_rooms",
    "support.leaving_out",
    "support.longest_first",
    "support.proofs",
]

# Whoever runs the tests by make has a make of their own: one that a test runs says what it says to users, and no more.
for inherited in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
    os.environ.pop(inherited, None)

ROOT = Path(__file__).parent.parent
LAB_TIMEOUT = 300.0
RAN_IN_LAB = ("control plane", "lab")
OFTEN = {"horizontal-pod-autoscaler-sync-period": "1s"}
"""So that ten looks of an autoscaler take ten seconds."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kubeconfig",
        type=Path,
        default=os.environ.get("SUNDOWN_LAB_KUBECONFIG"),
        help="use the lab's cluster of this file instead of starting one (also SUNDOWN_LAB_KUBECONFIG)",
    )


# How long an example takes says something of the machine, and nothing of Sundown; a test that hangs has its time-out.
hypothesis.settings.register_profile(
    "sundown", deadline=None, max_examples=as_many(100), suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("sundown")


@pytest.hookimpl(tryfirst=True)  # before `-m` deselects: a missing mark must not hide a test from it
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("node") is not None or item.get_closest_marker("oldest") is not None:
            item.add_marker(pytest.mark.lab)
        uses_lab = "control_plane" in getattr(item, "fixturenames", ())
        is_marked = item.get_closest_marker("lab") is not None
        item.user_properties += [RAN_IN_LAB] * is_marked
        if uses_lab and not is_marked:
            raise pytest.UsageError(f"{item.nodeid} uses the control plane: mark it with @pytest.mark.lab")
        if is_marked and item.get_closest_marker("timeout") is None:
            # Of the test alone: the first one also waits for the start, which on a fresh machine builds Kubernetes.
            item.add_marker(pytest.mark.timeout(LAB_TIMEOUT, func_only=True))
        if {"slack_server", "aws_server"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.simulator)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    # Counted from the reports, which come from the workers too where a run has several.
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    count = sum(report.when == "call" and RAN_IN_LAB in report.user_properties for report in reports)
    terminalreporter.write_line(f"{count} {'test' if count == 1 else 'tests'} ran against the real control plane")


@pytest.fixture(scope="session", autouse=True)
def temporary_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoever is killed in a test leaves its temporary files, the certificates of a kubeconfig say, where pytest tidies up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("temporary")))
        yield


@pytest.fixture(scope="session")
def control_plane(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane with Sundown's CRDs and an audit log, or the lab's cluster that `--kubeconfig` names.

    What faults it (stops the API server, say) puts it right again before the test ends: all tests share it.
    """
    existing: Path | None = pytestconfig.getoption("--kubeconfig")
    if existing is not None:
        require_lab(existing)
        cluster = connect(existing.absolute(), directory=tmp_path_factory.mktemp("cluster"))
        _install_crds(cluster)
        yield cluster
        return
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert isinstance(capture, CaptureManager)
    with capture.global_and_fixture_disabled():  # a first build takes minutes, which must be seen
        flags = {"kube-apiserver": logins.flags(tmp_path_factory.mktemp("logins")), "kube-controller-manager": OFTEN}
        started = controlplane.start(audit=True, flags=flags, progress=Progress())
    with started:
        _install_crds(started)
        yield started


@pytest.fixture
def kubectl(control_plane: Cluster) -> Callable[..., CompletedProcess[str]]:
    """`kubectl("get", "pods")` as administrator; raises KubectlError unless told `check=False`."""
    return control_plane.kubectl


@pytest.fixture
def namespace(control_plane: Cluster) -> Iterator[str]:
    """A fresh namespace without labels, in which pods can be made; deleted after the test without waiting for it."""
    name = f"test-{secrets.token_hex(4)}"
    control_plane.kubectl("create", "namespace", name)
    control_plane.kubectl("wait", "--for=create", "serviceaccount/default", "-n", name, "--timeout=110s")
    yield name
    control_plane.kubectl("delete", "namespace", name, "--wait=false", "--ignore-not-found")


def _install_crds(cluster: Cluster) -> None:
    cluster.install([ROOT / "crds"])
