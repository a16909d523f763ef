"""A workload that sleeps in a namespace that sleeps, as the operator puts it there and wakes it: by a mark, and by ``wake-to``."""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Any

from sundown.model.resources import ASLEEP, STATE_LABEL
from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.envs import Env, manifest

MARK = "sundown.dev/asleep-since"
COUNT = "sundown.dev/previous-replicas"
RESTORES = "sundown.dev/previous"
DELETES_DISKS: Json = {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Delete"}}
TONIGHT = "2026-11-23T18:00:00.123456Z"
OPERATOR = "sundown-operator"


@dataclass(frozen=True)
class Seen:
    """What a workload looks like: its count, the record, whether the mark is that of the night, what else is restored."""

    replicas: int
    record: str | None
    marked: bool
    restores: str | None = None
    when_scaled: str | None = None


@dataclass(frozen=True)
class Owned:
    """A workload in a namespace of its own."""

    api: Api
    cluster: Cluster
    namespace: str
    kind: str = "Deployment"
    name: str = "web"

    @property
    def env(self) -> Env:
        return Env(self.api, self.namespace)

    @property
    def path(self) -> str:
        return f"{self.env.collection(self.kind)}/{self.name}"

    @property
    def here(self) -> str:
        """As kubectl names it."""
        return f"{self.kind.lower()}/{self.name}"

    def manifest(self, replicas: int | None, **spec: Any) -> Json:
        """What its owner applies."""
        whole = manifest(self.kind, self.name, replicas)
        whole["metadata"]["namespace"] = self.namespace
        whole["spec"] |= spec
        return whole

    def kubectl(self, *arguments: str, body: Json | None = None, check: bool = True) -> CompletedProcess[str]:
        """kubectl in this namespace."""
        given = None if body is None else json.dumps(body)
        return self.cluster.kubectl("-n", self.namespace, *arguments, input=given, check=check)

    def night(self, since: str | None = TONIGHT) -> None:
        """Say of the namespace that it sleeps, or that it does not; in force for the API server when this returns."""
        label = ASLEEP if since is not None else None
        self.api.merge(self.env.path, {"metadata": {"labels": {STATE_LABEL: label}, "annotations": {MARK: since}}})
        eventually(self._night_is_known(since), what="the API server knows the night")

    def applied(self, replicas: int | None, *options: str, **spec: Any) -> None:
        """``kubectl apply``; ``--server-side`` is one of the options."""
        self.kubectl("apply", *options, "-f", "-", body=self.manifest(replicas, **spec))

    def replaced(self, replicas: int | None, **spec: Any) -> None:
        """``kubectl replace``, again when a controller was faster."""

        def done() -> bool:
            answer = self.kubectl("replace", "-f", "-", body=self.manifest(replicas, **spec), check=False)
            assert answer.returncode == 0 or "Conflict" in answer.stderr, answer.stderr
            return answer.returncode == 0

        eventually(done, what="replaced")

    def annotated(self, *arguments: str) -> None:
        """``kubectl annotate``."""
        self.kubectl("annotate", self.here, "--overwrite", *arguments)

    def patched(self, patch: str, *, kind: str = "strategic") -> None:
        """``kubectl patch``."""
        self.kubectl("patch", self.here, f"--type={kind}", "-p", patch)

    def sleep(self, since: str = TONIGHT) -> None:
        """Have the API server put it to sleep."""
        uid = self.api.get(self.path)["metadata"]["uid"]
        self._write({MARK: f"{since}/{uid}", RESTORES: None})

    def sleep_directly(self, since: str = TONIGHT) -> None:
        """Put it to sleep by writing all of it."""
        found = self.api.get(self.path)
        count = str(found["spec"]["replicas"])
        self._write({MARK: f"{since}/{found['metadata']['uid']}", COUNT: count}, spec={"replicas": 0})

    def wake(self, **more: str) -> None:
        """Have the API server wake it to its record."""
        count = self.api.get(self.path)["metadata"]["annotations"][COUNT]
        self._write({"sundown.dev/wake-to": count, **more})

    def wake_directly(self) -> None:
        """Wake it by writing the count."""
        count = int(self.seen().record or 0)
        self._write({MARK: None, COUNT: None}, spec={"replicas": count})

    def seen(self, since: str = TONIGHT) -> Seen:
        """What it looks like now."""
        return self.read(self.api.get(self.path), since=since)

    def read(self, found: Json, *, since: str = TONIGHT) -> Seen:
        """What an answer of the API server says that it looks like."""
        annotations = found["metadata"].get("annotations", {})
        uid, mark = found["metadata"]["uid"], annotations.get(MARK, "")
        marked = re.fullmatch(f"{re.escape(since)}/([1-9][0-9]*/)?{uid}", mark) is not None
        assert marked or MARK not in annotations
        retention = found["spec"].get("persistentVolumeClaimRetentionPolicy", {})
        return Seen(
            found["spec"]["replicas"],
            annotations.get(COUNT),
            marked,
            annotations.get(RESTORES),
            retention.get("whenScaled"),
        )

    def settle(self) -> None:
        """Return when its pods are gone, so that its status changes no more."""

        def settled() -> bool:
            found = self.api.get(self.path)
            status = found["status"]
            left = status.get("replicas", 0) + status.get("terminatingReplicas", 0)
            return bool(left == 0 and status.get("observedGeneration") == found["metadata"]["generation"])

        eventually(settled, what=f"{self.here} has no pods left")

    def owners(self, field: str = "replicas") -> set[str]:
        """Who owns a field of its spec, as ``manager/operation``."""
        entries = self.api.get(self.path)["metadata"]["managedFields"]
        return {
            f"{each['manager']}/{each['operation']}"
            for each in entries
            if f"f:{field}" in each["fieldsV1"].get("f:spec", {}) and "subresource" not in each
        }

    def leftovers(self) -> list[str]:
        """Annotations of Sundown's on it, and Sundown's own entries among those who own fields of it."""
        metadata = self.api.get(self.path)["metadata"]
        ours = [key for key in metadata.get("annotations", {}) if key.startswith("sundown.dev/")]
        return ours + [each["manager"] for each in metadata["managedFields"] if each["manager"].startswith("sundown")]

    def asleep(self, record: str, **more: str) -> Seen:
        """What it looks like while it sleeps, if it wakes to this."""
        return Seen(0, record, marked=True, **{**self._kept, **more})

    def awake(self, replicas: int, **more: str) -> Seen:
        """What it looks like awake."""
        return Seen(replicas, None, marked=False, **{**self._kept, **more})

    @property
    def _kept(self) -> dict[str, str]:
        return {"when_scaled": "Retain"} if self.kind == "StatefulSet" else {}

    def _write(self, annotations: dict[str, str | None], **fields: Json) -> None:
        self.api.merge(self.path, {"metadata": {"annotations": annotations}, **fields}, fieldManager=OPERATOR)

    def _night_is_known(self, since: str | None) -> Callable[[], bool]:
        """Whether a policy that reads the namespace finds this in it: a marked probe is held in this night, and in no other."""
        collection = self.env.collection("Deployment")
        probe = f"{collection}/probe-{secrets.token_hex(2)}"
        self.api.create(collection, manifest("Deployment", probe.rpartition("/")[2], 0))
        uid = self.api.get(probe)["metadata"]["uid"]
        marks = {"metadata": {"annotations": {MARK: f"{since or TONIGHT}/{uid}"}}}
        self.api.merge(probe, marks, fieldManager=OPERATOR)

        def known() -> bool:
            tried = self.api.merge(probe, {"spec": {"replicas": 1}}, dryRun="All")
            return bool(tried["spec"]["replicas"] == 0) == (since is not None)

        return known


Make = Callable[..., Owned]
"""``make_owned("StatefulSet")`` is a workload that is yet to be made, in a namespace of its own."""
