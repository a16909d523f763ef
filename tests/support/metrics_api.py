"""The API ``metrics.k8s.io`` as metrics-server has it, for autoscalers: the pods are those that are there, their load is the test's.

An APIService leads the API server to it: by a Service of the type ExternalName, for no endpoint may have a loopback address.
"""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from sundown_lab.certs import Authority
from sundown_lab.cluster import Cluster
from sundown_lab.processes import LOOPBACK
from support.apiserver import Api, Json, eventually
from support.loopback import serve

GROUP = "/apis/metrics.k8s.io/v1beta1"
SERVICE = "lab-metrics"
HOME = "kube-system"
API_SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"
NAME = "v1beta1.metrics.k8s.io"
DISCOVERY: Json = {
    "kind": "APIResourceList",
    "apiVersion": "v1",
    "groupVersion": "metrics.k8s.io/v1beta1",
    "resources": [
        {"name": "pods", "singularName": "", "namespaced": True, "kind": "PodMetrics", "verbs": ["get", "list"]}
    ],
}


class Metrics:
    """``load[namespace]`` is what the pods of a namespace need together, in thousandths of a CPU, evenly spread over those there are."""

    def __init__(self, kubeconfig: Path) -> None:
        self._kubeconfig = kubeconfig
        self.load: dict[str, int] = {}

    def answer(self, path: str, *, selector: str) -> Json | None:
        """What is served under a path; None where nothing is."""
        if path == GROUP:
            return DISCOVERY
        parts = path.removeprefix(f"{GROUP}/").split("/")
        if not path.startswith(f"{GROUP}/") or len(parts) != 3 or parts[::2] != ["namespaces", "pods"]:
            return None
        pods = Api(self._kubeconfig).items(f"/api/v1/namespaces/{parts[1]}/pods", labelSelector=selector)
        each = self.load.get(parts[1], 0) // max(len(pods), 1)
        items = [_measured(pod, each) for pod in pods]
        return {"kind": "PodMetricsList", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {}, "items": items}


def _measured(pod: Json, load: int) -> Json:
    usage = {"cpu": f"{load}m", "memory": "64Mi"}
    containers = [{"name": one["name"], "usage": usage} for one in pod["spec"]["containers"]]
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    metadata = {key: pod["metadata"][key] for key in ("name", "namespace")}
    return {"metadata": metadata, "timestamp": now, "window": "1s", "containers": containers}


@contextmanager
def serving(cluster: Cluster, directory: Path) -> Iterator[Metrics]:
    """The API is served by the cluster, for as long as this lasts."""
    api, metrics, authority = Api(cluster.kubeconfig), Metrics(cluster.kubeconfig), Authority()
    shown = authority.server(names=(f"{SERVICE}.{HOME}.svc",), addresses=(LOOPBACK,)).save(directory, "metrics")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*shown)

    def answer(asked: str) -> bytes | None:
        url = urlsplit(asked)
        found = metrics.answer(url.path.rstrip("/"), selector=parse_qs(url.query).get("labelSelector", [""])[0])
        return None if found is None else json.dumps(found).encode()

    with serve(answer, tls=tls) as port, _announced(api, port, authority=authority.pair.certificate):
        yield metrics


@contextmanager
def _announced(api: Api, port: int, *, authority: bytes) -> Iterator[None]:
    service = {"type": "ExternalName", "externalName": "localhost", "ports": [{"port": port}]}
    api.create(f"/api/v1/namespaces/{HOME}/services", {"metadata": {"name": SERVICE}, "spec": service})
    spec = {
        "group": "metrics.k8s.io",
        "version": "v1beta1",
        "groupPriorityMinimum": 100,
        "versionPriority": 100,
        "caBundle": base64.b64encode(authority).decode(),
        "service": {"namespace": HOME, "name": SERVICE, "port": port},
    }
    kind = {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService"}
    api.create(API_SERVICES, {**kind, "metadata": {"name": NAME}, "spec": spec})

    def is_served() -> bool:
        conditions = api.get(f"{API_SERVICES}/{NAME}").get("status", {}).get("conditions", [])
        return any((each["type"], each["status"]) == ("Available", "True") for each in conditions)

    try:
        eventually(is_served, what="the API of metrics is served")
        yield
    finally:
        # Before the server ends: while an API is announced that does not answer, no namespace can be deleted.
        api.delete(f"{API_SERVICES}/{NAME}")
        api.delete(f"/api/v1/namespaces/{HOME}/services/{SERVICE}")
