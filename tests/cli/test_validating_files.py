"""``sundown validate``."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from sundown.cli.app import cli
from support.commandline import Called

Call = Callable[..., Called]
Write = Callable[..., str]

GOOD = """
apiVersion: sundown.dev/v1alpha1
kind: EnvSchedule
metadata: {name: default, namespace: shop-dev}
spec:
  timeZone: Europe/Berlin
  awake: [{days: [Mon], from: 08:00, to: 18:00}]
"""
BAD = GOOD.replace("18:00", "25:00").replace("shop-dev", "shop-test")
DEFAULTS = """
apiVersion: sundown.dev/v1alpha1
kind: ClusterEnvSchedule
metadata: {name: all}
spec:
  template:
    awake: [{days: [Mon, Tue], from: 08:00, to: 18:00}]
"""
OTHER = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: lots}\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(text: str, name: str = "schedule.yaml") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    return file


def lines(call: Call, write: Write, text: str) -> list[str]:
    """The mistakes in a file, without its name."""
    file = write(text)
    told = call("validate", "-f", file)
    assert told.code == 1
    return [line.removeprefix(f"{file}: ") for line in told.out.splitlines()]


def test_a_file_without_mistakes_passes(call: Call, write: Write) -> None:
    told = call("validate", "-f", write(GOOD))
    assert (told.code, told.out, told.err) == (0, "1 schedule, no mistakes\n", "")


def test_a_mistake_is_a_line_with_the_file_the_object_and_the_field(call: Call, write: Write) -> None:
    file = write(BAD)
    told = call("validate", "-f", file)
    text = 'must be a time of day such as "08:00" (00:00 to 24:00)'
    assert (told.code, told.out) == (1, f"{file}: EnvSchedule shop-test/default: spec.awake[0].to: {text}\n")


def test_each_mistake_has_its_own_line(call: Call, write: Write) -> None:
    text = GOOD.replace("Europe/Berlin", "Mars\n  paused: maybe").replace("18:00", "8")
    fields = [line.split(": ")[1] for line in lines(call, write, text)]
    assert fields == ["spec.timeZone", "spec.awake[0].to", "spec.paused"]


def test_the_mistakes_of_a_default_are_found_in_its_template(call: Call, write: Write) -> None:
    [line] = lines(call, write, DEFAULTS.replace("18:00", "08:00"))
    assert line.startswith("ClusterEnvSchedule all: spec.template.awake[0]: a window of zero length")


def test_windows_that_overlap_are_a_mistake(call: Call, write: Write) -> None:
    text = GOOD.replace("[{days", "[{days: [Mon], from: 12:00, to: 13:00}, {days")
    [line] = lines(call, write, text)
    assert line == "EnvSchedule shop-dev/default: spec.awake[1]: overlaps spec.awake[0] (Mon 12:00-13:00) on Mon"


def test_windows_that_overlap_in_a_template_are_a_mistake(call: Call, write: Write) -> None:
    [line] = lines(call, write, DEFAULTS.replace("[{days", "[{days: [Tue], from: 12:00, to: 13:00}, {days"))
    assert "spec.template.awake[1]: overlaps spec.template.awake[0]" in line


def test_an_override_in_the_past_is_a_note_and_no_mistake(call: Call, write: Write) -> None:
    told = call("validate", "-f", write(GOOD + "  override: {state: Awake, until: 2020-01-01T00:00:00Z}\n"))
    assert told.code == 0
    assert "note: " in told.err
    assert "spec.override: is over since 2020-01-01T00:00:00Z" in told.err


def test_an_owners_zone_that_does_not_exist_is_a_note(call: Call, write: Write) -> None:
    text = GOOD.replace("metadata: {", "metadata: {annotations: {sundown.dev/owner-time-zones: 'UTC,Mars'}, ")
    told = call("validate", "-f", write(text))
    assert told.code == 0
    assert 'metadata.annotations[sundown.dev/owner-time-zones]: no time zone "Mars"' in told.err


def test_all_documents_of_all_files_are_looked_at(call: Call, write: Write) -> None:
    first, second = write(f"{GOOD}---\n{BAD}", "first.yaml"), write(f"{DEFAULTS}---\n{BAD}", "second.yaml")
    told = call("validate", "-f", first, "-f", second)
    assert [line.split(": ")[0] for line in told.out.splitlines()] == [first, second]


def test_more_files_may_follow_without_the_option(call: Call, write: Write) -> None:
    assert call("validate", "-f", write(GOOD, "a.yaml"), write(BAD, "b.yaml")).code == 1


def test_two_schedules_in_one_namespace_are_no_mistake(call: Call, write: Write) -> None:
    assert call("validate", "-f", write(f"{GOOD}---\n{GOOD.replace('default', 'second')}")).code == 0


def test_objects_of_other_kinds_are_passed_over(call: Call, write: Write) -> None:
    told = call("validate", "-f", write(f"{OTHER}---\n{GOOD}"))
    assert (told.code, told.out) == (0, "1 schedule, no mistakes\n")


def test_where_there_are_only_other_kinds_that_is_said(call: Call, write: Write) -> None:
    told = call("validate", "-f", write(OTHER))
    assert (told.code, told.err) == (0, "no EnvSchedule and no ClusterEnvSchedule there\n")


def test_a_folder_is_looked_through_to_its_depth(call: Call, write: Write, tmp_path: Path) -> None:
    write(BAD, "deep/er/schedule.yml")
    write(GOOD, "schedule.yaml")
    write("not: [yaml", "readme.txt")
    write("not: [yaml", ".hidden/schedule.yaml")
    write("replicas: 3", "values.yaml")
    told = call("validate", "-f", str(tmp_path))
    assert [line.split(": ")[0] for line in told.out.splitlines()] == [f"{tmp_path}/deep/er/schedule.yml"]


def test_the_items_of_a_list_are_looked_at(call: Call, write: Write) -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n- " + "\n  ".join(BAD.strip().splitlines())
    [line] = lines(call, write, text)
    assert line.startswith("EnvSchedule shop-test/default: spec.awake[0].to: ")


def test_standard_input_will_do() -> None:
    result = CliRunner().invoke(cli, ["validate", "-f", "-"], input=BAD)
    assert (result.exit_code, result.stdout.partition(" ")[0]) == (1, "-:")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "there is nothing in it"),
        ("# nothing\n---\n---\n", "there is nothing in it"),
        ("a: [1, 2", "line 1: "),
        ("a: 1\n\tb: 2", "line 2: "),
        ("a: 1\na: 2", 'line 2: the key "a" is given twice'),
        ('{"a": 1, "a": 2}', 'the key "a" is given twice'),
        ("a: &a [*a]", "line 1: "),
        ("just words", "object 1 is not an object but str"),
        ("a: !!python/object:os.system x", "line 1: "),
        ("a: \x00", "unacceptable character"),
        ("[" * 1500, "nested too deeply"),
        (GOOD.replace("v1alpha1", "v1beta1"), "EnvSchedule shop-dev/default: apiVersion: must be sundown.dev/v1alpha1"),
        (GOOD.replace("kind: EnvSchedule", "kind: EnvSchedul"), "EnvSchedul shop-dev/default: kind: must be EnvSchedule"),
        (GOOD.replace("kind: EnvSchedule", "kind: [EnvSchedule]"), "object shop-dev/default: kind: must be EnvSchedule"),
        (GOOD.replace("apiVersion", "apiversion"), "EnvSchedule shop-dev/default: apiVersion: must be"),
        (GOOD.replace("name: default, ", ""), "EnvSchedule shop-dev: metadata.name: is required"),
        (GOOD.replace("metadata: {name: default, namespace: shop-dev}", ""), "(object 1): metadata.name: is required"),
        (GOOD.replace("default", "Default"), "EnvSchedule shop-dev/Default: metadata.name: must be a DNS name"),
        (GOOD.replace("default", "5"), "EnvSchedule shop-dev: metadata.name: must be a string, got 5 (put it in quotes)"),
        (GOOD.replace("spec:", "spce:"), "EnvSchedule shop-dev/default: spec: is required"),
        (GOOD + "extra: 1\n", "EnvSchedule shop-dev/default: extra: no such field"),
        ("{}", "object (object 1): apiVersion: must be sundown.dev/v1alpha1"),
    ],
)  # fmt: skip
def test_what_is_no_schedule_is_refused_in_a_line(call: Call, write: Write, text: str, line: str) -> None:
    assert any(line in told for told in lines(call, write, text))


def test_a_file_that_is_not_there_is_a_mistake(call: Call, tmp_path: Path) -> None:
    told = call("validate", "-f", str(tmp_path / "gone.yaml"))
    assert (told.code, told.out) == (1, f"{tmp_path}/gone.yaml: No such file or directory\n")


def test_an_unreadable_file_does_not_hide_the_mistakes_of_another(call: Call, write: Write) -> None:
    told = call("validate", "-f", write("a: [", "a.yaml"), "-f", write(BAD, "b.yaml"))
    assert len(told.out.splitlines()) == 2


def test_a_name_of_10000_characters_does_not_fill_the_screen(call: Call, write: Write) -> None:
    assert all(len(line) < 300 for line in lines(call, write, BAD.replace("default", "x" * 10_000)))


def test_what_a_terminal_would_obey_is_not_printed(call: Call, write: Write) -> None:
    told = call("validate", "-f", write(GOOD.replace("spec:", 'spec:\n  timeZone: "\\e[31mred\\n"')))
    assert "\x1b" not in told.out
    assert len(told.out.splitlines()) == 1


def test_without_a_file_it_says_how_to_call_it(call: Call) -> None:
    told = call("validate")
    assert (told.code, told.out) == (2, "")
    assert "-f FILE" in told.err


def test_the_program_itself_ends_with_the_exit_code(write: Write) -> None:
    command = [sys.executable, "-m", "sundown", "validate", "-f"]
    codes = [
        subprocess.run([*command, write(text)], capture_output=True, check=False).returncode for text in (GOOD, BAD)
    ]
    assert codes == [0, 1]


@pytest.mark.parametrize("namespace", ["kube-system", "kube-anything", "sundown-system"])
def test_a_schedule_in_a_protected_namespace_is_worth_a_note(call: Call, write: Write, namespace: str) -> None:
    """A10: nothing is wrong with it, and nothing comes of it."""
    file = write(GOOD.replace("shop-dev", namespace))
    told = call("validate", "-f", file)
    protected = f'metadata.namespace: "{namespace}" is protected: Sundown never touches it'
    assert (told.code, told.err) == (0, f"note: {file}: EnvSchedule {namespace}/default: {protected}\n")
