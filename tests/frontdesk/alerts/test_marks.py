"""What the frontdesk remembers on the EnvSchedule: small, bounded, and never in the way of anything."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.frontdesk.alerts.marks import MARKS, MOST_MARKS, MOST_WAITING, Mark, Marks, Waiting, manifest, read
from sundown.frontdesk.seal import Seal
from sundown.model.env import Known
from sundown.model.resources import EnvScheduleStatus, Metadata
from support.frontdesk.notice_samples import STOP

SEAL = Seal("xoxb-1", cluster="default")


def written(text: str) -> Metadata:
    return Metadata(name="default", namespace="dev1", uid="uid-1", resource_version="7", annotations={MARKS: text})


def known(text: str = "") -> Known:
    return Known(metadata=written(text), status=EnvScheduleStatus())


def mark(number: int = 0, **changes: object) -> Mark:
    usual = {"what": "stop", "to": "C1", "due": STOP + timedelta(hours=number), "channel": "C1", "at": STOP}
    return Mark.model_validate({**usual, **changes})


def test_what_was_written_is_read_again() -> None:
    marks = Marks(
        messages=(mark(ts="1.2", shown="stop/ab"),), waiting=(Waiting(to="C1", by="U1", at=STOP),), heard=STOP
    )
    text = manifest(known(), marks, SEAL)["metadata"]["annotations"][MARKS]
    assert read(written(text), SEAL) == (marks, None)


@given(st.text(max_size=200) | st.binary(max_size=50).map(repr) | st.just("[" * 5000) | st.just("x" * 100_000))
def test_whatever_stands_there_is_read_without_an_error(text: str) -> None:
    """Z: one malformed annotation stops nothing."""
    marks, broken = read(written(text), SEAL)
    assert broken is None or marks == Marks()


@pytest.mark.parametrize(
    "text",
    ['{"messages": 7}', '{"messages": [{"what": "stop"}]}', "null", "[]", '{"messages": [{"to": "<!channel>"}]}'],
)
def test_what_is_malformed_is_told_and_replaced(text: str) -> None:
    marks, broken = read(written(text), SEAL)
    assert (marks, bool(broken)) == (Marks(), True)
    assert manifest(known(text), marks, SEAL)["metadata"]["annotations"] == {MARKS: "{}"}


def test_fields_of_a_later_version_are_no_mistake() -> None:
    assert read(written('{"messages": [], "later": 1}'), SEAL) == (Marks(), None)


def test_nothing_to_remember_leaves_no_annotation() -> None:
    """A5"""
    assert manifest(known(), Marks(), SEAL)["metadata"]["annotations"] == {}


def test_only_the_object_that_was_read_is_written_to() -> None:
    """Conflict-safe."""
    metadata = manifest(known(), Marks(messages=(mark(),)), SEAL)["metadata"]
    assert (metadata["uid"], metadata["resourceVersion"]) == ("uid-1", "7")


def test_the_marks_stay_bounded_and_the_oldest_without_buttons_go_first() -> None:
    marks = Marks().put(mark(0), *(mark(number, what="moved") for number in range(1, MOST_MARKS + 9)))
    assert len(marks.messages) == MOST_MARKS
    assert marks.messages[0] == mark(0)
    assert mark(1, what="moved") not in marks.messages
    assert len(marks.to_text()) < 20_000


def test_as_many_as_wait_are_bounded_too() -> None:
    marks = Marks()
    for number in range(MOST_WAITING + 5):
        marks = marks.wait(Waiting(to=f"C{number}", by="U1", at=STOP))
    assert len(marks.waiting) == MOST_WAITING


def test_who_asks_again_waits_for_the_later_wish() -> None:
    later = STOP + timedelta(hours=1)
    marks = Marks().wait(Waiting(to="C1", by="U1", at=STOP)).wait(Waiting(to="C1", by="U2", at=later))
    assert marks.told(to="C1", at=STOP).waiting == (Waiting(to="C1", by="U2", at=later),)
    assert marks.told(to="C1", at=later).waiting == ()


def test_the_key_names_cluster_env_shutdown_and_place() -> None:
    """C7"""
    key = mark().key(cluster="eu", namespace="dev1", uid="uid-1")
    assert key == "eu/dev1/uid-1/2026-11-23T18:00:00Z/C1"
    assert mark(what="awake").key(cluster="eu", namespace="dev1", uid="uid-1") == f"{key}/awake"
