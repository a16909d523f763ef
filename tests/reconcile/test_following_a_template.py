"""What is written to a generated EnvSchedule when its template changes (A11, B6): what differs, and no more."""

from typing import Any

import pytest

from sundown.model.resources import TEMPLATE
from sundown.model.template_mark import TemplateMark
from sundown.reconcile.generated_schedule import change, is_current
from support.samples import Json, default, env, known

OLD: Json = {"timeZone": "UTC", "holidays": {"country": "DE", "subdivision": "BE"}}


def patched(old: Json, new: Json, *, asked: Json) -> Any:
    """The patch of the spec, of one that people have asked something of since."""
    mark = str(TemplateMark.of(default(spec={"template": old})))
    there = known("default", generated=True, spec={**old, **asked}, annotations={TEMPLATE: mark})
    cover = default(spec={"template": new})
    body = change(there, cover)
    assert body["metadata"]["annotations"][TEMPLATE] == str(TemplateMark.of(cover))
    assert {"uid", "resourceVersion"} <= body["metadata"].keys()
    return body["spec"]


@pytest.mark.parametrize(
    ("new", "patch"),
    [
        (OLD, {}),
        ({**OLD, "timeZone": "Asia/Tokyo"}, {"timeZone": "Asia/Tokyo"}),
        ({"timeZone": "UTC"}, {"holidays": None}),
        ({**OLD, "holidays": {"country": "DE"}}, {"holidays": {"subdivision": None}}),
        ({**OLD, "holidays": {"country": "AT"}}, {"holidays": {"country": "AT", "subdivision": None}}),
        ({**OLD, "awake": []}, {"awake": []}),
        ({**OLD, "paused": True}, {"paused": True}),
        ({}, {"timeZone": None, "holidays": None}),
    ],
)
@pytest.mark.parametrize("asked", [{}, {"override": {"state": "Asleep"}}], ids=["nothing asked", "stopped"])
def test_the_difference_is_written_and_a_wish_goes_on(new: Json, patch: Json, asked: Json) -> None:
    assert patched(OLD, new, asked=asked) == patch


@pytest.mark.parametrize(
    ("before", "person", "after", "written"),
    [
        (None, None, True, True),
        (True, True, None, None),
        (True, True, False, False),
        (None, True, True, "left"),
        (None, True, None, "left"),
        (True, False, None, "left"),
        (True, False, True, "left"),
        (False, True, False, "left"),
    ],
)
def test_what_a_person_says_of_paused_counts_until_they_say_otherwise(
    before: Any, person: Any, after: Any, written: Any
) -> None:
    def say(paused: Any) -> Json:
        return {"paused": paused} if paused is not None else {}

    patch = patched({**OLD, **say(before)}, {**OLD, **say(after)}, asked={"paused": person})
    assert patch.get("paused", "left" if written == "left" else None) == written
    assert ("paused" in patch) == (written != "left")


def test_what_an_older_sundown_has_made_is_written_anew_once() -> None:
    """The garbage collector deleted those, whatever people had made of them."""
    cover = default(spec={"template": OLD})
    mark = TemplateMark.of(cover)
    old = known("default", generated=True, spec=OLD, annotations={TEMPLATE: f"{mark.made_from}.{mark.says}"})
    assert not is_current(env(old), cover)
    assert change(old, cover)["spec"] == {}
