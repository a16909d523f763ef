"""The table of contents of the frontdesk: what it watches, and who answers."""

from __future__ import annotations

import structlog
from kubernetes_asyncio.client import Configuration

from sundown.cluster.scope import Scope
from sundown.frontdesk.incidents.choices import Choices
from sundown.frontdesk.incidents.kinds import ALERT_KINDS
from sundown.frontdesk.process import Frontdesk
from sundown.frontdesk.settings import FrontdeskSettings
from sundown.kopf_glue.setup import run_until
from sundown.kopf_glue.watching import Watched, registry

log = structlog.get_logger(__name__)


def watched(frontdesk: Frontdesk) -> Watched:
    """Who answers to what, in one frontdesk."""
    desk = frontdesk.desk
    return {
        ("v1", "namespaces"): desk.feed.namespace_event,
        ("sundown.dev", "v1alpha1", "envschedules"): desk.feed.env_schedule_event,
        ("sundown.dev", "v1alpha1", "actionrequests"): desk.action_request_event,
    }


async def run(configuration: Configuration, settings: FrontdeskSettings) -> None:
    """Run the frontdesk until SIGTERM or SIGINT.

    Raises:
        NoSuchAlert: the settings choose an alert that there is none of.
    """
    Choices.of(settings, ALERT_KINDS)
    frontdesk = Frontdesk(configuration, settings)
    scope = Scope(settings.namespaces, home=settings.namespace)
    try:
        await run_until(frontdesk.stopped, registry(frontdesk, watched(frontdesk)), scope=scope)
    except Exception as error:
        if not frontdesk.stopped.is_set():
            raise
        # Kopf takes every task of the loop for one of its own, and the end of one of Bolt's for a failure of its work.
        log.info("task-left-over", error=f"{type(error).__name__}: {error}")
