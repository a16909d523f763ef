"""A kind that no catalogue has: what a schedule says to have it sleep, and what lets Sundown do so."""

from itertools import count

from support.apiserver import Api, Json, eventually
from support.catalogued import CRDS, crd
from support.envs import ASLEEP_FOR_EVER, Env

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


def simulator(env: Env, name: str = "it", **spec: object) -> str:
    """Make one, with this spec; its path."""
    path = f"/apis/{GROUP}/v1/namespaces/{env.name}/{PLURAL}"
    env.api.create(path, {"apiVersion": f"{GROUP}/v1", "kind": "Simulator", "metadata": {"name": name}, "spec": spec})
    return f"{path}/{name}"


def asleep_simulator(env: Env, patch: Json = PATCH) -> str:
    """Give an env a Deployment and a simulator, and have both asleep, the latter by this patch; its path."""
    path = simulator(env, size=2)
    env.add("web", 2)
    env.schedule({**ASLEEP_FOR_EVER, "workloads": {"patches": [patch]}})
    looks = count()

    def paused() -> bool:
        env.wish("Asleep", reason=f"look again: {next(looks)}")
        return bool(env.api.get(path)["spec"].get("paused"))

    # The operator may have read just now that there is no such kind.
    eventually(paused, what="it is found and sleeps")
    env.until("Asleep")
    return path


def serve_versions(api: Api, **served: bool) -> None:
    """Have the CRD of simulators serve these versions, the first of which keeps their objects, and no others."""
    first = crd(GROUP, "v1", "Simulator", PLURAL)["spec"]["versions"][0]
    versions = [{**first, "name": name, "served": on, "storage": name == "v1"} for name, on in served.items()]
    api.merge(f"{CRDS}/{PLURAL}.{GROUP}", {"spec": {"versions": versions}})

    def as_said() -> bool:
        return all((api.find(f"/apis/{GROUP}/{name}/{PLURAL}") is not None) == on for name, on in served.items())

    eventually(as_said, what=f"served: {served}")
