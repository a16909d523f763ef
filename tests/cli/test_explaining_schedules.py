"""``sundown explain`` of a file."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent

import pytest
from click.testing import CliRunner

from sundown.cli.app import cli
from support.commandline import Called

Call = Callable[..., Called]
Write = Callable[..., str]

BERLIN = """
    timeZone: Europe/Berlin
    awake:
    - days: [Mon, Tue, Wed, Thu, Fri]
      from: 08:00
      to: 18:00
"""
WEEK = ("--from", "2026-11-23T00:00:00Z", "--until", "2026-11-30T00:00:00Z", "-o", "json")


def schedule(spec: str, *, extra: str = "") -> str:
    head = "apiVersion: sundown.dev/v1alpha1\nkind: EnvSchedule\nmetadata:\n  name: default\n  namespace: shop-dev\n"
    return f"{head}{dedent(extra)}spec:\n{indent(dedent(spec).strip(), '  ')}\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(text: str, name: str = "schedule.yaml") -> str:
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return file


def test_it_prints_the_state_the_reason_and_the_transitions(call: Call, write: Write) -> None:
    """A17."""
    told = call("explain", "-f", write(schedule(BERLIN)), *WEEK)
    assert told.code == 0
    assert told.json["state"] == "Asleep"
    assert told.json["why"] == "outside working hours Mon-Fri 08:00-18:00 Europe/Berlin"
    assert [(turn["at"], turn["to"]) for turn in told.json["transitions"]][:3] == [
        ("2026-11-23T07:00:00Z", "Awake"),
        ("2026-11-23T17:00:00Z", "Asleep"),
        ("2026-11-24T07:00:00Z", "Awake"),
    ]
    assert len(told.json["transitions"]) == 10
    assert all(turn["why"] for turn in told.json["transitions"])


def test_the_beginning_is_left_out_of_the_transitions_and_the_end_is_in(call: Call, write: Write) -> None:
    span = ("--from", "2026-11-23T07:00:00Z", "--until", "2026-11-23T17:00:00Z", "-o", "json")
    told = call("explain", "-f", write(schedule(BERLIN)), *span).json
    assert told["state"] == "Awake"
    assert [turn["at"] for turn in told["transitions"]] == ["2026-11-23T17:00:00Z"]


def test_a_time_with_an_offset_is_that_instant(call: Call, write: Write) -> None:
    span = ("--from", "2026-11-23T08:00:00+01:00", "--until", "2026-11-23T18:00+01:00", "-o", "json")
    told = call("explain", "-f", write(schedule(BERLIN)), *span).json
    assert (told["state"], len(told["transitions"])) == ("Awake", 1)


@pytest.mark.parametrize("start", ["2026-11-23T08:00", "2026-11-23 08:00:00"])
def test_a_time_without_an_offset_is_on_the_clock_of_the_schedules_zone(call: Call, write: Write, start: str) -> None:
    told = call("explain", "-f", write(schedule(BERLIN)), "--from", start, "--until", "2026-11-24", "-o", "json").json
    assert (told["state"], len(told["transitions"])) == ("Awake", 1)


def test_without_times_it_tells_a_week_from_now(call: Call, write: Write) -> None:
    told = call("explain", "-f", write(schedule(BERLIN)), "-o", "json").json
    assert len(told["transitions"]) == 10


def test_a_schedule_that_only_stops_was_started_when_its_status_says(call: Call, write: Write) -> None:
    """A7."""
    stops = "awake: [{days: [Mon], to: 18:00}]"
    started = 'status:\n  activeSince: "2026-11-23T09:00:00Z"\n'
    told = call("explain", "-f", write(schedule(stops, extra=started)), *WEEK).json
    assert told["state"] == "Asleep"
    assert [(turn["at"], turn["to"]) for turn in told["transitions"]] == [
        ("2026-11-23T09:00:00Z", "Awake"),
        ("2026-11-23T18:00:00Z", "Asleep"),
    ]


def test_without_that_it_counts_as_applied_at_the_beginning_and_says_so(call: Call, write: Write) -> None:
    told = call("explain", "-f", write(schedule("awake: [{days: [Mon], to: 18:00}]")), *WEEK)
    assert told.json["state"] == "Awake"
    assert "no status.activeSince" in told.err


def test_the_owners_zones_are_read_from_the_annotation(call: Call, write: Write) -> None:
    """B2, B3."""
    text = schedule("timeZone: owner\nawake: [{days: [Mon], from: 09:00, to: 17:00}]").replace(
        "  name: default\n",
        '  name: default\n  annotations: {sundown.dev/owner-time-zones: "Europe/Berlin, Mars, America/New_York"}\n',
    )
    told = call("explain", "-f", write(text), *WEEK)
    assert [turn["at"] for turn in told.json["transitions"]] == ["2026-11-23T08:00:00Z", "2026-11-23T22:00:00Z"]
    assert '"Mars"' in told.err


def test_a_paused_schedule_has_no_transitions(call: Call, write: Write) -> None:
    told = call("explain", "-f", write(schedule(BERLIN + "    paused: true\n")), *WEEK).json
    assert (told["state"], told["transitions"]) == ("Paused", [])


def test_an_instant_with_a_fraction_keeps_it(call: Call, write: Write) -> None:
    text = schedule("override: {state: Awake, until: 2026-11-23T21:00:00.5Z}")
    assert call("explain", "-f", write(text), *WEEK).json["transitions"][0]["at"] == "2026-11-23T21:00:00.500000Z"


def test_people_get_a_table_in_their_zone_and_in_utc(call: Call, write: Write) -> None:
    told = call("explain", "-f", write(schedule(BERLIN)), "--from", "2026-11-23", "--until", "2026-11-24")
    assert told.out == dedent("""\
        shop-dev/default is asleep at Mon 2026-11-23 00:00 Europe/Berlin: outside working hours Mon-Fri 08:00-18:00 Europe/Berlin

        Europe/Berlin          UTC                    BECOMES   WHY
        Mon 2026-11-23 08:00   2026-11-23T07:00:00Z   awake     working hours Mon-Fri 08:00-18:00 Europe/Berlin
        Mon 2026-11-23 18:00   2026-11-23T17:00:00Z   asleep    outside working hours Mon-Fri 08:00-18:00 Europe/Berlin
        """)


def test_where_nothing_changes_people_are_told_so(call: Call, write: Write) -> None:
    told = call("explain", "-f", write(schedule("awake: []")), "--from", "2026-11-23", "--until", "2026-11-24")
    assert told.out.splitlines()[-1] == "It stays so until Tue 2026-11-24 00:00 UTC."


def test_a_whole_year_of_clock_changes_and_holidays_is_told(call: Call, write: Write) -> None:
    year = ("--from", "2026-01-01", "--until", "2027-01-01", "-o", "json")
    told = call("explain", "-f", write(schedule(BERLIN + "    holidays: {country: DE, subdivision: BE}\n")), *year).json
    assert len(told["transitions"]) == 2 * 254  # 261 weekdays in 2026, 7 of them holidays in Berlin


def test_a_file_of_json_will_do(call: Call, write: Write) -> None:
    raw = {"apiVersion": "sundown.dev/v1alpha1", "kind": "EnvSchedule", "metadata": {"name": "x"}, "spec": {}}
    assert call("explain", "-f", write(json.dumps(raw, indent="\t"), "x.json"), *WEEK).json["state"] == "Asleep"


def test_other_objects_in_the_file_are_passed_over(call: Call, write: Write) -> None:
    text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop-dev}\n---\n" + schedule(BERLIN)
    assert call("explain", "-f", write(text), *WEEK).code == 0


def test_what_kubectl_prints_can_be_piped_into_it() -> None:
    listed = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: sundown.dev/v1alpha1, kind: EnvSchedule, spec: {}}\n"
    result = CliRunner().invoke(cli, ["explain", "-f", "-", *WEEK], input=listed)
    assert json.loads(result.stdout)["state"] == "Asleep"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((), "NAMESPACE, NAMESPACE/NAME or -f FILE"),
        (("shop-dev", "-f", "x.yaml"), "NAMESPACE, NAMESPACE/NAME or -f FILE"),
        (("-f", "FILE", "--from", "tomorrow"), '"tomorrow" is not a timestamp'),
        (("-f", "FILE", "--from", "2026-11-23", "--until", "2026-11-22"), "must not be before --from"),
        (("-f", "FILE", "-o", "yaml"), "'yaml' is not one of"),
    ],
)
def test_a_wrong_call_says_how_to_call_it(call: Call, write: Write, arguments: tuple[str, ...], text: str) -> None:
    file = write(schedule(BERLIN))
    told = call("explain", *(file if word == "FILE" else word for word in arguments))
    assert (told.code, told.out) == (2, "")
    assert text in told.err


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (schedule("timeZone: Mars"), "Error: spec.timeZone: no time zone"),
        ("a: [", "Error: FILE: line 1: "),
        ("", "Error: FILE: explain takes a file with one EnvSchedule; this one holds nothing of Sundown's"),
        (schedule("{}") + "---\n" + schedule("{}"), "this one holds EnvSchedule shop-dev/default, EnvSchedule"),
        ("- 1\n", "Error: FILE: object 1 is not an object but list"),
    ],
    ids=["mistake", "no YAML", "empty", "two", "list"],
)
def test_a_file_that_cannot_be_explained_is_refused_in_a_line(call: Call, write: Write, text: str, line: str) -> None:
    file = write(text)
    told = call("explain", "-f", file, *WEEK)
    assert (told.code, told.out) == (1, "")
    assert line.replace("FILE", file) in told.err
    assert len(told.err.splitlines()) == 1


def test_every_mistake_of_a_file_is_told_in_its_own_line(call: Call, write: Write) -> None:
    told = call("explain", "-f", write(schedule("timeZone: Mars\npaused: 5")), *WEEK)
    assert [line.split(":")[1].strip() for line in told.err.splitlines()] == ["spec.timeZone", "spec.paused"]


def test_a_file_that_is_not_there_is_named(call: Call, tmp_path: Path) -> None:
    told = call("explain", "-f", str(tmp_path / "gone.yaml"))
    assert (told.code, told.err) == (1, f"Error: {tmp_path}/gone.yaml: No such file or directory\n")


def test_the_program_itself_needs_no_cluster_and_no_home(write: Write) -> None:
    command = [sys.executable, "-m", "sundown", "explain", "-f", write(schedule(BERLIN)), *WEEK]
    done = subprocess.run(command, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["state"] == "Asleep"


@pytest.mark.parametrize("zone", ["    timeZone: UTC\n", ""])
def test_a_schedule_in_utc_has_its_times_once(call: Call, write: Write, zone: str) -> None:
    """A17"""
    spec = BERLIN.replace("    timeZone: Europe/Berlin\n", zone)
    told = call(
        "explain", "-f", write(schedule(spec)), "--from", "2026-11-23", "--until", "2026-11-24"
    ).out.splitlines()
    assert [line.split() for line in told[2:4]] == [
        ["UTC", "BECOMES", "WHY"],
        ["Mon", "2026-11-23", "08:00", "awake", "working", "hours", "Mon-Fri", "08:00-18:00", "UTC"],
    ]


def test_a_schedule_elsewhere_has_its_times_in_utc_too(call: Call, write: Write) -> None:
    """A17"""
    told = call(
        "explain", "-f", write(schedule(BERLIN)), "--from", "2026-11-23", "--until", "2026-11-24"
    ).out.splitlines()
    assert told[2].split() == ["Europe/Berlin", "UTC", "BECOMES", "WHY"]
    assert told[3].startswith("Mon 2026-11-23 08:00   2026-11-23T07:00:00Z   awake")
