"""The API server as tests write to it and read from it: JSON over one kept connection, faster than a kubectl for each call."""

import base64
import http.client
import json
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import yaml

Json = dict[str, Any]
T = TypeVar("T")

MERGE = "application/merge-patch+json"
PATIENCE = 120.0
"""Seconds until a test gives up what it waits for: many times what a quiet machine needs, for nobody waits them there."""
_POLL = 0.05
_NOT_READ = b"There can be a delay between when CustomResourceDefinitions are created"
_STARTING = 60.0
_GONE = (http.client.HTTPException, OSError)


class Answered(Exception):
    """The API server answered with an error; ``code`` is the HTTP status."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code


class Api:
    """One client of one thread; it dials again when the API server was away since it was asked last."""

    def __init__(self, kubeconfig: Path) -> None:
        document = yaml.safe_load(kubeconfig.read_text())
        cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
        self._address = urlsplit(cluster["server"]).netloc
        self._tls = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        self._headers = {"Accept": "application/json"}
        if "token" in user:
            self._headers["Authorization"] = f"Bearer {user['token']}"
        if "client-certificate-data" in user:
            with tempfile.NamedTemporaryFile() as pair:
                pair.write(base64.b64decode(user["client-certificate-data"]) + b"\n")
                pair.write(base64.b64decode(user["client-key-data"]))
                pair.flush()
                self._tls.load_cert_chain(pair.name)
        self._connection: http.client.HTTPSConnection | None = None

    def get(self, path: str, **params: str) -> Json:
        """The object, or the list. Raises Answered: 404 where there is none."""
        return self._request("GET", path + (f"?{urlencode(params)}" if params else ""))

    def find(self, path: str) -> Json | None:
        """The object, or None where there is none."""
        try:
            return self.get(path)
        except Answered as answer:
            if answer.code != http.HTTPStatus.NOT_FOUND:
                raise
            return None

    def items(self, path: str, **params: str) -> list[Json]:
        """What a list holds."""
        found: list[Json] = self.get(path, **params)["items"]
        return found

    def since(self, path: str, version: str) -> list[Json]:
        """Every version that an object of the list has had after that resourceVersion, in order; deleted ones have ``gone``."""
        return list(self.watch(path, version))

    def watch(self, path: str, version: str) -> Iterator[Json]:
        """What ``since`` gives, each as it comes, for one second."""
        with self._ask("GET", f"{path}?watch=1&resourceVersion={version}&timeoutSeconds=1", None, {}) as response:
            for event in map(json.loads, filter(str.strip, map(bytes.decode, response))):
                if event["type"] != "ERROR":
                    yield {**event["object"], "gone": event["type"] == "DELETED"}

    def create(self, path: str, body: Json) -> Json:
        """POST to a collection."""
        return self._request("POST", path, body=body)

    def replace(self, path: str, body: Json) -> Json:
        """PUT a whole object. Raises Answered: 409 when it has changed since it was read."""
        return self._request("PUT", path, body=body)

    def merge(self, path: str, body: Json, **params: str) -> Json:
        """PATCH by merging."""
        query = f"?{urlencode(params)}" if params else ""
        return self._request("PATCH", path + query, body=body, content_type=MERGE)

    def tried(self, path: str, body: Json, **params: str) -> int:
        """PATCH by merging, once; the HTTP status, whatever it is."""
        query = f"?{urlencode(params)}" if params else ""
        response = self._ask("PATCH", path + query, json.dumps(body), {"Content-Type": MERGE})
        response.read()
        return response.status

    def apply(self, path: str, body: Json, *, manager: str, **params: str) -> Json:
        """Server-side apply, by force, as GitOps tools do."""
        query = urlencode({"fieldManager": manager, "force": "true", **params})
        return self._request("PATCH", f"{path}?{query}", body=body, content_type="application/apply-patch+yaml")

    def delete(self, path: str) -> None:
        """DELETE an object; one that is gone already is as good."""
        try:
            self._request("DELETE", path, body={})
        except Answered as answer:
            if answer.code != http.HTTPStatus.NOT_FOUND:
                raise

    def _request(
        self, method: str, path: str, *, body: Json | None = None, content_type: str = "application/json"
    ) -> Json:
        headers = {} if body is None else {"Content-Type": content_type}
        said = None if body is None else json.dumps(body)
        response = self._ask(method, path, said, headers)
        answer = response.read()
        deadline = time.monotonic() + _STARTING
        while _has_just_started(response.status, answer) and time.monotonic() < deadline:
            time.sleep(_POLL)
            response = self._ask(method, path, said, headers)
            answer = response.read()
        found: Json = json.loads(answer) if answer.startswith(b"{") else {"message": answer.decode(errors="replace")}
        if response.status >= http.HTTPStatus.BAD_REQUEST:
            raise Answered(response.status, str(found.get("message")))
        return found

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        kept = self._connection is not None
        if self._connection is None:
            self._connection = http.client.HTTPSConnection(self._address, timeout=PATIENCE, context=self._tls)
        try:
            self._connection.request(method, path, body=body, headers={**self._headers, **headers})
            return self._connection.getresponse()
        except BaseException as error:
            self._connection.close()
            self._connection = None
            if kept and isinstance(error, _GONE):  # the API server was restarted since the last request
                return self._ask(method, path, body, headers)
            raise


def _has_just_started(status: int, answer: bytes) -> bool:
    """Whether an API server says that it has not read everything yet, so that nothing was done.

    429 is about its storage; a 503 with this text about the schema of a CRD, which policies that mutate know seconds after it.
    """
    return status == http.HTTPStatus.TOO_MANY_REQUESTS or (
        status == http.HTTPStatus.SERVICE_UNAVAILABLE and _NOT_READ in answer
    )


def eventually(check: Callable[[], T | None], *, what: str, within: float = PATIENCE) -> T:
    """The first true answer of ``check``, asked again and again; an API server that is away counts as no answer.

    Raises:
        AssertionError: there was none within so many seconds; it says what the last answer was.
    """
    deadline = time.monotonic() + within
    while True:
        try:
            answer = check()
            if answer:
                return answer
            last: object = answer
        except _GONE as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {within:g} s; the last answer was {last!r}")
        time.sleep(_POLL)
