"""What tests/conftest.py promises: only marked tests use the control plane, and a run says how many did."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # together: each is a run of pytest of its own

ROOT = Path(__file__).parents[3]


def run_pytest(folder: Path, test: str) -> subprocess.CompletedProcess[str]:
    """A run of its own of one test file, with this repository's conftest as a plugin."""
    (folder / "test_it.py").write_text(test)
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "conftest",
        "-p",
        "no:cacheprovider",
        "-c",
        ROOT / "pyproject.toml",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests"), "SUNDOWN_LAB_STATE": str(folder / "state")}
    # Without the second a conftest.py left in /tmp is read too.
    its_own = ["--rootdir", str(folder), "--confcutdir", str(folder)]
    return subprocess.run(
        [*command, *its_own, folder / "test_it.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
    )


def test_an_unmarked_test_that_uses_the_control_plane_stops_the_run(tmp_path: Path) -> None:
    run = run_pytest(tmp_path, "def test_it(namespace): pass\n")
    assert "test_it.py::test_it uses the control plane: mark it with @pytest.mark.lab" in run.stderr
    assert run.returncode == 4


def test_a_run_without_marked_tests_starts_no_control_plane(tmp_path: Path) -> None:
    run = run_pytest(tmp_path, "def test_it(): pass\n")
    assert "0 tests ran against the real control plane" in run.stdout
    assert run.returncode == 0
    assert not (tmp_path / "state").exists()


def test_a_marked_test_is_counted_and_one_that_is_not_is_not(tmp_path: Path) -> None:
    run = run_pytest(tmp_path, "import pytest\n@pytest.mark.lab\ndef test_a(): pass\ndef test_b(): pass\n")
    assert "1 test ran against the real control plane" in run.stdout


def test_a_marked_test_that_hangs_is_ended(tmp_path: Path) -> None:
    test = "import pytest, time\n@pytest.mark.lab\n@pytest.mark.timeout(0.5)\ndef test_a(): time.sleep(60)\n"
    assert "Timeout" in run_pytest(tmp_path, test).stdout
