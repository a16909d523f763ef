"""What the demo shows of an env, on a terminal and on a pipe."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from rich.console import Console

from sundown.model.env import Known, Namespace
from sundown.model.resources import CloudStatus, EnvSchedule, EnvScheduleStatus, Metadata, Transition
from sundown.model.spec import EnvScheduleSpec
from sundown_lab.demo.board import board, compact
from sundown_lab.demo.changes import changes
from sundown_lab.demo.view import EnvView, Said, View
from sundown_lab.workloads import Count, Key

NOW = datetime(2026, 11, 23, 16, 58, 30, tzinfo=UTC)


def key(name: str = "web") -> Key:
    return Key("team-a", "Deployment", name)


def count(*, replicas: int, ready: int = 0, pods: int = 0, record: str | None = None) -> Count:
    return Count(replicas=replicas, pods=pods, ready=ready, record=record, image="a")


def env(workloads: dict[Key, Count], *, status: EnvScheduleStatus) -> EnvView:
    metadata = Metadata(name="default", namespace="team-a")
    schedule = EnvSchedule(metadata=metadata, spec=EnvScheduleSpec(time_zone="Europe/Berlin"), status=status)
    namespace = Namespace("team-a", created=NOW, labels={}, annotations={"email": "ana@example.com"})
    return EnvView(namespace, Known(metadata=metadata, status=status, schedule=schedule), workloads)


AWAKE = EnvScheduleStatus(
    state="Awake",
    since=NOW - timedelta(minutes=5),
    why="working hours",
    next_transition=Transition(at=NOW + timedelta(seconds=90), to="Asleep"),
)
ASLEEP = EnvScheduleStatus(state="Asleep", since=NOW, why="outside working hours")


def drawn(view: View, *, width: int = 140) -> str:
    console = Console(width=width, height=40)
    with console.capture() as captured:
        console.print(board(view, now=NOW, size=(width, 40)))
    return captured.get()


def test_the_table_tells_owner_local_time_state_counts_and_the_time_left() -> None:
    text = drawn(View(envs=(env({key(): count(replicas=3, ready=2, pods=3)}, status=AWAKE),)))
    for piece in ("team-a", "ana@example.com", "Mon 17:58:30", "Europe/Berlin", "awake", "2/3  web 2/3"):
        assert piece in text
    for piece in ("for 5m", "asleep at 18:00", "in 1m 30s", "working hours"):
        assert piece in text


def test_a_workload_that_sleeps_shows_what_is_remembered() -> None:
    assert compact(key(), count(replicas=0, record="3")).plain == "web 0 (3)"


def test_a_workload_on_its_way_down_shows_the_pods_that_are_left() -> None:
    assert compact(key(), count(replicas=0, pods=2, record="3")).plain == "web 2→0 (3)"


def test_what_is_in_aws_stands_below_the_workloads_in_aws_own_words() -> None:
    database = CloudStatus(kind="RDSInstance", id="a-db", state="starting", phase="starting")
    instance = CloudStatus(kind="EC2Instance", id="i-0abc", name="worker", state="running", phase="running")
    status = AWAKE.model_copy(update={"cloud": (database, instance)})
    text = drawn(View(envs=(env({key(): count(replicas=3, ready=3, pods=3)}, status=status),)))
    assert "RDS a-db starting" in text
    assert "EC2 worker running" in text


def test_on_a_pipe_a_new_state_in_aws_is_one_line() -> None:
    def view(phase: Literal["running", "stopped"]) -> View:
        part = CloudStatus(kind="EC2Instance", id="i-0abc", name="worker", state=phase, phase=phase)
        return View(envs=(env({key(): count(replicas=0)}, status=ASLEEP.model_copy(update={"cloud": (part,)})),))

    (line,) = changes(view("running"), view("stopped"), now=NOW)
    assert "web 0, EC2 worker stopped" in line


def test_a_narrow_terminal_loses_the_reason_but_never_breaks_a_count() -> None:
    names = ("payments", "shop", "queue")
    text = drawn(
        View(envs=(env({key(name): count(replicas=4, ready=4, pods=4) for name in names}, status=AWAKE),)), width=96
    )
    assert "working hours" not in text
    assert all(f"{name} 4/4" in text for name in names)


def test_an_env_without_a_schedule_is_shown_as_such() -> None:
    namespace = Namespace("team-b", created=NOW, labels={"scheduler": "enabled"}, annotations={})
    assert "no schedule" in drawn(View(envs=(EnvView(namespace, None, {}),)))


def test_the_latest_events_stand_below_the_table() -> None:
    said = Said(at=NOW, namespace="team-a", reason="Asleep", note="outside working hours", warning=False)
    assert "team-a          Asleep: outside working hours" in drawn(View(events=(said,)))


def test_on_a_pipe_nothing_is_printed_while_nothing_changes() -> None:
    view = View(envs=(env({key(): count(replicas=3, ready=3)}, status=AWAKE),))
    assert list(changes(view, view, now=NOW)) == []


def test_on_a_pipe_a_change_of_state_is_one_line() -> None:
    before = View(envs=(env({key(): count(replicas=3, ready=3)}, status=AWAKE),))
    after = View(envs=(env({key(): count(replicas=0, record="3")}, status=ASLEEP),))
    (line,) = changes(before, after, now=NOW)
    assert line[8:] == "  team-a          asleep          web 0 (3)  (outside working hours)"


def test_on_a_pipe_an_env_that_is_gone_is_said_to_be() -> None:
    (line,) = changes(View(envs=(env({}, status=AWAKE),)), View(), now=NOW)
    assert line[8:] == "  team-a          gone"


def test_on_a_pipe_a_warning_is_printed_once() -> None:
    said = Said(at=NOW, namespace="team-a", reason="WriteFailed", note="refused", warning=True)
    (line,) = changes(View(), View(events=(said,)), now=NOW)
    assert line[8:] == "  team-a          warning: WriteFailed: refused"
    assert list(changes(View(events=(said,)), View(events=(said,)), now=NOW)) == []
