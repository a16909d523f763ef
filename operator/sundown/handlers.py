"""Every Kopf handler: what the operator reacts to, and who answers.

Only ``on.event``: Kopf's other handlers write annotations into the objects of users, and its timers and daemons outlive
the label selectors that they were started for. An event only says that something is different; what follows from it is
decided by a visit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

import kopf
from kubernetes_asyncio.client import Configuration

from sundown.essence import NoEssence
from sundown.runtime import Operator
from sundown.settings import Settings

_KOPF_ENDS_WITHIN = 1.0


def registry() -> kopf.OperatorRegistry:
    """The handlers of one operator. Kopf hands ``memo.operator`` on to each of them."""
    handlers = kopf.OperatorRegistry()

    @kopf.on.startup(registry=handlers, errors=kopf.ErrorsMode.PERMANENT)
    async def start(settings: kopf.OperatorSettings, memo: kopf.Memo, **_: Any) -> None:
        configure(settings)
        await _operator(memo).start()

    @kopf.on.cleanup(registry=handlers)
    async def stop(memo: kopf.Memo, **_: Any) -> None:
        await _operator(memo).stop()

    @kopf.on.login(registry=handlers, errors=kopf.ErrorsMode.PERMANENT)
    async def login(memo: kopf.Memo, **_: Any) -> kopf.ConnectionInfo:
        return await _operator(memo).credentials()

    @kopf.on.event("v1", "namespaces", registry=handlers)
    async def namespace(type: str | None, body: kopf.Body, memo: kopf.Memo, **_: Any) -> None:  # noqa: A002
        _operator(memo).namespace_event(type, dict(body))

    @kopf.on.event("sundown.dev", "v1alpha1", "envschedules", registry=handlers)
    async def env_schedule(type: str | None, body: kopf.Body, memo: kopf.Memo, **_: Any) -> None:  # noqa: A002
        _operator(memo).env_schedule_event(type, dict(body))

    @kopf.on.event("sundown.dev", "v1alpha1", "clusterenvschedules", registry=handlers)
    async def cluster_env_schedule(type: str | None, body: kopf.Body, memo: kopf.Memo, **_: Any) -> None:  # noqa: A002
        _operator(memo).cluster_env_schedule_event(type, dict(body))

    return handlers


async def run(configuration: Configuration, settings: Settings) -> None:
    """Run the operator until SIGTERM or SIGINT."""
    operator = Operator(configuration, settings)
    work = kopf.operator(registry=registry(), clusterwide=True, standalone=True, memo=kopf.Memo(operator=operator))
    kopf_task = asyncio.create_task(work, name="kopf")
    stopped = asyncio.create_task(operator.stopped.wait(), name="stopped")
    await asyncio.wait({kopf_task, stopped}, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait({kopf_task}, timeout=_KOPF_ENDS_WITHIN)
    if not kopf_task.done():
        # Told to stop while it still asks what kinds there are, Kopf waits five seconds for credentials that nobody
        # gives it any more.
        for task in asyncio.all_tasks() - {kopf_task, asyncio.current_task()}:
            task.cancel()
    await kopf_task


def configure(settings: kopf.OperatorSettings) -> None:
    """Kopf as Sundown needs it: one replica without peering, no Events and no annotations of its own, no idle watch
    that nobody notices to be dead."""
    settings.peering.standalone = True
    settings.posting.enabled = False
    settings.scanning.disabled = True
    settings.persistence.finalizer = "sundown.dev/never-used"
    settings.persistence.progress_storage = kopf.AnnotationsProgressStorage(prefix="kopf.sundown.dev")
    settings.persistence.diffbase_storage = NoEssence()
    settings.watching.server_timeout = 300
    settings.watching.client_timeout = 330
    settings.watching.connect_timeout = 10
    settings.networking.request_timeout = 30
    settings.networking.error_backoffs = Patience()
    settings.watching.chunk_size = 250
    settings.queueing.idle_timeout = 0.2  # each worker that waits for another event keeps the last one whole
    settings.queueing.exit_timeout = 1
    settings.process.ultimate_exiting_timeout = 4


class Patience:
    """The pauses, in seconds, after which Kopf asks an API server again that answers with errors: without an end.

    By default it gives up after a minute, and the operator with it. A new process would wait for the same API server.
    """

    def __iter__(self) -> Iterator[float]:
        return chain((0.5, 1.0, 2.0), repeat(5.0))


def _operator(memo: kopf.Memo) -> Operator:
    operator = memo.operator
    assert isinstance(operator, Operator)
    return operator
