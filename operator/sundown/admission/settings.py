"""The settings of the admission webhook, from the environment (``SUNDOWN_*``)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field

from sundown.settings import NamespaceName, Settings


class AdmissionSettings(Settings):
    """How this webhook behaves; what it shares with the operator has to be the same for both."""

    admission_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        default=9443, description="The port that the API server calls; 0: any free one."
    )
    admission_host: str = Field(default="", description="Where the webhook listens; empty: everywhere.")
    admission_tls: Path | None = Field(
        default=None,
        description="A folder with tls.crt and tls.key for the webhook, as a Secret of type kubernetes.io/tls is mounted; read again "
        "when they change. Without it the webhook makes certificates of its own, and writes their authority into its configurations.",
    )
    admission_service: NamespaceName = Field(
        default="sundown-admission", description="The Service by which the API server calls the webhook."
    )
    admission_configuration: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")] = Field(
        default="sundown-admission",
        description="The name of the MutatingWebhookConfiguration and the ValidatingWebhookConfiguration.",
    )
    admission_days: Annotated[float, Field(gt=0, le=3650)] = Field(
        default=90,
        description="So many days a certificate of its own is good for; it is renewed, without a restart, after two thirds.",
    )

    @property
    def certificate_life(self) -> timedelta:
        """How long a certificate that it makes is good for."""
        return timedelta(days=self.admission_days)

    @property
    def names(self) -> tuple[str, ...]:
        """By which names it is called."""
        service = f"{self.admission_service}.{self.namespace}.svc"
        return (service, f"{service}.cluster.local")
