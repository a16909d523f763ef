"""Changing when an env sleeps, as the person themselves: at once, or by a second person where it takes two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Conflict
from sundown.errors import NothingToDo, SundownError
from sundown.model import managers
from sundown.model.env import Known
from sundown.reconcile.env_edit import EDIT, Edit, Times
from sundown.schedule.decision import Decision, decide
from sundown.usecases.find import Found, find, plainly
from sundown.usecases.proposals import Asker, edit_of, propose

_TRIES = 3


class NoSchedule(SundownError):
    """What a schedule would say then cannot be."""

    reason = "InvalidSpec"


@dataclass(frozen=True, slots=True)
class Edited:
    """What has come of it: ``change`` in words, and the ``request`` that waits for somebody else, or what the schedule decides now."""

    namespace: str
    change: str
    request: str | None = None
    decision: Decision | None = None


async def edit(
    cluster: Cluster, home: str, namespace: str, given: Mapping[str, str], *, asker: Asker, dry_run: bool = False
) -> Edited:
    """Have a schedule say something else; when somebody else wrote meanwhile, think again from what stands there now.

    ``given`` are the parameters of ``Edit``. A dry run asks the cluster whether it would take it, and leaves all as it is.

    Raises:
        NothingToDo: it says so already.
        NoSchedule: what it would say is none, or too much to be approved.
        SundownError: there is no such env, or the cluster refuses.
    """
    times = cast(Times, EDIT.read(given))
    for attempt in range(_TRIES):
        found = await find(cluster, namespace)
        wanted = edit_of(found.known, times)
        if wanted.objection is not None:
            raise NoSchedule(wanted.objection) if wanted.differing else NothingToDo(wanted.objection)
        if wanted.takes_two:
            name = await propose(cluster, home, found, asker, action=EDIT.name, given=given, dry_run=dry_run)
            return Edited(namespace, wanted.change.text, request=name)
        try:
            written = await _write(cluster, found, wanted, dry_run=dry_run)
        except Conflict:
            if attempt == _TRIES - 1:
                raise
            continue
        except ApiError as error:
            raise plainly(error, wish="edit", env=namespace) from error
        decision = decide(written.legible_spec, found.circumstances(), asker.at)
        return Edited(namespace, wanted.change.text, decision=decision)
    raise AssertionError("the last attempt raises")


async def _write(cluster: Cluster, found: Found, wanted: Edit, *, dry_run: bool) -> Known:
    metadata = found.known.metadata
    identity = {"uid": metadata.uid, "resourceVersion": metadata.resource_version}
    path, params = paths.env_schedule(found.namespace, metadata.name), {"dryRun": "All"} if dry_run else {}
    body = {"metadata": identity, "spec": wanted.patch}
    return reading.env_schedule(
        await cluster.merge_patch(path, body, whole=True, fieldManager=managers.FOR_PEOPLE, **params)
    )
