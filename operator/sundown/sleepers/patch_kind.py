"""A kind that sleeps by a JSON merge patch of some of its fields. Pure.

For the plan such an object is a workload like others: with no replicas where all that the patch sets is so, with one
otherwise, or with as many as its field of a count says. What is set so already by its owner is their wish and stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import msgspec
import orjson

from sundown.cluster.annotations import annotated
from sundown.cluster.body import Body
from sundown.cluster.hindrances import Condition, hindrance
from sundown.cluster.pod_requests import PodSpec, pod_requests
from sundown.cluster.slim import bounded
from sundown.model.cutting import clip
from sundown.model.parts import Workload
from sundown.model.record import HIGHEST_COUNT, Restoring, compact, read_patch
from sundown.model.resources import ASLEEP_SINCE, TAKEN_FROM
from sundown.model.switch import Path, Switch
from sundown.sleepers.judges import Held, Judge, is_observed
from sundown.sleepers.made_of import as_sundown_left_it
from sundown.sleepers.merge_patches import (
    Json,
    at_path,
    found_at,
    given_back,
    holds,
    inverse,
    leaves,
    merged,
    remembered,
    sets_no_more,
    shared_maps,
    within,
)

_OURS = "sundown.dev/"
_TEMPLATE = ("spec", "template")
_SHOWN = 60
_SHALLOW = 2
"""What stands right below the spec never takes the spec along."""
LONGEST_RECORD = 1024
"""So many characters of what wakes one object fit into the second place."""


class _ListMetadata(msgspec.Struct, gc=False):
    token: str = msgspec.field(name="continue", default="")


class _List(msgspec.Struct, gc=False):
    metadata: _ListMetadata
    # No default: an error that comes with a 200 has no items, and is not an env without objects.
    items: list[msgspec.Raw] | None


_lists = msgspec.json.Decoder(_List)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchKind:
    """A row of the catalogue; ``docs/adding.md`` has the recipe.

    ``kind`` is what schedules call it, ``patch`` the merge patch as text, ``count`` the field that says how many it has, for
    kinds that have one. Of its objects ``applies`` tells which the patch is for. ``resting`` and ``ready`` tell when it is where
    it should be: where they are None, at once. ``held`` is how its owners hold a rollout back that sleep would finish.
    ``defaults`` is what the API server adds to maps that the patch makes.
    A schedule's ``own`` row has all versions and the plural from the cluster's directory, where it is ``served_as`` its kind.
    ``history`` are the objects in which its controller keeps older templates, where the patch changes that.
    ``with_owned`` says that the StatefulSets and Deployments that it controls sleep beside it, and not by it. ``source`` is
    where its own documentation says so, ``tried`` with what it was tried, ``component`` what grants Sundown its rights.
    ``not_held`` is why no policy keeps it asleep (``hold_policy``), empty where one does.
    """

    kind: str
    group: str
    versions: tuple[str, ...]
    plural: str
    patch: str
    count: Path | None = None
    applies: Judge | None = None
    resting: Judge | None = None
    ready: Judge | None = None
    held: Held | None = None
    wave: int = 30
    defaults: str = "{}"
    history: str = ""
    with_owned: bool = False
    is_mute: bool = True
    served_as: str = ""
    own: bool = False
    title: str = ""
    source: str = ""
    tried: str = ""
    component: str = ""
    not_held: str = ""

    by_policy: ClassVar[bool] = False
    aside: ClassVar[None] = None

    @property
    def api_kind(self) -> str:
        """What the API server calls it."""
        return self.served_as or self.kind

    @property
    def api_version(self) -> str:
        """Group and version."""
        return f"{self.group}/{self.versions[0]}" if self.group else self.versions[0]

    @property
    def spellings(self) -> frozenset[str]:
        """What kubectl takes for it, in small letters."""
        names = {self.kind.lower(), self.plural}
        return frozenset(names | {f"{name}.{self.group}" for name in names if self.group})

    def collection(self, namespace: str | None = None) -> str:
        """The path of all objects, or of those in one namespace."""
        prefix = f"/apis/{self.api_version}" if self.group else f"/api/{self.api_version}"
        return f"{prefix}/namespaces/{namespace}/{self.plural}" if namespace else f"{prefix}/{self.plural}"

    def read(self, raw: Json) -> Workload:
        """The object as the plan sees it."""
        patch = _patch(self.patch)
        metadata = raw["metadata"]
        annotations: dict[str, str] = metadata.get("annotations") or {}
        # Of a kind that no patch is for any more the mark alone says what is asleep.
        asleep = holds(patch, raw) if patch else ASLEEP_SINCE in annotations
        replicas = 0 if asleep else self._counted(raw)
        half_done = not asleep and ASLEEP_SINCE in annotations and TAKEN_FROM in annotations
        ours = as_sundown_left_it(patch, raw) if half_done else {}
        spec = found_at(raw, ("spec", "template", "spec"))
        cpu, memory = _requests(spec) if self.count is not None and isinstance(spec, dict) else (0.0, 0.0)
        rests = self.resting is None or self.resting.holds(raw)
        is_ready = self.ready is None or self.ready.holds(raw)
        return Workload(
            **annotated(annotations),
            kind=self.kind,
            namespace=metadata["namespace"],
            name=metadata["name"],
            resource_version=metadata["resourceVersion"],
            replicas=replicas,
            pods=0 if asleep and rests else max(1, replicas),
            ready=replicas if is_ready else 0,
            settled=is_observed(raw),
            labels=bounded(metadata.get("labels")),
            cpu=cpu,
            memory=memory,
            uid=metadata.get("uid", ""),
            hindrance=hindrance(_conditions(raw)) if not is_ready else None,
            terminating=0,
            leaving="deletionTimestamp" in metadata,
            hold=self.held.of(raw) if self.held is not None else None,
            switch=Switch(
                compact(merged(inverse(patch, raw), ours)),
                shared_maps(patch, raw, defaults=read_patch(self.defaults) or {}),
            ),
            row=self,
            generation=metadata.get("generation", 0),
        )

    @property
    def in_history(self) -> Json | None:
        """What tells a template of the night in that history: keys of Sundown's own, which no owner sets. None without these."""
        ours = [path for path, _ in leaves(_patch(self.patch)) if _is_ours(path) and path[:2] == _TEMPLATE]
        if not self.history or not ours:
            return None
        return at_path(ours[0], found_at(_patch(self.patch), ours[0]))

    def read_page(self, answer: Body) -> PatchedPage:
        """A page of a list of them.

        Raises:
            ValueError: for what is no such list.
        """
        return PatchedPage(self, answer)

    def restoring(self, found: Workload, *, earlier: Restoring | None = None) -> Restoring:
        """What would bring back an object as it is; ``earlier`` is what it was when it fell asleep, if it did."""
        now = _now(found)
        known = self._known(found, earlier) if earlier is not None else None
        back = remembered(_patch(self.patch), now, known if known is not None else now)
        count = found_at(back, self.count) if self.count is not None else None
        if type(count) is int:
            return Restoring(count if 0 < count <= HIGHEST_COUNT else found.replicas)
        return Restoring(max(1, found.replicas), compact(back))

    def without_marks(self, found: Workload) -> Restoring | None:
        """What takes off an object what nobody but Sundown sets; None where nothing of that is on it.

        A key of Sundown's own in the middle of an object comes back from where no annotation does: an older revision, a manifest
        that was exported at night. It is no owner's wish, and there was none before Sundown came.
        """
        patch, now = _patch(self.patch), _now(found)
        ours = [path for path, value in leaves(patch) if _is_ours(path) and holds(at_path(path, value), now)]
        back: Json = {}
        for path in ours:
            # The map that it stands in goes with it where it holds nothing else, as it came with it.
            alone = len(path) > _SHALLOW and all(_is_ours((key,)) for key in found_at(patch, path[:-1]))
            back = merged(back, at_path(path[:-1] if alone else path, None))
        return Restoring(max(1, found.replicas), compact(back)) if ours else None

    def is_at_risk(self, _found: Workload) -> bool:
        """Whether it must not be at zero as it is; the patch is all that there is."""
        return False

    def may_restore(self, restoring: Restoring) -> bool:
        """Whether a record on an object, which anybody may write who may write the object, gives back no more than the patch takes."""
        if restoring.rest is None:
            return self.count is not None
        patch = read_patch(restoring.rest)
        return patch is not None and sets_no_more(patch, _patch(self.patch))

    def written(self, restoring: Restoring) -> str:
        """What wakes an object, as one merge patch."""
        if restoring.rest is None:
            return compact(at_path(self.count or ("spec", "replicas"), restoring.replicas))
        return restoring.rest

    def read_record(self, text: str) -> Restoring | None:
        """What ``written`` was made of; None for a text that is no such patch."""
        patch = read_patch(text)
        if patch is None:
            return None
        count = found_at(patch, self.count) if self.count is not None else None
        if self.count is not None and type(count) is int and 0 <= count <= HIGHEST_COUNT:
            return Restoring(count)
        return Restoring(1, text)

    def asleep(self, _found: Workload) -> Json:
        """The merge patch of all that is different in sleep."""
        return dict(_patch(self.patch))

    def writes(self) -> Json:
        """All that a write which puts one to sleep leaves on it, what the API server adds to that included."""
        return merged(read_patch(self.defaults) or {}, _patch(self.patch))

    def set_aside(self, found: Workload, restoring: Restoring | None) -> Json:
        """The merge patch that gives back what is still as Sundown made it; empty where nothing is."""
        if restoring is None:
            return {}
        known = self._known(found, restoring)
        shared = found.switch.shared if found.switch is not None else frozenset[Path]()
        return given_back(known, _patch(self.patch), _now(found), shared=shared)

    def awake(self, found: Workload, restoring: Restoring | None, _replicas: int) -> Json:
        """The merge patch that wakes it."""
        return self.set_aside(found, restoring)

    def told_awake(self, found: Workload, restoring: Restoring | None, replicas: int) -> str:
        """What waking changes, in words: ``0 -> 3 replicas`` of what has a count, else field by field."""
        if restoring is not None and restoring.rest is None:
            return f"{found.replicas} -> {replicas} replicas"
        now = _now(found)
        changes = leaves(self.awake(found, restoring, replicas))
        return ", ".join(f"{'.'.join(path)} {_shown(found_at(now, path))} -> {_shown(to)}" for path, to in changes)

    def fields(self, _patch: Json) -> frozenset[str]:
        """Which of the fields whose owners are looked after a patch sets."""
        return frozenset()

    def in_words(self) -> str:
        """What is done to it."""
        return self.patch

    def _known(self, found: Workload, restoring: Restoring) -> Json:
        """What a record says. Of fields that the patch does not set any more nothing but the mark tells whether they sleep."""
        known = read_patch(self.written(restoring)) or {}
        return known if found.mark is not None else within(known, _patch(self.patch))

    def _counted(self, raw: Mapping[str, Any]) -> int:
        count = found_at(raw, self.count) if self.count is not None else 1
        return count if type(count) is int and 0 < count <= HIGHEST_COUNT else 1


