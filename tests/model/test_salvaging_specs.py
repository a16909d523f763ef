"""What is left of a spec that cannot be read (fault W10): whatever leads to waking, and nothing that leads to sleep."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.model.salvage import salvage
from sundown.model.spec import EnvScheduleSpec, Override
from support.samples import NOW

AT = "2026-11-23T18:00:00Z"
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["Awake", "Asleep", AT]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["state", "until", "at", "by", "via", "reason", "dropAtReset", "new"]


@given(st.dictionaries(st.sampled_from(["override", "paused", "awake", "timeZone"]), anything) | anything)
def test_whatever_stands_in_a_spec_something_is_left_and_never_a_wish_to_sleep(spec: Any) -> None:
    """W10"""
    left = salvage(spec)
    assert left.override is None or left.override.state == "Awake"
    assert left == EnvScheduleSpec(override=left.override, paused=left.paused)


@given(st.dictionaries(st.sampled_from(FIELDS), anything))
def test_a_wish_to_wake_is_left_whatever_is_wrong_with_the_rest_of_it(override: dict[str, Any]) -> None:
    """W10"""
    left = salvage({"override": {**override, "state": "Awake"}, "timeZone": "Mars/Olympus_Mons"}).override
    assert left is not None
    assert left.state == "Awake"


def test_each_field_that_can_be_read_is_kept() -> None:
    good = {"state": "Awake", "at": AT, "by": "ana@example.com", "via": "cli", "dropAtReset": True}
    left = salvage({"override": {**good, "reason": 7, "until": "tomorrow", "mood": "fine"}}).override
    assert left == Override(state="Awake", at=NOW, by="ana@example.com", via="cli", drop_at_reset=True)


@pytest.mark.parametrize("state", ["Asleep", "awake", "", None, 1])
def test_no_other_wish_is_left(state: Any) -> None:
    assert salvage({"override": {"state": state}}).override is None


@pytest.mark.parametrize(("paused", "left"), [(True, True), (False, False), ("true", False), (None, False)])
def test_a_pause_is_left_where_there_is_no_doubt_of_it(paused: Any, left: bool) -> None:
    assert salvage({"paused": paused}).paused is left
