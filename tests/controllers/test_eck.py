"""ECK lets a Kibana sleep by its count, and looks away from an Elasticsearch whose StatefulSets sleep (G2; issue 12).

It looks at an object when that changes, so that a label of no meaning has it look. What runs in its pods here is nothing: to
the end of a test no Elasticsearch answers it, and its phase stays what it is.
"""

from functools import partial

import pytest

from support.apiserver import Json, eventually
from support.audit import Audit
from support.catalogued import KINDS, as_owned, body, found
from support.controllers import TEN, Controller
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator

pytestmark = pytest.mark.lab

PLAIN: Json = {"http": {"tls": {"selfSignedCertificate": {"disabled": True}}}}
NO_DISK: Json = {"spec": {"volumes": [{"name": "elasticsearch-data", "emptyDir": {}}]}}
NODES: Json = {"name": "default", "count": 3, "volumeClaimTemplates": [], "podTemplate": NO_DISK}
SPECS: dict[str, Json] = {
    "Kibana": {"version": "9.2.0", "count": 2, **PLAIN},
    "Elasticsearch": {"version": "9.2.0", **PLAIN, "nodeSets": [NODES]},
}
HINTS = ("eck.k8s.elastic.co/orchestration-hints", "elasticsearch.k8s.elastic.co/initial-master-nodes")
LOOKS = {"Kibana": "Starting reconciliation run", "Elasticsearch": "Skipping reconciliation"}


@pytest.fixture
def owned(env: Env, operator: Operator, eck: Controller) -> Env:
    """An env whose objects ECK owns."""
    del operator, eck
    return env


def make(env: Env, kind: str, spec: Json) -> None:
    env.api.create(KINDS[kind].collection(env.name), body(kind, spec))


def looks(eck: Controller, env: Env, kind: str, *, times: int = TEN) -> None:
    """Have it look at the object of an env so many times more."""
    path = f"{KINDS[kind].collection(env.name)}/it"
    seen = eck.said(LOOKS[kind], env.name)
    for count in range(1, times + 1):
        env.api.merge(path, {"metadata": {"labels": {"looks": str(count)}}})
        eventually(partial(_has_looked, eck, env, kind, seen + count), what=f"ECK looks at the {kind}")
    env.api.merge(path, {"metadata": {"labels": {"looks": None}}})


def _has_looked(eck: Controller, env: Env, kind: str, times: int) -> bool:
    return eck.said(LOOKS[kind], env.name) >= times


def counts(env: Env, kind: str) -> list[int]:
    return [one["spec"]["replicas"] for one in env.api.items(env.collection(kind))]


@pytest.mark.proves("real controller", kinds=["Kibana"])
def test_a_kibana_sleeps_through_ten_looks_of_its_controller_and_wakes_as_it_was(
    owned: Env, eck: Controller, audit: Audit
) -> None:
    """G2, A2, A3: its Deployment is its controller's, also where a schedule names Deployments."""
    make(owned, "Kibana", SPECS["Kibana"])
    eventually(lambda: available(owned) == 2, what="it has its pods")
    before = as_owned(found(owned.api, "Kibana", owned.name))
    owned.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Deployment", "Kibana"]}})
    owned.until("Asleep")
    eventually(lambda: owned.pods() == [], what="its pods are gone")
    looks(eck, owned, "Kibana", times=2)  # what the evening left to be written is written
    audit.forget()
    eck.audit.forget()
    looks(eck, owned, "Kibana")
    assert (eck.audit.writes(owned.name), audit.writes(owned.name)) == ([], [])
    assert (counts(owned, "Deployment"), owned.pods()) == ([0], [])
    owned.wish("Awake")
    owned.until("Awake")
    assert (available(owned), counts(owned, "Deployment")) == (2, [2])
    eventually(lambda: as_owned(found(owned.api, "Kibana", owned.name)) == before, what="it is as it was")


def test_a_kibana_without_a_count_has_no_pods_to_wait_for(owned: Env) -> None:
    """G2, A2: its controller takes that for none."""
    make(owned, "Kibana", {"version": "9.2.0", **PLAIN})
    eventually(lambda: counts(owned, "Deployment") == [0], what="it has no pods")
    before = as_owned(found(owned.api, "Kibana", owned.name))
    owned.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Kibana"]}})
    owned.until("Asleep")
    owned.wish("Awake")
    owned.until("Awake")
    eventually(lambda: as_owned(found(owned.api, "Kibana", owned.name)) == before, what="it is as it was")


def available(env: Env) -> int:
    status: Json = found(env.api, "Kibana", env.name).get("status", {})
    return int(status.get("availableNodes", 0))


@pytest.mark.proves("real controller", kinds=["Elasticsearch"])
def test_an_elasticsearch_sleeps_by_its_statefulset_while_its_controller_looks_away(
    owned: Env, eck: Controller, audit: Audit
) -> None:
    """G2, A2, A3: over ten of its looks, and it has what it had in the morning."""
    make(owned, "Elasticsearch", SPECS["Elasticsearch"])
    eventually(lambda: counts(owned, "StatefulSet") == [3], what="it has a StatefulSet")
    before = less_hints(found(owned.api, "Elasticsearch", owned.name))
    chosen = {"workloads": {"kinds": ["StatefulSet", "Elasticsearch"]}, "waves": {"timeout": "5s"}}
    owned.schedule({**ASLEEP_FOR_EVER, **chosen})
    owned.until("Asleep")
    eventually(lambda: owned.pods() == [], what="its pods are gone")
    looks(eck, owned, "Elasticsearch", times=2)  # what the evening left to be written is written
    audit.forget()
    eck.audit.forget()
    looks(eck, owned, "Elasticsearch")
    assert (eck.audit.writes(owned.name), audit.writes(owned.name)) == ([], [])
    assert (counts(owned, "StatefulSet"), owned.pods()) == ([0], [])
    owned.wish("Awake")
    owned.until("Awake")
    assert counts(owned, "StatefulSet") == [3]
    eventually(lambda: less_hints(found(owned.api, "Elasticsearch", owned.name)) == before, what="it is as it was")


def less_hints(raw: Json) -> Json:
    """What is its owner's: ECK writes down what it knows of an Elasticsearch as annotations, whenever it knows more."""
    owned = as_owned(raw)
    return {**owned, "annotations": {key: text for key, text in owned["annotations"].items() if key not in HINTS}}
