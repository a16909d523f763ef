"""Which rows of the catalogue an env needs: those that its schedule names or brings along, and those of what sleeps there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from sundown.errors import Mistake
from sundown.model.record import compact
from sundown.model.resources import GROUP
from sundown.model.spec import PatchRow, Workloads
from sundown.sleepers.kinds import CATALOGUE, KINDS
from sundown.sleepers.merge_patches import Json, leaves
from sundown.sleepers.patch_kind import PatchKind

_UNTOUCHABLE = frozenset({"apiVersion", "kind", "status"})
_OF_METADATA = frozenset({"annotations", "labels"})
_OURS = f"{GROUP}/"
_NOT_SERVED = (
    "this cluster does not serve {row.api_version} {row.api_kind}; once it does it wakes, and where it is gone for good, take the "
    "kind out of spec.workloads"
)
_AN_ANNOTATION = 3
"""metadata, annotations, and its name."""
LONGEST_KEY = 64
"""So long is the name of a kind in the second place at most."""


def rows_for(
    chosen: Workloads, recorded: Iterable[str] = (), *, added: Mapping[str, PatchKind] = MappingProxyType({})
) -> tuple[PatchKind, ...]:
    """The rows of the kinds that a schedule names, of its own patches, and of what is recorded as asleep.

    ``added`` are those of the cluster's owner, which a schedule has to name.
    """
    by_name = {added[kind].kind: added[kind] for kind in uncatalogued(chosen) if kind in added}
    own = by_name | own_rows(chosen)
    named = [kind for kind in (*chosen.kinds, *recorded) if kind not in own]
    catalogued = [row for kind in dict.fromkeys(named) if isinstance(row := CATALOGUE.get(kind), PatchKind)]
    forgotten = [_by_key(kind) for kind in dict.fromkeys(named) if kind not in CATALOGUE and "." in kind]
    return (*own.values(), *catalogued, *forgotten)


def unserved(
    chosen: Workloads, absent: Iterable[str], *, added: Mapping[str, PatchKind] = MappingProxyType({})
) -> dict[str, str]:
    """The kinds of a schedule that the cluster does not serve, and what to do where something sleeps by them.

    A CRD can be away for a moment, with all that sleeps by it. One that is gone for good is taken out of the schedule: what
    no schedule names and no cluster serves is remembered no longer.
    """
    gone = frozenset(absent)
    return {row.kind: _NOT_SERVED.format(row=row) for row in rows_for(chosen, added=added) if row.kind in gone}


def all_rows() -> tuple[PatchKind, ...]:
    """All rows that sleep by a patch."""
    return tuple(row for row in CATALOGUE.values() if isinstance(row, PatchKind))


def own_rows(chosen: Workloads) -> dict[str, PatchKind]:
    """The rows that a schedule brings along, by what they are called; those that cannot be are left out."""
    return {key_of(row): own_row(row) for row, why in _judged(chosen) if why is None}


def uncatalogued(chosen: Workloads) -> tuple[str, ...]:
    """The kinds that a schedule names and that neither the catalogue has nor its own patches."""
    own = {row.kind for row in chosen.patches}
    return tuple(kind for kind in chosen.kinds if kind not in CATALOGUE and kind not in own)


def mistaken_patches(chosen: Workloads, *, prefix: str = "spec") -> Iterator[Mistake]:
    """The patches of a schedule that cannot be, and why: the others count."""
    for row, why in _judged(chosen):
        if why is not None:
            yield Mistake(f"{prefix}.workloads.patches: {row.kind} of {row.api_version}", why)


def _judged(chosen: Workloads) -> Iterator[tuple[PatchRow, str | None]]:
    """Each patch, and why it cannot be followed. Versions of one kind have the same objects, which sleep by one patch."""
    first: dict[str, PatchRow] = {}
    for row in chosen.patches:
        why = objection(row)
        if why is None and (other := first.setdefault(key_of(row), row)) is not row:
            why = f"the patch for {other.api_version} counts, which has the same objects: leave one of them out"
        yield row, why


def key_of(row: PatchRow) -> str:
    """What a kind of a schedule's own is called in records and messages; the catalogue's own names are the catalogue's."""
    group = row.api_version.rpartition("/")[0]
    known = CATALOGUE.get(row.kind)
    if isinstance(known, PatchKind) and known.group == group:
        return row.kind
    return f"{row.kind}.{group}"


def objection(row: PatchRow) -> str | None:
    """Why a patch cannot be followed; None where it can."""
    group, _, version = row.api_version.rpartition("/")
    if group.count("/") or not version:
        return f'"{row.api_version}" is no group and version such as "batch/v1"'
    if group == GROUP or group.endswith(f".{GROUP}"):
        return "it is Sundown's own, and nothing that an environment runs: leave the patch out"
    if row.kind in KINDS and group == "apps":
        return "it sleeps by its count already: leave the patch out"
    if len(key_of(row)) > LONGEST_KEY:
        return f"its name has more than {LONGEST_KEY} characters with its group"
    return next(_objections(row.asleep), None)


def _objections(patch: Json) -> Iterator[str]:
    for name in sorted(_UNTOUCHABLE & patch.keys()):
        yield f"a patch cannot set {name}: that is not for people to change"
    metadata = patch.get("metadata", {})
    if not isinstance(metadata, dict) or not metadata.keys() <= _OF_METADATA:
        yield "of the metadata a patch sets annotations and labels, and nothing else"
    for path, value in leaves(patch):
        name = ".".join(path)
        if isinstance(value, list):
            yield f"{name} is a list, which a merge patch replaces as a whole: patch a field instead"
        elif isinstance(value, dict):
            yield f"{name} is empty: say what it sets"
        elif path[0] == "metadata" and (len(path) != _AN_ANNOTATION or not isinstance(value, str)):
            yield f"{name} has to be a text"
        elif path[0] == "metadata" and path[-1].startswith(_OURS):
            yield f"{name} is Sundown's own"


def own_row(row: PatchRow) -> PatchKind:
    """The row of a patch that somebody wrote."""
    group, _, version = row.api_version.rpartition("/")
    known, patch = CATALOGUE.get(key_of(row)), compact(row.asleep)
    if isinstance(known, PatchKind):
        # What is known of the kind is true with another patch too, but for where its count stands and whom it is for.
        count = known.count if patch == known.patch else None
        return replace(known, versions=(version,), patch=patch, count=count, applies=None, own=True)
    return PatchKind(
        kind=key_of(row),
        served_as=row.kind,
        group=group,
        versions=(version,),
        plural="",
        patch=patch,
        own=True,
        title=row.kind,
    )


def _by_key(key: str) -> PatchKind:
    """A kind that only a record knows by now: no patch says any more what is asleep, so the record alone wakes it."""
    kind, _, group = key.partition(".")
    return PatchKind(kind=key, served_as=kind, group=group, versions=(), plural="", patch="{}", title=kind)
