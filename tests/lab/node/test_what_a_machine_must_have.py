"""Where a real node or an image cannot be had, one sentence says why and what to type (issue 9, items 2 and 3)."""

import os
import subprocess
import sys

import pytest

from sundown_lab.errors import LabError
from sundown_lab.node import needs
from sundown_lab.node.needs import ALL, IMAGE, NODE, Machine, Need, hindrance


def machine(*programs: str, system: str = "Linux", user: int = 0, allows: bool = True) -> Machine:
    return Machine(system, user, lambda program: program if program in programs else None, lambda: allows)


EVERYTHING = tuple(need.program for need in ALL)


def test_a_machine_that_has_all_of_it_is_not_hindered() -> None:
    assert hindrance(ALL, machine=machine(*EVERYTHING)) is None


@pytest.mark.parametrize("needs_of", [NODE, IMAGE], ids=["node", "image"])
@pytest.mark.parametrize(
    ("where", "said"),
    [
        (machine(*EVERYTHING, system="Darwin"), "it takes Linux, and this is Darwin"),
        (machine(*EVERYTHING, user=1000), "run it with sudo"),
        (machine(*EVERYTHING, allows=False), "root may not make namespaces and mounts here"),
        (machine(), "on Debian: apt-get install --no-install-recommends "),
    ],
    ids=["no-linux", "no-root", "no-namespaces", "no-packages"],
)
def test_what_hinders_is_said_with_what_to_do(needs_of: tuple[Need, ...], where: Machine, said: str) -> None:
    found = hindrance(needs_of, machine=where)
    assert found is not None
    assert said in found


def test_only_what_is_missing_is_to_be_installed() -> None:
    here = machine(*(program for program in EVERYTHING if program not in {"runc", "buildah"}))
    assert here.missing(ALL) == ("runc", "buildah")
    assert str(hindrance(ALL, machine=here)).endswith("apt-get install --no-install-recommends runc buildah")


def test_a_package_of_two_programs_is_named_once() -> None:
    assert machine().missing([Need("util-linux", "unshare"), Need("util-linux", "nsenter")]) == ("util-linux",)


def test_what_cannot_be_had_is_refused_with_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs.Machine, "here", lambda: machine(*EVERYTHING, user=1000))
    with pytest.raises(LabError, match="an image cannot be had on this machine: it takes root") as refused:
        needs.require(IMAGE, what="an image")
    assert refused.value.hint == "Run it with sudo"


def test_programs_in_sbin_are_found_where_the_path_leaves_it_out() -> None:
    found = Machine.here({"PATH": os.devnull}).which("chroot")
    assert found is not None
    assert "sbin" in found


@pytest.mark.slow
def test_the_command_ends_with_1_and_says_it_without_a_traceback() -> None:
    """As a user who may do nothing of it; where the tests run as root, as one without packages."""
    command = [sys.executable, "-m", "sundown_lab.cli", "image"]
    without = {"PATH": os.devnull, "HOME": "/nonexistent"}
    code = "import sundown_lab.node.needs as n; from sundown_lab.cli import main; import sys; n.os.geteuid = lambda: 1000; sys.argv = ['sundown-lab', 'image']; main()"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=without)
    assert done.returncode == 1
    assert (
        done.stderr
        == "Error: an image cannot be had on this machine: it takes root, for namespaces, mounts and cgroups\nRun it with sudo\n"
    )