class PatchedPage:
    """One page of a list of one kind, each object taken apart by itself: what they hold has no end."""

    def __init__(self, row: PatchKind, answer: Body) -> None:
        page = _lists.decode(answer)
        found = (orjson.loads(memoryview(one)) for one in page.items or ())
        self.items = [row.read(raw) for raw in found if row.applies is None or row.applies.holds(raw) or _carries(raw)]
        self.token = page.metadata.token


def _carries(raw: Json) -> bool:
    return ASLEEP_SINCE in (raw["metadata"].get("annotations") or {})


def _is_ours(path: Path) -> bool:
    return path[-1].startswith(_OURS)


def _now(found: Workload) -> Json:
    return (read_patch(found.switch.now) if found.switch is not None else None) or {}


def _shown(value: object) -> str:
    return "unset" if value is None else clip(orjson.dumps(value).decode(), _SHOWN)


@lru_cache(maxsize=256)
def _patch(text: str) -> Json:
    return read_patch(text) or {}


def _requests(spec: Json) -> tuple[float, float]:
    try:
        return pod_requests(msgspec.convert(spec, PodSpec))
    except (msgspec.ValidationError, ValueError):
        return 0.0, 0.0


def _conditions(raw: Json) -> list[Condition]:
    listed = found_at(raw, ("status", "conditions"))
    try:
        return msgspec.convert(listed, list[Condition]) if isinstance(listed, list) else []
    except msgspec.ValidationError:
        return []
