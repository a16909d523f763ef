"""The settings of the frontdesk, from the environment: ``SLACK_*`` as Slack's own libraries have them, the rest ``SUNDOWN_*``."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from sundown.model.scalars import Duration
from sundown.settings import ClusterName, Settings


def is_confidential(url: str) -> bool:
    """Whether nobody on the way can read what is sent there: by https, or without leaving this machine."""
    try:
        address = urlsplit(url)
        host, _ = address.hostname or "", address.port
    except ValueError:
        return False
    return host != "" and (address.scheme == "https" or (address.scheme == "http" and _is_this_machine(host)))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class FrontdeskSettings(Settings):
    """How this frontdesk behaves; what it shares with the operator has to be the same for both."""

    model_config = SettingsConfigDict(
        env_prefix="SUNDOWN_", frozen=True, validate_by_name=True, validate_by_alias=True, extra="ignore"
    )

    slack_bot_token: SecretStr = Field(
        validation_alias="SLACK_BOT_TOKEN", description="The bot's token (xoxb-...), from a Secret."
    )
    slack_app_token: SecretStr | None = Field(
        default=None, validation_alias="SLACK_APP_TOKEN", description="The app's token (xapp-...), for Socket Mode."
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, validation_alias="SLACK_SIGNING_SECRET", description="The signing secret, for the HTTP door."
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/", validation_alias="SLACK_API_URL", description="Where Slack's Web API is."
    )
    slack_api_plain: bool = Field(
        default=False,
        description="Take a SLACK_API_URL of http on another machine too; for tests: who listens there can read the tokens.",
    )
    slack_team: Annotated[str, StringConstraints(pattern=r"^(T[A-Z0-9]{2,20})?$")] = Field(
        default="",
        description="The workspace (T...) that is meant, where the app is installed for a whole organisation (Enterprise Grid) "
        "of several; without it such a frontdesk does not become ready, and says which there are.",
    )
    slack_port: Annotated[int, Field(ge=0, le=65535)] | None = Field(
        default=None,
        description="The port of the HTTP door; with it and SLACK_SIGNING_SECRET Slack comes by HTTP, not Socket Mode.",
    )
    slack_host: str = Field(default="", description="Where the HTTP door listens; empty: everywhere.")
    slack_command: Annotated[str, StringConstraints(pattern=r"^/[a-z0-9_-]{1,31}$")] = Field(
        default="/devenv", description="The slash command, as the Slack app has it."
    )
    slack_channel: str = Field(
        default="", description="The channel for notices of schedules that name none, such as #dev; empty: none."
    )
    slack_channels: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Which environments may name which channels, of those that the app is in, as JSON with * and ?: "
        '{"team-a": ["team-a-*"], "C0123ABCD": ["*"]}; empty: each may name each.',
    )
    alerts_channel: str = Field(
        default="",
        description="The channel for alerts of the cluster, such as #alerts; empty: none, and nothing is watched for them.",
    )
    alerts_off: tuple[str, ...] = Field(
        default=(),
        description='Alerts that nobody wants, as JSON: ["rollout-complete"].',
    )
    alerts_namespaces: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Which namespaces an alert is limited to, as JSON with * and ?: "
        '{"crash-loop": ["team-*"], "*": ["prod-*"]}, where * stands for those that are not named.',
    )
    alerts_to_owners: tuple[str, ...] = Field(
        default=(),
        description="Alerts that go to the channel of the environment instead, where its schedule names one, as JSON: "
        '["crash-loop"], or ["*"].',
    )
    alerts_close_after: Annotated[Duration, Field(ge=timedelta(seconds=1), le=timedelta(minutes=10))] = Field(
        default=timedelta(minutes=10),
        description="So long all has to be well before an alert of a crash loop is over, such as 2m; 10m at most.",
    )
    owner_domains: tuple[str, ...] = Field(
        default=(),
        description='The domains of the addresses that owners may have to be told, as JSON: ["example.com"]; empty: any.',
    )
    clusters: dict[ClusterName, str] = Field(
        default_factory=dict,
        description='The HTTP doors of all clusters that share the Slack app, as JSON: {"eu": "https://.../slack/events"}.',
    )
    first_cluster: ClusterName | Literal[""] = Field(
        default="",
        description="Which of several clusters Slack posts to by HTTP; the doors of the others take only what names them.",
    )
    person_requests: Annotated[int, Field(ge=6, le=100_000)] = Field(
        default=60, description="So many things one person may ask for within a minute, in Slack."
    )
    sight_seconds: Annotated[float, Field(ge=0, le=3600)] = Field(
        default=60,
        description="For so long it is not asked again which environments a person may see; what they may do is.",
    )
    people_minutes: Annotated[float, Field(gt=0, le=1440)] = Field(
        default=10, description="For so long people's e-mail addresses, zones and groups are not asked for again."
    )
    http_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        default=8081, description="The port of /livez, /readyz and /metrics; 0 takes any free one."
    )

    api_port: Annotated[int, Field(ge=0, le=65535)] | None = Field(
        default=None,
        description="The port of the REST API and its page at /docs; 0: any free one; without it there is none.",
    )
    api_host: str = Field(default="", description="Where the REST API listens; empty: everywhere.")
    api_tls: Path | None = Field(
        default=None,
        description="A folder with tls.crt and tls.key for the REST API, as a Secret of type kubernetes.io/tls is mounted; read again "
        "when they change. Without it the API is plain HTTP, for an ingress in front of it.",
    )
    api_requests: Annotated[int, Field(ge=6, le=1_000_000)] = Field(
        default=600, description="So many requests one person may make to the REST API within a minute."
    )

    @property
    def transport(self) -> Literal["http", "socket"]:
        """How Slack reaches this frontdesk."""
        return "http" if self.slack_signing_secret is not None and self.slack_port is not None else "socket"

    @property
    def names_itself(self) -> bool:
        """Whether what comes to the HTTP door has to name this cluster: what does not was meant for the first one's."""
        return self.first_cluster not in {"", self.cluster_name}

    @property
    def callback_url(self) -> str:
        """Where requests about this cluster are passed to; empty where that is not configured."""
        return self.clusters.get(self.cluster_name, "")

    @property
    def people_time_to_live(self) -> timedelta:
        """For so long what Slack said of a person is believed."""
        return timedelta(minutes=self.people_minutes)

    @field_validator("slack_api_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError("must be a web address such as https://slack.com/api/")
        return url if url.endswith("/") else f"{url}/"

    @field_validator("clusters")
    @classmethod
    def _are_addresses(cls, clusters: dict[str, str]) -> dict[str, str]:
        for name, url in clusters.items():
            if not is_confidential(url):
                raise ValueError(
                    f'the address of "{name}" must be one such as https://sundown.example.com/slack/events; http only on this '
                    "machine itself"
                )
        return clusters

    @model_validator(mode="after")
    def _keeps_its_tokens(self) -> Self:
        if not self.slack_api_plain and not is_confidential(self.slack_api_url):
            raise ValueError("SLACK_API_URL: must be https, or who listens there can read the tokens")
        return self

    @model_validator(mode="after")
    def _knows_the_first(self) -> Self:
        several = {*self.clusters, self.cluster_name}
        if self.transport == "http" and len(several) > 1 and not self.first_cluster:
            raise ValueError(
                "say in SUNDOWN_FIRST_CLUSTER which of these Slack posts to, the same for all: "
                + ", ".join(sorted(several))
            )
        return self

    @model_validator(mode="after")
    def _has_a_way_in(self) -> Self:
        if self.transport == "socket" and self.slack_app_token is None:
            raise ValueError(
                "give SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET and SUNDOWN_SLACK_PORT for HTTP"
            )
        return self
