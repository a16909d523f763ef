"""Every mistake in an object is told with the path of its field and a text that helps to mend it."""

from typing import Any

import pytest

from sundown.errors import InvalidObject, Mistake
from sundown.model.base import parse
from sundown.model.resources import ClusterEnvSchedule, EnvSchedule
from sundown.model.spec import EnvScheduleSpec

LONG = "x" * 10_000


def mistakes(**spec: Any) -> list[Mistake]:
    with pytest.raises(InvalidObject) as caught:
        parse(EnvSchedule, {"metadata": {"name": "default"}, "spec": spec})
    return list(caught.value.mistakes)


def test_an_unknown_zone_is_refused_with_examples_of_known_ones() -> None:
    [mistake] = mistakes(timeZone="Mars/Olympus_Mons")
    assert mistake.path == "spec.timeZone"
    assert 'no time zone "Mars/Olympus_Mons"' in mistake.text
    assert "Europe/Berlin" in mistake.text


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "Europe", "zone.tab", "posix/Europe/Berlin", "localtime", "", "\x00", "\ud800"]
)
def test_a_name_that_is_only_a_file_is_no_zone(name: str) -> None:
    assert [mistake.path for mistake in mistakes(timeZone=name)] == ["spec.timeZone"]


def test_a_window_of_zero_length_is_refused_and_the_whole_day_suggested() -> None:
    [mistake] = mistakes(awake=[{"days": ["Mon"], "from": "08:00", "to": "08:00"}])
    assert mistake.path == "spec.awake[0]"
    assert "zero length" in mistake.text
    assert '"24:00"' in mistake.text


def test_a_bad_day_is_refused_with_the_days_there_are() -> None:
    [mistake] = mistakes(awake=[{"days": ["Mon", "Montag"], "to": "18:00"}])
    assert mistake.path == "spec.awake[0].days[1]"
    assert "'Mon'" in mistake.text
    assert '"Montag"' in mistake.text


def test_a_list_whose_only_item_is_bad_is_not_called_empty_as_well() -> None:
    assert [mistake.path for mistake in mistakes(awake=[{"days": ["Mo"], "to": "18:00"}])] == ["spec.awake[0].days[0]"]


def test_a_day_given_twice_is_refused() -> None:
    [mistake] = mistakes(awake=[{"days": ["Mon", "Mon"], "to": "18:00"}])
    assert (mistake.path, mistake.text) == ("spec.awake[0].days", '"Mon" is given twice')


@pytest.mark.parametrize(
    "time", ["25:00", "24:01", "8:00", "08:60", "0800", "08:00:00", " 08:00", "٠٨:٠٠", 8, 480, True, None]
)
def test_what_is_no_time_of_day_is_refused(time: object) -> None:
    """Z: hours out of range."""
    assert [mistake.path for mistake in mistakes(awake=[{"days": ["Mon"], "to": time}])] == ["spec.awake[0].to"]


@pytest.mark.parametrize("span", ["", "90", "1.5h", "-1h", "1m1h", "h", "1w", 90])
def test_what_is_no_duration_is_refused(span: object) -> None:
    assert [mistake.path for mistake in mistakes(waves={"timeout": span})] == ["spec.waves.timeout"]


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-23T21:00:00",
        "2026-11-23",
        "2026-02-30T00:00:00Z",
        "2026-11-23T21:00:00+25:00",
        "0001-01-01T00:00:00Z",
        0,
    ],
)
def test_what_is_no_timestamp_is_refused(time: object) -> None:
    assert [mistake.path for mistake in mistakes(override={"state": "Awake", "until": time})] == ["spec.override.until"]


@pytest.mark.parametrize(
    "time", ["2026-12-24T12:00:00Z", "2026-12-24", "2026-12-24 12:00", "2026-13-01T00:00", 20261224]
)
def test_what_is_no_local_time_is_refused(time: object) -> None:
    row = {"from": time, "to": "2027-01-02T08:00", "state": "Asleep"}
    assert [mistake.path for mistake in mistakes(exceptions=[row])] == ["spec.exceptions[0].from"]


def test_an_exception_that_ends_before_it_begins_is_refused() -> None:
    row = {"from": "2026-12-24T12:00", "to": "2026-12-24T12:00", "state": "Asleep"}
    assert [str(mistake) for mistake in mistakes(exceptions=[row])] == [
        "spec.exceptions[0]: to must be later than from"
    ]


