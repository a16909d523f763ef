"""What is said of an env: states, conditions, history, and the Events that tell them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sundown.errors import Mistake
from sundown.model.parts import Workload
from sundown.model.resources import Condition, EnvScheduleStatus, Owned, StillRunning
from sundown.model.spec import Wanted
from sundown.reconcile.report import HISTORY, next_status
from support.samples import NOW, TIMEOUT, after, after_visits, decision, finding, sleeping, troubled, workload


def condition(status: EnvScheduleStatus, kind: str) -> Condition:
    return next(one for one in status.conditions if one.type == kind)


@pytest.fixture
def awake() -> EnvScheduleStatus:
    """What was said of an env that is awake."""
    return after_visits("Awake", [workload()])


@pytest.fixture
def asleep() -> EnvScheduleStatus:
    """What was said of an env that sleeps."""
    return after_visits("Asleep", [workload()], [sleeping()])


STATES = [
    ("Asleep", [workload()], "FallingAsleep"),
    ("Asleep", [sleeping(pods=1)], "FallingAsleep"),
    ("Asleep", [sleeping()], "Asleep"),
    ("Asleep", [], "Asleep"),
    ("Asleep", [sleeping(), workload("api", exclude="true")], "Asleep"),
    ("Awake", [sleeping()], "Waking"),
    ("Awake", [workload(), workload("batch", 0)], "Awake"),
    ("Paused", [sleeping()], "Waking"),
    ("Paused", [workload()], "Paused"),
]


@pytest.mark.parametrize(("wanted", "workloads", "state"), STATES)
def test_the_state_follows_from_what_is_wanted_and_what_is_found(
    wanted: Any, workloads: list[Workload], state: str
) -> None:
    """A1, G9."""
    assert after_visits(wanted, workloads).state == state


@pytest.mark.parametrize(("wanted", "workloads", "state"), STATES)
def test_the_conditions_say_the_same_as_the_state(wanted: Any, workloads: list[Workload], state: str) -> None:
    """G9: `kubectl wait --for=condition=Asleep` tells the truth."""
    status = after_visits(wanted, workloads)
    assert (condition(status, "Asleep").status == "True") == (state == "Asleep")
    assert (condition(status, "Progressing").status == "True") == (state in {"FallingAsleep", "Waking"})


OWNERS = (
    Owned(kind="DaemonSet", name="logs", pods=3, why="OtherKind"),
    Owned(kind="Deployment", name="kept", pods=2, why="Excluded"),
    *(Owned(kind="Pod", name=f"debug-{number}", pods=1, why="Unowned") for number in range(5)),
)
FIRST = "DaemonSet/logs (3, its kind does not sleep), Deployment/kept (2, excluded)"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, ""),
        (1, "still running: 3 pods: DaemonSet/logs (3, its kind does not sleep)"),
        (2, "still running: 5 pods: DaemonSet/logs (3, its kind does not sleep) and Deployment/kept (2, excluded)"),
        (7, f"still running: 10 pods: {FIRST}, Pod/debug-0 (owned by nothing) and 4 more"),
    ],
)
def test_that_it_is_asleep_says_what_runs_on(awake: EnvScheduleStatus, count: int, said: str) -> None:
    """X11 A20: counted, three of them named; and no longer than it sleeps."""
    first = OWNERS[:count]
    left = StillRunning(pods=sum(one.pods for one in first), owners=count, first=first) if count else None
    asleep = after_visits("Asleep", [sleeping()], old=awake, still_running=left)
    later = after_visits("Asleep", [sleeping()], old=asleep, now=after(minutes=5))
    assert [condition(each, "Asleep").message for each in (asleep, later)] == [said, said]
    for woken in ("Awake", "Paused"):
        assert condition(after_visits(woken, [workload()], old=later), "Asleep").message == ""


def test_an_env_is_awake_when_its_pods_are_ready_and_not_before(asleep: EnvScheduleStatus) -> None:
    """A4."""
    waking = after_visits("Awake", [sleeping()], [workload(ready=1)], old=asleep)
    assert (waking.state, after_visits("Awake", [workload()], old=waking).state) == ("Waking", "Awake")


def test_pods_that_are_not_ready_in_an_env_that_is_awake_do_not_make_it_wake(awake: EnvScheduleStatus) -> None:
    assert after_visits("Awake", [workload(ready=0)], old=awake).state == "Awake"


def test_a_shutdown_called_off_halfway_wakes_again(awake: EnvScheduleStatus) -> None:
    falling = after_visits("Asleep", [workload(), workload("api")], old=awake)
    assert after_visits("Awake", [sleeping(), workload("api")], old=falling).state == "Waking"


def test_nothing_new_to_say_leaves_the_status_as_it_is(asleep: EnvScheduleStatus) -> None:
    """Design: the status is written only when it changes."""
    assert after_visits("Asleep", [sleeping()], old=asleep, now=after(hours=5)) == asleep


@pytest.mark.parametrize(
    ("old", "wanted", "first", "last"),
    [
        ("Awake", "Asleep", workload, sleeping),
        ("Asleep", "Awake", sleeping, workload),
    ],
)
def test_a_transition_is_told_in_at_most_three_statuses(old: Any, wanted: Any, first: Any, last: Any) -> None:
    """Design: status is written at most three times a transition, however many looks it takes."""
    names = [f"w{index}" for index in range(12)]
    status = after_visits(old, [first(name) for name in names])
    told = []
    for second in range(40):
        done = names[: second // 3]
        on_their_way = [
            workload(name, 0, pods=1, record="2") if wanted == "Asleep" else workload(name, ready=0) for name in names
        ]
        there = (
            [first(name) for name in names]
            if second == 0
            else [last(name) if name in done else pending for name, pending in zip(names, on_their_way, strict=True)]
        )
        found = next_status(status, finding(wanted, *there, now=after(seconds=second)))
        if found != status:
            told.append(found.state)
        status = found
    assert told[-1] == wanted
    assert len(told) <= 3


def test_the_time_of_the_state_is_when_it_began(awake: EnvScheduleStatus) -> None:
    falling = after_visits(
        "Asleep", [workload()], [sleeping(pods=2)], [sleeping(pods=1)], old=awake, now=after(hours=1)
    )
    assert falling.since == after(hours=1)


def test_a_condition_keeps_its_time_while_its_status_stays(awake: EnvScheduleStatus) -> None:
    later = after_visits("Asleep", [workload()], old=awake, now=after(hours=1))
    assert condition(later, "Ready").last_transition_time == NOW
    assert condition(later, "Progressing").last_transition_time == after(hours=1)


def test_history_remembers_who_and_why(awake: EnvScheduleStatus) -> None:
    """G7."""
    stop = decision("Asleep", text="asleep until further notice", by="ana@example.com")
    (entry,) = after_visits(stop, [workload()], [sleeping()], old=awake).history
    assert (entry.to, entry.why, entry.by, entry.at) == (
        "Asleep",
        "asleep until further notice",
        "ana@example.com",
        after(seconds=1),
    )


def test_history_tells_of_what_is_done_and_not_of_what_is_on_its_way(awake: EnvScheduleStatus) -> None:
    """G7."""
    assert after_visits("Asleep", [workload()], old=awake).history == ()


def test_history_keeps_the_last_ten_the_latest_first(awake: EnvScheduleStatus) -> None:
    """G7."""
    status = awake
    for hour in range(12):
        wanted: Wanted = "Asleep" if hour % 2 == 0 else "Awake"
        there = sleeping() if wanted == "Asleep" else workload()
        status = after_visits(wanted, [there], old=status, now=after(hours=hour))
    assert [entry.at for entry in status.history] == [after(hours=hour) for hour in range(11, 11 - HISTORY, -1)]
    assert HISTORY == 10


def test_the_next_turn_is_told() -> None:
    status = after_visits(decision("Awake", until=after(hours=2)), [workload()])
    assert status.next_transition is not None
    assert (status.next_transition.at, status.next_transition.to) == (after(hours=2), "Asleep")
    assert status.shutdown_at == after(hours=2)


@pytest.mark.parametrize(
    ("wanted", "workloads"),
    [("Asleep", [sleeping("web", pods=1), sleeping("api")]), ("Awake", [workload("web", ready=1), workload("api")])],
)
def test_a_transition_that_takes_too_long_degrades_the_env_and_names_the_part(
    wanted: Any, workloads: list[Workload]
) -> None:
    """G3, E4: degrades loudly."""
    begun = after_visits(wanted, [workload("web")] if wanted == "Asleep" else [sleeping("web")])
    degraded = condition(after_visits(wanted, workloads, old=begun, now=NOW + TIMEOUT), "Degraded")
    assert (degraded.status, degraded.reason) == ("True", "PartsNotReady")
    assert "Deployment/web" in degraded.message
    assert "Deployment/api" not in degraded.message


def test_a_transition_that_takes_too_long_names_what_is_still_to_be_written() -> None:
    begun = after_visits("Asleep", [workload()])
    scaled_up_again = after_visits("Asleep", [workload(replicas=3, record="2")], old=begun, now=NOW + TIMEOUT)
    assert condition(scaled_up_again, "Degraded").message == "not where it should be after 10m: Deployment/web"


def test_a_transition_within_its_time_is_not_degraded() -> None:
    begun = after_visits("Awake", [sleeping()])
    late = after_visits("Awake", [workload(ready=0)], old=begun, now=NOW + TIMEOUT - timedelta(seconds=1))
    assert (late.state, condition(late, "Degraded").status) == ("Waking", "False")


def test_a_part_that_never_becomes_ready_does_not_keep_the_env_waking() -> None:
    """Z: an unhealthy part blocks all others from waking."""
    begun = after_visits("Awake", [sleeping()])
    assert after_visits("Awake", [workload(ready=0)], old=begun, now=NOW + TIMEOUT).state == "Awake"


def test_an_env_stays_degraded_until_the_part_is_ready() -> None:
    begun = after_visits("Awake", [sleeping()])
    late = after_visits("Awake", [workload(ready=0)], [workload(ready=1)], old=begun, now=NOW + TIMEOUT)
    well = after_visits("Awake", [workload()], old=late, now=after(hours=1))
    assert [condition(status, "Degraded").status for status in (late, well)] == ["True", "False"]


def test_an_env_with_pods_left_is_not_called_asleep_however_late_it_is() -> None:
    """A1, G9."""
    begun = after_visits("Asleep", [workload()])
    assert after_visits("Asleep", [sleeping(pods=1)], old=begun, now=NOW + 3 * TIMEOUT).state == "FallingAsleep"


def test_a_refused_write_degrades_the_env_and_names_the_part() -> None:
    """Z: an unhealthy part blocks all others."""
    status = after_visits("Asleep", [workload()], failures=(Mistake("Deployment/web", "forbidden by quota"),))
    degraded = condition(status, "Degraded")
    assert (degraded.status, degraded.reason, degraded.message) == (
        "True",
        "WriteFailed",
        "Deployment/web: forbidden by quota",
    )


def test_a_malformed_annotation_degrades_the_env_and_is_named() -> None:
    """Z: one malformed annotation stops the whole controller."""
    degraded = condition(after_visits("Asleep", [sleeping(record="three")]), "Degraded")
    assert (degraded.status, degraded.reason) == ("True", "InvalidAnnotation")
    assert degraded.message.startswith("Deployment/web: annotation sundown.dev/previous-replicas")


def test_a_thousand_mistakes_make_no_endless_message() -> None:
    status = after_visits("Asleep", [sleeping(f"w{index}", "x") for index in range(1000)])
    assert len(condition(status, "Degraded").message) <= 1000


def test_a_dry_run_says_what_would_be_and_stays_awake(awake: EnvScheduleStatus) -> None:
    """G8."""
    status = after_visits(decision("Asleep", text="outside working hours"), [workload()], old=awake, dry_run=True)
    assert (status.state, condition(status, "Ready").reason) == ("Awake", "DryRun")
    assert status.why == "dry run, nothing is changed; it would be asleep: outside working hours"


@pytest.mark.parametrize(("there", "state"), [(sleeping(), "Asleep"), (workload(), "Awake")])
def test_an_operator_that_only_reports_says_what_is(there: Workload, state: str) -> None:
    """G8."""
    assert after_visits("Awake", [there], dry_run=True, frozen=True).state == state


def test_an_env_that_rests_unasked_is_not_ready() -> None:
    status = after_visits("Paused", [workload()], not_ready=("NamespaceNotEnabled", "has no label"))
    ready = condition(status, "Ready")
    assert (status.state, ready.status, ready.reason, ready.message) == (
        "Paused",
        "False",
        "NamespaceNotEnabled",
        "has no label",
    )


def test_a_doubt_is_said_next_to_a_ready_that_is_true() -> None:
    ready = condition(after_visits("Awake", [workload()], remark="windows overlap"), "Ready")
    assert (ready.status, ready.message) == ("True", "windows overlap")


def test_a_schedule_that_cannot_be_followed_is_not_ready_and_promises_nothing() -> None:
    old = after_visits(decision("Awake", until=after(hours=2)), [workload()])
    status = troubled(old)
    ready = condition(status, "Ready")
    assert (ready.status, ready.reason, ready.message) == ("False", "InvalidSpec", "it is wrong")
    assert (status.next_transition, status.shutdown_at, status.observed_generation) == (None, None, 2)


def test_a_schedule_that_cannot_be_followed_leaves_the_env_as_it_is(asleep: EnvScheduleStatus) -> None:
    status = troubled(asleep)
    assert (status.state, status.since, status.parts, status.history) == (
        "Asleep",
        asleep.since,
        asleep.parts,
        asleep.history,
    )
    assert condition(status, "Asleep") == condition(asleep, "Asleep")


def test_a_superseded_schedule_says_nothing_of_the_env(asleep: EnvScheduleStatus) -> None:
    status = troubled(asleep, "Superseded", message='superseded by EnvSchedule "a"')
    assert (status.state, status.since, status.parts.total) == (None, None, 0)


def test_a_superseded_schedule_does_not_claim_that_the_env_sleeps(asleep: EnvScheduleStatus) -> None:
    """G9."""
    assert "True" not in [one.status for one in troubled(asleep, "Superseded").conditions if one.type == "Asleep"]


def test_trouble_that_goes_on_is_nothing_new(awake: EnvScheduleStatus) -> None:
    once = troubled(awake)
    assert troubled(once, now=after(hours=9)) == once


def test_trouble_that_is_over_makes_the_schedule_ready_again(awake: EnvScheduleStatus) -> None:
    mended = after_visits("Awake", [workload()], old=troubled(awake), now=after(hours=2))
    ready = condition(mended, "Ready")
    assert (ready.status, ready.last_transition_time) == ("True", after(hours=2))


def test_the_time_of_a_visit_does_not_show_in_a_status_that_stays() -> None:
    moments: list[datetime] = [after(minutes=minute) for minute in range(5)]
    found = {next_status(after_visits("Awake", [workload()]), finding("Awake", workload(), now=at)) for at in moments}
    assert len(found) == 1


@pytest.mark.parametrize("reason", ["ProtectedNamespace", "InvalidSpec", "InvalidLabel"])
def test_a_schedule_that_was_never_followed_says_why_where_kubectl_get_shows_it(reason: str) -> None:
    """A10, G9: or it has neither a state nor a word there."""
    never = troubled(EnvScheduleStatus(), reason, message="it is protected")
    assert (never.state, never.why) == (None, "it is protected")
    assert len(troubled(EnvScheduleStatus(), reason, message="x" * 2000).why) <= 1024
    mended = after_visits("Awake", [workload()], old=never, now=after(hours=2))
    assert mended.why == "awake by schedule"


def test_what_is_asleep_by_a_schedule_goes_on_saying_why() -> None:
    asleep = after_visits("Asleep", [sleeping()])
    assert troubled(asleep).why == asleep.why
