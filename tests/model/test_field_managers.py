"""Which field managers are Sundown's: an exact list, and nobody writes under a name that is not in it (A18)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from sundown.model import managers
from sundown.model.parts import Owner

PRODUCT = Path(managers.__file__).parents[1]


@pytest.mark.parametrize("name", sorted(managers.OURS))
def test_each_of_sundowns_own_is_known(name: str) -> None:
    """A18."""
    assert Owner(name, applies=False, fields=frozenset()).ours


@pytest.mark.parametrize("name", sorted(managers.OURS))
def test_who_applies_workloads_or_makes_them_under_such_a_name_is_somebody_else(name: str) -> None:
    """W6: Sundown does neither."""
    assert not Owner(name, applies=True, fields=frozenset()).ours
    assert not Owner(name, applies=False, fields=frozenset(), shared=True).ours


@pytest.mark.parametrize("name", ["sundown-ci", "sundowner", "sundown-", "Sundown", "sundown-operator2", "", "helm"])
def test_a_name_that_is_like_it_is_somebody_elses(name: str) -> None:
    """A18: a pipeline that is named after what it works with."""
    assert not Owner(name, applies=False, fields=frozenset()).ours


def test_the_list_is_of_all_the_names() -> None:
    """A18."""
    named = {value for name, value in vars(managers).items() if name.isupper() and isinstance(value, str)}
    assert named == managers.OURS | {managers.FOR_PEOPLE}


def test_what_is_done_for_somebody_is_not_sundowns_own() -> None:
    """I4: a zero that was asked for is a zero that stays."""
    assert not Owner(managers.FOR_PEOPLE, applies=False, fields=frozenset()).ours


def _written_out() -> Iterator[str]:
    for path in PRODUCT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.keyword) or node.arg not in {"manager", "fieldManager"}:
                continue
            if isinstance(node.value, ast.Constant):
                yield f"{path.relative_to(PRODUCT)}:{node.value.lineno}"


def test_nothing_is_written_under_a_name_of_its_own() -> None:
    """A18: a name that is written out where it is used would be missing in the list."""
    assert list(_written_out()) == []
