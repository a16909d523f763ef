"""`sundown cloud list`: what belongs to environments in AWS, and what becomes of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from sundown.cli.commands.cloud import verdict
from sundown_lab.aws.remote import Aws
from sundown_lab.cluster import Cluster
from support.commandline import Called
from support.envs import ALWAYS_AWAKE, Env
from support.tables import part

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
RECORD = {"sundown:previous-state": "running", "sundown:holder": "default/gone"}


@pytest.fixture
def there(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """The caller has credentials, and a region."""
    for name, value in {**aws.environment, "SUNDOWN_AWS_REGIONS": '["eu-central-1"]'}.items():
        monkeypatch.setenv(name, value)
    return aws


@pytest.fixture
def listed(call: Callable[..., Called]) -> Callable[..., Called]:
    """``sundown cloud list`` without a cluster."""
    return lambda *arguments: call("cloud", "list", "--no-cluster", *arguments)


STOPPED = {"state": "stopped", "phase": "stopped"}
OURS = {"record": "running", "holder": "default/dev1"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "sleeps with dev1"),
        ({"namespace": ""}, "no namespace tag"),
        (
            {"namespace": "", "misspelt": 'its tag "Namespace" is not "namespace"'},
            'left alone: its tag "Namespace" is not "namespace"',
        ),
        ({"refused": "it is a spot instance"}, "refused: it is a spot instance"),
        ({"namespace": "dev9"}, "there is no env dev9"),
        ({**STOPPED, **OURS}, "stopped by Sundown for dev1"),
        (
            {**STOPPED, "record": "running", "holder": "default/dev9", "namespace": "dev9"},
            "stopped by Sundown for dev9, env gone",
        ),
        (
            {**STOPPED, "record": "running", "holder": "green/dev1"},
            "refused: was stopped by green/dev1, which alone starts it again",
        ),
        (STOPPED, "stopped by somebody: stays so when dev1 wakes"),
        ({"exclude": "true"}, "stays awake: tag sundown:exclude"),
        ({"enabled": False, **OURS}, "stays awake: the scheduler tag is gone"),
    ],
)
def test_the_verdict_says_what_becomes_of_it(fields: dict[str, Any], said: str) -> None:
    """E3 E5"""
    assert verdict(part(**fields), envs={"dev1"}, cluster_name="default", now=NOW) == said


def test_a_spoiled_record_is_said() -> None:
    said = verdict(part(record="on"), envs=None, cluster_name="default", now=NOW)
    assert 'tag sundown:previous-state: must be "running", got "on"' in said


def test_where_nobody_knows_the_envs_none_is_missing() -> None:
    assert verdict(part(namespace="dev9"), envs=None, cluster_name="default", now=NOW) == "sleeps with dev9"


def test_everything_that_is_tagged_is_listed(there: Aws, listed: Callable[..., Called]) -> None:
    """E2 E3"""
    instance = there.instance(namespace="dev1", name="worker", type="t3.medium")
    lost = there.instance()
    there.database("dev1-db", namespace="dev1", MultiAZ=True)
    there.instance(namespace="dev1", scheduler=None)
    called = listed()
    assert called.code == 0
    assert [line.split() for line in called.out.splitlines()] == [
        ["ENV", "KIND", "NAME", "ID", "REGION", "ACCOUNT", "STATE", "PRICE/H", "VERDICT"],
        f"- EC2Instance - {lost} eu-central-1 123456789012 running 0.024 USD no namespace tag".split(),
        f"dev1 EC2Instance worker {instance} eu-central-1 123456789012 running 0.048 USD sleeps with dev1".split(),
        [
            "dev1",
            "RDSInstance",
            "-",
            "dev1-db",
            "eu-central-1",
            "123456789012",
            "running",
            "-",
            "sleeps",
            "with",
            "dev1",
        ],
    ]


def test_only_some_envs_and_regions_are_listed(there: Aws, listed: Callable[..., Called]) -> None:
    for namespace, region in (("dev1", "eu-central-1"), ("dev2", "eu-central-1"), ("dev1", "eu-west-1")):
        there.instance(namespace=namespace, region=region)
    rows = listed("--env", "dev1", "--region", "eu-west-1", "-o", "json").json
    assert [(row["env"], row["region"]) for row in rows] == [("dev1", "eu-west-1")]


def test_machines_get_all_of_it(there: Aws, listed: Callable[..., Called]) -> None:
    instance = there.instance(namespace="dev1", type="x1.16xlarge", tags=RECORD)
    (row,) = listed("-o", "json").json
    assert (row["id"], row["state"], row["hourly"], row["stoppedFor"]) == (instance, "running", None, "default/gone")
    assert yaml.safe_load(listed("-o", "yaml").out) == [row]


def test_a_region_that_is_down_does_not_hide_the_others(there: Aws, listed: Callable[..., Called]) -> None:
    """E4"""
    instance = there.instance(namespace="dev1")
    there.faults.down("eu-west-1")
    called = listed("--region", "eu-central-1", "--region", "eu-west-1")
    assert instance in called.out
    assert "tag:GetResources in eu-west-1: no answer" in called.err
    assert called.code == 1


def test_a_missing_permission_is_named(there: Aws, listed: Callable[..., Called]) -> None:
    there.instance(namespace="dev1")
    there.faults.add("denied", operation="DescribeInstances")
    called = listed()
    assert "has to allow ec2:DescribeInstances" in called.err
    assert called.code == 1


def test_without_a_region_it_says_what_to_set(call: Callable[..., Called], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUNDOWN_AWS_REGIONS", raising=False)
    called = call("cloud", "list")
    assert called.code == 1
    assert "set SUNDOWN_AWS_REGIONS='[\"eu-central-1\"]'" in called.err


def test_a_region_that_cannot_be_is_refused(call: Callable[..., Called]) -> None:
    called = call("cloud", "list", "--region", "Frankfurt")
    assert called.code == 2
    assert 'got "Frankfurt"' in called.err


def test_a_table_of_prices_that_cannot_be_read_is_told_by_line(
    there: Aws, listed: Callable[..., Called], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """B5"""
    prices = tmp_path / "prices.yaml"
    prices.write_text("currency: EUR\ndate: 2026-11-01\nprices:\n  - {service: ec2, region: eu-west-1, hourly: 1}\n")
    monkeypatch.setenv("SUNDOWN_AWS_PRICES", str(prices))
    called = listed()
    assert (called.code, called.err) == (1, f"Error: {prices}, line 4: prices[0].class: is required\n")


def test_it_neither_reads_nor_writes_the_table(
    there: Aws, listed: Callable[..., Called], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUNDOWN_AWS_TABLE", "sundown")
    assert listed().code == 0
    assert there.called(service="dynamodb") == []


@pytest.mark.lab
def test_what_the_cluster_has_no_env_for_is_said(
    there: Aws, call: Callable[..., Called], control_plane: Cluster, env: Env, no_operator: None
) -> None:
    """E3"""
    env.schedule(ALWAYS_AWAKE)
    there.instance(namespace=env.name)
    there.instance(namespace="gone", tags=RECORD, state="stopped")
    rows = call("cloud", "list", "--kubeconfig", str(control_plane.kubeconfig), "-o", "json").json
    assert {row["env"]: row["verdict"] for row in rows} == {
        env.name: f"sleeps with {env.name}",
        "gone": "stopped by Sundown for gone, env gone",
    }


def test_what_is_tagged_nearly_right_is_listed_with_what_to_write(there: Aws, listed: Callable[..., Called]) -> None:
    """X5: by the env that it was meant for, for people and for machines."""
    wrong = there.instance(namespace="dev1", scheduler="Enabled")
    there.instance(namespace="dev2", scheduler=None, tags={"Scheduler": "enabled"})
    there.instance(scheduler="enabled", tags={"Namespace": "dev3"})
    rows = yaml.safe_load(listed("-o", "yaml").out)
    assert [(row["env"], row["state"] is None, "write" in row["verdict"]) for row in rows] == [
        (None, False, True),
        ("dev1", True, True),
        ("dev2", True, True),
    ]
    (row,) = yaml.safe_load(listed("-o", "json", "--env", "dev1").out)
    assert (row["id"], row["refused"]) == (
        wrong,
        'its scheduler tag is "Enabled": write "enabled"; until then it does not sleep',
    )
    assert 'left alone: its scheduler tag is "Enabled": write "enabled"' in listed("--env", "dev1").out
    assert "write namespace=dev3" in listed("--env", "dev3").out
