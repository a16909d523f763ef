"""`sundown stop` where that takes two people (I6 I7)."""

import secrets

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import eventually
from support.commandline import Sundown
from support.envs import Env
from support.operators import HOME
from support.stopping import ANA, BO, RBAC, the_request

pytestmark = pytest.mark.lab


def test_it_is_asked_for_and_done_once_somebody_else_has_approved_it(
    control_plane: Cluster, sundown: Sundown, roles: None, guarded: Env
) -> None:
    """I6 I7: as the person themselves, who may make requests."""
    who = control_plane.user_kubeconfig(ANA, ())
    refused = sundown("stop", guarded.name, who=who)
    assert (refused.code, "sundown-requests" in refused.err) == (1, True)
    home = f"{RBAC}/namespaces/{HOME}/rolebindings"
    name = f"asks-{secrets.token_hex(4)}"
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "sundown-requests"}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": ANA}
    guarded.api.create(home, {"metadata": {"name": name}, "roleRef": role, "subjects": [subject]})
    try:
        called = eventually(
            lambda: found if (found := sundown("stop", guarded.name, "--reason", "night", who=who)).code == 0 else None,
            what="the role counts",
        )
    finally:
        guarded.api.delete(f"{home}/{name}")
    asked = the_request(guarded)
    assert f"sundown approve areq/{asked.name}" in called.out
    assert guarded.replicas("web") == 2
    asked.api.merge(
        asked.path, {"spec": {"approval": {"by": BO, "at": asked.api.get(asked.path)["spec"]["requestedAt"]}}}
    )
    assert asked.finished()["state"] == "Done"
    guarded.until("Asleep", name="theirs")
