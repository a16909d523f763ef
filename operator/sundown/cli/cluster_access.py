"""How a command meets its cluster: the connection, the schedule in force of an env, and what goes wrong in plain words."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import structlog
from kubernetes_asyncio.config import ConfigException, list_kube_config_contexts

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster, Json, load_configuration
from sundown.cluster.errors import ApiError, Denied, Missing, Unreachable
from sundown.errors import InvalidObject, NotFound, SundownError
from sundown.model.env import Env, Known, Namespace
from sundown.model.resources import OWNER_ZONES, ClusterEnvSchedule
from sundown.model.spec import EnvScheduleSpec
from sundown.reconcile.governing import Governance, govern
from sundown.schedule.decision import Circumstances
from sundown.schedule.instants import BEGINNING
from sundown.schedule.owners import parse_owner_zones
from sundown.settings import Settings

T = TypeVar("T")

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")

REVIEW = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
_PATIENCE = 20.0
_ATTEMPTS = 3


class NotAllowed(SundownError):
    """The cluster's RBAC does not let this person do it, or does not know who it is."""

    reason = "Forbidden"


class NotInstalled(SundownError):
    """The cluster has no EnvSchedules."""

    reason = "NotInstalled"


@dataclass(frozen=True, slots=True)
class Found:
    """An env as far as this person may see it.

    ``raw`` is the EnvSchedule in force as it came, ``known`` the same as it was read; ``trouble`` says why the operator
    does nothing with it; ``paused_by`` why it is paused, unless its own spec says so.
    """

    namespace: str
    raw: Json
    known: Known
    trouble: str | None
    paused_by: str | None

    @property
    def spec(self) -> EnvScheduleSpec:
        """What the schedule says.

        Raises:
            InvalidObject: when it cannot be read.
        """
        if self.known.schedule is None:
            raise InvalidObject(self.known.mistakes)
        return self.known.schedule.spec

    def circumstances(self) -> Circumstances:
        """What its decisions depend on beyond the spec."""
        return circumstances(self.known, paused_by=self.paused_by)


def circumstances(known: Known, *, paused_by: str | None = None) -> Circumstances:
    """What the decisions of a schedule depend on beyond its spec; the operator's word that it is paused is believed."""
    metadata, status = known.metadata, known.status
    zones, _ = parse_owner_zones(metadata.annotations.get(OWNER_ZONES, ""))
    return Circumstances(
        active_since=status.active_since or metadata.creation_timestamp,
        zones=zones,
        fallback_zone=settings().default_time_zone,
        paused_by=paused_by or _told_paused(known),
    )


def settings() -> Settings:
    """The settings that the command line shares with the operator, from ``SUNDOWN_*``; defaults where they are unusable."""
    try:
        return Settings()
    except ValueError:
        return Settings.model_construct()


def connected(
    work: Callable[[Cluster], Awaitable[T]], *, kubeconfig: Path | None = None, context: str | None = None
) -> T:
    """Open the cluster, do the work, close the cluster.

    Raises:
        SundownError: when there is no cluster, or whatever the work raises.
    """
    # Rooms of the operator log what they do; here the command itself tells, and its output may be read by a machine.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

    async def run() -> T:
        configuration = await load_configuration(kubeconfig=kubeconfig, context=context)
        async with Cluster(configuration, request_timeout=_PATIENCE, attempts=_ATTEMPTS) as cluster:
            try:
                return await work(cluster)
            except Unreachable as error:
                raise Unreachable(f"{error}; is it the right --kubeconfig or --context?") from error

    return asyncio.run(run())


def context_namespace(kubeconfig: Path | None, context: str | None) -> str:
    """The namespace that the kubeconfig's context (the current one by default) names; ``default`` where it names none."""
    try:
        contexts, current = list_kube_config_contexts(str(kubeconfig) if kubeconfig else None)
    except (ConfigException, OSError):
        return "default"
    chosen = next((one for one in contexts if one["name"] == context), None) if context else current
    return str(((chosen or {}).get("context") or {}).get("namespace") or "default")


