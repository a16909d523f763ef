"""When an env is looked at again while its waves go on."""

from datetime import timedelta

from sundown.model.parts import Part
from sundown.model.resources import EnvScheduleStatus, State
from sundown.model.spec import Wanted
from sundown.reconcile.report import next_status
from sundown.reconcile.revisits import next_look
from support.samples import NOW, TIMEOUT, after, finding, sleeping, stopped, workload


def look_after(*parts: Part, ago: float, acted: bool = False, wanted: Wanted = "Awake") -> float:
    """Seconds until the next look at an env that began to wake, or to fall asleep, so many seconds ago."""
    state: State = "Waking" if wanted == "Awake" else "FallingAsleep"
    old = EnvScheduleStatus(state=state, since=NOW - timedelta(seconds=ago))
    found = finding(wanted, *parts, old=old)
    look = next_look(next_status(old, found), old=old, finding=found, acted=acted, now=NOW)
    assert look is not None
    return (look - NOW).total_seconds()


def db(**more: int) -> Part:
    return workload("db", kind="StatefulSet", **more)


def test_the_end_of_a_waves_time_is_looked_at_to_the_moment() -> None:
    """G3."""
    assert look_after(db(ready=0), sleeping(), ago=TIMEOUT.total_seconds() - 0.25) == 0.25


def test_an_env_with_one_wave_out_of_time_and_another_on_its_way_is_looked_at_as_before() -> None:
    assert 0 < look_after(db(ready=0), workload(ready=0), ago=TIMEOUT.total_seconds() + 5) <= 4


def test_an_env_in_which_only_waves_out_of_time_hang_is_looked_at_seldom() -> None:
    assert look_after(sleeping(pods=1), ago=3 * TIMEOUT.total_seconds(), wanted="Asleep") == 30


def test_what_was_refused_for_long_and_is_written_in_the_end_is_looked_at_soon() -> None:
    """A4: it may be all that was missing."""
    late = 3 * TIMEOUT.total_seconds()
    assert 0 < look_after(workload(), ago=late, acted=True, wanted="Asleep") <= 4


def test_what_hangs_in_the_cloud_is_told_by_the_cloud_so_that_looks_are_few() -> None:
    """E8, and design 10: a database takes minutes, and a look costs two lists."""
    assert 4 < look_after(stopped("RDSInstance", "starting"), sleeping(), ago=60) <= 15


def test_where_a_workload_hangs_too_looks_are_as_many_as_ever() -> None:
    assert 0 < look_after(stopped("RDSInstance", "starting"), workload(wave="0", ready=0), ago=60) <= 4


def test_what_was_just_written_is_looked_at_soon_whoever_hangs() -> None:
    assert 0 < look_after(stopped("RDSInstance", "starting"), ago=1, acted=True) <= 1


def test_an_env_at_rest_waits_for_no_waves_time() -> None:
    """Design 10: what has been sick since the morning is left to the sweep."""
    awake = EnvScheduleStatus(state="Awake", since=after(hours=-8))
    found = finding("Awake", workload(ready=0), old=awake)
    assert next_look(next_status(awake, found), old=awake, finding=found, acted=False, now=NOW) is None
