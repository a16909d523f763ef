"""``sundown api token``: a token for Sundown alone, or how to get one (F6)."""

from collections.abc import Callable
from typing import Any

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api
from support.commandline import Called

REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews"
Call = Callable[..., Called]


def test_it_says_how_to_get_one(call: Call) -> None:
    said = call("api", "token")
    assert said.code == 0
    assert "kubectl create token ACCOUNT -n NAMESPACE --audience sundown" in said.out
    assert "Authorization: Bearer $TOKEN" in said.out


@pytest.mark.parametrize("duration", ["9m", "366d", "0s"])
def test_it_is_good_for_a_sensible_time(call: Call, duration: str) -> None:
    said = call("api", "token", "ci", "-n", "team-a", "--duration", duration)
    assert (said.code, said.err) == (1, "Error: a token is good for between 10m and 365d\n")


@pytest.mark.lab
def test_it_is_good_for_sundown_and_for_nobody_else(
    call: Call, control_plane: Cluster, api: Api, namespace: str
) -> None:
    """F6"""
    api.create(f"/api/v1/namespaces/{namespace}/serviceaccounts", {"metadata": {"name": "ci"}})
    where = ("-n", namespace, "--kubeconfig", str(control_plane.kubeconfig))
    made = call("api", "token", "ci", *where).out.strip()

    def known(**spec: Any) -> object:
        return api.create(REVIEWS, {"spec": {"token": made, **spec}})["status"].get("authenticated", False)

    assert known(audiences=["sundown"])
    assert not known()
    missing = call("api", "token", "nobody", *where)
    assert (missing.code, missing.err) == (
        1,
        f'Error: no ServiceAccount "nobody" in namespace "{namespace}"; kubectl create serviceaccount nobody -n {namespace} makes it\n',
    )
