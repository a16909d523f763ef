"""The sample teams with other hours: all of them go home at the same minute, which comes soon, each by its own clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sundown_lab.demo import samples
from sundown_lab.wire import Json

BERLIN, NEW_YORK, KOLKATA, AUCKLAND = "team-berlin", "team-new-york", "team-kolkata", "team-auckland"
TEAMS = (BERLIN, NEW_YORK, KOLKATA, AUCKLAND)
NIGHT = timedelta(minutes=1)
# At zero before the story begins, and so after it: nobody asked for more.
PARKED = "parked"
_SAFE = timedelta(hours=2)


def workloads() -> list[Json]:
    """The teams' namespaces and workloads as in examples/, and a Deployment that its owners keep at zero."""
    kept = [each for each in samples.teams() if each["kind"] != "EnvSchedule"]
    return [*kept, samples.workload("Deployment", BERLIN, PARKED, replicas=0)]


def schedules(at: datetime) -> list[Json]:
    """The teams' EnvSchedules; all fall asleep `at` (aware, a full minute), and Berlin wakes a minute later by itself."""
    return [_closing(each, at) for each in samples.teams() if each["kind"] == "EnvSchedule"]


def _closing(schedule: Json, at: datetime) -> Json:
    namespace = schedule["metadata"]["namespace"]
    zone = _steady(schedule["spec"]["timeZone"], at)
    # New York's only stops, as in its example.
    start = None if namespace == NEW_YORK else at - timedelta(hours=8)
    windows = [samples.window(start, at, zone=zone)]
    if namespace == BERLIN:
        windows.append(samples.window(at + NIGHT, at + timedelta(hours=10), zone=zone))
    return {**schedule, "spec": {"timeZone": zone, "awake": windows}}


def _steady(zone: str, at: datetime) -> str:
    """The zone, or UTC in the hours of the year in which its clocks change: no time of day names `at` clearly then."""
    clock = ZoneInfo(zone)
    before, after = ((at + step).astimezone(clock).utcoffset() for step in (-_SAFE, _SAFE))
    return zone if before == after else "UTC"
