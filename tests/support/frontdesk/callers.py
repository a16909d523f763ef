"""Programs that call the REST API of a frontdesk that runs: each a ServiceAccount with a token of the real cluster."""

from __future__ import annotations

import http.client
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sundown_lab.cluster import Cluster
from sundown_lab.components import Layout
from support.apiserver import PATIENCE, Api, Json, eventually
from support.envs import Env
from support.frontdesks import Frontdesk

_RBAC = "/apis/rbac.authorization.k8s.io/v1"
AUDIENCE = "sundown"


@dataclass(frozen=True)
class Reply:
    """What was answered."""

    status: int
    body: Json
    headers: Mapping[str, str]

    @property
    def reason(self) -> str:
        """Of a problem."""
        return str(self.body.get("reason"))


@dataclass(frozen=True)
class Program:
    """A ServiceAccount ``ci`` in a namespace of its own."""

    cluster: Cluster
    api: Api
    home: str
    url: str

    @property
    def user(self) -> str:
        """What the cluster calls it."""
        return f"system:serviceaccount:{self.home}:ci"

    def token(self, *, audience: str = AUDIENCE, seconds: int = 3600) -> str:
        """A new token; for the API server itself where the audience is empty."""
        more = [f"--audience={audience}"] if audience else []
        made = self.cluster.kubectl("create", "token", "ci", "-n", self.home, f"--duration={seconds}s", *more)
        return made.stdout.strip()

    def expired(self, *, since: int = 60) -> str:
        """A token of its own that was good until so many seconds ago, signed with the key of the cluster itself."""
        key = load_pem_private_key((Layout(self.cluster.directory).pki / "sa.key").read_bytes(), password=None)
        assert isinstance(key, EllipticCurvePrivateKey)
        header, claims, _ = self.token().split(".")
        said: Json = json.loads(urlsafe_b64decode(claims + "=="))
        late = said["exp"] - int(time.time()) + since
        moved = {name: said[name] - late for name in ("exp", "iat", "nbf")}
        body = f"{header}.{_unpadded(json.dumps({**said, **moved}).encode())}"
        halves = decode_dss_signature(key.sign(body.encode(), ECDSA(SHA256())))
        return f"{body}.{_unpadded(b''.join(half.to_bytes(32) for half in halves))}"

    def may(self, env: Env, *verbs: str) -> None:
        """Give it these rights on the EnvSchedules of an env, and no others; return when they count."""
        where = f"{_RBAC}/namespaces/{env.name}"
        self.api.delete(f"{where}/roles/ci")
        rules = [{"apiGroups": ["sundown.dev"], "resources": ["envschedules"], "verbs": list(verbs)}]
        self.api.create(f"{where}/roles", {"metadata": {"name": "ci"}, "rules": rules if verbs else []})
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "ci"}
        subject = {"kind": "ServiceAccount", "name": "ci", "namespace": self.home}
        if self.api.find(f"{where}/rolebindings/ci") is None:
            self.api.create(
                f"{where}/rolebindings", {"metadata": {"name": "ci"}, "roleRef": role, "subjects": [subject]}
            )
        known = ("get", "wake", "suspend", "extend", "snooze")
        eventually(
            lambda: {verb for verb in known if self._may(env, verb)} == set(verbs) & set(known), what="the rights count"
        )

    def ask(self, method: str, path: str, body: Any = None, *, token: str | None = "", **headers: str) -> Reply:
        """Call the API with a token (an own one if empty, none at all if None); ``Some_Header`` is the header Some-Header."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            said["Authorization"] = f"Bearer {token or self.token()}"
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        if data is not None:
            said.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)
        try:
            connection.request(method, path, body=data, headers=said)
            answer = connection.getresponse()
            raw = answer.read()
            return Reply(answer.status, json.loads(raw) if raw.startswith(b"{") else {}, dict(answer.headers))
        finally:
            connection.close()

    def _may(self, env: Env, verb: str) -> bool:
        asked = {"group": "sundown.dev", "resource": "envschedules", "verb": verb, "namespace": env.name}
        body = {"spec": {"user": self.user, "resourceAttributes": asked}}
        answer = self.api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", body)
        return bool(answer["status"]["allowed"])


def _unpadded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def program(cluster: Cluster, api: Api, frontdesk: Frontdesk, home: str) -> Program:
    """A program whose account is made in this namespace."""
    api.create(f"/api/v1/namespaces/{home}/serviceaccounts", {"metadata": {"name": "ci"}})
    return Program(cluster, api, home, frontdesk.api)
