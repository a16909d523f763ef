"""Kopf as Sundown's processes use it: its settings, its credentials, and an end within five seconds."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import kopf
from kubernetes_asyncio.client import Configuration

from sundown.backoff import Backoff
from sundown.cluster.echoes import Echoes
from sundown.cluster.scope import EVERYWHERE, Scope
from sundown.cluster.watched import open_slim_session
from sundown.kopf_glue.storage import NoEssence

_CREDENTIALS = timedelta(minutes=5)
_KOPF_ENDS_WITHIN = 1.0
_AGAIN = Backoff(0.5, longest=5.0)


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
        return map(_AGAIN.after, count(1))


async def credentials(configuration: Configuration, *, echoes: Echoes | None = None) -> kopf.AiohttpSession:
    """A session for Kopf with the same credentials; it expires, because a pod's token is replaced while it runs.

    Whatever tells of writes of our own goes to ``echoes``, and not to Kopf.
    """
    token = await configuration.get_api_key_with_prefix("BearerToken")
    return kopf.AiohttpSession(
        server=str(configuration.host).rstrip("/"),
        aiohttp_session=open_slim_session(
            configuration, headers={"Authorization": token} if token else {}, echoes=echoes
        ),
        expiration=datetime.now(UTC) + _CREDENTIALS,
    )


async def run_until(stopped: asyncio.Event, registry: kopf.OperatorRegistry, *, scope: Scope = EVERYWHERE) -> None:
    """Run these handlers; once ``stopped`` is set, which their cleanup does, it ends within a second."""
    # Kopf would make up an identity from the name of the user, and in a pod the user has none.
    work = kopf.operator(
        registry=registry,
        clusterwide=not scope.watched,
        namespaces=scope.watched,
        standalone=True,
        identity=socket.gethostname(),  # type: ignore[arg-type] # its type for names is private
    )
    kopf_task = asyncio.create_task(work, name="kopf")
    stopping = asyncio.create_task(stopped.wait(), name="stopped")
    await asyncio.wait({kopf_task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait({kopf_task}, timeout=_KOPF_ENDS_WITHIN)
    if not kopf_task.done():
        # Told to stop while it still asks what kinds there are, Kopf waits five seconds for credentials that nobody
        # gives it any more.
        for task in asyncio.all_tasks() - {kopf_task, asyncio.current_task()}:
            task.cancel()
    await kopf_task
