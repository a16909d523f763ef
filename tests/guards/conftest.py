"""The guards of ``deploy/components/policies`` in force, and people and accounts before the API server as themselves.

Sundown's accounts are cluster-admins meanwhile, so that what refuses is a guard, and never RBAC.
"""

import secrets
from collections.abc import Callable, Iterator

import pytest

from sundown.cluster.guards import shipped
from sundown_lab.cluster import Cluster
from support.apiserver import Answered, Api, Json, eventually
from support.envs import NAMESPACES, SUNDOWN, manifest
from support.frontdesks import Counter
from support.operators import HOME, Stage
from support.policies import path_of

Become = Callable[..., Api]
PROCESSES = ("operator", "frontdesk")
BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"


@pytest.fixture(scope="module")
def operators(stage: Stage) -> Api:
    """The operator's account."""
    return Api(stage.account)


@pytest.fixture(scope="module")
def frontdesks(counter: Counter) -> Api:
    """The frontdesk's own account."""
    return Api(counter.account)


@pytest.fixture(scope="module")
def become(control_plane: Cluster) -> Become:
    """``become("ana@example.com", "dev")`` is a person with groups, as the API server knows her."""
    return lambda user, *groups: Api(control_plane.user_kubeconfig(user, groups))


@pytest.fixture(scope="module", autouse=True)
def _guards(api: Api, operators: Api, frontdesks: Api) -> Iterator[None]:
    accounts = [{"kind": "ServiceAccount", "name": f"sundown-{name}", "namespace": HOME} for name in PROCESSES]
    people = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "editors-of-all"}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
    name = f"guards-{secrets.token_hex(4)}"
    try:
        api.create(BINDINGS, {"metadata": {"name": name}, "roleRef": role, "subjects": [*accounts, people]})
        api.create(NAMESPACES, {"metadata": {"name": name}})
        for each in shipped():
            api.create(path_of(each).rpartition("/")[0], each)
        eventually(lambda: _refuses_all(api, operators, frontdesks, name), what="the guards are in force")
        yield
    finally:
        for each in shipped():
            api.delete(path_of(each))
        api.delete(f"{BINDINGS}/{name}")
        api.delete(f"{NAMESPACES}/{name}")


def _refuses_all(api: Api, operators: Api, frontdesks: Api, namespace: str) -> bool:
    """Whether each of them does what it is for; nothing is written."""
    schedules = f"{SUNDOWN}/namespaces/{namespace}/envschedules"
    schedule = kind("EnvSchedule", {"awake": [], "override": {"state": "Awake", "by": "nobody"}})
    stamped = api.create(f"{schedules}?dryRun=All", schedule)["spec"]["override"]["by"] != "nobody"
    support = kind("SupportPod", {"owner": "nobody"})
    pods = f"{SUNDOWN}/namespaces/{namespace}/supportpods"
    try:
        stamped = stamped and api.create(f"{pods}?dryRun=All", support)["spec"]["owner"] != "nobody"
    except Answered:  # it is refused already, and not stamped yet
        return False
    when = {"requestedAt": "2026-11-23T08:00:00Z", "expiresAt": "2026-11-23T09:00:00Z", "via": "slack"}
    what = {"action": "Delete", "target": {"namespace": "a", "uid": "a"}, "confirmation": "a"}
    request = kind("ActionRequest", {**what, **when, "requestedBy": "nobody"})
    return stamped and all(
        refused(client, path, what)
        for client, path, what in (
            (api, f"{SUNDOWN}/namespaces/{HOME}/actionrequests", request),
            (frontdesks, schedules, schedule),
            (operators, f"/apis/apps/v1/namespaces/{namespace}/deployments", manifest("Deployment", "probe", 1)),
        )
    )


def refused(client: Api, path: str, body: Json) -> bool:
    """Whether a policy keeps somebody from making this."""
    try:
        client.create(f"{path}?dryRun=All", body)
    except Answered as answer:
        return "ValidatingAdmissionPolicy" in str(answer)
    return False


def kind(name: str, spec: Json) -> Json:
    """An object of Sundown's, named probe."""
    return {"apiVersion": "sundown.dev/v1alpha1", "kind": name, "metadata": {"name": "probe"}, "spec": spec}
