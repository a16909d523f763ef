"""The end of a log as text that fits into a message, whatever the container wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.model.log_tail import MOST_CHARACTERS, MOST_LINES, LogTail, log_tail
from support.effort import examples


def test_the_last_fifty_lines() -> None:
    shown = log_tail("".join(f"line {number}\n" for number in range(200)).encode())
    assert shown.text is not None
    assert shown.text.split("\n") == [f"line {number}" for number in range(150, 200)]


def test_lines_that_are_too_long_together_are_cut_at_the_beginning_of_one() -> None:
    """At most 3,000 characters, and those are the last."""
    shown = log_tail("".join(f"{number} {'x' * 90}\n" for number in range(100, 150)).encode())
    assert shown.is_cut
    assert shown.text is not None
    assert MOST_CHARACTERS - 100 < len(shown.text) <= MOST_CHARACTERS
    assert shown.text.split("\n")[-1].startswith("149 x")
    assert all(line[3] == " " for line in shown.text.split("\n"))


def test_of_one_line_without_an_end_its_last_characters() -> None:
    shown = log_tail(b"x" * 10_000_000 + b"the end")
    assert shown.is_cut
    assert shown.text is not None
    assert len(shown.text) == MOST_CHARACTERS
    assert shown.text.startswith("…x")
    assert shown.text.endswith("the end")


@pytest.mark.parametrize(
    "raw", [bytes(range(256)) * 20, b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 500, b"\x1f\x8b\x08" + b"\xff\xfe" * 90]
)
def test_what_is_no_text(raw: bytes) -> None:
    """Binary."""
    assert log_tail(raw) == LogTail(None)


@pytest.mark.parametrize("raw", [b"", b"\n\n\n"])
def test_nothing(raw: bytes) -> None:
    assert log_tail(raw) == LogTail("")


def test_colours_are_taken_off_before_secrets_are_looked_for() -> None:
    assert log_tail(b"\x1b[31mpassword\x1b[0m=\x1b[1mhunter2\x1b[0m \x1b]0;title\x07ok").text == "password=*** ok"


def test_a_line_that_was_drawn_again_and_again_is_what_it_was_in_the_end() -> None:
    assert log_tail(b"10 %\r50 %\r100 %\r\ndone\r\n").text == "100 %\ndone"


def test_no_line_turns_the_direction_of_others() -> None:
    assert log_tail("a\u202eb\u0000c, as it was written".encode()).text == "abc, as it was written"


def test_a_letter_that_was_cut_in_half_is_no_letter() -> None:
    shown = log_tail("ü".encode() * 100_000)
    assert shown.text is not None
    assert set(shown.text) == {"ü", "…"}


@examples(100)
@given(st.binary(max_size=400), st.integers(0, 40), st.integers(1, 60))
def test_whatever_comes_fits(raw: bytes, times: int, most: int) -> None:
    shown = log_tail(raw * times, characters=most * 10)
    assert shown.text is None or (len(shown.text) <= most * 10 and shown.text.count("\n") < MOST_LINES)
