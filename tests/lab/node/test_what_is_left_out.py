"""Tests on a real node are left out in so many words, or run; they never pass for want of a node (issue 9, item 3).

Nor do those on the oldest Kubernetes pass for want of it (issue 12, item 5).
"""

import pytest

from sundown_lab.binaries import NAMES
from sundown_lab.node.needs import ALL, Machine
from sundown_lab.releases import OLDEST
from support.leaving_out import reason, unbuilt

ABLE = Machine("Linux", 0, lambda program: program)
UNABLE = Machine("Linux", 0, lambda _: None)
LAPTOP = Machine("Darwin", 501, lambda program: program)


@pytest.mark.parametrize(
    ("marks", "workers", "machine", "said"),
    [
        ("", False, ABLE, None),
        ("", True, ABLE, "several workers"),
        ("", False, UNABLE, "apt-get install"),
        ("", False, LAPTOP, "it takes Linux"),
        ("lab", False, UNABLE, "apt-get install"),
        ("node", False, UNABLE, None),  # asked for: they run, and say themselves what is missing
        ("not node", True, UNABLE, None),
        ("not lab and not browser", True, ABLE, None),
    ],
)
def test_a_run_says_why_it_leaves_them_out(marks: str, workers: bool, machine: Machine, said: str | None) -> None:
    why = reason(marks=marks, workers=workers, machine=machine)
    assert (why is None) == (said is None)
    assert said is None or said in str(why)


def test_the_sentence_names_every_package() -> None:
    why = reason(marks="", workers=False, machine=UNABLE)
    assert [need.package for need in ALL if need.package not in str(why)] == []


@pytest.mark.parametrize(
    ("marks", "found", "said"),
    [
        ("not node", NAMES, None),
        ("not node", NAMES[:-1], f"Kubernetes {OLDEST} has not been built"),
        ("", (), f"Kubernetes {OLDEST} has not been built"),
        ("oldest", (), None),  # asked for: it is built
        ("not lab and not browser", (), None),
    ],
)
def test_a_run_says_that_it_leaves_out_a_release_that_nobody_has_built(
    marks: str, found: tuple[str, ...], said: str | None
) -> None:
    why = unbuilt(marks=marks, find=lambda: found)
    assert (why is None) == (said is None)
    assert said is None or said in str(why)
