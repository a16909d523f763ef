"""What Flux applies: tarballs of manifests on loopback, and the ExternalArtifacts that tell of them."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from sundown_lab.processes import LOOPBACK
from support.apiserver import Api, Json
from support.envs import instant
from support.loopback import serve

SOURCES = "/apis/source.toolkit.fluxcd.io/v1"
KIND = "ExternalArtifact"


class Artifacts:
    """``commit(api, namespace, manifests)`` is what a push to Git comes to."""

    def __init__(self) -> None:
        self._served: dict[str, bytes] = {}
        self._numbers = count(1)
        self.port = 0

    def commit(self, api: Api, namespace: str, manifests: list[Json]) -> str:
        """Have the namespace's artifact be these manifests; the revision."""
        revision = f"main@sha1:{next(self._numbers):040x}"
        path = f"/{namespace}/{revision.rpartition(':')[2]}.tar.gz"
        self._served[path] = _tarball(manifests)
        artifact = {
            "path": path.lstrip("/"),
            "url": f"http://{LOOPBACK}:{self.port}{path}",
            "revision": revision,
            "digest": f"sha256:{hashlib.sha256(self._served[path]).hexdigest()}",
            "lastUpdateTime": instant(),
            "size": len(self._served[path]),
        }
        objects = f"{SOURCES}/namespaces/{namespace}/externalartifacts"
        if api.find(f"{objects}/git") is None:
            body = {"apiVersion": SOURCES.removeprefix("/apis/"), "kind": KIND, "metadata": {"name": "git"}, "spec": {}}
            api.create(objects, body)
        ready = {
            "type": "Ready",
            "status": "True",
            "reason": "Succeeded",
            "message": "",
            "lastTransitionTime": instant(),
        }
        api.merge(f"{objects}/git/status", {"status": {"artifact": artifact, "conditions": [ready]}})
        return revision

    def answer(self, path: str) -> bytes | None:
        """What is served."""
        return self._served.get(path)


def _tarball(manifests: list[Json]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for number, each in enumerate(manifests):
            text = json.dumps(each).encode()
            entry = tarfile.TarInfo(f"{number}.yaml")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
    return gzip.compress(written.getvalue(), mtime=0)


@contextmanager
def artifacts() -> Iterator[Artifacts]:
    """For as long as this lasts."""
    found = Artifacts()
    with serve(found.answer, content_type="application/gzip") as found.port:
        yield found
