"""Makes the EnvSchedule of a namespace that a ClusterEnvSchedule covers, keeps it in step with the template, and lets it go.

Each write is of the very version that was looked at: what somebody has written since is never overwritten or deleted. So
neither is it the garbage collector that deletes it, who does not look: it has no owner in its metadata.
"""

from __future__ import annotations

from typing import Any

import structlog

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import Conflict, Missing
from sundown.cluster.ownership import is_ours, without_ours
from sundown.model import managers
from sundown.model.env import Env, Known
from sundown.model.resources import API_VERSION, GENERATED_NAME, MANAGED_BY, TEMPLATE, ClusterEnvSchedule
from sundown.model.template_mark import TemplateMark

Json = dict[str, Any]

log = structlog.get_logger(__name__)

_TRIES = 5


def manifest(namespace: str, cover: ClusterEnvSchedule) -> Json:
    """The EnvSchedule that a template asks for in a namespace."""
    return {
        "apiVersion": API_VERSION,
        "kind": "EnvSchedule",
        "metadata": {
            "name": GENERATED_NAME,
            "namespace": namespace,
            "labels": {MANAGED_BY: "sundown"},
            "annotations": {TEMPLATE: str(TemplateMark.of(cover))},
        },
        "spec": cover.spec.template.to_json(),
    }


def named_as_generated(env: Env) -> Known | None:
    """The EnvSchedule of the name that generated ones have, whoever made it."""
    return next((known for known in env.schedules if known.metadata.name == GENERATED_NAME), None)


def is_current(env: Env, cover: ClusterEnvSchedule) -> bool:
    """Whether the namespace has an EnvSchedule from this very template, or of the same name from somebody else."""
    known = named_as_generated(env)
    if known is None:
        return False
    return not known.generated or mark_of(known) == TemplateMark.of(cover) or known.schedule is None


def mark_of(known: Known) -> TemplateMark:
    """What it says that it was made from."""
    return TemplateMark.read(known.metadata.annotations.get(TEMPLATE, ""))


def change(known: Known, cover: ClusterEnvSchedule) -> Json:
    """The merge patch after which a generated one says what the template does, and what people ask of the env goes on."""
    assert known.schedule is not None
    old, new = known.schedule.spec.to_json(), cover.spec.template.to_json()
    asked = {"override"} if mark_of(known).left_paused_as_made(old) else {"override", "paused"}
    spec = _difference(
        {k: v for k, v in old.items() if k not in asked}, {k: v for k, v in new.items() if k not in asked}
    )
    return {"metadata": {**_as_known(known), "annotations": {TEMPLATE: str(TemplateMark.of(cover))}}, "spec": spec}


async def generate(cluster: Cluster, env: Env, cover: ClusterEnvSchedule) -> None:
    """Make it, or make it say what the template says now.

    Raises:
        Conflict: when somebody has made one or has written to it since; what is there has to be looked at again.
        ApiError: when the API server cannot be asked or refuses.
    """
    known = named_as_generated(env)
    if known is None:
        body = manifest(env.name, cover)
        await cluster.create(paths.env_schedules(env.name), body, fieldManager=managers.OPERATOR)
        return
    body, path = change(known, cover), _path(known)
    if not mark_of(known).origin:
        metadata = await _metadata(cluster, known)
        body["metadata"] |= _without_our_owner(metadata)
    await cluster.merge_patch(path, body)


async def hand_over(cluster: Cluster, known: Known) -> bool:
    """Take off all that Sundown has put on it: its fields would refuse the next apply of whoever has taken it over.

    False where there was nothing more to take off.

    Raises:
        Conflict: when others write to it all the time.
        ApiError: when the API server cannot be asked or refuses.
    """
    for last in (False,) * (_TRIES - 1) + (True,):
        try:
            metadata = await _metadata(cluster, known)
            entries: list[Json] = metadata.get("managedFields") or []
            theirs = without_ours(entry for entry in entries if not is_ours(entry))
            owner = _without_our_owner(metadata)
            if theirs == entries and not owner:
                return False
            about = {
                **owner,
                "uid": known.metadata.uid,
                "resourceVersion": metadata["resourceVersion"],
                "managedFields": theirs or [{}],  # an empty list is taken for no list at all
                "annotations": {TEMPLATE: None},
                "labels": {MANAGED_BY: None} if known.metadata.labels.get(MANAGED_BY) == "sundown" else {},
            }
            await cluster.merge_patch(_path(known), {"metadata": about})
        except Missing:
            return False
        except Conflict:
            # Most often Sundown's own status, of which no event would lead here again.
            if last:
                raise
        else:
            break
    log.info("generated-schedule-handed-over", namespace=known.metadata.namespace, name=known.metadata.name)
    return True


async def delete(cluster: Cluster, known: Known) -> None:
    """Delete one whose template is gone.

    Raises:
        Conflict: when somebody has written to it since.
        ApiError: when the API server cannot be asked or refuses.
    """
    metadata = known.metadata
    try:
        await cluster.delete(_path(known), uid=metadata.uid, resourceVersion=metadata.resource_version)
    except Missing:
        return
    log.info("generated-schedule-deleted", namespace=metadata.namespace, name=metadata.name)


async def _metadata(cluster: Cluster, known: Known) -> Json:
    """All of its metadata. The operator may not read one EnvSchedule; the answer to a patch of nothing says as much."""
    metadata: Json = (await cluster.merge_patch(_path(known), {"metadata": {"uid": known.metadata.uid}}, dryRun="All"))[
        "metadata"
    ]
    return metadata


def _without_our_owner(metadata: Json) -> Json:
    """Its owners less the ClusterEnvSchedule, as a part of a patch: an older Sundown had the garbage collector delete it."""
    owners: list[Json] = metadata.get("ownerReferences") or []
    kept = [one for one in owners if (one.get("apiVersion"), one.get("kind")) != (API_VERSION, "ClusterEnvSchedule")]
    return {} if kept == owners else {"ownerReferences": kept or None}


def _difference(old: Json, new: Json) -> Json:
    """The merge patch that makes the one of the other."""
    patch: Json = {key: None for key in old if key not in new}
    for key, value in new.items():
        before = old.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            inner = _difference(before, value)
            if inner:
                patch[key] = inner
        elif key not in old or value != before:
            patch[key] = value
    return patch


def _as_known(known: Known) -> Json:
    return {"uid": known.metadata.uid, "resourceVersion": known.metadata.resource_version}


def _path(known: Known) -> str:
    return paths.env_schedule(known.metadata.namespace, known.metadata.name)
