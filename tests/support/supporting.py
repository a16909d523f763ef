"""Support pods as tests see them: their namespace with its quota and rights, and what is in it, for an administrator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.envs import SUNDOWN
from support.operators import ROOT, Stage, for_both_accounts

PLACE = "sundown-support"
WANTED = f"{SUNDOWN}/namespaces/{PLACE}/supportpods"
PODS = f"/api/v1/namespaces/{PLACE}/pods"
ON = {"SUNDOWN_SUPPORT_NAMESPACE": PLACE}
COMPONENT = ROOT / "deploy/components/support"
SHORT_LIVES = (
    "import sundown.model.support_pod as it\nfrom datetime import timedelta\nit.SHORTEST_LIFE = timedelta(seconds=1)"
)
"""Rows of a test: no test waits for five minutes."""


@dataclass(frozen=True)
class Supported:
    """The namespace of support pods."""

    api: Api

    def want(self, name: str, **spec: Any) -> Json:
        """Make a SupportPod."""
        body = {"apiVersion": "sundown.dev/v1alpha1", "kind": "SupportPod", "metadata": {"name": name}, "spec": spec}
        return self.api.create(WANTED, body)

    def find(self, name: str) -> Json | None:
        """A SupportPod, if it is there."""
        return self.api.find(f"{WANTED}/{name}")

    def pod(self, name: str) -> Json | None:
        """A pod, if it is there."""
        return self.api.find(f"{PODS}/{name}")

    def until(self, name: str, state: str, reason: str = "") -> Json:
        """The status, once it is like this."""

        def there() -> Json | None:
            status: Json = (self.find(name) or {}).get("status", {})
            reasons = [one["reason"] for one in status.get("conditions", ())]
            return status if status.get("state") == state and (not reason or reason in reasons) else None

        return eventually(there, what=f"{name} is {state} {reason}")

    def gone(self, name: str) -> None:
        """Return once neither SupportPod nor pod is there."""
        eventually(lambda: self.find(name) is None and self.pod(name) is None, what=f"{name} is gone")

    def clear(self) -> None:
        """Take all away."""
        for path in (WANTED, PODS):
            for each in self.api.items(path):
                self.api.delete(f"{path}/{each['metadata']['name']}")
        eventually(lambda: not self.api.items(PODS) and not self.api.items(WANTED), what="all is gone")


@pytest.fixture(scope="session")
def _place_of_support(control_plane: Cluster, stage: Stage) -> None:
    assert stage.account.exists()  # Sundown's namespace is there from now on
    texts = [(COMPONENT / name).read_text() for name in ("namespace.yaml", "rights.yaml", "people.yaml")]
    items = for_both_accounts([each for text in texts for each in yaml.safe_load_all(text)])
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    control_plane.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input=document)
    quota = f"/api/v1/namespaces/{PLACE}/resourcequotas/{PLACE}"
    counted = Api(control_plane.kubeconfig)
    hard = counted.get(quota)["spec"]["hard"]
    eventually(
        lambda: hard.keys() <= counted.get(quota).get("status", {}).get("used", {}).keys(),
        what="it is counted what the quota is used for",
    )


@pytest.fixture
def supported(_place_of_support: None, api: Api) -> Iterator[Supported]:
    """The namespace of ``deploy/components/support``, empty before and after."""
    one = Supported(api)
    one.clear()
    yield one
    one.clear()
