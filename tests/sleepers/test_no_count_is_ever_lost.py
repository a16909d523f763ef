"""The promise of this product, tried on a model of the API server: whatever happens in whatever order, and wherever the
operator is killed, after it has woken the env every workload has the count that its owner gave it last.

The same is tried on a real API server in ``tests/faults``.
"""

import pytest
from hypothesis.stateful import run_state_machine_as_test

from support.counted_env import KEYS, Env
from support.counting_operator import carry_out
from support.effort import QUICK, THOROUGH, examples
from support.short_stories import DEEDS, SELDOM, WEB, begun, losing, told

EFFORT = examples(100, 1000, stateful_step_count=60 if THOROUGH else 25)
LENGTH = 5 if THOROUGH else 3 if QUICK else 4


@pytest.mark.timeout(900)
def test_waking_gives_every_workload_the_count_its_owner_gave_it_last() -> None:
    """A1, A2, A3, A14, A16, A18, W3, W4, W5. Z: start sets 1 replica instead of the old count; a second scale-down overwrites the recorded
    count with 0; a crash between record and change loses it; an edit made while asleep is overwritten on waking.
    """
    run_state_machine_as_test(Env, settings=EFFORT)


@pytest.mark.parametrize("count", [4, 0])
def test_what_woke_and_sleeps_again_before_the_env_has_woken_is_not_undone_to_what_woke_it(count: int) -> None:
    """W3, W4: of what woke nothing is remembered, and the sleep is the same, so that its second record was called the first."""
    env, web = Env(), KEYS[0]
    env.there_is_something(replicas=(2, 2, 2), earlier_version=False)
    env.visit("Asleep", at_once=len(KEYS))
    env.set_image(web)
    env.visit("Awake", at_once=0)
    carry_out(*next(one for one in env.pending if one[1].workload.name == "web"), env.server)
    env.visit("Awake", at_once=0)
    assert env.server.status.state == "Waking"
    env.scale(web, count)
    env.visit("Asleep", at_once=len(KEYS))
    env.undo(web, 0)
    env.waking_gives_every_owner_the_count_they_gave_last()


@pytest.mark.parametrize(("edited", "wakes_to"), [(2, 2), (0, 0), (None, 3)])
def test_a_record_is_edited_again_or_undone_before_the_first_edit_was_written(
    edited: int | None, wakes_to: int
) -> None:
    """A3, A18, W4: the operator died after its plan. An undo brings back what was before the edit, and the same mark."""
    env, web = Env(), KEYS[0]
    env.there_is_something(replicas=(5, 5, 5), earlier_version=False)
    env.visit("Asleep", at_once=len(KEYS))
    env.set_image(web)
    env.edit_the_record(web, 3)
    env.visit("Asleep", at_once=0)
    env.kill()
    if edited is None:
        env.undo(web, 0)
    else:
        env.edit_the_record(web, edited)
    assert env.given[web] == wakes_to
    env.waking_gives_every_owner_the_count_they_gave_last()
    env.sleep_takes_all_and_forgets_nothing()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("earlier_version", [False, True], ids=["fresh", "put to sleep by an earlier version"])
def test_no_short_story_loses_a_count(earlier_version: bool) -> None:
    """A2, A3, A16, A18, W3, W4: chance seldom finds the few deeds in a row that do."""
    start = begun(earlier_version=earlier_version)
    assert list(losing(start, DEEDS, length=LENGTH)) == []
    assert list(losing(start, {**DEEDS, **SELDOM}, length=LENGTH - 1)) == []


@pytest.mark.parametrize(
    ("earlier_version", "story", "given"),
    [
        (False, "sleep, scale to 2, scale to 0, plan to sleep, replace by 0", 1),
        (False, "sleep, scale to 2, scale to 0, plan to wake, strip", 1),
        (False, "set image, sleep, scale to 2, scale to 0, plan to sleep, undo to the first", 1),
        (False, "sleep, plan to wake, record 3, plan to wake, strip", 3),
        (True, "plan to sleep, scale to 2, kill, scale to 0", 1),
        (True, "scale to 2, scale to 0, plan to sleep, strip", 1),
    ],
)
def test_what_was_seen_asleep_keeps_its_count_whoever_wrote_its_zero(
    earlier_version: bool, story: str, given: int
) -> None:
    """A3, A18, W3: scaled up and to 0 again it is back in the sleep that it was taken from, and the record may go since."""
    is_right_after(begun(earlier_version=earlier_version), story, given=given)


@pytest.mark.parametrize(
    ("earlier_version", "story"),
    [
        (False, "sleep, scale to 2, strip, scale to 0"),
        (False, "sleep, scale to 2, strip the mark, scale to 0"),
        (False, "sleep, scale to 2, strip the record, scale to 0"),
        (False, "sleep, scale to 2, strip the record, plan to wake, kill, scale to 0"),
        (True, "scale to 2, plan to sleep, kill, scale to 0"),
        (True, "plan to sleep, scale to 2, plan to sleep, replace by 0, write it"),
        (True, "sleep, scale to 2, scale to 0, plan to sleep, wake, scale to 0"),
        (True, "set image, wake, undo to the first, scale to 0"),
    ],
)
def test_what_is_put_to_0_without_a_record_stays_there_whatever_else_is_left_on_it(
    earlier_version: bool, story: str
) -> None:
    """A3, W4: it is their wish, and nothing that anybody would have to be asked about."""
    is_right_after(begun(earlier_version=earlier_version), story, given=0)


def is_right_after(env: Env, story: str, *, given: int) -> None:
    """Whether the count is by then the one that is wanted, and is kept."""
    told(env, tuple(story.split(", ")))
    assert env.given[WEB] == given
    env.waking_gives_every_owner_the_count_they_gave_last()
    env.sleep_takes_all_and_forgets_nothing()
