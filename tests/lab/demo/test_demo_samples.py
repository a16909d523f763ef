"""The hours that demo and story give their envs: what the real schedule makes of them."""

from datetime import UTC, datetime, timedelta

import pytest

from sundown.model.resources import EnvSchedule
from sundown.model.spec import EnvScheduleSpec
from sundown.schedule.decision import Circumstances, turns
from sundown_lab.demo import samples
from sundown_lab.demo.nap import NIGHT, Nap
from sundown_lab.story import closing

MINUTES = [
    datetime(2026, 11, 23, 16, 59, tzinfo=UTC),
    datetime(2026, 11, 23, 15, 0, tzinfo=UTC),  # midnight in Tokyo
    datetime(2026, 11, 23, 14, 59, tzinfo=UTC),
    datetime(2026, 11, 22, 23, 0, tzinfo=UTC),  # midnight in Berlin, on a Sunday
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # in the hour that Berlin has twice
    datetime(2027, 3, 28, 0, 59, tzinfo=UTC),  # a minute before Berlin skips an hour
    datetime(2026, 11, 1, 6, 15, tzinfo=UTC),  # in the hour that New York has twice
]


def following(spec: dict[str, object], at: datetime) -> list[tuple[datetime, str]]:
    """The turns of half an hour around that instant."""
    parsed = EnvScheduleSpec.model_validate(spec)
    started = Circumstances(active_since=at - timedelta(minutes=2))
    found = turns(parsed, started, start=at - timedelta(minutes=1), until=at + timedelta(minutes=30))
    return [(turn.at, turn.to) for turn in found]


@pytest.mark.parametrize("at", MINUTES, ids=str)
def test_the_nap_is_a_minute_long_and_begins_when_it_was_said(at: datetime) -> None:
    assert following(Nap(at).spec, at) == [(at, "Asleep"), (at + NIGHT, "Awake")]


@pytest.mark.parametrize("at", MINUTES, ids=str)
def test_all_teams_of_the_story_go_home_at_the_same_minute(at: datetime) -> None:
    found = {each["metadata"]["namespace"]: following(each["spec"], at) for each in closing.schedules(at)}
    assert {team: turns[0] for team, turns in found.items()} == dict.fromkeys(closing.TEAMS, (at, "Asleep"))


@pytest.mark.parametrize("at", MINUTES, ids=str)
def test_only_berlin_wakes_by_itself(at: datetime) -> None:
    found = {each["metadata"]["namespace"]: following(each["spec"], at)[1:] for each in closing.schedules(at)}
    assert {team: turns for team, turns in found.items() if turns} == {closing.BERLIN: [(at + NIGHT, "Awake")]}


def test_the_sample_teams_are_four_envs_in_four_zones_each_with_an_owner() -> None:
    schedules = [EnvSchedule.model_validate(each) for each in samples.teams() if each["kind"] == "EnvSchedule"]
    assert len({schedule.spec.time_zone for schedule in schedules}) == 4
    assert set(samples.owners()) == {schedule.metadata.namespace for schedule in schedules} == set(closing.TEAMS)


@pytest.mark.parametrize(
    ("after", "minute"),
    [("16:59:00.000001", "17:00"), ("16:59:59.9", "17:00"), ("17:00:00", "17:00"), ("23:59:30", "00:00")],
)
def test_the_full_minute_is_never_before_the_instant(after: str, minute: str) -> None:
    found = samples.full_minute(datetime.fromisoformat(f"2026-11-23T{after}+00:00"))
    assert f"{found:%H:%M}" == minute
    assert (found.second, found.microsecond) == (0, 0)
