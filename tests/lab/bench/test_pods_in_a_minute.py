"""How the bench tells that no minute sees more pods start than the limit lets (G4)."""

from hypothesis import given
from hypothesis import strategies as st

from sundown_lab.bench.waking import MINUTE, row_of
from sundown_lab.bench.windows import Start, a_minute, full_windows, most_within, span

STARTS = st.lists(
    st.builds(Start, at=st.integers(0, 3000).map(lambda tenths: tenths / 10), pods=st.integers(1, 20)), max_size=40
)


def evenly(a_minute: int, *, seconds: int, pods: int = 2) -> list[Start]:
    """So many pods a minute, a workload at a time."""
    gap = MINUTE * pods / a_minute
    return [Start(number * gap, pods) for number in range(int(seconds / gap) + 1)]


@given(STARTS)
def test_the_fullest_window_is_the_fullest_of_those_that_begin_with_a_start(starts: list[Start]) -> None:
    """G4: found by going through once what is found here by trying each."""
    tried = [sum(one.pods for one in starts if begin.at <= one.at < begin.at + 60) for begin in starts]
    assert most_within(starts, seconds=60) == max(tried, default=0)


@given(STARTS)
def test_full_windows_lose_nothing_but_the_last_which_is_cut(starts: list[Start]) -> None:
    counts = full_windows(starts, seconds=60)
    assert len(counts) == int(span(starts) // 60)
    first = min((one.at for one in starts), default=0.0)
    assert sum(counts) == sum(one.pods for one in starts if one.at < first + 60 * len(counts))


def test_what_starts_at_the_end_of_a_minute_is_in_the_next() -> None:
    starts = [Start(0, 1), Start(60, 1), Start(119.9, 1)]
    assert most_within(starts, seconds=60) == 2
    assert full_windows(starts, seconds=60) == [1]


def test_a_rate_counts_what_came_after_the_first() -> None:
    assert a_minute(evenly(300, seconds=90)) == 300


def test_an_even_line_keeps_to_its_limit_and_makes_use_of_it() -> None:
    """G4."""
    row = row_of(evenly(300, seconds=90), limit=300, size="")
    assert (row.measured, row.spoiled, row.passed) == (1.0, "", True)


def test_a_stampede_after_an_even_line_fails() -> None:
    """G4: a mean over all of it would let it through."""
    line = evenly(300, seconds=90)
    row = row_of([*line, *(Start(95, 2) for _ in range(60))], limit=330, size="")
    assert row.detail["a_minute_from_first_to_last"] < 1.1 * 330
    assert not row.passed


def test_a_limit_that_is_not_made_use_of_fails() -> None:
    """G4: whoever starts nothing keeps to every limit."""
    row = row_of(evenly(200, seconds=90), limit=300, size="")
    assert row.measured < 1
    assert row.spoiled == "0.67 used"
    assert not row.passed


def test_what_is_over_within_a_minute_says_nothing_of_a_minute() -> None:
    assert row_of(evenly(300, seconds=30), limit=300, size="").spoiled == "no minute full"
