"""Patterns for names, as they stand in ``workloads.include`` and ``exclude``."""

import tracemalloc
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.model.globs import matches


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("web", ["web"], ["web2", "we", ""]),
        ("web*", ["web", "web-1"], ["we", "aweb"]),
        ("*-db", ["-db", "a-db"], ["a-db-1", "db"]),
        ("*a*b*", ["ab", "xaxbx"], ["ba", "a"]),
        ("w?b", ["web", "w.b"], ["wb", "weeb"]),
        ("*?", ["a", "abc"], [""]),
        ("**", ["", "a"], []),
    ],
)
def test_a_star_is_any_characters_and_a_question_mark_is_one(pattern: str, yes: list[str], no: list[str]) -> None:
    assert [name for name in (*yes, *no) if matches(name, pattern)] == yes


@given(name=st.text("ab.-", max_size=12), pattern=st.text("ab.-*?", max_size=12))
def test_names_match_as_in_a_shell(name: str, pattern: str) -> None:
    assert matches(name, pattern) == fnmatchcase(name, pattern)


def test_patterns_that_never_come_again_are_not_kept() -> None:
    """J6, S1: a tenant's edits with new patterns each time filled the operator's memory."""
    tracemalloc.start()
    try:
        for edit in range(2_000):
            matches("web-1", f"*{edit}?" + "a?b*" * 60)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 8 * 2**20
