"""The certificate of a door, from files that somebody else renews (cert-manager, say): read again when they change."""

from __future__ import annotations

import asyncio
import ssl
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


class Certificates:
    """What a door proves itself by. ``context`` stays the same object: who connects after a change sees the new certificate.

    It hands each connection on to the context that is in force then, which is never half replaced.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: tuple[bytes, bytes] | None = None
        self._in_force: ssl.SSLContext | None = None
        self.context = _context()
        self.context.sni_callback = self._hand_on

    def load(self) -> bool:
        """Read the files; whether they are others than before.

        Raises:
            NoCertificate: they are not there, or no good; what was read before stays in force.
        """
        paths = (self._folder / CERTIFICATE, self._folder / KEY)
        try:
            found = paths[0].read_bytes(), paths[1].read_bytes()
            if found == self._read:
                return False
            fresh = _context()
            fresh.load_cert_chain(*paths)
        except OSError as error:  # an SSLError is one
            raise NoCertificate(
                f"{self._folder} has no {CERTIFICATE} and {KEY} that belong together: {error}"
            ) from error
        self._read, self._in_force = found, fresh
        return True

    def _hand_on(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        """Called at the beginning of each connection, whether it names a server or not."""
        if self._in_force is not None:
            connection.context = self._in_force

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
