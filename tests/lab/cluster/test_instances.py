"""Named control planes: several side by side, taken away cleanly, and gone with a supervisor that is killed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sundown_lab import instances, runs
from sundown_lab.cluster import require_lab
from sundown_lab.components import Options
from sundown_lab.errors import LabError
from sundown_lab.instances import Instance
from sundown_lab.processes import wait_until
from sundown_lab.progress import Progress
from support.lab.gone import wait_until_gone


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own for the instances of one test; all of them are down after it."""
    monkeypatch.setenv("SUNDOWN_LAB_STATE", str(tmp_path / "state"))
    yield tmp_path / "state"
    for instance in instances.every():
        instances.down(instance.name)


def up(name: str) -> Instance:
    return instances.up(name, options=Options(), progress=Progress())


def family(instance: Instance) -> list[int]:
    """The supervisor and all that it started."""
    assert instance.supervisor is not None
    children = psutil.Process(instance.supervisor).children(recursive=True)
    return [instance.supervisor, *(child.pid for child in children)]


@pytest.mark.lab
@pytest.mark.usefixtures("home")
def test_a_killed_supervisor_leaves_no_process_behind() -> None:
    pids = family(up("killed"))
    os.kill(pids[0], signal.SIGKILL)
    assert len(pids) == 6
    assert wait_until_gone(pids) == []


@pytest.mark.lab
@pytest.mark.usefixtures("home")
def test_the_lab_of_a_killed_supervisor_is_dead_and_can_be_started_again() -> None:
    first = up("killed")
    assert first.supervisor is not None
    os.kill(first.supervisor, signal.SIGKILL)
    wait_until_gone([first.supervisor])
    found = instances.get("killed")
    assert found is not None
    assert found.state == "dead"
    assert up("killed").state == "up"


@pytest.mark.lab
@pytest.mark.usefixtures("home")
def test_two_labs_run_side_by_side_and_know_nothing_of_each_other() -> None:
    left, right = up("left").cluster(), up("right").cluster()
    left.kubectl("create", "namespace", "only-left")
    assert "only-left" in left.kubectl("get", "namespaces", "-o", "name").stdout
    assert "only-left" not in right.kubectl("get", "namespaces", "-o", "name").stdout
    assert (require_lab(left.kubeconfig), require_lab(right.kubeconfig)) == ("left", "right")


@pytest.mark.lab
def test_down_leaves_no_process_and_no_file(home: Path) -> None:
    pids = family(up("short"))
    assert instances.down("short")
    assert wait_until_gone(pids) == []
    assert [path for path in home.rglob("*") if path.is_file() and not path.name.startswith(".making")] == []


@pytest.mark.lab
@pytest.mark.usefixtures("home")
def test_up_of_what_is_up_changes_nothing() -> None:
    assert up("same") == up("same")


@pytest.mark.lab
@pytest.mark.usefixtures("home")
def test_a_program_that_died_shows_as_degraded() -> None:
    instance = up("hurt")
    assert instance.record is not None
    os.kill(instance.record.programs["kube-scheduler"], signal.SIGKILL)

    def noticed() -> bool:
        found = instances.get("hurt")
        return found is not None and (found.state, found.ended_programs) == ("degraded", ("kube-scheduler",))

    wait_until(noticed, what="the lab is degraded for want of a scheduler", timeout=60)


@pytest.mark.usefixtures("home")
def test_down_of_what_is_not_up_is_no_mistake() -> None:
    assert instances.down("missing") is False


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", ["", "Upper", "../up", "a/b", "-a", "a" * 41, "a_b"])
def test_a_name_that_could_be_a_path_is_refused(name: str) -> None:
    with pytest.raises(LabError, match="no name for a lab"):
        instances.get(name)


@pytest.mark.usefixtures("home")
def test_asking_for_a_lab_that_is_not_there_says_how_to_start_it() -> None:
    with pytest.raises(LabError, match="there is no lab demo") as refused:
        instances.choose("demo")
    assert refused.value.hint == "Start it with: sundown-lab up --name demo"


def test_the_folder_of_a_killed_run_is_taken_away_by_the_next(home: Path) -> None:
    left = home / "runs" / "left-behind"
    left.mkdir(parents=True)
    (left / "lock").write_text("4194305")
    run = runs.begin("next")
    assert [path for path in (home / "runs").iterdir() if path.is_dir()] == [run.directory]
    run.end()
    assert not run.directory.exists()


@pytest.mark.usefixtures("home")
def test_the_folder_of_a_living_run_stays() -> None:
    first = runs.begin("first")
    second = runs.begin("second")
    assert (runs.owner(first.directory), runs.owner(second.directory)) == (os.getpid(), os.getpid())
    first.end()
    second.end()


def test_a_folder_has_one_owner(tmp_path: Path) -> None:
    run = runs.claim(tmp_path / "run")
    with pytest.raises(LabError, match=f"belongs to process {os.getpid()}"):
        runs.claim(tmp_path / "run", patience=0)
    run.end()
