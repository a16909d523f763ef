"""A kind that no catalogue has: what a schedule says to have it sleep, and what lets Sundown do so."""

from support.apiserver import Api, Json, eventually
from support.catalogued import CRDS

GROUP, PLURAL = "example.com", "simulators"
KEY = f"Simulator.{GROUP}"
PATCH: Json = {"apiVersion": f"{GROUP}/v1", "kind": "Simulator", "asleep": {"spec": {"paused": True}}}
RIGHTS: Json = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "test-simulators", "labels": {"sundown.dev/aggregate-to-kinds": "true"}},
    "rules": [{"apiGroups": [GROUP], "resources": [PLURAL], "verbs": ["get", "list", "patch"]}],
}


def take_away(api: Api) -> None:
    path = f"{CRDS}/{PLURAL}.{GROUP}"
    if api.find(path) is not None:
        api.delete(path)
    eventually(lambda: api.find(path) is None, what="simulators are served no more")
