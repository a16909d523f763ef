"""A model of the API server on which counts are counted: versions, generations, merge patches and owners, and nothing else."""

import copy
from typing import Any, Literal, get_args

from sundown.cluster.client import Cluster
from sundown.cluster.errors import Conflict, Missing
from sundown.model.parts import Workload
from sundown.model.record import read_restoring
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.memory import Memory, edition_on, is_current, recall
from sundown.sleepers.kinds import KINDS
from support.samples import env, known, namespace

OWNER = "kubectl"
Kind = Literal["Deployment", "StatefulSet"]
Key = tuple[Kind, str]
_BY_PLURAL: dict[str, Kind] = {KINDS[kind].plural: kind for kind in get_args(Kind)}


class ApiServer:
    """Workloads by kind and name, as far as versions, merge patches and owners go; and what Sundown says of them."""

    def __init__(self) -> None:
        self.objects: dict[Key, dict[str, Any]] = {}
        self.status = EnvScheduleStatus()
        self.space = namespace()
        self.clock = 0
        self._version = 0

    def create(self, key: Key, replicas: int) -> None:
        """A new object: another uid."""
        self._version += 1
        self.objects.pop(key, None)
        about = {"name": key[1], "namespace": "dev", "uid": f"uid-{self._version}", "annotations": {}}
        self._write(key, {"metadata": about, "spec": {"replicas": replicas}}, by=OWNER)

    def replace(self, key: Key, replicas: int) -> None:
        """The whole object anew: annotations that the new manifest does not have are gone."""
        uid = self.objects[key]["metadata"]["uid"]
        about = {"name": key[1], "namespace": "dev", "uid": uid, "annotations": {}}
        self._write(key, {"metadata": about, "spec": {"replicas": replicas}}, by=OWNER)

    def patch(self, key: Key, body: dict[str, Any], *, by: str = OWNER) -> None:
        """A merge patch.

        Raises:
            Missing: where there is no such object.
            Conflict: where the patch names another version than the present one.
        """
        there = self.objects.get(key)
        if there is None:
            raise Missing("no such workload", status=404)
        version = body.get("metadata", {}).get("resourceVersion", there["metadata"]["resourceVersion"])
        if version != there["metadata"]["resourceVersion"]:
            raise Conflict("the object has been modified", status=409)
        self._write(key, _merged(there, body), by=by)

    def annotations(self, key: Key) -> dict[str, str]:
        """Those of one workload."""
        found: dict[str, str] = self.objects[key]["metadata"]["annotations"]
        return found

    def look(self, key: Key) -> Workload:
        """One workload, read as the operator reads it.

        Raises:
            Missing: where there is no such object.
        """
        return KINDS[key[0]].read(copy.deepcopy(self.whole(key)))

    def whole(self, key: Key) -> dict[str, Any]:
        """One workload as JSON.

        Raises:
            Missing: where there is no such object.
        """
        if key not in self.objects:
            raise Missing("no such workload", status=404)
        return self.objects[key]

    def all(self) -> list[Workload]:
        """Every workload."""
        return [self.look(key) for key in self.objects]

    def known(self) -> tuple[Any, Any]:
        """The env and its schedule, as the operator has them."""
        schedule = known(status=self.status)
        return env(schedule, namespace=self.space), schedule

    def memory(self) -> Memory:
        """What a fresh operator remembers."""
        return recall(*self.known())

    def is_marked(self, key: Key) -> bool:
        """Whether what stands on a workload was written in this sleep on this object, and nothing newer is known."""
        found = self.look(key)
        return found.previous is not None and is_current(found, self.memory())

    def is_known(self, key: Key) -> bool:
        """Whether the second place says how to wake a workload."""
        return self.memory().of_this_sleep(self.look(key)) is not None

    def seen_with(self, key: Key) -> int | None:
        """The count that the second place knows a workload to have slept with, whatever stands on it now; None for a plan."""
        second = self.memory().of_this_sleep(self.look(key))
        known = read_restoring(second.restore) if second is not None and second.was_seen else None
        return known.replicas if known is not None else None

    def is_only_planned(self, key: Key) -> bool:
        """Whether the second place knows of a newer record than the one that stands on a workload."""
        found, memory = self.look(key), self.memory()
        second = memory.of_this_sleep(found)
        return second is not None and (edition_on(found, memory) or 0) < (second.edition or 0)

    def image(self, key: Key) -> str | None:
        """What stands for the template of a workload."""
        image: str | None = self.objects[key]["spec"].get("image")
        return image

    def _write(self, key: Key, wanted: dict[str, Any], *, by: str) -> None:
        before = self.objects.get(key)
        if before == wanted:
            return
        self._version += 1
        wanted["metadata"]["resourceVersion"] = f"{self._version}"
        same = before is not None and before["spec"] == wanted["spec"]
        generation = (before["metadata"]["generation"] if before else 0) + (not same)
        wanted["metadata"]["generation"], wanted["status"] = generation, {"observedGeneration": generation}
        entries = wanted["metadata"].get("managedFields") or (before["metadata"]["managedFields"] if before else [])
        changed = before is None or before["spec"]["replicas"] != wanted["spec"]["replicas"]
        wanted["metadata"]["managedFields"] = _owned_by(by) if changed else entries
        self.objects[key] = wanted


class Wire(Cluster):
    """The same as a cluster that answers at once."""

    def __init__(self, server: ApiServer, *, manager: str) -> None:
        self._server = server
        self._manager = manager

    async def get(self, path: str, **_params: str) -> dict[str, Any]:
        return copy.deepcopy(self._server.whole(_key(path)))

    async def merge_patch(self, path: str, body: dict[str, Any], **params: Any) -> dict[str, Any]:
        self._server.patch(_key(path), body, by=params.get("fieldManager", self._manager))
        return copy.deepcopy(self._server.whole(_key(path)))


def _key(path: str) -> Key:
    plural, name = path.split("/")[-2:]
    return _BY_PLURAL[plural], name


def _owned_by(manager: str) -> list[dict[str, Any]]:
    fields: dict[str, Any] = {"f:spec": {"f:replicas": {}}}
    status = {"manager": "kube-controller-manager", "operation": "Update", "subresource": "status"}
    return [
        {"manager": manager, "operation": "Update", "apiVersion": "apps/v1", "fieldsV1": fields},
        {**status, "apiVersion": "apps/v1", "fieldsV1": {"f:status": {}}},
    ]


def _merged(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    kept = dict(target) if isinstance(target, dict) else {}
    changed = {key: _merged(kept.get(key), value) for key, value in patch.items() if value is not None}
    return {key: value for key, value in {**kept, **changed}.items() if patch.get(key, "") is not None}
