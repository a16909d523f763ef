"""The simulator from outside: what is there, what was asked, accounts and regions, and a clean start for each test."""

import boto3
import pytest
from botocore.exceptions import ClientError

from sundown_lab.aws.remote import Aws
from sundown_lab.errors import LabError


def test_an_unmodified_client_finds_it_by_its_environment(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    instance = aws.instance(namespace="dev1", name="worker")

    (reservation,) = boto3.Session().client("ec2").describe_instances()["Reservations"]
    assert [each["InstanceId"] for each in reservation["Instances"]] == [instance]
    assert boto3.Session().client("sts").get_caller_identity()["Account"] == "123456789012"


def test_what_is_made_for_an_env_carries_its_tags(aws: Aws) -> None:
    instance = aws.instance(namespace="dev1", name="worker", tags={"sundown:wave": "3"})
    database = aws.database("db", namespace="dev1", scheduler=None)

    assert aws.tags(instance) == {
        "Name": "worker",
        "namespace": "dev1",
        "scheduler": "enabled",
        "sundown:wave": "3",
    }
    assert aws.tags(database) == {"namespace": "dev1"}


def test_reset_takes_everything_away(aws: Aws) -> None:
    aws.instance()
    aws.database("db")
    aws.client("dynamodb").create_table(
        TableName="things",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    aws.faults.add("500")
    aws.delay(None)

    aws.reset()

    assert (aws.everything, aws.faults.listed, aws.calls) == ({}, [], [])
    assert aws.client("dynamodb").list_tables()["TableNames"] == []
    instance = aws.instance()
    aws.client("ec2").stop_instances(InstanceIds=[instance])
    assert aws.state(instance) == "stopped"


def test_the_log_has_every_call_with_what_became_of_it(aws: Aws) -> None:
    instance = aws.instance()
    since = aws.seq
    aws.client("ec2", region="eu-west-1").describe_instances()
    with pytest.raises(ClientError):
        aws.client("ec2").stop_instances(InstanceIds=["i-0123456789abcdef0"])
    aws.client("resourcegroupstaggingapi").get_resources()

    logged = [(c.service, c.operation, c.region, c.status, c.error) for c in aws.called(since=since)]
    assert logged == [
        ("ec2", "DescribeInstances", "eu-west-1", 200, None),
        ("ec2", "StopInstances", "eu-central-1", 400, "InvalidInstanceID.NotFound"),
        ("tagging", "GetResources", "eu-central-1", 200, None),
    ]
    assert aws.called("StopInstances", service="ec2")[0].fields["InstanceId.1"] != instance


def test_accounts_and_regions_have_nothing_in_common(aws: Aws) -> None:
    aws.instance()
    other = aws.instance(account="210987654321", region="us-east-1")

    assert aws.client("ec2", region="us-east-1").describe_instances()["Reservations"] == []
    (reservation,) = aws.client("ec2", region="us-east-1", account="210987654321").describe_instances()["Reservations"]
    assert (reservation["OwnerId"], reservation["Instances"][0]["InstanceId"]) == ("210987654321", other)


def test_a_role_leads_into_its_account(aws: Aws) -> None:
    instance = aws.instance(account="210987654321")
    role = aws.client("sts").assume_role(RoleArn="arn:aws:iam::210987654321:role/sundown", RoleSessionName="test")
    keys = role["Credentials"]

    there = boto3.client(
        "ec2",
        region_name="eu-central-1",
        endpoint_url=aws.url,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    there.stop_instances(InstanceIds=[instance])

    assert aws.state(instance) == "stopped"
    assert aws.called("StopInstances")[0].account == "210987654321"


def test_2500_instances_are_found_in_pages_and_described(aws: Aws) -> None:
    made = {each for number in range(25) for each in aws.instances(100, namespace=f"env-{number}")}
    wanted = [{"Key": "scheduler", "Values": ["enabled"]}]

    tagging = aws.client("resourcegroupstaggingapi").get_paginator("get_resources")
    pages = list(tagging.paginate(TagFilters=wanted, PaginationConfig={"PageSize": 100}))
    found = {each["ResourceARN"].rpartition("/")[2] for page in pages for each in page["ResourceTagMappingList"]}
    described = {
        instance["InstanceId"]
        for page in aws.client("ec2").get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 1000})
        for reservation in page["Reservations"]
        for instance in reservation["Instances"]
    }

    assert (len(pages), len(aws.called("DescribeInstances"))) == (25, 3)
    assert found == described == made


def test_instances_are_described_as_moto_itself_describes_them(aws: Aws) -> None:
    instance = aws.instance(namespace="dev1", tags={"odd": "<&>"}, spot=True)
    ec2 = aws.client("ec2")

    ours = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    by_filter = [{"Name": "instance-id", "Values": [instance]}]  # which are left to moto
    motos = ec2.describe_instances(Filters=by_filter)["Reservations"][0]["Instances"][0]

    shared = ours.keys() & motos.keys()
    assert {"State", "Tags", "InstanceLifecycle", "RootDeviceType", "Placement", "LaunchTime"} <= shared
    compared = shared - {"LaunchTime", "Placement"}
    assert {key: ours[key] for key in compared} == {key: motos[key] for key in compared}


def test_what_is_not_there_is_said_so(aws: Aws) -> None:
    with pytest.raises(LabError, match="i-nobody"):
        aws.state("i-nobody")
    with pytest.raises(LabError, match="no states in between"):
        aws.delay(1, service="sts")
