"""The kinds that sleep, as rows of one table: those by having no replicas here, those by a patch from the catalogue.

What of an annotation or a status is believed is said here too: a record may restore the fields of its row, and no others.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sundown.cluster.body import Body
from sundown.cluster.ownership import REPLICAS, WHEN_SCALED
from sundown.cluster.workloads import WorkloadPage, workload
from sundown.errors import Mistake
from sundown.model.parts import Workload
from sundown.model.record import Restoring, compact, read_patch, read_restoring
from sundown.model.spec import Workloads
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.patch_kind import PatchKind

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Aside:
    """A field that a kind cannot keep while it sleeps: ``name`` as owners have it, where it is, what it must not be and
    what it is instead."""

    name: str
    path: tuple[str, ...]
    harmful: str
    harmless: str

    def set_to(self, value: str) -> Json:
        """The merge patch that sets it."""
        patch: Any = value
        for step in reversed(self.path):
            patch = {step: patch}
        return dict(patch)

    def in_patch(self, text: str) -> str | None:
        """The value that a patch which sets this field and nothing else gives it; None for any other patch."""
        found: Any = read_patch(text)
        for step in self.path:
            if not isinstance(found, dict) or found.keys() != {step}:
                return None
            found = found[step]
        # Annotations are open to everybody: what stands there can be a list or an object too.
        return found if isinstance(found, str) and found in {self.harmful, self.harmless} else None


@dataclass(frozen=True, slots=True)
class ReplicaKind:
    """A row: a kind that has ``spec.replicas``. ``docs/adding.md`` has the recipe.

    ``wave`` is the usual one of its workloads. ``counts_leaving`` says that its ``status.replicas`` counts pods on their way
    out too, ``is_mute`` that its status does not tell what keeps pods from coming, so that its Events are asked.
    ``by_policy`` says that the admission policies of ``deploy/components/hold`` know it. ``short`` is what kubectl calls it for
    short.
    """

    kind: str
    prefix: str
    plural: str
    aside: Aside | None = None
    wave: int = 20
    counts_leaving: bool = False
    is_mute: bool = False
    by_policy: bool = False
    short: tuple[str, ...] = ()

    @property
    def spellings(self) -> frozenset[str]:
        """What kubectl takes for it, in small letters: ``deployment``, ``deployments``, ``deploy``, ``deployments.apps``."""
        group = self.api_version.rpartition("/")[0]
        names = {self.kind.lower(), self.plural, *self.short}
        full = {f"{name}.{group}" for name in (self.kind.lower(), self.plural)} if group else set()
        return frozenset(names | full)

    @property
    def api_version(self) -> str:
        """Group and version."""
        return self.prefix.removeprefix("/apis/").removeprefix("/api/")

    def collection(self, namespace: str | None = None) -> str:
        """The path of all objects, or of those in one namespace."""
        return f"{self.prefix}/namespaces/{namespace}/{self.plural}" if namespace else f"{self.prefix}/{self.plural}"

    def read(self, raw: Json) -> Workload:
        """The object as the plan sees it."""
        return workload(raw, kind=self.kind, counts_leaving=self.counts_leaving)

    def read_page(self, answer: Body) -> WorkloadPage:
        """A page of a list of them.

        Raises:
            ValueError: for what is no such list.
        """
        return WorkloadPage(answer, kind=self.kind, counts_leaving=self.counts_leaving)

    def restoring(self, found: Workload, *, earlier: Restoring | None = None) -> Restoring:
        """What would bring back a workload that runs as it is; ``earlier`` is what it was when it fell asleep, if it did.

        An earlier wish for the field that is set aside stands as long as the field is what Sundown made of it.
        """
        if self.aside is None or found.aside is None:
            return Restoring(found.replicas)
        if found.aside == self.aside.harmful:
            return Restoring(found.replicas, compact(self.aside.set_to(found.aside)))
        return Restoring(found.replicas, earlier.rest if earlier is not None else None)

    def is_at_risk(self, found: Workload) -> bool:
        """Whether it must not be at zero as it is."""
        return self.aside is not None and found.aside == self.aside.harmful

    def may_restore(self, restoring: Restoring) -> bool:
        """Whether a record says nothing but what this kind's records say."""
        return restoring.rest is None or (self.aside is not None and self.aside.in_patch(restoring.rest) is not None)

    def written(self, restoring: Restoring) -> str:
        """What wakes a workload, as one merge patch."""
        return str(restoring)

    def read_record(self, text: str) -> Restoring | None:
        """What ``written`` was made of; None for a text that is no such patch."""
        return read_restoring(text)

    def asleep(self, found: Workload) -> Json:
        """The merge patch of all that is different in sleep."""
        patch: Json = {"spec": {"replicas": 0}}
        if self.aside is not None and self.is_at_risk(found):
            patch["spec"] |= self.aside.set_to(self.aside.harmless)["spec"]
        return patch

    def awake(self, found: Workload, restoring: Restoring | None, replicas: int) -> Json:
        """The merge patch that wakes it."""
        return {"spec": {**self.set_aside(found, restoring).get("spec", {}), "replicas": replicas}}

    def told_awake(self, found: Workload, _restoring: Restoring | None, replicas: int) -> str:
        """What waking changes, in words."""
        return f"{found.replicas} -> {replicas} replicas"

    def set_aside(self, found: Workload, restoring: Restoring | None) -> Json:
        """The merge patch of what is to be given back beside the count; empty where there is nothing of it."""
        if restoring is None or restoring.rest is None or self.aside is None or found.aside != self.aside.harmless:
            return {}
        # What is to stay as it is needs no write, which would be made again at each look.
        return (read_patch(restoring.rest) or {}) if self.aside.in_patch(restoring.rest) != found.aside else {}

    def fields(self, patch: Json) -> frozenset[str]:
        """Which fields a patch sets, by the names that owners have."""
        spec = patch.get("spec", {})
        names = {REPLICAS} if "replicas" in spec else set()
        if self.aside is not None and self.aside.path[1] in spec:
            names.add(self.aside.name)
        return frozenset(names)


