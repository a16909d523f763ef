"""Since when nothing can have been missed of what is only heard, and how much there is of it (G1)."""

from collections.abc import Callable

import pytest

from sundown.cluster.hearing import Hearings

HERE, THERE = "/apis/batch/v1/namespaces/a/cronjobs", "/apis/batch/v1/namespaces/b/cronjobs"


class Watch:
    """Hearings, and the seconds that have passed."""

    def __init__(self) -> None:
        self.now = 0.0
        self.hearings = Hearings(now=lambda: self.now)

    def begun(self, place: str = HERE, *, at: float, afresh: bool = True) -> None:
        self.now = at
        self.hearings.begun(place, afresh=afresh)

    def line(self, kind: str = "BOOKMARK", *, at: float, readable: bool = True) -> None:
        self.now = at
        self.hearings.line(HERE, kind, readable=readable)

    def since(self, *places: str, at: float) -> float | None:
        self.now = at
        return self.hearings.since(places or (HERE,))


def test_what_nobody_watches_is_not_relied_upon() -> None:
    assert Watch().since(at=0) is None


def test_a_watch_counts_from_its_beginning() -> None:
    watch = Watch()
    watch.begun(at=10)
    assert watch.since(at=20) == 10


def test_one_that_goes_on_where_another_ended_has_missed_nothing() -> None:
    watch = Watch()
    watch.begun(at=10)
    watch.begun(at=100, afresh=False)
    assert watch.since(at=110) == 10


def test_one_that_begins_afresh_knows_nothing_of_what_was_before() -> None:
    """What was deleted between the two is told by nobody."""
    watch = Watch()
    watch.begun(at=10)
    watch.begun(at=100)
    assert watch.since(at=110) == 100


def test_one_that_is_down_is_not_relied_upon_until_it_goes_on() -> None:
    watch = Watch()
    watch.begun(at=10)
    watch.hearings.interrupted(HERE)
    assert watch.since(at=20) is None
    watch.begun(at=30, afresh=False)
    assert watch.since(at=30) == 10


@pytest.mark.parametrize(("silent", "expected"), [(60, 0), (149, 0), (151, None), (3600, None)])
def test_one_that_hangs_is_not_relied_upon(silent: float, expected: float | None) -> None:
    """A connection that died without a word: there is a sign of life each minute elsewhere."""
    watch = Watch()
    watch.begun(at=0)
    watch.line(at=600)
    assert watch.since(at=600 + silent) == expected


def test_one_that_speaks_again_has_missed_nothing() -> None:
    watch = Watch()
    watch.begun(at=0)
    watch.line(at=3600)
    assert watch.since(at=3600) == 0


def test_what_could_not_be_read_may_have_been_anything() -> None:
    watch = Watch()
    watch.begun(at=0)
    watch.line("MODIFIED", at=50, readable=False)
    assert watch.since(at=60) == 50


def test_a_watch_that_was_ended_counts_no_more() -> None:
    """The next for the same place begins afresh, whatever it says: nobody has listened meanwhile."""
    watch = Watch()
    watch.begun(at=0)
    watch.hearings.ended(HERE)
    assert watch.since(at=1) is None
    watch.begun(at=50, afresh=False)
    assert watch.since(at=51) == 50


def test_what_is_watched_in_parts_is_relied_upon_where_all_of_them_are() -> None:
    """J3: by namespace, where not all of them may be seen."""
    watch = Watch()
    watch.begun(at=0)
    assert watch.since(HERE, THERE, at=1) is None
    watch.begun(THERE, at=7)
    assert watch.since(HERE, THERE, at=8) == 7


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        (lambda watch: watch.line("ADDED", at=9), 3),
        (lambda watch: watch.line("MODIFIED", at=9), 2),
        (lambda watch: watch.line("DELETED", at=9), 1),
        (lambda watch: watch.line("BOOKMARK", at=9), 2),
        (lambda watch: watch.line("ADDED", at=9, readable=False), 3),
        (lambda watch: watch.begun(at=9, afresh=False), 2),
        (lambda watch: watch.begun(at=9), 0),
        (lambda watch: watch.hearings.interrupted(HERE), None),
    ],
    ids=["made", "changed", "deleted", "nothing", "made, unreadable", "goes on", "afresh", "down"],
)
def test_objects_are_counted_as_they_come_and_go(then: Callable[[Watch], None], expected: int | None) -> None:
    watch = Watch()
    watch.begun(at=0)
    for _ in range(2):
        watch.line("ADDED", at=1)
    then(watch)
    assert watch.hearings.objects((HERE,)) == expected
