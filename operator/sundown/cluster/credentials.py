"""Who Sundown is to the API server, and where that is: a kubeconfig, or what a pod is given."""

from __future__ import annotations

import os
from pathlib import Path

from kubernetes_asyncio.client import Configuration
from kubernetes_asyncio.config import load_incluster_config, load_kube_config
from kubernetes_asyncio.config.config_exception import ConfigException

from sundown.errors import SundownError


class NoCluster(SundownError):
    """There is no kubeconfig, or it cannot be used."""

    reason = "NoCluster"


async def load_configuration(*, kubeconfig: Path | None = None, context: str | None = None) -> Configuration:
    """The credentials: of the given kubeconfig, else ``$KUBECONFIG`` or ``~/.kube/config``, else the pod's own.

    Raises:
        NoCluster: when none of these works.
    """
    configuration = Configuration()
    try:
        if (
            kubeconfig is None
            and context is None
            and "KUBERNETES_SERVICE_HOST" in os.environ
            and not os.environ.get("KUBECONFIG")
        ):
            load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
        else:
            await load_kube_config(
                config_file=str(kubeconfig) if kubeconfig else None, context=context, client_configuration=configuration
            )
    except (ConfigException, OSError, ValueError) as error:
        raise NoCluster(f"no cluster to talk to: {error}; give --kubeconfig FILE or set KUBECONFIG") from error
    configuration.connection_pool_maxsize = 128
    return configuration
