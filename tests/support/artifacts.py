"""What Flux applies: tarballs of manifests or of a chart on loopback, and the ExternalArtifacts that tell of them."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
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
        self._publish(api, namespace, revision, _numbered(manifests))
        return revision

    def release(self, api: Api, namespace: str, manifests: list[Json]) -> str:
        """Have it be a new version of the chart ``it``, with these manifests as its templates; the version."""
        version = f"1.0.{next(self._numbers)}"
        chart = json.dumps({"apiVersion": "v2", "name": "it", "version": version})
        templates = {f"it/templates/{name}": text for name, text in _numbered(manifests).items()}
        self._publish(api, namespace, version, {"it/Chart.yaml": chart, **templates})
        return version

    def _publish(self, api: Api, namespace: str, revision: str, files: Mapping[str, str]) -> None:
        path = f"/{namespace}/{revision.rpartition(':')[2]}.tar.gz"
        self._served[path] = _tarball(files)
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

    def answer(self, path: str) -> bytes | None:
        """What is served."""
        return self._served.get(path)


def _numbered(manifests: list[Json]) -> dict[str, str]:
    return {f"{number}.yaml": json.dumps(each) for number, each in enumerate(manifests)}


def _tarball(files: Mapping[str, str]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(written.getvalue(), mtime=0)


@contextmanager
def artifacts() -> Iterator[Artifacts]:
    """For as long as this lasts."""
    found = Artifacts()
    with serve(found.answer, content_type="application/gzip") as found.port:
        yield found
