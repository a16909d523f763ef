"""What has to be confirmed or approved, as it is written down: by Slack, the REST API and the command line alike."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied
from sundown.cluster.reviews import AUTHENTICATED
from sundown.errors import NotFound, NothingToDo, SundownError
from sundown.model import managers
from sundown.model.action_request import MOST_GROUPS, ActionRequestSpec, Seen, Target
from sundown.model.actions import Action, Parameters
from sundown.model.addresses import folded
from sundown.model.env import Known
from sundown.model.resources import API_VERSION
from sundown.reconcile.env_edit import EDIT, Edit, Times
from sundown.reconcile.env_reset import RESET, nothing_to_take_back, resetting
from sundown.reconcile.env_stop import STOP, asleep_already, stopping
from sundown.reconcile.workload_changes import Change
from sundown.schedule.decision import Circumstances
from sundown.usecases.find import Found, NotAllowed, plainly

OF_THE_SYSTEM = "system:"
"""So begin the names of accounts and groups that are the cluster's own, and nobody's."""

LIFETIME = timedelta(hours=1)
"""So long the operator may be away, or somebody else have it wait for their approval."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done to what, and what the person has seen of it."""

    target: Target
    parameters: Mapping[str, str] = field(default_factory=dict)
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, spelled as RBAC knows them, by which door, and when."""

    name: str
    groups: tuple[str, ...]
    via: str
    at: datetime


def manifest(
    action: Action, wish: Wanted, asker: Asker, *, name: str, sure: bool, annotations: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The ActionRequest; ``sure`` where it is confirmed already."""
    of_the_kind: dict[str, Any] = {}
    if wish.parameters:
        of_the_kind["parameters"] = dict(wish.parameters)
    if wish.seen is not None:
        of_the_kind["seen"] = wish.seen
    at = asker.at.replace(microsecond=0)
    spec = ActionRequestSpec(
        action=action.name,
        target=wish.target,
        **of_the_kind,
        requested_by=asker.name,
        groups=tuple(_of_people(asker.groups)[:MOST_GROUPS]),
        via=asker.via,
        requested_at=at,
        expires_at=at + LIFETIME,
        **({"confirmation": wish.target.namespace} if sure else {}),
    )
    return {
        "apiVersion": API_VERSION,
        "kind": "ActionRequest",
        "metadata": {"name": name, "annotations": dict(annotations or {})},
        "spec": spec.to_json(),
    }


def name_of(action: Action, target: Target, *, person: str, token: str) -> str:
    """The name of a request: the same for the same wish of the same person, and none that Kubernetes would refuse."""
    digest = hashlib.sha256("\n".join((target.uid, person, token)).encode()).hexdigest()[:12]
    return f"{action.name.lower()[:9]}-{target.namespace[:40].rstrip('-')}-{digest}"


def require_a_person(name: str) -> None:
    """Return if it may be a person's.

    Raises:
        NotAllowed: it is an account of the cluster's own, of which nobody can tell who stands behind it.
    """
    if name.startswith(OF_THE_SYSTEM):
        raise NotAllowed(
            f"{name} is an account of the cluster's own: what has to be confirmed is asked for by people, each by their own login"
        )


Hindrance = Callable[[Known, Circumstances, datetime, Parameters], str | None]
Difference = Callable[[Known, Circumstances, datetime, Parameters], Change]


@dataclass(frozen=True, slots=True)
class OfEnv:
    """What is proposed where it takes two people: why it cannot be or need not, if so, and what would change."""

    action: Action
    nothing: Hindrance
    change: Difference


_OF_ENVS = {
    row.action.name: row
    for row in (
        OfEnv(
            STOP,
            lambda known, circumstances, now, _: asleep_already(known, circumstances, now),
            lambda known, circumstances, now, _: stopping(known, circumstances, now),
        ),
        OfEnv(
            RESET,
            lambda known, circumstances, now, _: nothing_to_take_back(known, circumstances, now),
            lambda known, circumstances, now, _: resetting(known, circumstances, now),
        ),
        OfEnv(
            EDIT,
            lambda known, _circumstances, _now, times: edit_of(known, times).objection,
            lambda known, _circumstances, _now, times: edit_of(known, times).change,
        ),
    )
}


def edit_of(known: Known, times: Parameters) -> Edit:
    """What somebody wants to be another of a schedule.

    Raises:
        NotFound: nobody can tell what it says now.
    """
    edit = Edit.of(known, cast(Times, times))
    if edit is None:
        raise NotFound(
            f'the EnvSchedule "{known.metadata.name}" cannot be read, so nobody can tell what would change: kubectl edit mends it'
        )
    return edit


async def propose(
    cluster: Cluster,
    home: str,
    found: Found,
    asker: Asker,
    *,
    action: str,
    given: Mapping[str, str],
    dry_run: bool = False,
) -> str:
    """Ask, as the person themselves, for an env to be stopped, reset or edited where that takes two people; the name of the request.

    Raises:
        NothingToDo: it is so already.
        InvalidObject: the action takes no such thing.
        NotFound: the namespace cannot be seen.
        NotAllowed, ApiError: it could not be written down.
    """
    require_a_person(asker.name)
    row, circumstances = _OF_ENVS[action], found.circumstances()
    parameters = row.action.read(given)
    why = row.nothing(found.known, circumstances, asker.at, parameters)
    if why is not None:
        raise NothingToDo(why)
    if found.space is None or not found.space.uid:
        raise NotFound(
            f'the namespace "{found.namespace}" cannot be seen, so nobody can say which one is meant'
        ).naming(found.namespace)
    change = row.change(found.known, circumstances, asker.at, parameters)
    seen = Seen(uid=change.uid, resource_version=change.resource_version, change=change.text)
    wish = Wanted(Target(namespace=found.namespace, uid=found.space.uid), given, seen)
    name = name_of(row.action, wish.target, person=folded(asker.name), token=secrets.token_hex(8))
    params = {"fieldManager": managers.COMMAND_LINE, **({"dryRun": "All"} if dry_run else {})}
    try:
        body = manifest(row.action, wish, asker, name=name, sure=True)
        await cluster.create(paths.action_requests(home), body, **params)
    except ApiError as error:
        raise _plainly(error, action.lower(), found.namespace) from error
    return name


def _plainly(error: ApiError, wish: str, env: str) -> SundownError:
    if isinstance(error, Denied) and error.status != 401:
        return NotAllowed(
            f'to {wish} "{env}" takes a second person, and you may not ask for one from here: ask in Slack or by the REST API, or '
            f"have whoever runs the cluster bind you the ClusterRole sundown-requests in Sundown's namespace ({error})"
        ).naming(env)
    return plainly(error, wish=wish, env=env)


def _of_people(groups: Iterable[str]) -> list[str]:
    """Without those that the cluster gives everybody who logs in some way; a request names none of them."""
    return [group for group in groups if not group.startswith(OF_THE_SYSTEM) or group == AUTHENTICATED]
