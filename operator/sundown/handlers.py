"""Every Kopf handler: what the operator reacts to, and who answers.

Only ``on.event``: Kopf's other handlers write annotations into the objects of users, and its timers and daemons outlive
the label selectors that they were started for. An event only says that something is different; what follows from it is
decided by a visit.
"""

from __future__ import annotations

from typing import Any

import kopf
from kubernetes_asyncio.client import Configuration

from sundown.aws.settings import AwsSettings
from sundown.cluster.scope import Scope
from sundown.kopf_glue.setup import configure, run_until
from sundown.process.operator import Operator
from sundown.settings import Settings


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
    async def login(memo: kopf.Memo, **_: Any) -> kopf.AiohttpSession:
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

    @kopf.on.event("sundown.dev", "v1alpha1", "actionrequests", registry=handlers)
    async def action_request(type: str | None, body: kopf.Body, memo: kopf.Memo, **_: Any) -> None:  # noqa: A002
        _operator(memo).action_request_event(type, dict(body))

    return handlers


async def run(configuration: Configuration, settings: Settings, aws: AwsSettings) -> None:
    """Run the operator until SIGTERM or SIGINT."""
    operator = Operator(configuration, settings, aws)
    await run_until(
        operator.stopped,
        registry(),
        memo=kopf.Memo(operator=operator),
        scope=Scope(settings.namespaces, home=settings.namespace),
    )


def _operator(memo: kopf.Memo) -> Operator:
    operator = memo.operator
    assert isinstance(operator, Operator)
    return operator
