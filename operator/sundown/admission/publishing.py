"""Writes into the webhook's two configurations by whom its certificates are signed, and goes on seeing to it that it stands there.

The account may get and patch these two objects, by name, and no Secret.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from datetime import datetime
from typing import Any

import structlog

from sundown.admission import selfmade
from sundown.admission.selfmade import Pair
from sundown.admission.settings import AdmissionSettings
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Missing
from sundown.cluster.webhooks import CONFIGURATIONS
from sundown.process.certificates import Swapped
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

MANAGER = "sundown-admission"
"""The field manager of the authorities: whoever applies the manifests again takes nothing of it away."""
_LOOK_EVERY = 30.0
_AGAIN_AFTER = 2.0


class Publisher:
    """Makes certificates, and shows one only after the API server has been told to trust it."""

    def __init__(self, cluster: Cluster, shown: Swapped, settings: AdmissionSettings, clock: Clock) -> None:
        self._cluster = cluster
        self._shown = shown
        self._settings = settings
        self._clock = clock
        self._pair: Pair | None = None
        self.trouble: str = "has published no certificate yet"

    async def run(self) -> None:
        """Renew what is due, and mend what others have undone, until cancelled."""
        while True:
            try:
                await self.look()
                self.trouble = ""
            except ApiError as error:
                self.trouble = f"its certificate is not published: {error}"
                log.warning("certificate-unpublished", error=str(error))
            await asyncio.sleep(self._pause())

    async def look(self) -> None:
        """Make the certificate that is due, have it trusted, and show it.

        Raises:
            ApiError: the configurations cannot be read or written, or are not there.
        """
        now, fresh = self._clock.now(), self._pair
        if fresh is None or now >= fresh.renewed_at:
            names = (*self._settings.names, *filter(None, [self._settings.admission_host]))
            fresh = selfmade.make(names, now=now, life=self._settings.certificate_life)
        for kind, path in CONFIGURATIONS.items():
            await self._have_trusted(kind, f"{path}/{self._settings.admission_configuration}", fresh.authority, now)
        if fresh is not self._pair:
            self._shown.show_pem(fresh.shown)
            self._pair = fresh
            log.info("certificate-renewed", until=fresh.until.isoformat())

    def _pause(self) -> float:
        if self.trouble or self._pair is None:
            return _AGAIN_AFTER
        return max(0.0, min(_LOOK_EVERY, (self._pair.renewed_at - self._clock.now()).total_seconds()))

    async def _have_trusted(self, kind: str, path: str, authority: bytes, now: datetime) -> None:
        try:
            found = await self._cluster.get(path)
        except Missing as error:
            name = self._settings.admission_configuration
            raise Missing(f"there is no {kind} {name}: install deploy/components/admission-webhook") from error
        hooks = [(str(each["name"]), _trusted(each)) for each in found.get("webhooks") or []]
        wanted = {name: selfmade.bundle(trusted, authority, now=now) for name, trusted in hooks}
        if wanted == dict(hooks):
            return
        body = {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": kind,
            # By its version: another replica may write its own authority in this moment.
            "metadata": {
                "name": self._settings.admission_configuration,
                "resourceVersion": found["metadata"]["resourceVersion"],
            },
            "webhooks": [
                {"name": name, "clientConfig": {"caBundle": b64encode(pem).decode()}} for name, pem in wanted.items()
            ],
        }
        await self._cluster.apply(path, body, manager=MANAGER, force=True)
        log.info("authority-published", configuration=kind)


def _trusted(hook: dict[str, Any]) -> bytes:
    try:
        return b64decode(hook.get("clientConfig", {}).get("caBundle") or "")
    except NoBase64:
        return b""
