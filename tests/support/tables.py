"""A DynamoDB table in the simulated AWS: from outside, and as one operator or several have it.

Ask for `table` for one that is there, and `opened` to have it as an operator does.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from sundown.aws.settings import AwsSettings
from sundown.model.cloud import CloudPart
from sundown_lab.aws.remote import Aws

if TYPE_CHECKING:  # tests without AWS do not load boto3
    from sundown.aws.sessions import Sessions
    from sundown.aws.table import Table

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
Open = Callable[..., "Table"]


@dataclass
class Clock:
    """Stands still until it is set."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class DynamoDB:
    """A table by its name, from outside; ``settings`` are what an operator has to be told of it."""

    aws: Aws
    name: str = field(default_factory=lambda: f"sundown-{secrets.token_hex(4)}")

    @property
    def settings(self) -> dict[str, Any]:
        """Fields of AwsSettings."""
        return {"table": self.name}

    @property
    def environment(self) -> dict[str, str]:
        """The same as environment variables."""
        return {"SUNDOWN_AWS_TABLE": self.name}

    @property
    def client(self) -> Any:
        """boto3's."""
        return self.aws.client("dynamodb")

    def make(self, key: str = "arn") -> None:
        """As deploy/aws/table.yaml does."""
        self.client.create_table(
            TableName=self.name,
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def drop(self) -> None:
        """Delete it, with all that it holds."""
        self.client.delete_table(TableName=self.name)

    @property
    def items(self) -> dict[str, dict[str, Any]]:
        """All items by ARN, as DynamoDB has them."""
        found: list[dict[str, Any]] = self.client.scan(TableName=self.name)["Items"]
        return {item["arn"]["S"]: item for item in found}

    def put(self, **attributes: str | int) -> None:
        """Write an item by hand."""
        item = {
            name: {"S": value} if isinstance(value, str) else {"N": str(value)} for name, value in attributes.items()
        }
        self.client.put_item(TableName=self.name, Item=item)


def part(number: int = 1, **fields: Any) -> CloudPart:
    name = f"i-{number:017x}"
    known = {
        "kind": "EC2Instance",
        "arn": f"arn:aws:ec2:eu-central-1:123456789012:instance/{name}",
        "identifier": name,
        "name": "web",
        "namespace": "dev1",
        "account": "123456789012",
        "region": "eu-central-1",
        "state": "running",
        "phase": "running",
    }
    return CloudPart(**{**known, **fields})


def by_arn(parts: list[CloudPart]) -> list[CloudPart]:
    return sorted(parts, key=lambda one: one.arn)


@pytest.fixture
def table(aws: Aws) -> DynamoDB:
    """A table that is there, and empty."""
    found = DynamoDB(aws)
    found.make()
    return found


@pytest.fixture
def clock() -> Clock:
    """What time it is for whoever has the table."""
    return Clock()


@pytest.fixture(scope="module")
def sessions(aws_server: Aws) -> Iterator[Sessions]:
    """boto3, led to the simulator: made once, for that takes a second on a busy machine."""
    from sundown.aws.sessions import Sessions

    with pytest.MonkeyPatch.context() as patch:
        for name, value in aws_server.environment.items():
            patch.setenv(name, value)
        yield Sessions(AwsSettings(regions=("eu-central-1",)))


@pytest.fixture
def opened(sessions: Sessions, table: DynamoDB, clock: Clock) -> Open:
    """``opened(table_create=True)``: the table as one operator has it."""
    from sundown.aws.table import Table

    def make(**settings: Any) -> Table:
        known = AwsSettings(regions=("eu-central-1",), **{**table.settings, **settings})
        return Table(sessions, known, clock=clock)

    return make


@pytest.fixture
def said() -> Iterator[list[Any]]:
    """What is logged."""
    with capture_logs() as logs:
        yield logs
