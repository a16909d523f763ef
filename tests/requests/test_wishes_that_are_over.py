"""Where stopping takes two people, a wish that is over holds nobody up: the guard has no clock, and the operator does (I7)."""

import pytest

from support.apiserver import eventually
from support.envs import ALWAYS_AWAKE, Env, instant

pytestmark = pytest.mark.lab


def test_what_is_over_is_taken_out_at_its_end_and_the_env_stays_awake(guarded: Env) -> None:
    """I7"""
    end = instant(seconds=4)
    guarded.wish("Awake", name="theirs", until=end, at=instant(seconds=-60))
    eventually(
        lambda: "asked for by" in guarded.status("theirs").get("why", ""),
        what="somebody keeps it awake",
    )
    eventually(lambda: "override" not in _spec(guarded), what="it is taken out")
    assert instant() >= end
    assert _spec(guarded) == ALWAYS_AWAKE
    guarded.until("Awake", name="theirs")
    assert guarded.replicas("web") == 2


def test_where_one_person_is_enough_it_stays_where_it_is(guarded: Env) -> None:
    guarded.label(**{"sundown.dev/guarded": None})
    eventually(lambda: not guarded.status("theirs").get("needsApproval"), what="it takes one")
    guarded.wish("Awake", name="theirs", until=instant(seconds=-2), at=instant(seconds=-60))
    guarded.until("Awake", name="theirs")
    assert "override" in _spec(guarded)


def _spec(env: Env) -> dict[str, object]:
    found: dict[str, object] = env.api.get(env.schedules("theirs"))["spec"]
    return found
