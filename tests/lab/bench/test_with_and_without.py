"""How the bench compares what something costs with what it costs without, on a machine that is not always equally fast."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown_lab.bench.cpu import Spent, evened
from sundown_lab.bench.hold import WAYS, Weighed, rows_of
from sundown_lab.bench.interleaved import Sides, turns

FIGURES = st.lists(st.floats(0.1, 100), min_size=1, max_size=9)


@given(st.integers(1, 20))
def test_each_round_has_one_of_both(rounds: int) -> None:
    order = list(turns(rounds))
    assert all(sorted(order[number : number + 2]) == [False, True] for number in range(0, 2 * rounds, 2))


@given(st.integers(1, 10), st.floats(0.5, 2), st.floats(0, 0.1))
def test_a_machine_that_gets_slower_all_the_time_slows_both_sides(pairs: int, ratio: float, drift: float) -> None:
    """So that a drift alone is no difference: neither side is measured later than the other."""
    figures = [(having, (ratio if having else 1) * (1 + drift * n)) for n, having in enumerate(turns(2 * pairs))]
    sides = Sides(*([figure for having, figure in figures if having is side] for side in (False, True)))
    assert statistics.mean(sides.having) / statistics.mean(sides.without) == pytest.approx(ratio)


@given(FIGURES, FIGURES)
def test_the_ratio_is_that_of_the_medians(without: list[float], having: list[float]) -> None:
    sides = Sides(without, having)
    assert sides.medians == (statistics.median(without), statistics.median(having))
    assert sides.ratio == sides.medians[1] / sides.medians[0]


def test_one_round_that_went_wrong_changes_nothing() -> None:
    assert Sides([1, 1, 9], [1.1, 1.1, 0.1]).ratio == pytest.approx(1.1)


def test_figures_that_agree_are_certain_and_others_are_not() -> None:
    assert Sides([2, 2, 2], [3, 3, 3]).noise == 0
    assert Sides([2, 2, 2], [3, 4, 5]).noise == pytest.approx(1.2533 / 3**0.5 / 4, rel=1e-3)


def test_more_rounds_are_more_certain() -> None:
    few, many = [1.0, 1.1, 1.2], [1.0, 1.1, 1.2] * 4
    assert Sides(many, many).noise < Sides(few, few).noise


@given(st.lists(st.integers(0, 3), min_size=1, max_size=9), st.floats(0.01, 1), st.floats(1, 1e9))
def test_when_the_garbage_is_collected_is_no_difference(collections: list[int], each: float, heap: float) -> None:
    """Whoever has made half as much garbage pays half as much of what it took to collect all of it."""
    little = [Spent(1 + each * times, each * times, heap) for times in collections]
    much = [Spent(2 + each * times, each * times, 2 * heap) for times in collections]
    all_of_it = each * 2 * sum(collections) / len(collections)
    assert evened(little, by=[*little, *much]) == pytest.approx([1 + all_of_it / 3] * len(little))
    assert evened(much, by=[*little, *much]) == pytest.approx([2 + all_of_it * 2 / 3] * len(much))


def weighed() -> Weighed:
    """By day a fifth more, at night half as much again of what somebody applies."""
    found = Weighed()
    for having in turns(2):
        found.day.add(Spent(2.4 if having else 2.0, 0.3, 100.0), having=having)
        for way, measured in found.night.items():
            measured.add(Spent(6.0 if having and way == "applied" else 4.0, 0.3, 100.0), having=having)
    found.second += [Spent(2.5, 0.1, 100.0)] * 2
    return found


def test_the_rows_say_what_a_thousand_writes_cost_without_and_with() -> None:
    """G1: what the hold costs whom it is not for."""
    day, *nights = rows_of(weighed(), size="", policies=30)
    assert day.measured == pytest.approx(1.2)
    assert "2.00 s of API server CPU per 1,000 writes without policies, 2.40 s with" in day.said
    assert {row.way: row.measured for row in nights} == {WAYS["applied"]: 1.5, WAYS["made"]: 1.0}
    assert day.to_json()["said"] == day.said
