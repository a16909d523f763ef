"""The verdict of the story: what counts as wrong, and how it is said."""

import dataclasses

import pytest
from rich.console import Console

from sundown_lab.errors import LabError
from sundown_lab.story.ledger import CloudLine, Ledger, Line
from sundown_lab.story.run import judge
from sundown_lab.workloads import Count, Key

BEFORE = Count(replicas=3, pods=3, ready=3, record=None, image="a")
ASLEEP = Count(replicas=0, pods=0, ready=0, record="3", image="a")
KEY = Key("team-a", "Deployment", "web")


def line(*, asleep: Count | None = ASLEEP, after: Count | None = BEFORE, wanted: int = 3, image: str = "a") -> Line:
    return Line(BEFORE, wanted, image, asleep=asleep, after=after)


def test_a_workload_that_slept_and_has_its_count_back_is_right() -> None:
    assert line().faults == []


def test_a_workload_that_kept_running_is_wrong() -> None:
    assert line(asleep=BEFORE).faults == ["did not sleep: 3 (3 ready, no record)"]


def test_a_pod_that_is_left_at_zero_replicas_is_wrong() -> None:
    assert line(asleep=dataclasses.replace(ASLEEP, pods=1)).faults


def test_a_wrong_record_is_wrong_even_if_the_count_comes_back() -> None:
    assert line(asleep=dataclasses.replace(ASLEEP, record="1")).faults == ["had 1 recorded instead of 3"]


def test_one_replica_instead_of_the_former_count_is_wrong() -> None:
    woken = dataclasses.replace(BEFORE, replicas=1, pods=1, ready=1)
    assert line(after=woken).faults == ["its owner wanted 3, it has 1 (1 ready, no record)"]


def test_pods_that_are_not_ready_are_wrong() -> None:
    assert line(after=dataclasses.replace(BEFORE, ready=2)).faults


def test_a_count_asked_for_while_it_slept_is_the_one_that_counts() -> None:
    assert line(wanted=5).faults == ["its owner wanted 5, it has 3 (3 ready, no record)"]
    assert line(wanted=5, after=Count(replicas=5, pods=5, ready=5, record=None, image="a")).faults == []


def test_a_record_that_is_left_behind_is_wrong() -> None:
    assert line(after=dataclasses.replace(BEFORE, record="3")).faults == ["the record 3 was left behind"]


def test_an_image_that_was_set_while_it_slept_must_be_there() -> None:
    assert line(image="b").faults == ["its owner wanted b, it runs a"]


def test_what_nobody_looked_at_is_wrong() -> None:
    assert line(asleep=None, after=None).faults == ["was not seen asleep", "was not seen awake again"]


def cloud(
    *,
    asleep: str | None = "stopped",
    record: str | None = "running",
    after: str | None = "available",
    left: str | None = None,
) -> CloudLine:
    return CloudLine("available", asleep, record, after, left)


def test_a_database_that_slept_and_is_available_again_is_right() -> None:
    assert cloud().faults == []


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        ({"asleep": "available", "record": None}, "was available with None recorded while its env slept"),
        ({"record": None}, "was stopped with None recorded while its env slept"),
        ({"after": "starting"}, "is starting after its env woke"),
        ({"after": None}, "is None after its env woke"),
        ({"left": "running"}, "the record running was left behind"),
    ],
)
def test_a_database_that_did_not_is_wrong(found: dict[str, str | None], fault: str) -> None:
    assert cloud(**found).faults == [fault]


def test_what_is_in_aws_stands_among_the_workloads_of_its_env() -> None:
    database = Key("team-a", "RDSInstance", "db")
    ledger = Ledger(lines={KEY: line()}, clouds={database: cloud()}, woken={"team-a": "by its schedule"})
    console = Console(width=130)
    with console.capture() as captured:
        console.print(ledger.table())
    (row,) = (each for each in captured.get().splitlines() if "RDSInstance" in each)
    assert row.split() == ["RDSInstance/db", "available", "stopped,", "recorded", "available", "ok"]
    assert told(ledger)[0]
    assert not told(Ledger(lines={KEY: line()}, clouds={database: cloud(after="stopped")}))[0]


def told(ledger: Ledger, failure: LabError | None = None) -> tuple[bool, str]:
    console = Console(width=130)
    with console.capture() as captured:
        verdict = judge(console, ledger, failure, last="the last line", seconds=100)
    return verdict, captured.get()


def test_a_story_without_faults_says_so() -> None:
    verdict, text = told(Ledger(lines={KEY: line()}, woken={"team-a": "by its schedule"}))
    assert verdict
    assert "All 1 workloads have the count that their owner wanted." in text


def test_a_story_with_a_wrong_count_fails_and_names_it() -> None:
    verdict, text = told(Ledger(lines={KEY: line(wanted=5)}))
    assert not verdict
    assert "team-a Deployment/web its owner wanted 5" in text


def test_a_story_that_was_broken_off_says_why_and_shows_the_end_of_the_log() -> None:
    verdict, text = told(Ledger(), LabError("team-a is Asleep: not after 60 s", hint="Its status is: {}"))
    assert not verdict
    for piece in ("The story failed: team-a is Asleep: not after 60 s", "Its status is: {}", "the last line"):
        assert piece in text


def test_a_story_in_which_nothing_was_looked_at_is_no_success() -> None:
    assert told(Ledger())[0] is False
