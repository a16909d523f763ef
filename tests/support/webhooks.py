"""The admission webhook as tests run it: the installed command as a process of its own, logged in as its own ServiceAccount.

The API server of the lab cannot reach a Service; its configurations name the process by its address instead.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from sundown_lab.cluster import Cluster
from sundown_lab.processes import LOOPBACK
from support.apiserver import Api, Json, eventually
from support.operators import HOME, ROOT
from support.policies import ADMISSION
from support.programs import Program

COMPONENT = ROOT / "deploy" / "components" / "admission-webhook"
ACCOUNT = "sundown-admission"
USER = f"system:serviceaccount:{HOME}:{ACCOUNT}"
CONFIGURATIONS = {
    "MutatingWebhookConfiguration": f"{ADMISSION}/mutatingwebhookconfigurations",
    "ValidatingWebhookConfiguration": f"{ADMISSION}/validatingwebhookconfigurations",
}
PUBLISHES = "sundown-admission-certificates"

_LISTENS = re.compile(r'"port": (\d+), "event": "admission-listening"')


def shipped(name: str) -> list[Json]:
    """The objects of a file of the component."""
    return list(yaml.safe_load_all((COMPONENT / name).read_text()))


class Webhook(Program):
    """One process of it."""

    @property
    def listens(self) -> int | None:
        """Where it answers the API server; None while it does not."""
        found = _LISTENS.search(self.output)
        return int(found[1]) if found is not None else None


class Porch:
    """Where a webhook runs, with its configurations."""

    def __init__(self, cluster: Cluster, logs: Path) -> None:
        self.api = Api(cluster.kubeconfig)
        self._cluster = cluster
        self._logs = logs
        self._count = 0

    def account(self, *, publishes: bool = True) -> Path:
        """A kubeconfig of the webhook's account, with the rights that are shipped and no others."""
        home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": HOME}}
        rights = [each for each in shipped("rights.yaml") if publishes or each["metadata"]["name"] != PUBLISHES]
        document = json.dumps({"apiVersion": "v1", "kind": "List", "items": [home, *rights]})
        self._cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input=document)
        if not publishes:
            self._cluster.kubectl("delete", "clusterrolebinding", PUBLISHES, "--ignore-not-found")
        return self._cluster.service_account_kubeconfig(HOME, ACCOUNT)

    def make(self, *, publishes: bool = True, with_rows: str = "", **settings: str) -> Webhook:
        """A process that has not been started."""
        self._count += 1
        where = {"SUNDOWN_ADMISSION_HOST": LOOPBACK, "SUNDOWN_ADMISSION_PORT": "0", **settings}
        log = self._logs / f"admission-{self._count}.log"
        return Webhook("admission", self.account(publishes=publishes), log=log, settings=where, with_rows=with_rows)

    def configure(self, webhook: Webhook, *, failure: str, wait: int, trusted: bytes = b"") -> None:
        """Have the API server ask it."""
        for each in shipped("webhooks.yaml"):
            for hook in each["webhooks"]:
                path = hook["clientConfig"].pop("service")["path"]
                hook["clientConfig"]["url"] = f"https://{LOOPBACK}:{webhook.listens}{path}"
                if trusted:
                    hook["clientConfig"]["caBundle"] = b64encode(trusted).decode()
                hook |= {"failurePolicy": failure, "timeoutSeconds": wait}
            self.take_down(each["kind"])
            self.api.create(CONFIGURATIONS[each["kind"]], each)

    def take_down(self, *kinds: str) -> None:
        """Have the API server ask nobody."""
        for kind in kinds or CONFIGURATIONS:
            path = f"{CONFIGURATIONS[kind]}/{ACCOUNT}"
            if self.api.find(path) is not None:
                self.api.delete(path)

    @contextmanager
    def running(
        self, *, failure: str = "Fail", wait: int = 30, with_rows: str = "", **settings: str
    ) -> Iterator[Webhook]:
        """One that runs and is asked. With ``Fail`` an answer that is none fails the request, and its test."""
        one = self.make(publishes=True, with_rows=with_rows, **settings)
        self.take_down()  # of another: what is published there would be gone in a moment
        try:
            one.launch()
            eventually(lambda: one.listens is not None, what="the webhook listens")
            self.configure(one, failure=failure, wait=wait)
            one.await_ready()
            yield one
        finally:
            self.take_down()
            one.kill()
