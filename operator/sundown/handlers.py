"""The table of contents of the operator: what it reacts to, and who answers.

An event only says that something is different; what follows from it is decided by a visit.
"""

from __future__ import annotations

from kubernetes_asyncio.client import Configuration

from sundown.aws.settings import AwsSettings
from sundown.cluster.scope import Scope
from sundown.kopf_glue.setup import run_until
from sundown.kopf_glue.watching import Watched, registry
from sundown.process.operator import Operator
from sundown.settings import Settings


def watched(operator: Operator) -> Watched:
    """Who answers to what, in one operator."""
    return {
        ("v1", "namespaces"): operator.namespace_event,
        ("sundown.dev", "v1alpha1", "envschedules"): operator.env_schedule_event,
        ("sundown.dev", "v1alpha1", "clusterenvschedules"): operator.cluster_env_schedule_event,
        ("sundown.dev", "v1alpha1", "actionrequests"): operator.action_request_event,
    }


async def run(configuration: Configuration, settings: Settings, aws: AwsSettings) -> None:
    """Run the operator until SIGTERM or SIGINT."""
    operator = Operator(configuration, settings, aws)
    scope = Scope(settings.namespaces, home=settings.namespace)
    await run_until(operator.stopped, registry(operator, watched(operator)), scope=scope)
