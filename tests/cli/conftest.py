"""The command line as people call it: in this process, as an administrator or as somebody with few rights."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner

from sundown.cli.app import cli
from sundown_lab.cluster import Cluster
from support.apiserver import Api, eventually
from support.commandline import Called, Sundown
from support.operators import Operator, Stage

PEOPLE = Path(__file__).parent.parent.parent / "deploy" / "base" / "clusterroles-people.yaml"
BINDINGS = "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings"
CLUSTER_ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
ACCOUNTS = "/api/v1/namespaces/{}/serviceaccounts"


@pytest.fixture
def call() -> Iterator[Callable[..., Called]]:
    """Call ``sundown`` with these arguments and no cluster; the machine's clock is in UTC."""

    def run(*arguments: str) -> Called:
        result = CliRunner().invoke(cli, arguments, prog_name="sundown")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Called(result.exit_code, result.stdout, result.stderr)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield run
    time.tzset()
    # Commands silence the logs of the operator's rooms for their process, which here is everybody's.
    structlog.reset_defaults()


@pytest.fixture
def sundown(control_plane: Cluster, call: Callable[..., Called]) -> Sundown:
    """Call ``sundown`` against the control plane."""

    def run(*arguments: str, who: Path | None = None) -> Called:
        command, *rest = arguments
        return call(command, "--kubeconfig", str(who or control_plane.kubeconfig), *rest)

    return run


@pytest.fixture(scope="session")
def roles(control_plane: Cluster) -> None:
    """The roles that an installation has for people."""
    control_plane.kubectl("apply", "-f", str(PEOPLE))


@pytest.fixture
def person(control_plane: Cluster, api: Api, roles: None) -> Callable[..., Path]:
    """``person(namespace, "sundown-user")`` is a kubeconfig of somebody who has these roles there and no other rights."""

    def make(namespace: str, *granted: str) -> Path:
        api.create(ACCOUNTS.format(namespace), {"metadata": {"name": "ana"}})
        for role in granted:
            reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}
            subject = {"kind": "ServiceAccount", "name": "ana", "namespace": namespace}
            binding = {"metadata": {"name": role}, "roleRef": reference, "subjects": [subject]}
            api.create(BINDINGS.format(namespace), binding)
        login = control_plane.service_account_kubeconfig(namespace, "ana")
        eventually(lambda: _counts(api, Api(login), namespace, granted), what="the roles count")
        return login

    return make


def _counts(api: Api, ana: Api, namespace: str, granted: tuple[str, ...]) -> bool:
    """Whether the API server, which learns of bindings a moment after they are made, lets her do all that is granted."""
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": namespace},
    }
    told = ana.create("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", review)["status"]["resourceRules"]
    rules = [rule for role in granted for rule in api.get(f"{CLUSTER_ROLES}/{role}")["rules"]]
    return all(rule in told for rule in rules)


@pytest.fixture
def me(api: Api) -> str:
    """The name under which the cluster knows its administrator."""
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    return str(
        api.create("/apis/authentication.k8s.io/v1/selfsubjectreviews", review)["status"]["userInfo"]["username"]
    )


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()


@pytest.fixture
def no_operator(stage: Stage) -> None:
    """Nobody acts on what the test writes."""
    stage.clear()
