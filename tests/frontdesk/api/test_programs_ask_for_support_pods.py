"""Support pods by the API of a frontdesk that runs, from a program's token to the pod (F2 H1 H2 J2)."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, eventually
from support.frontdesk.callers import Program, program
from support.frontdesks import Counter
from support.operators import Stage
from support.supporting import ON, PLACE, Supported

pytestmark = pytest.mark.lab

ROLES = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{PLACE}"
SUPPORT = "/api/v1/support"


@pytest.fixture
def ci(
    control_plane: Cluster,
    api: Api,
    counter: Counter,
    stage: Stage,
    slack: Workspace,
    supported: Supported,
    namespace: str,
) -> Iterator[Program]:
    """A program without rights, of a frontdesk and an operator that know support pods."""
    stage.fresh(**ON).start()
    desk = counter.fresh(slack, **ON)
    desk.start()
    yield program(control_plane, api, desk, namespace)
    api.delete(f"{ROLES}/rolebindings/ci")


def test_one_is_started_runs_and_is_stopped(ci: Program, supported: Supported) -> None:
    """F2 H1 H2"""
    token = ci.token()
    refused = ci.ask("POST", SUPPORT, {"name": "tools"}, token=token)
    assert (refused.status, refused.reason) == (403, "Forbidden")
    assert '"create" supportpods.sundown.dev' in refused.body["detail"]
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "sundown-slack"}
    subject = {"kind": "ServiceAccount", "name": "ci", "namespace": ci.home}
    ci.api.create(f"{ROLES}/rolebindings", {"metadata": {"name": "ci"}, "roleRef": role, "subjects": [subject]})
    eventually(lambda: ci.ask("GET", SUPPORT, token=token).status == HTTPStatus.OK, what="the right counts")
    made = ci.ask("POST", SUPPORT, {"name": "My Tools", "size": "XS", "hours": 1}, token=token)
    assert (made.status, made.body["name"], made.body["owner"]) == (201, "my-tools", ci.user)
    supported.until("my-tools", "Running")
    (listed,) = ci.ask("GET", SUPPORT, token=token).body["items"]
    assert (listed["state"], listed["memory"], listed["exec"]) == ("Running", "512Mi", made.body["exec"])
    assert ci.ask("POST", SUPPORT, {"name": "my-tools"}, token=token).reason == "AlreadyExists"
    assert ci.ask("POST", f"{SUPPORT}/my-tools/extend", {}, token=token).body["endsAt"] > listed["endsAt"]
    assert ci.ask("DELETE", f"{SUPPORT}/my-tools", token=token).status == HTTPStatus.OK
    supported.gone("my-tools")
