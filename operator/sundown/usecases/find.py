"""Which env is meant and what its schedule in force is, by the operator's own rules; and what goes wrong in plain words."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import lru_cache

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied, Missing, NoSuchKind
from sundown.errors import InvalidObject, NotFound, SundownError
from sundown.model.env import Env, Known, Namespace
from sundown.model.resources import OWNER_ZONES, ClusterEnvSchedule
from sundown.model.spec import EnvScheduleSpec
from sundown.reconcile.governance import WAKES_ALL_THE_SAME, Governance, govern
from sundown.schedule.decision import Circumstances
from sundown.schedule.instants import BEGINNING
from sundown.schedule.owners import parse_owner_zones
from sundown.settings import Settings, usable
from sundown.usecases.doors import COMMAND_LINE, Door
from sundown.usecases.unscheduled import unscheduled

NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
"""What a namespace or an object of ours can be called."""


class NotAllowed(SundownError):
    """The cluster's RBAC does not let this person do it, or does not know who it is."""

    reason = "Forbidden"


class NotInstalled(SundownError):
    """The cluster has no EnvSchedules."""

    reason = "NotInstalled"


@dataclass(frozen=True, slots=True)
class Found:
    """An env as far as this person may see it.

    ``known`` is the EnvSchedule in force; ``trouble`` says why the operator does nothing with it, unless it is
    ``wakes_all_the_same`` when somebody asks; ``paused_by`` why it is paused, unless its own spec says so. ``space`` is the
    namespace, None where it may not be seen. ``rules`` are the settings that it is judged by, None for those of the moment.
    """

    namespace: str
    known: Known
    trouble: str | None
    paused_by: str | None
    space: Namespace | None = None
    rules: Settings | None = field(default=None, compare=False, repr=False)
    wakes_all_the_same: bool = False

    @property
    def spec(self) -> EnvScheduleSpec:
        """What the schedule says; of one that cannot be read, what is left of it."""
        return self.known.legible_spec

    @property
    def scheduler_label(self) -> str:
        """The label of namespaces that says whether Sundown may touch them."""
        return (self.rules or settings()).scheduler_label

    def circumstances(self) -> Circumstances:
        """What its decisions depend on beyond the spec."""
        return circumstances(self.known, paused_by=self.paused_by, rules=self.rules)


def circumstances(known: Known, *, paused_by: str | None = None, rules: Settings | None = None) -> Circumstances:
    """What the decisions of a schedule depend on beyond its spec; the operator's word that it is paused is believed."""
    metadata, status = known.metadata, known.status
    zones, _ = parse_owner_zones(metadata.annotations.get(OWNER_ZONES, ""))
    return Circumstances(
        active_since=status.active_since or metadata.creation_timestamp,
        zones=zones,
        fallback_zone=(rules or settings()).default_time_zone,
        paused_by=paused_by or _told_paused(known),
        env=metadata.namespace,
        unverified=bool(status.unverified),
    )


def settings() -> Settings:
    """The settings that every door shares with the operator, from ``SUNDOWN_*``; defaults where they are unusable."""
    return _settings(tuple(sorted(item for item in os.environ.items() if item[0].upper().startswith("SUNDOWN_"))))


@lru_cache(maxsize=4)
def _settings(_environment: tuple[tuple[str, str], ...]) -> Settings:
    """Read once for each environment, which takes a while to compare: whoever asks often keeps what they got."""
    return usable()


async def find(cluster: Cluster, namespace: str, *, door: Door = COMMAND_LINE) -> Found:
    """The env of that name, by the operator's own rules.

    Raises:
        NotFound: when there is no such env; the text says what is missing.
        NotAllowed, NotInstalled, ApiError: when it cannot be asked for.
    """
    all_of_them = f"`{door.program} list` shows all"
    if not NAME.fullmatch(namespace):
        raise NotFound(f'no environment "{namespace}": no namespace can have that name; {all_of_them}').naming(
            namespace
        )
    if not settings().covers(namespace):
        raise NotFound(
            f'no environment "{namespace}": Sundown does not look after that namespace; {all_of_them}'
        ).naming(namespace)
    try:
        schedules = await cluster.list_as(paths.env_schedules(namespace), reading.env_schedule)
    except ApiError as error:
        raise plainly(error, wish="look at", env=namespace, door=door) from error
    space, gone = await _namespace(cluster, namespace)
    # Who asks by rights of Sundown's own has the operator's word on every env, and needs no right to more than that.
    defaults = await _defaults(cluster) if door.own_rights and not gone else None
    if not schedules:
        text = _missing(namespace, space, defaults, gone=gone, all_of_them=all_of_them)
        raise NotFound(text).naming(namespace)
    found = choose(namespace, tuple(schedules), space=space, defaults=defaults)
    if found is None:
        raise NotFound(f'no environment "{namespace}": it is being deleted').naming(namespace)
    return found


