"""Where the API server keeps what Sundown reads and writes."""

from __future__ import annotations

NAMESPACES = "/api/v1/namespaces"
ENV_SCHEDULES = "/apis/sundown.dev/v1alpha1/envschedules"
CLUSTER_ENV_SCHEDULES = "/apis/sundown.dev/v1alpha1/clusterenvschedules"
PODS = "/api/v1/pods"
NODES = "/api/v1/nodes"
DEPLOYMENTS = "/apis/apps/v1/deployments"
ACTION_REQUESTS = "/apis/sundown.dev/v1alpha1/actionrequests"


def namespace(name: str) -> str:
    """One namespace."""
    return f"{NAMESPACES}/{name}"


def env_schedules(namespace: str) -> str:
    """The EnvSchedules of a namespace."""
    return f"/apis/sundown.dev/v1alpha1/namespaces/{namespace}/envschedules"


def env_schedule(namespace: str, name: str) -> str:
    """One EnvSchedule."""
    return f"{env_schedules(namespace)}/{name}"


def action_requests(namespace: str) -> str:
    """The ActionRequests of a namespace."""
    return f"/apis/sundown.dev/v1alpha1/namespaces/{namespace}/actionrequests"


def action_request(namespace: str, name: str) -> str:
    """One ActionRequest."""
    return f"{action_requests(namespace)}/{name}"


def service_account_token(namespace: str, name: str) -> str:
    """Where tokens of a ServiceAccount are made."""
    return f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"


def pods(namespace: str) -> str:
    """The pods of a namespace."""
    return f"{NAMESPACES}/{namespace}/pods"


def pod(namespace: str, name: str) -> str:
    """One pod."""
    return f"{pods(namespace)}/{name}"


def controller_revisions(namespace: str) -> str:
    """The templates that DaemonSets and StatefulSets of a namespace have had."""
    return f"/apis/apps/v1/namespaces/{namespace}/controllerrevisions"


def config_maps(namespace: str) -> str:
    """The ConfigMaps of a namespace."""
    return f"/api/v1/namespaces/{namespace}/configmaps"


def config_map(namespace: str, name: str) -> str:
    """One ConfigMap."""
    return f"{config_maps(namespace)}/{name}"


def support_pods(namespace: str) -> str:
    """The SupportPods of a namespace."""
    return f"/apis/sundown.dev/v1alpha1/namespaces/{namespace}/supportpods"


def support_pod(namespace: str, name: str) -> str:
    """One SupportPod."""
    return f"{support_pods(namespace)}/{name}"
