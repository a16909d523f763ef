"""What a cluster's own admission has against writes to workloads: a real policy, and a real webhook on loopback."""

from __future__ import annotations

import json
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sundown_lab.certs import Authority
from support.apiserver import Answered, Json, eventually
from support.envs import Env

GROUP = "/apis/admissionregistration.k8s.io/v1"
PROBE: Json = {"metadata": {"labels": {"example.com/probe": "1"}}}


def rule(*resources: str) -> Json:
    return {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": list(resources)}


def selector(*envs: Env) -> Json:
    names = [env.name for env in envs]
    return {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": names}]}


def refusal(env: Env, name: str, *, kind: str = "Deployment") -> str:
    """What an administrator is told who changes a workload; empty where that goes through."""
    try:
        env.api.merge(f"{env.collection(kind)}/{name}?dryRun=All", PROBE)
    except Answered as error:
        return str(error)
    return ""


@contextmanager
def registry_rule(env: Env, name: str, *, also: tuple[str, ...] = (), kind: str = "Deployment") -> Iterator[None]:
    """While it lasts, a policy refuses every change of one workload, of its subresources too that are named."""
    policy = f"{env.name}-registry"
    spec = {
        "failurePolicy": "Fail",
        "matchConstraints": {
            "resourceRules": [rule("deployments", "statefulsets", *also)],
            "namespaceSelector": selector(env),
        },
        "validations": [
            {"expression": f"object.metadata.name != '{name}'", "message": "images come from our own registry"}
        ],
    }
    binding = {"policyName": policy, "validationActions": ["Deny"]}
    env.api.create(f"{GROUP}/validatingadmissionpolicies", {"metadata": {"name": policy}, "spec": spec})
    env.api.create(f"{GROUP}/validatingadmissionpolicybindings", {"metadata": {"name": policy}, "spec": binding})
    try:
        eventually(lambda: "our own registry" in refusal(env, name, kind=kind), what="the policy works")
        yield
    finally:
        env.api.delete(f"{GROUP}/validatingadmissionpolicybindings/{policy}")
        env.api.delete(f"{GROUP}/validatingadmissionpolicies/{policy}")
        eventually(lambda: not refusal(env, name, kind=kind), what="the policy is gone")


class _Allows(BaseHTTPRequestHandler):
    """Lets everything through, as long as it is there to say so."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = {"uid": review["request"]["uid"], "allowed": True}
        body = json.dumps({**review, "response": answer}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Webhook:
    """A webhook on loopback that Deployments cannot be changed without (``failurePolicy: Fail``)."""

    name = "images.example.com"

    def __init__(self, folder: Path, *envs: Env) -> None:
        self._envs = envs
        authority = Authority()
        self._bundle = authority.pair.certificate
        shown = authority.server(names=("localhost",), addresses=("127.0.0.1",))
        self._pair = shown.save(folder, "webhook")
        self._server: ThreadingHTTPServer | None = None
        self._port = 0

    def answer(self) -> None:
        """Be there, on the same port as before."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self._pair)
        server = ThreadingHTTPServer(("127.0.0.1", self._port), _Allows, bind_and_activate=False)
        server.allow_reuse_address = True
        server.server_bind()
        server.server_activate()
        server.socket = context.wrap_socket(server.socket, server_side=True)
        self._server, self._port = server, server.server_port
        threading.Thread(target=server.serve_forever, daemon=True, name="webhook").start()

    def vanish(self) -> None:
        """Be away: its pods are gone."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """While it lasts, the API server asks it."""
        env = self._envs[0]
        name = f"{env.name}-images"
        hook = {
            "name": self.name,
            "clientConfig": {
                "url": f"https://127.0.0.1:{self._port}/",
                "caBundle": b64encode(self._bundle).decode(),
            },
            "rules": [rule("deployments")],
            "namespaceSelector": selector(*self._envs),
            "failurePolicy": "Fail",
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
            "timeoutSeconds": 2,
        }
        path = f"{GROUP}/validatingwebhookconfigurations"
        env.api.create(path, {"metadata": {"name": name}, "webhooks": [hook]})
        try:
            yield
        finally:
            with suppress(Answered):
                env.api.delete(f"{path}/{name}")