async def whoami(cluster: Cluster) -> str:
    """The name under which the cluster knows this person; empty where it does not tell."""
    try:
        review = await cluster.create(REVIEW, {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"})
    except (Denied, Missing):
        return ""
    return str(review.get("status", {}).get("userInfo", {}).get("username") or "")


async def find(cluster: Cluster, namespace: str) -> Found:
    """The env of that name, by the operator's own rules.

    Raises:
        NotFound: when there is no such env; the text says what is missing.
        NotAllowed, NotInstalled, ApiError: when it cannot be asked for.
    """
    if not _NAME.fullmatch(namespace):
        raise NotFound(f'no environment "{namespace}": no namespace can have that name; `sundown list` shows all')
    try:
        listed = await cluster.list_all(paths.env_schedules(namespace))
    except ApiError as error:
        raise plainly(error, wish="look at", env=namespace) from error
    space, gone = await _namespace(cluster, namespace)
    if not listed:
        raise NotFound(_missing(namespace, gone=gone, seen=space is not None))
    raws = {raw["metadata"]["uid"]: raw for raw in listed}
    schedules = tuple(reading.env_schedule(raw) for raw in listed)
    defaults = await _defaults(cluster)
    governance = in_force(namespace, schedules, space=space, defaults=defaults or ())
    chosen = governance.in_force
    if chosen is None:
        raise NotFound(f'no environment "{namespace}": it is being deleted')
    complete = space is not None and defaults is not None
    return Found(
        namespace=namespace,
        raw=raws[chosen.metadata.uid],
        known=chosen,
        trouble=governance.trouble[1] if governance.trouble is not None else None,
        paused_by=(governance.paused_by[1] if governance.paused_by and complete else None) or _told_paused(chosen),
    )


def in_force(
    namespace: str,
    schedules: tuple[Known, ...],
    *,
    space: Namespace | None = None,
    defaults: tuple[ClusterEnvSchedule, ...] = (),
) -> Governance:
    """Who governs; a namespace that this person may not see is taken for an ordinary one."""
    seen = space or Namespace(name=namespace, created=BEGINNING, labels={}, annotations={})
    return govern(Env(name=namespace, namespace=seen, schedules=schedules, defaults=defaults), settings=settings())


def _told_paused(known: Known) -> str | None:
    """Why the operator calls it paused, if it has seen this spec and the spec is not the reason.

    The reason may be a label that this person may not see, or one with a key that only the operator is told.
    """
    status, metadata = known.status, known.metadata
    spec_says_so = known.schedule is not None and known.schedule.spec.paused
    if status.state != "Paused" or spec_says_so or status.observed_generation < metadata.generation:
        return None
    return status.why.removeprefix("paused: ") or "the operator says so"


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


def _missing(namespace: str, *, gone: bool, seen: bool) -> str:
    if gone:
        return f'no environment "{namespace}": there is no such namespace; `sundown list` shows all'
    if seen:
        return f'no environment "{namespace}": the namespace has no EnvSchedule; `sundown list` shows all that have one'
    return f'no environment "{namespace}" that you may see; `sundown list` shows all'


def plainly(error: ApiError, *, wish: str, env: str | None = None) -> SundownError:
    """The error in words for a person who wanted to ``wish`` an env (``"look at"``, ``"start"``); others as they are."""
    what = f'environment "{env}"' if env is not None else "environments"
    if isinstance(error, Denied) and error.status == 401:
        return NotAllowed(f"the cluster does not know you: log in again, or choose another --context ({error})")
    if isinstance(error, Denied):
        return NotAllowed(
            f"you may not {wish} {what}: ask its owner, or whoever runs the cluster, for the right ({error})"
        )
    if isinstance(error, Missing) and "could not find the requested resource" in str(error):
        return NotInstalled("Sundown is not installed in this cluster: it has no EnvSchedules (apply crds/ first)")
    return error


def fetch_schedule(target: str, kubeconfig: Path | None, context: str | None) -> Json:
    """The EnvSchedule called ``namespace/name``, or the one in force in ``namespace``, as the API server has it.

    Raises:
        SundownError: when there is none, or it cannot be asked for.
    """
    namespace, slash, name = target.partition("/")

    async def work(cluster: Cluster) -> Json:
        if not slash:
            return (await find(cluster, namespace)).raw
        if not (_NAME.fullmatch(namespace) and _NAME.fullmatch(name)):
            raise NotFound(f'no EnvSchedule "{target}": none can have that name; `sundown list` shows all')
        try:
            return await cluster.get(paths.env_schedule(namespace, name))
        except Missing as error:
            if "could not find the requested resource" in str(error):
                raise plainly(error, wish="look at", env=namespace) from error
            raise NotFound(f'no EnvSchedule "{name}" in namespace "{namespace}"; `sundown list` shows all') from error
        except ApiError as error:
            raise plainly(error, wish="look at", env=namespace) from error

    return connected(work, kubeconfig=kubeconfig, context=context)