_WHEN_SCALED = Aside(
    WHEN_SCALED,
    ("spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"),
    harmful="Delete",
    harmless="Retain",
)

KINDS: dict[str, ReplicaKind] = {
    row.kind: row
    for row in (
        ReplicaKind("Deployment", "/apis/apps/v1", "deployments", by_policy=True, short=("deploy",)),
        ReplicaKind(
            "StatefulSet",
            "/apis/apps/v1",
            "statefulsets",
            aside=_WHEN_SCALED,
            wave=10,
            counts_leaving=True,
            is_mute=True,
            by_policy=True,
            short=("sts",),
        ),
    )
}


CATALOGUE: Mapping[str, ReplicaKind | PatchKind] = ChainMap[str, Any](KINDS, {row.kind: row for row in ROWS})
"""All kinds that a schedule can name."""


def row_of(workload: Workload) -> ReplicaKind | PatchKind:
    """The row of a workload's kind: the one that it was read with, which a schedule can bring along."""
    return workload.row if isinstance(workload.row, PatchKind) else KINDS[workload.kind]


def kind_named(word: str) -> ReplicaKind | None:
    """The row that somebody means by a word, as kubectl understands it."""
    return next((row for row in KINDS.values() if word.lower() in row.spellings), None)


def unknown_kinds(chosen: Workloads, *, prefix: str = "spec", added: Collection[str] = ()) -> Iterator[Mistake]:
    """The kinds that a schedule names and no row has, nor any that the cluster's owner ``added``: these are left alone."""
    own = {*added, *(row.kind for row in chosen.patches)}
    lists = (("kinds", chosen.kinds), ("include.kinds", chosen.include.kinds), ("exclude.kinds", chosen.exclude.kinds))
    for where, kinds in lists:
        for kind in kinds:
            if kind not in CATALOGUE and kind not in own:
                yield Mistake(
                    f"{prefix}.workloads.{where}",
                    f'nothing is known of a kind "{kind}"; `sundown kinds` lists those that are',
                )
