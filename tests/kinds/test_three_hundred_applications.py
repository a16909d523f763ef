"""An env with as many Applications of Argo CD as a platform team has in all: each is asked for once, and comes back as it was (G2, A3)."""

import json
from collections import Counter

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Json, eventually
from support.audit import Audit
from support.catalogued import KINDS, as_owned, body, of_sundown
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator

pytestmark = pytest.mark.lab

MANY = 300
ONCE = ("tried by a dry run", "put to sleep", "given back to its owners")
"""The writes that an object of a patched kind takes in an evening."""
AUTOMATED: tuple[Json | None, ...] = (
    {},
    {"selfHeal": True, "prune": True},
    {"enabled": True},
    {"enabled": False},
    None,
)
"""What of them syncs by itself, and what does not."""
GENERATOR: Json = {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "name": "all", "uid": "1-2-3"}
NIGHT: Json = {**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Deployment", "Application"]}}


def application(number: int) -> Json:
    """One of them; each tenth is made by an ApplicationSet."""
    automated = AUTOMATED[number % len(AUTOMATED)]
    policy: Json = {"syncOptions": ["ServerSideApply=true"], **({} if automated is None else {"automated": automated})}
    spec = {"project": "default", "source": {"path": f"apps/{number}"}, "syncPolicy": policy}
    made = body("Application", spec, name=f"app-{number}")
    if number % 10 == 0:
        # Its kind is not served here, so that the garbage collector cannot miss it.
        made["metadata"]["ownerReferences"] = [{**GENERATOR, "controller": True}]
    return made


def is_to_sleep(raw: Json) -> bool:
    """Whether it syncs by itself, and by nobody else's word."""
    automated = raw["spec"]["syncPolicy"].get("automated")
    return automated is not None and automated.get("enabled") is not False and "ownerReferences" not in raw["metadata"]


@pytest.mark.timeout(300, func_only=True)
def test_each_is_put_to_sleep_once_and_comes_back_as_it_was(
    env: Env, operator: Operator, control_plane: Cluster, audit: Audit
) -> None:
    """G2, A3: what syncs only by hand, or is an ApplicationSet's, is not touched."""
    del operator
    items = [{**one, "metadata": {**one["metadata"], "namespace": env.name}} for one in map(application, range(MANY))]
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    control_plane.kubectl("create", "-f", "-", input=document)

    def there() -> dict[str, Json]:
        return {raw["metadata"]["name"]: raw for raw in env.api.items(KINDS["Application"].collection(env.name))}

    before = {name: as_owned(raw) for name, raw in there().items()}
    to_sleep = {name for name, raw in there().items() if is_to_sleep(raw)}
    audit.forget()
    env.schedule(NIGHT)
    env.until("Asleep", within=120)
    now = there()
    assert {name for name, raw in now.items() if of_sundown(raw)} == to_sleep
    assert {name for name in to_sleep if now[name]["spec"]["syncPolicy"]["automated"]["enabled"] is False} == to_sleep
    writes = [each.name for each in audit.writes(env.name) if each.resource == "applications"]
    assert Counter(writes) == dict.fromkeys(to_sleep, len(ONCE))
    env.wish("Awake")
    env.until("Awake", within=120)
    eventually(lambda: {name: as_owned(raw) for name, raw in there().items()} == before, what="all are as they were")
