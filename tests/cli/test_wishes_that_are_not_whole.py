"""`sundown extend` and `snooze` without all that they take say what is missing, as it would be typed (D1, D2, D5)."""

from collections.abc import Callable

import pytest

from sundown.usecases.wish import WISHES
from support.commandline import Called

Call = Callable[..., Called]
SPANNED = [verb for verb, wish in WISHES.items() if wish.takes_span]


@pytest.mark.parametrize("verb", SPANNED)
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), 'say which environment, and for how long: "sundown {verb} dev1 2h"'),
        (("shop-dev",), 'say for how long, as the last word: "sundown {verb} shop-dev 2h"'),
        (("3d",), 'say which environment, before how long: "sundown {verb} dev1 3d"'),
        (("90",), 'say which environment, before how long: "sundown {verb} dev1 90"'),
        (("shop-dev", "shop-test"), '"shop-test" is no length of time; write it as in 30m, 2h, 1h30m or 3d'),
        (("shop-dev", "2x"), '"2x" is no length of time; write it as in 30m, 2h, 1h30m or 3d'),
    ],
    ids=str,
)
def test_what_is_missing_is_said_as_it_would_be_typed(call: Call, verb: str, words: tuple[str, ...], told: str) -> None:
    """D5"""
    answer = call(verb, *words)
    assert (answer.code, answer.out) == (2, "")
    assert told.format(verb=verb) in answer.err


@pytest.mark.parametrize("verb", [verb for verb in WISHES if verb not in SPANNED])
def test_a_wish_without_a_length_takes_nothing_but_names(call: Call, verb: str) -> None:
    answer = call(verb)
    assert answer.code == 2
    assert "Missing argument 'ENV...'" in answer.err
