"""The policies of ``deploy/components/kinds/*/hold`` on a control plane that serves the catalogue's kinds.

They are installed with ``failurePolicy: Fail``, so that an expression that does not work fails the request, and its test.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

from sundown.model.record import compact, read_patch
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.hold_policy import is_held, name
from sundown.sleepers.merge_patches import at_path, found_at, holds, leaves, merged
from sundown.sleepers.patch_kind import PatchKind
from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.catalogued import SAMPLES, body
from support.envs import NAMESPACES
from support.operators import Stage

COMPONENTS = Path(__file__).parents[2] / "deploy" / "components" / "kinds"
HELD = tuple(row for row in ROWS if is_held(row))
TONIGHT = "2026-11-23T18:00:00.123456Z"
MARK, COUNT, PREVIOUS = "sundown.dev/asleep-since", "sundown.dev/previous-replicas", "sundown.dev/previous"


def shipped(*, failure: str = "Fail") -> list[Json]:
    """The objects of all these components, with this failure policy."""
    files = sorted(COMPONENTS.glob("*/hold/policies.yaml"))
    objects: list[Json] = [each for file in files for each in yaml.safe_load_all(file.read_text())]
    for each in objects:
        if each["kind"] == "MutatingAdmissionPolicy":
            each["spec"]["failurePolicy"] = failure
    return objects


def path_of(row: PatchKind) -> tuple[str, ...]:
    """The field by which a kind sleeps."""
    ((path, _),) = leaves(read_patch(row.patch) or {})
    return path


def asked(row: PatchKind) -> Json:
    """What its owner writes at night to have an object run, as a manifest has it; of a mark that is to go a manifest says nothing."""
    path = path_of(row)
    if row.kind == "DaemonSet":  # the whole selector is another
        return at_path(path[:-1], {"kubernetes.io/os": "linux"})
    return {} if _to_run(row) is None else at_path(path, _to_run(row))


def edit(row: PatchKind) -> Json:
    """The same as a merge patch: who edits a selector or a mark takes the night's out."""
    return merged(at_path(path_of(row), None), asked(row))


def _to_run(row: PatchKind) -> object:
    asleep = found_at(read_patch(row.patch) or {}, path_of(row))
    return {bool: not asleep, int: 5, str: found_at(SAMPLES[row.kind].runs, path_of(row))}[type(asleep)]


def is_asleep(row: PatchKind, raw: Json) -> bool:
    """Whether an object is as its row says."""
    return holds(read_patch(row.patch) or {}, raw)


class HeldKinds:
    """Puts the policies in and takes them out, and waits until the API server does as told: it looks every second or so.

    No operator may run meanwhile: it would wake what sleeps here without an EnvSchedule.
    """

    def __init__(self, api: Api, cluster: Cluster, *, rows: Sequence[PatchKind] = HELD) -> None:
        self._api = api
        self._cluster = cluster
        self._rows = rows

    def install(self) -> None:
        """All of them, in force when this returns."""
        self._cluster.kubectl("apply", "--server-side", "-f", "-", input=self._shipped())
        self._until(held=True)

    def remove(self) -> None:
        """None is left, nor in force, when this returns."""
        self.delete()
        self._until(held=False)

    def delete(self) -> None:
        """None is left; those of kinds that go as well are not waited for."""
        self._cluster.kubectl("delete", "--ignore-not-found", "-f", "-", input=self._shipped())

    def _shipped(self) -> str:
        names = {name(row) for row in self._rows}
        items = [each for each in shipped() if each["metadata"]["name"] in names]
        return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})

    def _until(self, *, held: bool) -> None:
        probes = f"hold-{secrets.token_hex(4)}"
        self._api.create(NAMESPACES, {"metadata": {"name": probes, "annotations": {MARK: TONIGHT}}})
        for row in self._rows:
            self._make_probe(row, probes)

        def others() -> list[str]:
            return [row.kind for row in self._rows if self._is_held(row, probes) != held]

        eventually(lambda: not others(), what=f"all kinds are held: {held}")
        self._api.delete(f"{NAMESPACES}/{probes}")

    def _make_probe(self, row: PatchKind, probes: str) -> None:
        path = row.collection(probes)
        made = self._api.create(path, merged(body(row.kind, SAMPLES[row.kind].spec), read_patch(row.patch) or {}))
        wakes: dict[str, str | None] = {PREVIOUS: compact(at_path(path_of(row), None))}
        notes = {MARK: f"{TONIGHT}/{made['metadata']['uid']}", COUNT: "1", **wakes}
        self._api.merge(f"{path}/it", {"metadata": {"annotations": notes}})

    def _is_held(self, row: PatchKind, probes: str) -> bool:
        tried = self._api.merge(f"{row.collection(probes)}/it", edit(row), dryRun="All")
        return is_asleep(row, tried)


@contextmanager
def held(stage: Stage, api: Api, cluster: Cluster, *kinds: str) -> Iterator[None]:
    """The policies of these kinds are in force for as long as this lasts, and then their CRDs go; the stage is clear around it."""
    policies = HeldKinds(api, cluster, rows=[row for row in HELD if row.kind in kinds])
    stage.clear()
    policies.install()
    yield
    stage.clear()
    policies.delete()
