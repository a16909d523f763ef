"""RDS starts a stopped database after seven days: how one tells that it was RDS."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sundown.model.cloud import CloudKind, CloudPart, CloudState, restarted_by_aws

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=8)
PART = CloudPart(
    kind="RDSInstance",
    arn="arn:aws:rds:eu-central-1:123456789012:db:dev1-db",
    identifier="dev1-db",
    name="dev1-db",
    namespace="dev1",
    account="123456789012",
    region="eu-central-1",
    state="running",
    phase="available",
    record="running",
    stopped_at=LONG_AGO,
    holder="default/dev1",
)


@pytest.mark.parametrize("kind", ["RDSInstance", "AuroraCluster"])
@pytest.mark.parametrize("state", ["starting", "running", "busy"])
def test_a_database_that_runs_though_it_was_stopped_eight_days_ago_was_started_by_aws(
    kind: CloudKind, state: CloudState
) -> None:
    """E6."""
    assert restarted_by_aws(replace(PART, kind=kind, state=state), NOW)


@pytest.mark.parametrize("state", ["stopped", "stopping"])
def test_one_that_is_still_stopped_was_not(state: CloudState) -> None:
    assert not restarted_by_aws(replace(PART, state=state), NOW)


def test_one_that_runs_before_the_seven_days_are_over_was_started_by_somebody_else() -> None:
    assert not restarted_by_aws(replace(PART, stopped_at=NOW - timedelta(days=7) + timedelta(seconds=1)), NOW)
    assert restarted_by_aws(replace(PART, stopped_at=NOW - timedelta(days=7)), NOW)


def test_aws_leaves_instances_stopped_for_ever() -> None:
    assert not restarted_by_aws(replace(PART, kind="EC2Instance"), NOW)


def test_of_one_that_sundown_did_not_stop_nobody_says_so() -> None:
    assert not restarted_by_aws(replace(PART, record=None), NOW)
    assert not restarted_by_aws(replace(PART, record="stopped"), NOW)


def test_of_one_whose_record_names_no_holder_nobody_says_so() -> None:
    """S10."""
    assert not restarted_by_aws(replace(PART, holder=None), NOW)


def test_of_one_whose_record_does_not_say_when_nobody_says_so() -> None:
    assert not restarted_by_aws(replace(PART, stopped_at=None), NOW)
