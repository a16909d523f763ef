"""How a command meets its cluster: the connection, who asks, and an EnvSchedule as it stands there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import structlog
from kubernetes_asyncio.config import ConfigException, list_kube_config_contexts

from sundown.cluster import paths
from sundown.cluster.client import Cluster, Json
from sundown.cluster.credentials import load_configuration
from sundown.cluster.errors import ApiError, Denied, Missing, NoSuchKind, Unreachable
from sundown.errors import NotFound
from sundown.usecases.find import NAME, find, plainly

T = TypeVar("T")

REVIEW = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
_PATIENCE = 20.0
_ATTEMPTS = 3


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
    name, _ = await identity(cluster)
    return name


async def identity(cluster: Cluster) -> tuple[str, tuple[str, ...]]:
    """The name and the groups under which the cluster knows this person; empty where it does not tell."""
    try:
        review = await cluster.create(REVIEW, {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"})
    except (Denied, Missing):
        return "", ()
    known = review.get("status", {}).get("userInfo", {})
    return str(known.get("username") or ""), tuple(str(group) for group in known.get("groups") or ())


def fetch_schedule(target: str, kubeconfig: Path | None, context: str | None) -> Json:
    """The EnvSchedule called ``namespace/name``, or the one in force in ``namespace``, as the API server has it.

    Raises:
        SundownError: when there is none, or it cannot be asked for.
    """
    namespace, slash, name = target.partition("/")

    async def work(cluster: Cluster) -> Json:
        if slash and not (NAME.fullmatch(namespace) and NAME.fullmatch(name)):
            raise NotFound(f'no EnvSchedule "{target}": none can have that name; `sundown list` shows all')
        chosen = name if slash else (await find(cluster, namespace)).known.metadata.name
        try:
            return await cluster.get(paths.env_schedule(namespace, chosen))
        except NoSuchKind as error:
            raise plainly(error, wish="look at", env=namespace) from error
        except Missing as error:
            raise NotFound(f'no EnvSchedule "{chosen}" in namespace "{namespace}"; `sundown list` shows all') from error
        except ApiError as error:
            raise plainly(error, wish="look at", env=namespace) from error

    return connected(work, kubeconfig=kubeconfig, context=context)
