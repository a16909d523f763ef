"""By what the API server proves itself, and Sundown to it: certificates in files, which others replace while it runs.

A cluster's authority is exchanged under its pods (OpenShift does so by itself), and kubelet writes the new one into the file
that each of them has. Who has read it at their start only is cut off from then on, until somebody starts them again.
"""

from __future__ import annotations

import os
import ssl
from typing import Any, Self

import structlog
from kubernetes_asyncio.client import Configuration

log = structlog.get_logger(__name__)

_Version = tuple[int, int, int]


class Trust(ssl.SSLContext):
    """Stays the same object: each connection is handed on to the context of the files as they are when it is made."""

    def __new__(cls, configuration: Configuration) -> Self:
        del configuration
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self, configuration: Configuration) -> None:
        """Read the files.

        Raises:
            OSError: they are not there, or no good.
        """
        self._configuration = configuration
        self._read = self._versions()
        self._in_force = _context(configuration)

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        """Begin a connection."""
        self._look()
        return self._in_force.wrap_bio(*args, **options)

    def _look(self) -> None:
        """Read the files again where they have changed; what is no good, or half written, is looked at by the next one."""
        try:
            found = self._versions()
            if found == self._read:
                return
            self._in_force = _context(self._configuration)
        except OSError as error:  # an SSLError is one
            log.warning("certificates-unreadable", error=str(error))
            return
        self._read = found
        log.info("certificates-renewed")

    def _versions(self) -> tuple[_Version, ...]:
        known = self._configuration
        files = (known.ssl_ca_cert, known.cert_file, known.key_file)
        there = (os.stat(file) for file in files if file)  # noqa: PTH116 - once for each connection
        return tuple((one.st_ino, one.st_mtime_ns, one.st_size) for one in there)


def _context(configuration: Configuration) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
    if configuration.cert_file:
        context.load_cert_chain(configuration.cert_file, keyfile=configuration.key_file)
    if not configuration.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    # Python 3.13 wants of an authority what many clusters were not made with (older EKS and GKE, home-made ones: no key
    # identifiers, uses that are not critical). Who signed what, for whom and until when is looked at all the same, as by kubectl.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
