"""The process of the admission webhook: started, stopped, and how well it is."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack

import structlog
from kubernetes_asyncio.client import Configuration

from sundown.admission.metrics import REFUSED
from sundown.admission.publishing import MANAGER, Publisher
from sundown.admission.server import application
from sundown.admission.settings import AdmissionSettings
from sundown.cluster.client import Cluster
from sundown.process.certificates import Certificates, Swapped
from sundown.process.guard import listening
from sundown.process.probes import Health, serve
from sundown.process.supervisor import Supervisor
from sundown.schedule.clock import SystemClock

log = structlog.get_logger(__name__)


async def run(configuration: Configuration, settings: AdmissionSettings) -> None:
    """Answer the API server until SIGTERM or SIGINT.

    Raises:
        OSError: a port is taken.
        NoCertificate: there is none where it should be.
    """
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with AsyncExitStack() as stack:
        tasks = Supervisor()
        stack.push_async_callback(tasks.stop)
        enter = stack.enter_async_context
        timeout = settings.request_timeout_seconds
        cluster = await enter(Cluster(configuration, request_timeout=timeout, attempts=1, manager=MANAGER))
        shown: Swapped
        publisher: Publisher | None = None
        if settings.admission_tls is not None:
            shown = certificates = Certificates(settings.admission_tls)
            certificates.load()
            tasks.start("certificate", certificates.run())
        else:
            shown = Swapped()
            publisher = Publisher(cluster, shown, settings, SystemClock())
            tasks.start("certificate", publisher.run())

        def health() -> Health:
            dead = tasks.dead
            trouble = f"stopped: {', '.join(dead)}" if dead else publisher.trouble if publisher is not None else ""
            return Health(alive=not dead, ready=not trouble, text=trouble or "ok")

        await enter(serve(health, refresh=lambda: None, host=settings.http_host, port=settings.http_port))
        port = await enter(
            listening(
                application(cluster, settings),
                host=settings.admission_host,
                port=settings.admission_port,
                refused=lambda why: REFUSED.labels(why).inc(),
                tls=shown.context,
            )
        )
        log.info("admission-listening", port=port)
        await stopped.wait()
    log.info("stopped")
