"""What moto would do and AWS would not."""

from functools import partial
from typing import Any

import pytest

from sundown_lab.aws.remote import Aws
from support.aws.refusals import refusal


@pytest.mark.parametrize(
    ("made", "code"),
    [
        ({"stop_protected": True}, "OperationNotPermitted"),
        ({"spot": True}, "UnsupportedOperation"),
        ({"root_device": "instance-store"}, "UnsupportedOperation"),
        ({"state": "pending"}, "IncorrectInstanceState"),
        ({"state": "shutting-down"}, "IncorrectInstanceState"),
    ],
)
def test_one_instance_that_cannot_be_stopped_fails_the_whole_call(aws: Aws, made: dict[str, Any], code: str) -> None:
    good, bad = aws.instance(), aws.instance(**made)

    assert refusal(lambda: aws.client("ec2").stop_instances(InstanceIds=[good, bad]))[0] == code
    assert aws.state(good) == "running"


def test_one_id_that_nobody_knows_fails_the_whole_call(aws: Aws) -> None:
    good, ec2 = aws.instance(), aws.client("ec2")

    for change in (ec2.stop_instances, ec2.start_instances):
        assert refusal(partial(change, InstanceIds=[good, "i-0123456789abcdef0"])) == (
            "InvalidInstanceID.NotFound",
            400,
        )
    assert aws.state(good) == "running"


def test_one_id_that_nobody_knows_fails_the_tagging_of_all(aws: Aws) -> None:
    good, tags = aws.instance(), [{"Key": "a", "Value": "b"}]

    said = refusal(lambda: aws.client("ec2").create_tags(Resources=[good, "i-0123456789abcdef0"], Tags=tags))

    assert said == ("InvalidInstanceID.NotFound", 400)
    assert "a" not in aws.tags(good)


def test_stopping_what_is_stopped_is_no_error_for_instances_and_one_for_databases(aws: Aws) -> None:
    instance, database = aws.instance(state="stopped"), aws.database("db")
    rds = aws.client("rds")
    rds.stop_db_instance(DBInstanceIdentifier=database)

    aws.client("ec2").stop_instances(InstanceIds=[instance])
    assert refusal(lambda: rds.stop_db_instance(DBInstanceIdentifier=database))[0] == "InvalidDBInstanceState"


def test_a_replica_and_its_source_are_not_stopped(aws: Aws) -> None:
    source, rds = aws.database("source"), aws.client("rds")
    rds.create_db_instance_read_replica(DBInstanceIdentifier="replica", SourceDBInstanceIdentifier=source)

    assert refusal(lambda: rds.stop_db_instance(DBInstanceIdentifier="replica"))[0] == "InvalidDBInstanceState"
    assert refusal(lambda: rds.stop_db_instance(DBInstanceIdentifier=source))[0] == "InvalidDBInstanceState"


def test_sql_server_in_two_zones_is_not_stopped(aws: Aws) -> None:
    name = aws.database("mssql", Engine="sqlserver-se", MultiAZ=True, LicenseModel="license-included")

    said = refusal(lambda: aws.client("rds").stop_db_instance(DBInstanceIdentifier=name))

    assert said[0] == "InvalidParameterCombination"


def test_a_member_of_a_cluster_is_not_stopped_alone(aws: Aws) -> None:
    aws.aurora("au")
    rds = aws.client("rds")

    for change in (rds.stop_db_instance, rds.start_db_instance):
        assert refusal(partial(change, DBInstanceIdentifier="au-0"))[0] == "InvalidParameterCombination"
