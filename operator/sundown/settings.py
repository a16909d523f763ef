"""The settings of the processes, from the environment (``SUNDOWN_*``)."""

from __future__ import annotations

from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sundown.model.scalars import Duration, TimeZoneName
from sundown.model.support_pod import LONGEST_LIFE, SizeName

NAMELESS = "default"
"""What a cluster is called that nobody has given a name; so any number of them are."""

ClusterName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$")]
Quantity = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,9}(m|k|M|G|T|Ki|Mi|Gi|Ti)?$")]
NamespaceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]


class Settings(BaseSettings):
    """How this installation of Sundown behaves; each field is an environment variable with the prefix ``SUNDOWN_``."""

    model_config = SettingsConfigDict(env_prefix="SUNDOWN_", frozen=True)

    namespace: str = Field(default="sundown-system", description="The namespace that Sundown itself lives in.")
    cluster_name: ClusterName = Field(
        default=NAMELESS,
        description="What people call this cluster, and what is stopped in AWS is marked with: with AWS a name of its own.",
    )
    scheduler_label: str = Field(default="scheduler", description="The namespace label that enables or disables.")
    namespaces: tuple[NamespaceName, ...] = Field(
        default=(),
        description='The only namespaces that are looked at, by name, as JSON: ["team-a"]; empty: all of them.',
    )
    protected_namespaces: tuple[str, ...] = Field(
        default=("kube-*",),
        description="Namespaces that are never touched, whatever their label (JSON list, * allowed).",
    )
    default_time_zone: TimeZoneName = Field(
        default="UTC", description="The zone of schedules that say `owner` while nobody knows the owner's."
    )
    dry_run: bool = Field(
        default=False, description="Report what would be done, change no workload; for one env: spec.dryRun."
    )
    writes_in_flight: Annotated[int, Field(ge=1, le=1024)] = Field(
        default=64, description="Writes under way at once, over all envs."
    )
    wake_pods_per_minute: Annotated[float, Field(ge=0, le=1_000_000)] = Field(
        default=0,
        description="So many pods a minute are started over the whole cluster, people's wishes first; 0: as many as come.",
    )
    wake_cpu_per_minute: Annotated[float, Field(ge=0, le=1_000_000)] = Field(
        default=0, description="The same by the cores that the pods request; 0: no limit."
    )
    sweep_minutes: Annotated[float, Field(gt=0, le=1440)] = Field(
        default=10,
        description="Every so many minutes the whole cluster is compared with what should be; what sleeps and is heard of all the "
        "time every sixth time.",
    )
    requests_retention: Duration = Field(
        default=timedelta(days=90),
        description="So long are ActionRequests kept once they have come to their end, such as 90d; then they are deleted.",
    )
    request_timeout_seconds: Annotated[float, Field(gt=0, le=600)] = Field(
        default=20, description="The time-out of one request to the Kubernetes API."
    )
    support_namespace: Annotated[str, StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$")] = Field(
        default="", description="The namespace of support pods; empty: there are none."
    )
    support_image: Annotated[str, StringConstraints(min_length=1, max_length=1024)] = Field(
        default="docker.io/library/busybox:1.37", description="The image of support pods."
    )
    support_command: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        default=("sleep", "infinity"), description="What a support pod runs until it is stopped (JSON list)."
    )
    support_node_selector: dict[str, str] = Field(
        default={"kubernetes.io/os": "linux"},
        description="The labels of the nodes that support pods run on (JSON object).",
    )
    support_sizes: Annotated[dict[SizeName, Quantity], Field(min_length=1)] = Field(
        default={"XS": "512Mi", "S": "1Gi", "M": "2Gi", "L": "4Gi", "XL": "8Gi"},
        description="The sizes of support pods and the memory of each (JSON object).",
    )
    support_size: SizeName = Field(default="S", description="The size of a support pod for which nobody names one.")
    support_cpu: Quantity = Field(default="1", description="The CPU of a support pod, whatever its size.")
    support_per_person: Annotated[int, Field(ge=1, le=100)] = Field(
        default=5, description="So many support pods one person may have at a time; another waits until one is stopped."
    )
    support_most: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=20, description="So many support pods there may be in the cluster; another waits until one is stopped."
    )
    support_hours: Annotated[float, Field(ge=0.1, le=LONGEST_LIFE.total_seconds() / 3600)] = Field(
        default=8, description="So many hours a support pod lives, and by so many it is extended."
    )
    http_host: str = Field(default="", description="Where /livez, /readyz and /metrics listen; empty: everywhere.")
    http_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        default=8080, description="The port of /livez, /readyz and /metrics; 0 takes any free one."
    )
    log_format: Literal["json", "console"] = Field(default="json", description="json for machines, console for people.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="What is logged.")

    @model_validator(mode="after")
    def _usual_size_is_one(self) -> Self:
        if self.support_size not in self.support_sizes:
            raise ValueError(f'"{self.support_size}" is none of the sizes: {", ".join(self.support_sizes)}')
        return self

    @property
    def support_life(self) -> timedelta:
        """How long a support pod lives where nobody says how long."""
        return timedelta(hours=self.support_hours)

    @property
    def sweep(self) -> timedelta:
        """The time between two comparisons of everything."""
        return timedelta(minutes=self.sweep_minutes)

    def covers(self, namespace: str) -> bool:
        """Whether the namespace is one of those that are looked at."""
        return not self.namespaces or namespace in self.namespaces

    def protects(self, namespace: str) -> bool:
        """Whether the namespace is one that is never touched, whatever its label."""
        return (
            namespace in {self.namespace, self.support_namespace}
            or not self.covers(namespace)
            or any(fnmatchcase(namespace, glob) for glob in self.protected_namespaces)
        )


def usable() -> Settings:
    """The settings from ``SUNDOWN_*``; the defaults where those are unusable, for who only wants to say something."""
    try:
        return Settings()
    except ValueError:
        return Settings.model_construct()
