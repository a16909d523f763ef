"""Label selectors as kubectl has them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.errors import InvalidObject
from sundown.frontdesk.api.selectors import parse_selector

LABELS = {"team": "a", "stage": "dev", "example.com/keep": "", "tier": "web"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "team=a",
        "team==a",
        "team = a",
        "team",
        "team,stage",
        "team!=b",
        "missing!=b",
        "!missing",
        "! missing",
        "stage in (dev,test)",
        "stage in ( dev , test )",
        "stage notin (prod)",
        "missing notin (prod)",
        "example.com/keep=",
        "team=a,stage in (dev, test),!missing",
        " team=a , stage=dev ",
        "example.com/keep",
    ],
)
def test_these_select(text: str) -> None:
    assert parse_selector(text).matches(LABELS)


@pytest.mark.parametrize(
    "text",
    [
        "team=b",
        "team!=a",
        "missing",
        "!team",
        "stage in (prod)",
        "stage notin (dev,test)",
        "missing=a",
        "team=A",
        "team=a,stage=prod",
        "missing in (a)",
        "example.com/keep=x",
        "team=",
    ],
)
def test_these_do_not_select(text: str) -> None:
    assert not parse_selector(text).matches(LABELS)


@pytest.mark.parametrize(
    "text",
    [
        ",",
        "team=a,",
        ",team=a",
        "team=a,,stage",
        "=a",
        "team=a b",
        "team===a",
        "team in",
        "team in ()x",
        "team in dev",
        "team=a;stage",
        "te am",
        "team=ä",
        "-team",
        "team=a\x00",
        "!",
        "!!team",
        "team>1",
        "team in (a",
        "a/b/c",
        "x" * 2001,
        ",".join(f"l{number}" for number in range(33)),
    ],
)
def test_these_are_no_selectors(text: str) -> None:
    with pytest.raises(InvalidObject) as refused:
        parse_selector(text)
    assert refused.value.mistakes[0].path == "selector"


@given(st.text(max_size=60) | st.text(alphabet="ab=!,() inot/.-", max_size=60))
def test_nothing_else_comes_of_any_text(text: str) -> None:
    with suppress(InvalidObject):
        parse_selector(text).matches(LABELS)
