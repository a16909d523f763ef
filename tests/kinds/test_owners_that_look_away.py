"""Kinds that cannot say that they want no pods look away while what they control sleeps: the owner recipe (G2, W9)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Answered, Api, Json, eventually
from support.catalogued import KINDS, SAMPLES, as_owned, body, controllers, found, of_sundown
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator
from support.whole_catalogue import sleeps

pytestmark = pytest.mark.lab

OWNERS = [row.kind for row in KINDS.values() if row.with_owned]
COUNT = 3


@dataclass
class Controller:
    """Wants so many pods of what it controls whenever it looks; ``put_back`` is how often they were others."""

    api: Api
    env: Env
    kind: str
    put_back: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        path = f"/apis/apps/v1/namespaces/{self.env.name}/statefulsets/db"
        while not self._ended.wait(0.05):
            try:
                it = found(self.api, self.kind, self.env.name)
                if not sleeps(f"{self.kind}/it", it) and self.api.get(path)["spec"]["replicas"] != COUNT:
                    self.api.merge(path, {"spec": {"replicas": COUNT}}, fieldManager="its-controller")
                    self.put_back += 1
            except Answered:
                continue

    @contextmanager
    def looking(self) -> Iterator[None]:
        thread = threading.Thread(target=self.look)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()


@pytest.mark.proves("holds", param="kind", against="its own controller")
@pytest.mark.parametrize("kind", OWNERS)
def test_it_looks_away_before_its_pods_go_and_looks_again_when_they_are_back(
    env: Env, operator: Operator, control_plane: Cluster, kind: str
) -> None:
    """G2, W9: nobody fights, and nobody has to put anything back."""
    del operator
    made = env.api.create(KINDS[kind].collection(env.name), body(kind, SAMPLES[kind].spec))
    owner: Json = {"apiVersion": made["apiVersion"], "kind": kind, "name": "it", "uid": made["metadata"]["uid"]}
    env.add("db", COUNT, kind="StatefulSet")
    env.edit("db", {"metadata": {"ownerReferences": [{**owner, "controller": True}]}}, kind="StatefulSet")
    controller = Controller(Api(control_plane.kubeconfig), env, kind)
    with controllers(Api(control_plane.kubeconfig), env.name, (kind,)), controller.looking():
        env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["StatefulSet", kind]}})
        env.until("Asleep")
        assert (env.replicas("db", kind="StatefulSet"), env.pods()) == (0, [])
        assert env.condition("Degraded")[0] == "False"
        env.wish("Awake")
        env.until("Awake")
        eventually(lambda: of_sundown(found(env.api, kind, env.name)) == [], what="it is let go")
    assert env.replicas("db", kind="StatefulSet") == COUNT
    assert as_owned(found(env.api, kind, env.name)) == as_owned(made)
    assert controller.put_back == 0
