"""What a door of https proves itself by, which others renew while it stands open."""

from __future__ import annotations

import asyncio
import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from sundown.errors import SundownError

log = structlog.get_logger(__name__)

CERTIFICATE, KEY = "tls.crt", "tls.key"
"""As a Secret of the type kubernetes.io/tls has them."""
_LOOK_EVERY = 10.0


class NoCertificate(SundownError):
    """There are no such files, or they are none of a certificate and its key."""

    reason = "NoCertificate"


class Swapped:
    """``context`` stays the same object: who connects after a change sees the new certificate.

    It hands each connection on to the context that is in force then, which is never half replaced.
    """

    def __init__(self) -> None:
        self._in_force: ssl.SSLContext | None = None
        self.context = _context()
        self.context.sni_callback = self._hand_on

    def show(self, certificate: Path, key: Path) -> None:
        """From now on this one.

        Raises:
            OSError: the files are not there, or no good; what was shown before still is.
        """
        fresh = _context()
        fresh.load_cert_chain(certificate, key)
        self._in_force = fresh

    def show_pem(self, pem: bytes) -> None:
        """From now on this one, certificate and key in one, which no disk has to know."""
        with _in_memory(pem) as path:
            self.show(path, path)

    def _hand_on(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        """Called at the beginning of each connection, whether it names a server or not."""
        if self._in_force is not None:
            connection.context = self._in_force


class Certificates(Swapped):
    """The certificate in a folder, which somebody else renews (cert-manager, say): read again when it changes."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._read: tuple[bytes, bytes] | None = None

    def load(self) -> bool:
        """Read the files; whether they are others than before.

        Raises:
            NoCertificate: they are not there, or no good; what was read before stays in force.
        """
        certificate, key = self._folder / CERTIFICATE, self._folder / KEY
        try:
            found = certificate.read_bytes(), key.read_bytes()
            if found == self._read:
                return False
            self.show(certificate, key)
        except OSError as error:  # an SSLError is one
            raise NoCertificate(
                f"{self._folder} has no {CERTIFICATE} and {KEY} that belong together: {error}"
            ) from error
        self._read = found
        return True

    async def run(self) -> None:
        """Look for changes, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            try:
                if await asyncio.to_thread(self.load):
                    log.info("certificate-renewed", folder=str(self._folder))
            except NoCertificate as error:
                log.warning("certificate-unreadable", error=str(error))


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@contextmanager
def _in_memory(content: bytes) -> Iterator[Path]:
    """A path where this process alone reads it: OpenSSL takes files only, and the pod's file system is read-only."""
    if hasattr(os, "memfd_create"):
        number = os.memfd_create("pem")
        with open(number, "wb") as file:  # noqa: PTH123 - of a descriptor
            file.write(content)
            file.flush()
            yield Path(f"/proc/self/fd/{number}")
    else:  # a developer's machine
        with tempfile.NamedTemporaryFile() as temporary:
            temporary.write(content)
            temporary.flush()
            yield Path(temporary.name)
