"""`as` and `as-groups` of a kubeconfig's user: the cluster takes the command for somebody else's (J3, D2)."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sundown.cli.shared.cluster_access import connected, identity
from sundown_lab.cluster import Cluster
from support.apiserver import Api, eventually
from support.commandline import Sundown
from support.envs import ASLEEP_FOR_EVER, Env

pytestmark = pytest.mark.lab

BINDINGS = "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings"
GROUP = "team-of-eve"


@pytest.fixture
def acting(control_plane: Cluster, tmp_path: Path) -> Callable[..., Path]:
    """The administrator's kubeconfig, with these fields in its user."""

    def make(**fields: object) -> Path:
        document = json.loads(control_plane.kubeconfig.read_text())
        for user in document["users"]:
            user["user"] |= {key.replace("_", "-"): value for key, value in fields.items()}
        path = tmp_path / "acting"
        path.write_text(json.dumps(document))
        return path

    return make


def test_an_administrator_who_acts_as_somebody_without_rights_has_none(
    sundown: Sundown, env: Env, acting: Callable[..., Path]
) -> None:
    env.schedule(ASLEEP_FOR_EVER)
    login = acting(**{"as": "eve"})
    assert connected(identity, kubeconfig=login) == ("eve", ("system:authenticated",))
    called = sundown("start", env.name, who=login)
    assert called.code == 1
    assert "you may not" in called.err
    assert "override" not in env.api.get(env.schedules("default"))["spec"]


def test_what_is_asked_for_is_in_the_name_and_with_the_groups_of_who_is_acted_as(
    sundown: Sundown, env: Env, api: Api, roles: None, acting: Callable[..., Path]
) -> None:
    env.schedule(ASLEEP_FOR_EVER)
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "sundown-user"}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": GROUP}
    binding = {"metadata": {"name": "team"}, "roleRef": reference, "subjects": [subject]}
    api.create(BINDINGS.format(env.name), binding)
    login = acting(**{"as": "eve"}, as_groups=["others", GROUP])
    eventually(lambda: sundown("start", env.name, who=login).code == 0, what="the binding counts")
    assert env.api.get(env.schedules("default"))["spec"]["override"]["by"] == "eve"
