"""I6 D5: from what somebody types behind ``edit`` to the fields of the schedule, the same in Slack and on the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.frontdesk.commands.parsing import EnvName, Mistyped
from sundown.frontdesk.commands.table import parse
from sundown.model.base import parse as read
from sundown.model.scalars import DAYS
from sundown.model.spec import EnvScheduleSpec
from sundown.reconcile.env_edit import EDIT, Times
from sundown.usecases.times import FIELDS, NoTimes, read_times

WORKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri"]
OFFICE = {"days": WORKDAYS, "from": "08:00", "to": "18:00"}


def times(text: str) -> dict[str, Any]:
    return {name: json.loads(value) for name, value in read_times(text.split(" ")).items()}


@pytest.mark.parametrize(
    "typed",
    [
        "awake=Mon-Fri 08:00-18:00",
        "awake Mon-Fri 08:00-18:00",
        "awake: mon-fri 8:00-18:00",
        "AWAKE=Monday-Friday 08:00 to 18:00",
        "hours=Mon–Fri 08:00–18:00",
        "awake=Mon - Fri from 08:00 until 18:00",
        "awake=Mon, Tue, Wed, Thu and Fri 08:00 - 18:00",
        "awake=Mon-Wed Thu,Fri 08:00-18:00",
        'awake=[{"days":["Mon","Tue","Wed","Thu","Fri"],"from":"08:00","to":"18:00"}]',
    ],
)
def test_office_hours(typed: str) -> None:
    assert times(typed) == {"awake": [OFFICE]}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("awake=Mon-Fri 08:00-18:00 Sat 10:00-14:00", {"awake": [OFFICE, {"days": ["Sat"], "from": "10:00", "to": "14:00"}]}),
        (
            "awake=Mon 08:00-12:00 13:00-18:00",
            {"awake": [{"days": ["Mon"], "from": "08:00", "to": "12:00"}, {"days": ["Mon"], "from": "13:00", "to": "18:00"}]},
        ),
        ("awake=Fri-Mon 22:00-06:00", {"awake": [{"days": ["Mon", "Fri", "Sat", "Sun"], "from": "22:00", "to": "06:00"}]}),
        ("awake=daily to 20:00", {"awake": [{"days": list(DAYS), "to": "20:00"}]}),
        ("awake=Tue -20:00", {"awake": [{"days": ["Tue"], "to": "20:00"}]}),
        ("awake=none", {"awake": None}),
        ("awake=[]", {"awake": []}),
        ("zone Asia/Tokyo paused no", {"timeZone": "Asia/Tokyo", "paused": False}),
        ("holidays=de be", {"holidays": {"country": "DE", "subdivision": "BE"}}),
        ("holidays=AU New South Wales", {"holidays": {"country": "AU", "subdivision": "New South Wales"}}),
        ("daily-reset=07:00 spread=15m", {"dailyReset": "07:00", "spread": "15m"}),
        (
            "exceptions=2026-12-24T12:00 to 2027-01-04T00:00 asleep, 2027-02-01T00:00 2027-02-02T00:00 awake paused=true",
            {
                "exceptions": [
                    {"from": "2026-12-24T12:00", "to": "2027-01-04T00:00", "state": "Asleep"},
                    {"from": "2027-02-01T00:00", "to": "2027-02-02T00:00", "state": "Awake"},
                ],
                "paused": True,
            },
        ),
    ],
)  # fmt: skip
def test_each_field_as_people_write_it(typed: str, found: dict[str, Any]) -> None:
    assert times(typed) == found
    read(EnvScheduleSpec, {name: value for name, value in found.items() if value is not None})


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "say what is to be another: awake, timeZone"),
        ("awak=Mon 08:00-10:00", "did you mean awake?"),
        ("override=Asleep", "there are awake, timeZone"),
        ("Mon-Fri 08:00-18:00", "there are awake, timeZone"),
        ("awake", "say what awake is to be, as in awake=Mon-Fri"),
        ("awake=Mon-Fri", "from when to when"),
        ("awake=Mon-Fri 08:00-18:00 Sat", "from when to when"),
        ("awake=08:00-18:00", "on which days"),
        ("awake=Mun-Fri 08:00-18:00", '"mun-fri" is neither days nor hours'),
        ("awake=T 08:00-18:00", '"t" is neither'),
        ("awake=Mon 8-18", '"8-18" is neither'),
        ("awake=[[[", "is no JSON"),
        ("timeZone=Europe/Berlin Asia/Tokyo", 'I do not understand "Asia/Tokyo"'),
        ("paused=perhaps", "true or false"),
        ("exceptions=2026-12-24T12:00 asleep", "from when to when which state"),
        ("paused=true paused=false", "paused is given twice"),
    ],
)
def test_what_cannot_be_understood_has_a_text_of_its_own(typed: str, said: str) -> None:
    with pytest.raises(NoTimes) as refused:
        times(typed)
    assert said in str(refused.value)


def test_every_field_that_the_action_takes_can_be_typed() -> None:
    on_the_wire = {field.alias or name for name, field in Times.model_fields.items()}
    assert {field.name for field in FIELDS} == on_the_wire
    for field in FIELDS:
        given = read_times([f"{field.name}={field.example}"])
        (value,) = EDIT.read(given).model_dump(exclude_none=True).values()
        read(EnvScheduleSpec, {field.name: json.loads(value)})


def test_in_slack_it_stands_behind_the_env() -> None:
    row, asked = parse("edit dev1@eu-west awake=Mon-Fri 08:00-18:00 timeZone=UTC")
    assert (row.verb, asked.env) == ("edit", EnvName("dev1", "eu-west"))
    assert asked.parameters == {"awake": json.dumps([OFFICE], separators=(",", ":")), "timeZone": '"UTC"'}
    with pytest.raises(Mistyped, match="did you mean awake") as refused:
        parse("edit dev1 awak=none")
    assert refused.value.verb == "edit"


@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            ["awake", "awake=", "Mon", "-", "Fri", "08:00-18:00", "08:00", "to", "exceptions=", "asleep", "none", "{", "[", '"', "="]
        )
    ).map(" ".join)
)  # fmt: skip
def test_whatever_is_typed_is_understood_or_refused_in_words(text: str) -> None:
    """Z: and what is understood is JSON, field by field."""
    try:
        given_fields = read_times([text])
    except NoTimes:
        return
    assert given_fields
    for value in given_fields.values():
        json.loads(value)
