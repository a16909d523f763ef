"""Faults on demand, as boto3 meets them: in the words and with the status of each service."""

import threading

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from sundown_lab.aws.remote import Aws
from sundown_lab.errors import LabError
from support.aws.refusals import refusal

CALLS = {
    "ec2": "describe_instances",
    "rds": "describe_db_instances",
    "dynamodb": "list_tables",
    "resourcegroupstaggingapi": "get_resources",
    "sts": "get_caller_identity",
}
WORDS = {
    "throttled": {
        "ec2": ("RequestLimitExceeded", 503),
        "rds": ("Throttling", 400),
        "dynamodb": ("ThrottlingException", 400),
        "resourcegroupstaggingapi": ("ThrottledException", 400),
        "sts": ("Throttling", 400),
    },
    "500": {
        "ec2": ("InternalError", 500),
        "rds": ("InternalFailure", 500),
        "dynamodb": ("InternalServerError", 500),
        "resourcegroupstaggingapi": ("InternalServiceException", 500),
        "sts": ("InternalFailure", 500),
    },
    "503": {
        "ec2": ("Unavailable", 503),
        "rds": ("ServiceUnavailable", 503),
        "dynamodb": ("ServiceUnavailable", 503),
        "resourcegroupstaggingapi": ("ServiceUnavailable", 503),
        "sts": ("ServiceUnavailable", 503),
    },
    "expired": {
        "ec2": ("RequestExpired", 400),
        "rds": ("ExpiredToken", 403),
        "dynamodb": ("ExpiredTokenException", 400),
        "resourcegroupstaggingapi": ("ExpiredTokenException", 400),
        "sts": ("ExpiredToken", 403),
    },
    "denied": {
        "ec2": ("UnauthorizedOperation", 403),
        "rds": ("AccessDenied", 403),
        "dynamodb": ("AccessDeniedException", 400),
        "resourcegroupstaggingapi": ("AccessDeniedException", 400),
        "sts": ("AccessDenied", 403),
    },
}


@pytest.mark.parametrize("kind", WORDS)
@pytest.mark.parametrize("service", CALLS)
def test_each_service_says_it_in_its_own_words(aws: Aws, kind: str, service: str) -> None:
    aws.faults.add(kind, times=1)
    call = getattr(aws.client(service), CALLS[service])

    assert refusal(call) == WORDS[kind][service]
    call()


def test_there_may_be_no_capacity_to_start(aws: Aws) -> None:
    instance, database = aws.instance(), aws.database("db")
    aws.client("ec2").stop_instances(InstanceIds=[instance])
    aws.client("rds").stop_db_instance(DBInstanceIdentifier=database)
    aws.faults.add("capacity", operation="StartInstances")
    aws.faults.add("capacity", operation="StartDBInstance")

    assert refusal(lambda: aws.client("ec2").start_instances(InstanceIds=[instance])) == (
        "InsufficientInstanceCapacity",
        500,
    )
    assert refusal(lambda: aws.client("rds").start_db_instance(DBInstanceIdentifier=database)) == (
        "InsufficientDBInstanceCapacity",
        400,
    )
    assert (aws.state(instance), aws.state(database)) == ("stopped", "stopped")


def test_any_other_error_can_be_made_up(aws: Aws) -> None:
    aws.faults.add("error", service="ec2", code="OptInRequired", message="You are not subscribed", status=401)

    assert refusal(aws.client("ec2").describe_instances) == ("OptInRequired", 401)


def test_a_region_that_is_down_drops_connections_and_leaves_the_others_alone(aws: Aws) -> None:
    aws.faults.down("eu-central-1")

    with pytest.raises(ConnectionClosedError):
        aws.client("ec2").describe_instances()
    aws.client("ec2", region="eu-west-1").describe_instances()


def test_no_answer_at_all_is_a_timeout_of_the_clients(aws: Aws) -> None:
    config = Config(retries={"total_max_attempts": 1}, read_timeout=0.3)
    impatient = boto3.client(
        "ec2",
        region_name="eu-central-1",
        endpoint_url=aws.url,
        aws_access_key_id="x",
        aws_secret_access_key="y",
        config=config,
    )
    aws.faults.add("silence", service="ec2")

    with pytest.raises(ReadTimeoutError):
        impatient.describe_instances()
    (call,) = aws.called("DescribeInstances")
    assert (call.status, call.took) == (0, None)


def test_who_waits_in_silence_is_let_go_when_it_is_mended(aws: Aws) -> None:
    aws.faults.add("silence")
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            aws.client("ec2", region="eu-west-1").describe_instances()
        except ConnectionClosedError as error:
            failures.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    while not aws.calls:
        pass
    aws.faults.clear()
    asking.join(60)

    assert len(failures) == 1


def test_a_slow_call_is_answered_all_the_same(aws: Aws) -> None:
    aws.faults.add("slow", seconds=0.2, times=1)

    aws.client("ec2").describe_instances()

    (call,) = aws.called("DescribeInstances")
    assert call.took is not None
    assert call.took >= 0.2


def test_a_fault_can_be_for_one_action_one_account_and_one_thing(aws: Aws) -> None:
    one, other = aws.instances(2)
    aws.faults.add("denied", operation="StopInstances", account="123456789012", resource=one)
    ec2 = aws.client("ec2")

    assert refusal(lambda: ec2.stop_instances(InstanceIds=[other, one]))[0] == "UnauthorizedOperation"
    ec2.stop_instances(InstanceIds=[other])
    ec2.describe_instances(InstanceIds=[one])
    assert (aws.state(one), aws.state(other)) == ("running", "stopped")


def test_what_an_arn_names_is_known_by_its_last_part_too(aws: Aws) -> None:
    name = aws.database("db")
    rds = aws.client("rds")
    arn = rds.describe_db_instances()["DBInstances"][0]["DBInstanceArn"]
    aws.faults.add("throttled", resource=name)

    assert refusal(lambda: rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "a", "Value": "b"}]))[1] == 400
    assert refusal(lambda: rds.stop_db_instance(DBInstanceIdentifier=name))[1] == 400


def test_a_call_can_be_carried_out_though_its_answer_is_lost(aws: Aws) -> None:
    instance = aws.instance()
    aws.faults.add("500", operation="StopInstances", times=1, carried_out=True)

    assert refusal(lambda: aws.client("ec2").stop_instances(InstanceIds=[instance]))[1] == 500
    assert aws.state(instance) == "stopped"


def test_a_fault_says_how_often_it_is_still_to_come(aws: Aws) -> None:
    aws.faults.add("throttled", times=3)
    refusal(aws.client("ec2").describe_instances)

    assert [each["times"] for each in aws.faults.listed] == [2]


def test_a_fault_that_makes_no_sense_is_refused(aws: Aws) -> None:
    with pytest.raises(LabError, match="kind"):
        aws.faults.add("earthquake")
