"""`sundown requests`, `approve`, `reject`, `withdraw` and `audit` against the real control plane."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api, eventually
from support.asked import Asked, request
from support.commandline import Sundown
from support.envs import ALWAYS_AWAKE, Env
from support.operating import let_operate
from support.operators import HOME, Operator

pytestmark = pytest.mark.lab

_RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/{}"


@pytest.fixture
def env(operator: Operator, make_env: Callable[..., Env]) -> Env:
    """A guarded env that ana may operate."""
    one = make_env({"sundown.dev/guarded": "true"})
    one.add("web", 2)
    one.schedule(ALWAYS_AWAKE)
    let_operate(one, "ana@example.com")
    one.until("Awake")
    return one


@pytest.fixture
def asked(env: Env) -> Iterator[Asked]:
    """Ana's wish to have it scaled."""
    parameters = {"kind": "Deployment", "name": "web", "replicas": "3"}
    one = request(env, granted=False, action="Scale", parameters=parameters)
    one.until("Pending")
    yield one
    env.api.delete(one.path)


@pytest.fixture
def login(control_plane: Cluster, api: Api, env: Env, roles: None) -> Iterator[Callable[[str], Path]]:
    """``login("bo@example.com")`` answers requests, and may approve in the env."""
    made: list[str] = []

    def make(name: str) -> Path:
        subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name}
        for namespace, role in ((HOME, "sundown-requests"), (env.name, "approvers")):
            if role == "approvers":
                rules = [{"apiGroups": ["sundown.dev"], "resources": ["envschedules"], "verbs": ["approve", "list"]}]
                api.create(f"{_RBAC.format(namespace)}/roles", {"metadata": {"name": role}, "rules": rules})
            kind = "Role" if role == "approvers" else "ClusterRole"
            ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role}
            body = {"metadata": {"generateName": "answering-"}, "roleRef": ref, "subjects": [subject]}
            path = f"{_RBAC.format(namespace)}/rolebindings"
            made.append(f"{path}/{api.create(path, body)['metadata']['name']}")
        what = {"group": "sundown.dev", "resource": "envschedules", "verb": "approve", "namespace": env.name}
        home = {"group": "sundown.dev", "resource": "actionrequests", "verb": "patch", "namespace": HOME}
        reviews = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        eventually(
            lambda: all(
                api.create(reviews, {"spec": {"user": name, "resourceAttributes": each}})["status"]["allowed"]
                for each in (what, home)
            ),
            what="the roles count",
        )
        return control_plane.user_kubeconfig(name, ())

    yield make
    for path in made:
        api.delete(path)


def test_somebody_else_approves_it_and_it_is_done_and_stands_in_the_audit(
    sundown: Sundown, env: Env, asked: Asked, login: Callable[[str], Path]
) -> None:
    """I7, I8, G7"""
    bo = login("bo@example.com")
    listed = sundown("requests", who=bo)
    assert asked.name in listed.out
    assert "ana@example.com" in listed.out
    approved = sundown("approve", f"areq/{asked.name}", who=bo)
    assert (approved.code, "approved by bo@example.com" in approved.out) == (0, True)
    assert (asked.finished()["state"], env.replicas("web")) == ("Done", 3)
    assert asked.name not in sundown("requests", who=bo).out
    found = [row for row in sundown("audit", "--since", "1h", "-o", "json").json if row["namespace"] == env.name]
    assert [(row["who"], row["what"], row["approvedBy"], row["state"]) for row in found] == [
        ("ana@example.com", "scale", "bo@example.com", "Done")
    ]
    rows = list(csv.DictReader(io.StringIO(sundown("audit", "-o", "csv").out)))
    assert asked.name in {row["record"].removeprefix("areq/") for row in rows}


def test_nobody_approves_their_own_and_who_asked_takes_it_back(
    sundown: Sundown, env: Env, asked: Asked, login: Callable[[str], Path]
) -> None:
    """I7: by whatever login."""
    ana = login("oidc:ana@example.com")
    refused = sundown("approve", asked.name, who=ana)
    assert (refused.code, "somebody else has to approve it" in refused.err) == (1, True)
    assert sundown("withdraw", asked.name, "--reason", "a slip", who=ana).code == 0
    status = asked.finished()
    assert (status["state"], "a slip" in status["outcome"]) == ("Withdrawn", True)
    again = sundown("reject", asked.name)
    assert (again.code, "too late" in again.err) == (1, True)


def test_who_may_not_answer_hears_what_they_lack(
    sundown: Sundown, asked: Asked, person: Callable[..., Path], env: Env
) -> None:
    """I7, I5"""
    called = sundown("approve", asked.name, who=person(env.name, "sundown-user"))
    assert (called.code, "sundown-requests" in called.err) == (1, True)
    assert sundown("approve", "areq/none-such").err.startswith('Error: no request "none-such"')
