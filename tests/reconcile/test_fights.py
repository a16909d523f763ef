"""Fights over a count (fault W9, requirement G5): when there is one, how often is written in it, and when there is peace."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.model.parts import Action, Step
from sundown.reconcile.fights import A_FIGHT, Fights, Round, told
from support.samples import NOW, after, cloud, workload

WEB = "Deployment/web"


def step(name: str = "web", action: Action = "Sleep") -> Step:
    return Step(action, workload(name), 0)


def fought(writes: int, *, every: float = 1.0, action: Action = "Sleep") -> tuple[Fights, datetime]:
    """Bookkeeping after so many writes to ``web``, and when the last was made."""
    fights, now = Fights(), NOW
    for number in range(writes):
        now = after(seconds=number * every)
        fights.written("dev", [step(action=action)], now=now)
    return fights, now


@pytest.mark.parametrize(("writes", "is_fight"), [(0, False), (1, False), (2, False), (3, True), (9, True)])
def test_three_writes_that_were_set_back_are_a_fight(writes: int, is_fight: bool) -> None:
    """G5"""
    one = fought(writes)[0].of("dev").get(WEB)
    assert (one is not None and one.is_fight) == is_fight


def test_writes_of_different_nights_are_no_fight() -> None:
    assert fought(9, every=3600)[0].count == 0


def test_what_is_written_to_another_end_begins_anew() -> None:
    fights, now = fought(2)
    fights.settle("dev", quiet=[], wanted="Wake", now=now)
    for _ in range(2):
        fights.written("dev", [step(action="Wake")], now=now)
    assert fights.count == 0


def test_records_that_are_taken_off_and_parts_in_the_cloud_are_not_fought_for() -> None:
    fights = Fights()
    for _ in range(9):
        fights.written("dev", [step(action="Forget"), Step("Sleep", cloud())], now=NOW)
    assert fights.of("dev") == {}


@given(st.integers(A_FIGHT, 10_000))
def test_each_write_is_made_later_than_the_one_before_up_to_a_limit(writes: int) -> None:
    """W9: back-off to minutes."""
    wait = Round("Sleep", writes, NOW).due - NOW
    assert timedelta(seconds=15) <= wait <= timedelta(minutes=10)
    assert wait <= Round("Sleep", writes + 1, NOW).due - NOW


def test_an_hour_of_fighting_takes_few_writes() -> None:
    """W9: 912 in an hour before."""
    fights, now, writes = Fights(), NOW, 0
    while now < after(hours=1):
        one = fights.of("dev").get(WEB)
        if one is None or not one.is_fight or now >= one.due:
            fights.written("dev", [step()], now=now)
            writes += 1
        now += timedelta(seconds=1)
    assert writes <= 15


def test_there_is_peace_when_nobody_has_set_it_back_for_as_long_as_a_write_waits() -> None:
    """G5: peace again by itself."""
    fights, now = fought(4)
    due = fights.of("dev")[WEB].due
    fights.settle("dev", quiet=[WEB], wanted="Sleep", now=due - timedelta(seconds=1))
    assert fights.count == 1
    fights.settle("dev", quiet=[WEB], wanted="Sleep", now=due)
    assert fights.count == 0
    assert not fights.of("dev")[WEB].is_fight
    assert now < due


def test_who_sets_it_back_after_the_peace_goes_on_where_it_had_ended() -> None:
    """G5: or who looks seldom would be written to as often as at first, for ever."""
    fights, _ = fought(4)
    due = fights.of("dev")[WEB].due
    fights.settle("dev", quiet=[WEB], wanted="Sleep", now=due)
    fights.written("dev", [step()], now=due + timedelta(seconds=5))
    one = fights.of("dev")[WEB]
    assert (one.is_fight, one.writes) == (True, 5)


@pytest.mark.parametrize("wanted", ["Sleep", "Wake"])
def test_a_peace_that_lasts_is_forgotten_and_so_is_one_of_the_night_by_day(wanted: Action) -> None:
    fights, now = fought(4)
    fights.settle("dev", quiet=[WEB], wanted="Sleep", now=fights.of("dev")[WEB].due)
    fights.settle("dev", quiet=[WEB], wanted=wanted, now=now + timedelta(minutes=30 if wanted == "Sleep" else 2))
    assert fights.of("dev") == {}


def test_there_is_no_peace_while_it_is_not_where_it_should_be() -> None:
    fights, _ = fought(4)
    fights.settle("dev", quiet=["Deployment/other"], wanted="Sleep", now=after(hours=9))
    assert fights.count == 1


def test_each_object_has_a_fight_of_its_own() -> None:
    fights, now = fought(5)
    fights.written("dev", [step("api")], now=now)
    fights.written("other", [step()], now=now)
    assert list(fights.of("dev")) == [WEB]
    assert fights.of("other") == {}


def test_who_fights_is_kept_from_round_to_round() -> None:
    fights, now = fought(3)
    fights.name("dev", WEB, '"gitops" (field manager)')
    fights.name("dev", "Deployment/gone", "nobody")
    fights.written("dev", [step()], now=now)
    assert fights.of("dev")[WEB].by == '"gitops" (field manager)'
    assert list(fights.of("dev")) == [WEB]


@pytest.mark.parametrize(("action", "where"), [("Sleep", "above 0 while it should sleep"), ("Wake", "to 0 while it")])
def test_what_is_said_stays_the_same_while_the_fight_goes_on(action: Action, where: str) -> None:
    """G5: told once."""
    said = {told(WEB, Round(action, writes, after(hours=writes), by="its controller Kafka/main")) for writes in (3, 9)}
    (text,) = said
    assert where in text
    assert "its controller Kafka/main" in text


def test_of_what_has_no_count_none_is_said() -> None:
    """B2's neighbour: a CronJob that is resumed each time has no count above 0."""
    said = {told("CronJob/it", Round(action, 3, after(hours=3)), counted=False) for action in ("Sleep", "Wake")}
    assert not [text for text in said if " 0 " in text or "count" in text]


def test_memory_is_bounded_whatever_is_fought_for() -> None:
    fights = Fights()
    for _ in range(3):
        fights.written("dev", [step(f"w{number}") for number in range(5000)], now=NOW)
    assert fights.count <= 1000
    fights.forget("dev")
    assert fights.of("dev") == {}


@given(st.lists(st.tuples(st.sampled_from(["write", "peace", "forget"]), st.sampled_from("ab"), st.integers(0, 4000))))
def test_nothing_is_fought_for_that_was_not_written_three_times_in_a_row(deeds: list[tuple[str, str, int]]) -> None:
    fights, now, written = Fights(), NOW, dict.fromkeys("ab", 0)
    for deed, name, seconds in deeds:
        now += timedelta(seconds=seconds)
        if deed == "write":
            fights.written("dev", [step(name)], now=now)
            written[name] += 1
        elif deed == "peace":
            fights.settle("dev", quiet=["Deployment/a", "Deployment/b"], wanted="Sleep", now=now)
        else:
            fights.forget("dev")
            written = dict.fromkeys("ab", 0)
    for title, one in fights.of("dev").items():
        assert not one.is_fight or written[title[-1]] >= A_FIGHT
