"""The write by which an object of a patched kind falls asleep or wakes, after which its fields belong to whom they belonged.

Whoever applies a field server-side owns it, and their next apply would be refused where somebody else has written it since:
by night, and by day for good. So each such write has a second, which gives the fields back and leaves nothing with Sundown.
Until it is made the object itself says to whom, so that whoever finds it half done can end it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Conflict, Denied, Refused
from sundown.model.resources import TAKEN_FROM
from sundown.sleepers.made_of import made_of
from sundown.sleepers.merge_patches import merged
from sundown.sleepers.taken_parts import Part, given_back, owed, owns_no_annotations, read, taken, written

log = structlog.get_logger(__name__)

Json = dict[str, Any]

_TRIES = 3


class NotKept(ApiError):
    """The API server has made something else of a patch, which is to be taken back: what was there is on the object."""

    reason = "PatchNotKept"


async def write(cluster: Cluster, path: str, body: Json, *, asleep: Json, patch: Json | None = None) -> None:
    """Make a write, and give back what it takes; ``asleep`` is what an earlier one may have taken.

    Where ``patch`` is not what the API server makes of it, nothing is given back: as long as Sundown owns what became of it, that
    is known to be nobody's wish.

    Raises:
        Conflict: the object has changed since it was read.
        Missing: it is gone.
        NotKept: the object is otherwise than ``patch`` says.
    """
    before = await cluster.get(path)
    version = before["metadata"]["resourceVersion"]
    if version != body["metadata"]["resourceVersion"]:
        raise Conflict(f"{path} has changed since it was looked at", status=HTTPStatus.CONFLICT)
    entries, note = before["metadata"].get("managedFields") or [], _note(before["metadata"])
    if note is not None:  # an earlier write has not been ended
        parts = owed(read(note), entries, body, before, asleep=asleep)
    else:
        parts = taken(entries, body, before, asleep=asleep)
    noted = merged(body, {"metadata": {"annotations": {TAKEN_FROM: written(parts)}}})
    reply = await cluster.merge_patch(path, noted, whole=patch is not None)
    became = made_of(patch, reply) if patch is not None else None
    if became is not None:
        raise NotKept(became)
    await _settle(cluster, path, reply["metadata"], parts, merged(asleep, body))


async def try_out(cluster: Cluster, path: str, body: Json, *, patch: Json) -> str | None:
    """What the API server would make of a patch, where that is something else; nothing is written.

    Raises:
        ApiError: it does not say.
    """
    return made_of(patch, await cluster.merge_patch(path, body, whole=True, dryRun="All"))


async def give_back(cluster: Cluster, path: str, *, asleep: Json) -> None:
    """Make the second of two writes, where the first was the last that somebody did.

    Raises:
        Missing: it is gone.
    """
    about = (await cluster.get(path))["metadata"]
    if _note(about) is not None:
        await _settle(cluster, path, about, read(_note(about)), asleep)


async def _settle(cluster: Cluster, path: str, about: Json, parts: tuple[Part, ...], asleep: Json) -> None:
    uid = about["uid"]
    for _ in range(_TRIES):
        if about["uid"] != uid:
            return  # another object of the same name
        try:
            await _second(cluster, path, about, given_back(about.get("managedFields") or [], parts, asleep=asleep))
        except Conflict:
            about = (await cluster.get(path))["metadata"]
        except (Refused, Denied) as error:
            if not parts:
                log.warning("not-given-back", path=path, error=str(error))
                return
            # Whom the API server does not take as an owner would be refused for ever, and the rest with them.
            parts = ()
        except ApiError as error:
            # It sleeps or is awake, which is what counts; what stands on it says what is left to do.
            log.warning("not-given-back", path=path, error=str(error))
            return
        else:
            return
    log.warning("not-given-back", path=path, error="it is changed all the time")


async def _second(cluster: Cluster, path: str, about: Json, entries: list[Json]) -> None:
    # An empty list is how the API server is told to forget all owners; there is nobody whom that could hurt.
    metadata = {"resourceVersion": about["resourceVersion"], "managedFields": entries or [{}]}
    reply = await cluster.merge_patch(path, {"metadata": {**metadata, "annotations": {TAKEN_FROM: None}}})
    now = reply.get("metadata") or {}
    if owns_no_annotations(entries) and not owns_no_annotations(now.get("managedFields") or []):
        # With the last annotation the API server takes the map from everybody.
        again = {"resourceVersion": now["resourceVersion"], "managedFields": entries}
        await cluster.merge_patch(path, {"metadata": again})


def _note(metadata: Json) -> str | None:
    note: str | None = (metadata.get("annotations") or {}).get(TAKEN_FROM)
    return note