def choose(
    namespace: str,
    schedules: tuple[Known, ...],
    *,
    space: Namespace | None,
    defaults: tuple[ClusterEnvSchedule, ...] | None,
    rules: Settings | None = None,
) -> Found | None:
    """The env that these make, None where they make none; without namespace or defaults the operator's word is believed."""
    governance = in_force(namespace, schedules, space=space, defaults=defaults or (), rules=rules)
    chosen = governance.in_force
    if chosen is None:
        return None
    complete = space is not None and defaults is not None
    return Found(
        namespace=namespace,
        known=chosen,
        trouble=governance.trouble[1] if governance.trouble is not None else None,
        paused_by=(governance.paused_by[1] if governance.paused_by and complete else None) or _told_paused(chosen),
        space=space,
        rules=rules,
        wakes_all_the_same=governance.trouble is not None and governance.trouble[0] in WAKES_ALL_THE_SAME,
    )


def in_force(
    namespace: str,
    schedules: tuple[Known, ...],
    *,
    space: Namespace | None = None,
    defaults: tuple[ClusterEnvSchedule, ...] = (),
    rules: Settings | None = None,
) -> Governance:
    """Who governs; a namespace that this person may not see is taken for an ordinary one."""
    seen = space or Namespace(name=namespace, created=BEGINNING, labels={}, annotations={})
    return govern(
        Env(name=namespace, namespace=seen, schedules=schedules, defaults=defaults), settings=rules or settings()
    )


def _told_paused(known: Known) -> str | None:
    """Why the operator calls it paused, if it has seen this spec and the spec is not the reason.

    The reason may be a label that this person may not see, or one with a key that only the operator is told.
    """
    status, metadata = known.status, known.metadata
    spec_says_so = known.schedule is not None and known.schedule.spec.paused
    if status.state != "Paused" or spec_says_so or status.observed_generation < metadata.generation:
        return None
    return status.paused_by or "the operator says so"


async def _namespace(cluster: Cluster, name: str) -> tuple[Namespace | None, bool]:
    """The namespace, None where it may not be seen; and whether it does not exist."""
    try:
        return reading.namespace(await cluster.get(paths.namespace(name))), False
    except Missing:
        return None, True
    except Denied:
        return None, False


async def _defaults(cluster: Cluster) -> tuple[ClusterEnvSchedule, ...] | None:
    """The ClusterEnvSchedules that can be read; None where they may not be seen."""
    try:
        listed = await cluster.list_all(paths.CLUSTER_ENV_SCHEDULES)
    except (Denied, Missing):
        return None
    found: list[ClusterEnvSchedule] = []
    for raw in listed:
        try:
            found.append(reading.cluster_env_schedule(raw))
        except InvalidObject:
            continue
    return tuple(found)


def _missing(
    namespace: str,
    space: Namespace | None,
    defaults: tuple[ClusterEnvSchedule, ...] | None,
    *,
    gone: bool,
    all_of_them: str,
) -> str:
    if gone:
        return f'no environment "{namespace}": there is no such namespace; {all_of_them}'
    if space is not None and settings().protects(namespace):
        return f'no environment "{namespace}": it is protected, Sundown never touches it; {all_of_them}'
    if space is not None:
        told = unscheduled(space, defaults, key=settings().scheduler_label)
        return f'no environment "{namespace}": {told}; {all_of_them} that have one'
    return f'no environment "{namespace}" that you may see; {all_of_them}'


def plainly(error: ApiError, *, wish: str, env: str | None = None, door: Door = COMMAND_LINE) -> SundownError:
    """The error in words for a person who wanted to ``wish`` an env (``"look at"``, ``"start"``); others as they are."""
    what = f'environment "{env}"' if env is not None else "environments"
    if isinstance(error, Denied) and not door.own_rights:
        return NotAllowed(
            f"Sundown itself may not {wish} {what}: whoever runs the cluster has to grant it ({error})"
        ).naming(env or "")
    if isinstance(error, Denied) and error.status == 401:
        return NotAllowed(f"the cluster does not know you: log in again, or choose another --context ({error})")
    if isinstance(error, Denied):
        return NotAllowed(
            f"you may not {wish} {what}: ask its owner, or whoever runs the cluster, for the right ({error})"
        ).naming(env or "")
    if isinstance(error, NoSuchKind):
        return NotInstalled("Sundown is not installed in this cluster: it has no EnvSchedules (apply crds/ first)")
    return error
