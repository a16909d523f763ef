"""Kubeconfig files: written for clients of the lab's control planes, read for clusters that exist already."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sundown_lab.certs import Certificate
from sundown_lab.errors import LabError


@dataclass(frozen=True)
class Endpoint:
    """Where an API server is (an https URL) and the PEM certificate of the authority that vouches for it."""

    server: str
    authority: bytes


def write(path: Path, *, endpoint: Endpoint, login: Certificate | str, namespace: str = "default") -> Path:
    """Writes a kubeconfig (mode 0600) that logs in with a client certificate or a bearer token."""
    cluster = {"server": endpoint.server, "certificate-authority-data": _base64(endpoint.authority)}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "sundown-lab", "cluster": cluster}],
        "users": [{"name": "sundown-lab", "user": _user(login)}],
        "contexts": [
            {
                "name": "sundown-lab",
                "context": {"cluster": "sundown-lab", "user": "sundown-lab", "namespace": namespace},
            }
        ],
        "current-context": "sundown-lab",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(document, indent=2))
    return path


def add_context(path: Path, name: str, *, login: Certificate, namespace: str) -> None:
    """Adds another way to log in to a file that `write` has written: `kubectl --context NAME`."""
    document = json.loads(path.read_text())
    document["users"].append({"name": name, "user": _user(login)})
    context = {"cluster": "sundown-lab", "user": name, "namespace": namespace}
    document["contexts"].append({"name": name, "context": context})
    path.write_text(json.dumps(document, indent=2))


def read_endpoint(path: Path) -> Endpoint:
    """The API server of the file's current context.

    Raises:
        LabError: the file cannot be read, names no such context, or leaves out the server or its authority.
    """
    try:
        document = yaml.safe_load(path.read_text())
        context = _named(document["contexts"], document["current-context"])["context"]
        cluster = _named(document["clusters"], context["cluster"])["cluster"]
        server = str(cluster["server"])
        if "certificate-authority-data" in cluster:
            authority = base64.b64decode(cluster["certificate-authority-data"])
        else:
            # kubectl takes relative paths as relative to the kubeconfig, so we do too.
            authority = (path.parent / cluster["certificate-authority"]).read_bytes()
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise LabError(f"{path} is no kubeconfig that can be used: {type(error).__name__}: {error}") from error
    return Endpoint(server=server, authority=authority)


def _named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    for entry in entries:
        if entry["name"] == name:
            return entry
    raise KeyError(name)


def _user(login: Certificate | str) -> dict[str, str]:
    if isinstance(login, str):
        return {"token": login}
    return {"client-certificate-data": _base64(login.certificate), "client-key-data": _base64(login.key)}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
