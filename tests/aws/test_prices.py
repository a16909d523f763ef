"""What an hour costs: from a file that people replace, and unknown where it does not say (B5)."""

from pathlib import Path

import pytest

from sundown.aws.prices import Prices
from sundown.errors import InvalidObject

HEAD = "currency: EUR\ndate: 2026-11-01\nprices:\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "prices.yaml"


def listed(file: Path, *rows: str) -> Prices:
    file.write_text(HEAD + "".join(f"  - {{{row}}}\n" for row in rows))
    return Prices.load(file)


def mistakes(file: Path, *rows: str) -> list[str]:
    with pytest.raises(InvalidObject) as refused:
        listed(file, *rows)
    return [str(mistake) for mistake in refused.value.mistakes]


def test_the_sample_that_sundown_brings_is_readable() -> None:
    """B5"""
    sample = Prices.load()
    assert sample.currency == "USD"
    assert sample.hourly("EC2Instance", "t3.medium", "us-east-1", engine="Linux/UNIX") == 0.0416
    assert sample.hourly("RDSInstance", "db.t3.micro", "us-east-1", engine="postgres") == 0.018


def test_what_is_not_listed_is_unknown_and_not_free() -> None:
    """B5"""
    sample = Prices.load()
    assert sample.hourly("EC2Instance", "u-24tb1.metal", "us-east-1", engine="Linux/UNIX") is None
    assert sample.hourly("EC2Instance", "t3.medium", "af-south-1", engine="Linux/UNIX") is None
    assert sample.hourly("RDSInstance", "db.t3.micro", "us-east-1", engine="oracle-ee") is None


def test_a_file_takes_the_place_of_the_sample(file: Path) -> None:
    """B5"""
    prices = listed(file, "service: ec2, class: t3.medium, region: eu-central-1, hourly: 0.04")
    assert prices.currency == "EUR"
    assert prices.hourly("EC2Instance", "t3.medium", "eu-central-1") == 0.04
    assert prices.hourly("EC2Instance", "t3.medium", "us-east-1") is None


def test_an_instance_is_linux_where_the_row_does_not_say(file: Path) -> None:
    prices = listed(
        file,
        "service: ec2, class: m5.large, region: eu-west-1, hourly: 0.1",
        "service: ec2, class: m5.large, region: eu-west-1, platform: Windows, hourly: 0.2",
    )
    by_platform = {each: prices.hourly("EC2Instance", "m5.large", "eu-west-1", engine=each) for each in ("", "Windows")}
    assert by_platform == {"": 0.1, "Windows": 0.2}
    assert prices.hourly("EC2Instance", "m5.large", "eu-west-1", engine="Linux/UNIX") == 0.1
    assert prices.hourly("EC2Instance", "m5.large", "eu-west-1", engine="Red Hat Enterprise Linux") is None


def test_a_row_without_an_engine_is_for_those_that_have_none_of_their_own(file: Path) -> None:
    prices = listed(
        file,
        "service: rds, class: db.m5.large, region: eu-west-1, hourly: 0.2",
        "service: rds, class: db.m5.large, region: eu-west-1, engine: postgres, hourly: 0.3",
    )
    assert prices.hourly("RDSInstance", "db.m5.large", "eu-west-1", engine="postgres") == 0.3
    assert prices.hourly("RDSInstance", "db.m5.large", "eu-west-1", engine="mysql") == 0.2


def test_a_database_in_two_zones_has_a_price_of_its_own(file: Path) -> None:
    prices = listed(file, "service: rds, class: db.m5.large, region: eu-west-1, hourly: 0.4, multiAz: true")
    assert prices.hourly("RDSInstance", "db.m5.large", "eu-west-1", engine="mysql", multi_az=True) == 0.4
    assert prices.hourly("RDSInstance", "db.m5.large", "eu-west-1", engine="mysql") is None


def test_a_member_of_a_cluster_does_not_cost_what_a_database_does(file: Path) -> None:
    prices = listed(file, "service: rds, class: db.r5.large, region: eu-west-1, hourly: 0.2")
    assert prices.hourly("AuroraCluster", "db.r5.large", "eu-west-1", engine="aurora-mysql") is None


def test_a_star_is_for_the_regions_that_are_not_listed(file: Path) -> None:
    prices = listed(
        file,
        "service: ec2, class: t3.micro, region: '*', hourly: 0.01",
        "service: ec2, class: t3.micro, region: eu-west-1, hourly: 0.02",
    )
    assert prices.hourly("EC2Instance", "t3.micro", "eu-west-1") == 0.02
    assert prices.hourly("EC2Instance", "t3.micro", "sa-east-1") == 0.01


def test_each_wrong_row_is_named_with_its_line(file: Path) -> None:
    said = mistakes(
        file,
        "service: ec2, class: t3.micro, region: eu-west-1, hourly: 0",
        "service: ec2, class: t3.micro, region: eu-west-1, hourly: 0.1",
        "service: lambda, class: t3.micro, region: Ireland, hourly: cheap",
    )
    assert said[0] == f"{file}, line 4: prices[0].hourly: must be more than 0.0, got 0"
    assert [line.partition(": must")[0] for line in said[1:]] == [
        f"{file}, line 6: prices[2].{field}" for field in ("service", "region", "hourly")
    ]


def test_a_price_that_is_not_a_number_is_refused(file: Path) -> None:
    for value in (".nan", ".inf", "-1"):
        assert (
            "prices[0].hourly" in mistakes(file, f"service: ec2, class: t3.micro, region: x-y-1, hourly: {value}")[-1]
        )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("service: ec2, class: db.t3.micro, region: eu-west-1, hourly: 1", "those of instances do not"),
        ("service: rds, class: t3.micro, region: eu-west-1, hourly: 1", "those of databases begin with db."),
        ("service: ec2, class: t3.micro, region: eu-west-1, engine: mysql, hourly: 1", "an instance has a platform"),
        ("service: rds, class: db.t3.micro, region: eu-west-1, platform: Linux, hourly: 1", "a database has an engine"),
        ("service: aurora, class: db.t3.micro, region: eu-west-1, multiAz: true, hourly: 1", "the sum of its members"),
    ],
)
def test_a_row_that_mixes_services_is_refused(file: Path, row: str, said: str) -> None:
    (mistake,) = mistakes(file, row)
    assert said in mistake


def test_a_row_that_is_given_twice_is_refused(file: Path) -> None:
    row = "service: ec2, class: t3.micro, region: eu-west-1, hourly: 0.01"
    other = "service: ec2, class: t3.micro, region: eu-west-1, platform: Linux/UNIX, hourly: 0.02"
    assert mistakes(file, row, other) == [f"{file}, line 5: prices[1]: says the same as prices[0]"]


@pytest.mark.parametrize("text", ["", "[]", "prices: [", "currency: USD"])
def test_a_file_of_another_kind_is_refused_with_its_name(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(InvalidObject, match=r"prices\.yaml"):
        Prices.load(file)


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidObject, match=r"mine\.yaml: cannot be read"):
        Prices.load(tmp_path / "mine.yaml")
