"""The settings for AWS, from the environment: ``SUNDOWN_AWS_*``; credentials are ``AWS_*``, as boto3 reads them itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

Region = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
RoleArn = Annotated[str, StringConstraints(pattern=r"^arn:aws[a-z-]*:iam::\d{12}:role/.+$")]


def _is_given_by_people(key: str) -> str:
    if key.lower().startswith("aws:"):
        raise ValueError("tags that begin with aws: are AWS's own; give another")
    return key


TagKey = Annotated[str, StringConstraints(min_length=1, max_length=128), AfterValidator(_is_given_by_people)]
TableName = Annotated[str, StringConstraints(pattern=r"^([a-zA-Z0-9_.-]{3,255})?$")]


class AwsSettings(BaseSettings):
    """What of AWS sleeps with its env; without regions nothing does, and boto3 is not loaded."""

    model_config = SettingsConfigDict(env_prefix="SUNDOWN_AWS_", frozen=True)

    regions: tuple[Region, ...] = Field(
        default=(), description='The regions to look in, as JSON: ["eu-central-1"]; empty: AWS is left alone.'
    )
    roles: tuple[RoleArn, ...] = Field(
        default=(), description="Roles to assume, one an account (JSON list of ARNs); empty: the account one is in."
    )
    external_id: str = Field(default="", description="The external id that the roles ask for; empty: none.")
    namespace_tag: TagKey = Field(default="namespace", description="The tag that names the env.")
    scheduler_tag: TagKey = Field(default="scheduler", description='The tag that says "enabled".')
    inventory_seconds: Annotated[float, Field(ge=0.1, le=86_400)] = Field(
        default=60, description="Every so many seconds AWS is asked what there is."
    )
    watch_seconds: Annotated[float, Field(ge=0.05, le=600)] = Field(
        default=5, description="Every so many seconds what is stopping or starting is looked at."
    )
    calls_in_flight: Annotated[int, Field(ge=1, le=64)] = Field(
        default=8, description="Calls to AWS under way at once."
    )
    call_timeout_seconds: Annotated[float, Field(gt=0, le=300)] = Field(
        default=15, description="The time-out of one call to AWS."
    )
    table: TableName = Field(
        default="", description="The DynamoDB table that the inventory is kept in; empty: memory only."
    )
    table_region: Region | None = Field(default=None, description="Where that table is; left out: the first region.")
    table_create: bool = Field(default=False, description="Make the table where it is missing.")
    prices: Path | None = Field(
        default=None,
        description="A file of hourly prices instead of the sample that Sundown brings (sundown/aws/data/prices.yaml).",
    )

    @property
    def wanted(self) -> bool:
        """Whether AWS is to be looked at at all."""
        return bool(self.regions)

    @property
    def inventory_period(self) -> timedelta:
        """The time between two looks at everything."""
        return timedelta(seconds=self.inventory_seconds)
