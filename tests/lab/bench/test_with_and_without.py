"""How the bench compares what something costs with what it costs without, on a machine that is not always equally fast."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown_lab.bench.hold import WAYS, Weighed, rows_of
from sundown_lab.bench.interleaved import Sides, mixed, turns
from sundown_lab.bench.others import MIX

FIGURES = st.lists(st.floats(0.1, 100), min_size=1, max_size=9)


@given(st.integers(1, 20))
def test_each_round_has_one_of_both(rounds: int) -> None:
    order = list(turns(rounds))
    assert all(sorted(order[number : number + 2]) == [False, True] for number in range(0, 2 * rounds, 2))


@given(st.integers(1, 10), st.floats(0.5, 2), st.floats(0, 0.1))
def test_a_machine_that_gets_slower_all_the_time_slows_both_sides(pairs: int, ratio: float, drift: float) -> None:
    """So that a drift alone is no difference: neither side is measured later than the other."""
    sides = Sides()
    for number, having in enumerate(turns(2 * pairs)):
        sides.add((ratio if having else 1) * (1 + drift * number), having=having)
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


def test_a_mix_counts_each_by_its_share() -> None:
    mix = mixed([(0.75, Sides([4, 8], [8, 8])), (0.25, Sides([4, 0], [0, 4]))])
    assert (mix.without, mix.having) == ([4, 6], [6, 7])


def weighed() -> Weighed:
    """What is looked at costs half as much again, everything else the same."""
    found = Weighed()
    for having in turns(2):
        for sort, sides in found.day.items():
            sides.add(3.0 if having and sort in {"patch", "apply"} else 2.0, having=having)
        for way, sides in found.night.items():
            sides.add(6.0 if having and way == "applied" else 4.0, having=having)
    found.second += [2.5, 2.5]
    return found


def test_the_rows_say_what_a_thousand_writes_cost_without_and_with() -> None:
    """G1: what the hold costs whom it is not for."""
    day, *nights = rows_of(weighed(), size="", policies=30)
    share = (MIX["patch"] + MIX["apply"]) / sum(MIX.values())
    assert day.measured == pytest.approx(1 + share / 2)
    assert "2.00 s of API server CPU per 1,000 writes without policies, 2.60 s with" in day.said
    assert {row.way: row.measured for row in nights} == {WAYS["applied"]: 1.5, WAYS["made"]: 1.0}
    assert day.to_json()["detail"]["by_sort"]["lease"]["ratio"] == 1
    assert day.to_json()["said"] == day.said
