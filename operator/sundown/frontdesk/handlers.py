"""Every Kopf handler of the frontdesk: what it watches, and who answers. Only ``on.event``, as in the operator."""

from __future__ import annotations

from typing import Any

import kopf
import structlog
from kubernetes_asyncio.client import Configuration

from sundown.cluster.scope import Scope
from sundown.frontdesk.process import Frontdesk
from sundown.frontdesk.settings import FrontdeskSettings
from sundown.kopf_glue.setup import configure, run_until

log = structlog.get_logger(__name__)


def registry() -> kopf.OperatorRegistry:
    """The handlers of one frontdesk. Kopf hands ``memo.frontdesk`` on to each of them."""
    handlers = kopf.OperatorRegistry()

    @kopf.on.startup(registry=handlers, errors=kopf.ErrorsMode.PERMANENT)
    async def start(settings: kopf.OperatorSettings, memo: kopf.Memo, **_: Any) -> None:
        configure(settings)
        await _frontdesk(memo).start()

    @kopf.on.cleanup(registry=handlers)
    async def stop(memo: kopf.Memo, **_: Any) -> None:
        await _frontdesk(memo).stop()

    @kopf.on.login(registry=handlers, errors=kopf.ErrorsMode.PERMANENT)
    async def login(memo: kopf.Memo, **_: Any) -> kopf.AiohttpSession:
        return await _frontdesk(memo).credentials()

    @kopf.on.event("v1", "namespaces", registry=handlers)
    async def namespace(type: str | None, body: kopf.Body, memo: kopf.Memo, **_: Any) -> None:  # noqa: A002
        _frontdesk(memo).desk.feed.namespace_event(type, dict(body))

    @kopf.on.event("sundown.dev", "v1alpha1", "envschedules", registry=handlers)
    async def env_schedule(type: str | None, body: kopf.Body, memo: kopf.Memo, **_: Any) -> None:  # noqa: A002
        _frontdesk(memo).desk.feed.env_schedule_event(type, dict(body))

    @kopf.on.event("sundown.dev", "v1alpha1", "actionrequests", registry=handlers)
    async def action_request(type: str | None, body: kopf.Body, memo: kopf.Memo, **_: Any) -> None:  # noqa: A002
        _frontdesk(memo).desk.outcomes.event(type, dict(body))

    return handlers


async def run(configuration: Configuration, settings: FrontdeskSettings) -> None:
    """Run the frontdesk until SIGTERM or SIGINT."""
    frontdesk = Frontdesk(configuration, settings)
    try:
        await run_until(
            frontdesk.stopped,
            registry(),
            memo=kopf.Memo(frontdesk=frontdesk),
            scope=Scope(settings.namespaces, home=settings.namespace),
        )
    except Exception as error:
        if not frontdesk.stopped.is_set():
            raise
        # Kopf takes every task of the loop for one of its own, and the end of one of Bolt's for a failure of its work.
        log.info("task-left-over", error=f"{type(error).__name__}: {error}")


def _frontdesk(memo: kopf.Memo) -> Frontdesk:
    frontdesk = memo.frontdesk
    assert isinstance(frontdesk, Frontdesk)
    return frontdesk