def test_an_unknown_country_is_refused() -> None:
    [mistake] = mistakes(holidays={"country": "XX"})
    assert (mistake.path, mistake.text) == ("spec.holidays.country", 'no holidays are known for the country "XX"')


def test_an_unknown_subdivision_is_refused_with_those_there_are() -> None:
    [mistake] = mistakes(holidays={"country": "DE", "subdivision": "Prussia"})
    assert mistake.path == "spec.holidays.subdivision"
    assert "BE, BW, BY" in mistake.text


def test_norway_without_quotes_is_told_from_a_boolean() -> None:
    [mistake] = mistakes(holidays={"country": False})
    assert mistake.path == "spec.holidays.country"
    assert "put it in quotes" in mistake.text


def test_a_field_that_does_not_exist_is_refused() -> None:
    assert [str(mistake) for mistake in mistakes(timezone="UTC")] == ["spec.timezone: no such field"]


def test_a_field_goes_by_its_name_on_the_wire_only() -> None:
    found = mistakes(awake=[{"days": ["Mon"], "start": "08:00", "to": "18:00"}])
    assert [str(mistake) for mistake in found] == ["spec.awake[0].start: no such field"]


def test_every_mistake_of_an_object_is_told_at_once() -> None:
    found = mistakes(timeZone="Nowhere", awake=[{"days": [], "to": "18:00"}, {"days": ["Mon"]}], paused="yes")
    assert [mistake.path for mistake in found] == [
        "spec.timeZone",
        "spec.awake[0].days",
        "spec.awake[1].to",
        "spec.paused",
    ]


def test_the_mistakes_of_a_template_are_found_in_the_template() -> None:
    with pytest.raises(InvalidObject) as caught:
        parse(ClusterEnvSchedule, {"spec": {"template": {"awake": [{"days": ["Mon"], "to": "99:00"}]}}})
    assert [mistake.path for mistake in caught.value.mistakes] == ["spec.template.awake[0].to"]


@pytest.mark.parametrize(
    "spec",
    [
        {"timeZone": LONG},
        {"awake": [{"days": [LONG], "to": "18:00"}]},
        {"awake": [{"days": ["Mon"], "to": LONG}]},
        {"holidays": {"country": LONG}},
        {"holidays": {"country": "DE", "subdivision": LONG}},
        {"exceptions": [{"from": LONG, "to": LONG, "state": LONG}]},
        {"override": {"state": "Awake", "by": LONG, "reason": LONG, "until": LONG}},
        {"notify": {"channel": LONG, "before": [LONG]}},
        {"workloads": {"include": {"names": [LONG], "labels": {LONG: LONG}}}},
        {LONG: 1},
    ],
    ids=lambda spec: next(iter(spec))[:20],
)
def test_strings_of_10000_characters_are_refused_in_a_few_words(spec: dict[str, Any]) -> None:
    found = mistakes(**spec)
    assert found
    assert all(len(str(mistake)) < 300 for mistake in found)


def test_a_thousand_mistakes_are_told_in_twenty() -> None:
    assert len(mistakes(notify={"before": ["x"] * 1000})) == 20


@pytest.mark.parametrize("wrong", [None, [], "x", 5])
def test_a_spec_that_is_no_object_is_refused(wrong: object) -> None:
    with pytest.raises(InvalidObject) as caught:
        parse(EnvSchedule, {"metadata": {"name": "default"}, "spec": wrong})
    assert [mistake.path for mistake in caught.value.mistakes] == ["spec"]


def test_nulls_count_as_absent_as_the_api_server_has_it() -> None:
    spec = parse(EnvScheduleSpec, {"timeZone": None, "awake": [{"days": ["Mon"], "from": None, "to": "18:00"}]})
    assert spec.time_zone == "UTC"
    assert spec.stops_only


def test_a_null_in_a_merge_patch_stays_since_there_it_means_to_remove() -> None:
    row = {"apiVersion": "v1", "kind": "Thing", "asleep": {"spec": {"replicas": None}, "data": None}}
    assert parse(EnvScheduleSpec, {"workloads": {"patches": [row]}}).workloads.patches[0].asleep == row["asleep"]
