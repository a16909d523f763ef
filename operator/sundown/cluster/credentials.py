"""Who Sundown is to the API server, and where that is: a kubeconfig, or what a pod is given."""

from __future__ import annotations

import os
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kubernetes_asyncio.client import Configuration
from kubernetes_asyncio.config import load_incluster_config, load_kube_config
from kubernetes_asyncio.config.config_exception import ConfigException
from kubernetes_asyncio.config.kube_config import KUBE_CONFIG_DEFAULT_LOCATION, KubeConfigMerger

from sundown.cluster.kubeconfig import objection
from sundown.errors import SundownError

Headers = tuple[tuple[str, str], ...]
"""In a header that may come several times, each value is one of its own."""

_IN_NAMES_OF_HEADERS = frozenset((string.ascii_letters + string.digits + "!#$&'*+-.^_`|~").encode())
_NOT_IN_HEADERS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")


class NoCluster(SundownError):
    """There is no kubeconfig, or it cannot be used."""

    reason = "NoCluster"


class Credentials(Configuration):
    """What kubernetes-asyncio knows of a login, and whom it acts as: of that, the library knows nothing."""

    impersonation: Headers = ()
    """With these the API server takes each request for somebody else's, as far as the one behind may have it so."""


def impersonation_of(configuration: Configuration) -> Headers:
    """The headers that each request to the API server has to have, so that it has no more rights than it is meant to."""
    return configuration.impersonation if isinstance(configuration, Credentials) else ()


async def load_configuration(*, kubeconfig: Path | None = None, context: str | None = None) -> Credentials:
    """The credentials: of the given kubeconfig, else ``$KUBECONFIG`` or ``~/.kube/config``, else the pod's own.

    Raises:
        NoCluster: when none of these works.
    """
    configuration = Credentials()
    try:
        if (
            kubeconfig is None
            and context is None
            and "KUBERNETES_SERVICE_HOST" in os.environ
            and not os.environ.get("KUBECONFIG")
        ):
            load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
        else:
            # An empty KUBECONFIG names none.
            usual = KUBE_CONFIG_DEFAULT_LOCATION or str(Path.home() / ".kube" / "config")
            file = str(kubeconfig) if kubeconfig else usual
            wrong = objection(file, context)
            if wrong is not None:
                raise NoCluster(f"no cluster to talk to: {wrong}")
            loaded = await load_kube_config(file, context=context, client_configuration=configuration)
            configuration.impersonation = _headers(_user(file, loaded.current_context))
    except (ConfigException, OSError, ValueError) as error:
        raise NoCluster(f"no cluster to talk to: {error}; give --kubeconfig FILE or set KUBECONFIG") from error
    configuration.connection_pool_maxsize = 128
    return configuration


def _user(file: str, context: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The user of a context that could be logged in with, as the kubeconfig has it; empty where it has none."""
    name = ((context or {}).get("context") or {}).get("user")
    merged = KubeConfigMerger(file).config
    users = merged.value["users"] if merged is not None else ()
    found = next((user.value.get("user") for user in users if user.value["name"] == name), None)
    return found if isinstance(found, dict) else {}


def _headers(user: Mapping[str, Any]) -> Headers:
    """What ``as``, ``as-uid``, ``as-groups`` and ``as-user-extra`` ask for, as kubectl sends it.

    Raises:
        NoCluster: they cannot be sent; without them each request would have the rights of the user behind.
    """
    name = _text(user, "as")
    headers = (
        *(("Impersonate-Uid", uid) for uid in _text(user, "as-uid")),
        *(("Impersonate-Group", group) for group in _texts(user.get("as-groups"), field="as-groups")),
        *_extra(user.get("as-user-extra")),
    )
    if headers and not name:
        raise NoCluster(
            "the kubeconfig's user has `as-uid`, `as-groups` or `as-user-extra` without `as`: say whom to act as, or take them out"
        )
    return (*(("Impersonate-User", one) for one in name), *headers)


def _extra(found: object) -> Iterator[tuple[str, str]]:
    for key, values in _mapping(found).items():
        name = "".join(chr(byte) if byte in _IN_NAMES_OF_HEADERS else f"%{byte:02X}" for byte in key.encode())
        for value in _texts(values, field=f"as-user-extra.{key}"):
            yield f"Impersonate-Extra-{name}", value


def _mapping(found: object) -> Mapping[str, object]:
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise _unusable("as-user-extra", "lists of texts by their names")
    return found


def _text(user: Mapping[str, Any], field: str) -> tuple[str, ...]:
    """The text in a field; none where it is empty."""
    return _texts([found] if (found := user.get(field)) not in (None, "") else [], field=field)


def _texts(found: object, *, field: str) -> tuple[str, ...]:
    if found is None:
        return ()
    if not isinstance(found, list):
        raise _unusable(field, "a list of texts")
    if not all(isinstance(one, str) for one in found):
        raise _unusable(field, "text, in quotes where it looks like something else")
    if any(_NOT_IN_HEADERS.search(one) for one in found):
        raise _unusable(field, "text without control characters")
    return tuple(found)


def _unusable(field: str, meant: str) -> NoCluster:
    return NoCluster(f"`{field}` of the kubeconfig's user cannot be sent to the API server: it has to be {meant}")
