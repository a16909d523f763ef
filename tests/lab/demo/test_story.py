"""The story as CI runs it."""

import re
from pathlib import Path

import pytest

from support.lab.gone import wait_until_gone
from support.lab.spectacle import spectacle

pytestmark = [pytest.mark.lab, pytest.mark.slow, pytest.mark.timeout(600)]


ROW = re.compile(r"(?:Deployment|StatefulSet)/(\w+) +(\d+) +0, (\w+) record(?:ed)? +(\d+) .*\bok\b")
"""A line of the table: name, count before, what was recorded, count after."""
CLOUD_ROW = re.compile(r"(EC2Instance|RDSInstance)/([\w-]+) +(\w+) +stopped, recorded +(\w+) .*\bok\b")
"""One of a thing in AWS: kind, name, its state before and after."""
CLOUD_ROWS = [
    ("EC2Instance", "worker", "running", "running"),
    ("RDSInstance", "new-york-db", "available", "available"),
]
ROWS = [
    ("search", "2", "2", "3"),
    ("web", "2", "2", "5"),
    ("api", "2", "2", "2"),
    ("parked", "0", "no", "0"),
    ("reports", "1", "1", "2"),
    ("web", "3", "3", "3"),
    ("db", "1", "1", "1"),
    ("console", "2", "2", "2"),
    ("tickets", "2", "2", "2"),
    ("payments", "2", "2", "2"),
    ("shop", "4", "4", "4"),
    ("queue", "3", "3", "3"),
]


def test_the_story_is_green_and_its_table_has_every_count(tmp_path: Path) -> None:
    """A1, A2, A3, A7, A15, A16, A17, E1, E7, G1, G3, G9, H1, I1, I3, I4, I6, I7; Z: the former count, the record with the write, edits while asleep."""
    with spectacle("story", "--logs", str(tmp_path / "logs"), state=tmp_path / "state") as story:
        story.wait_for("waiting for closing time")
        pids = story.family
        code = story.end(within=450)
        said = story.said
    assert code == 0, said
    assert ROW.findall(said) == ROWS
    assert CLOUD_ROW.findall(said) == CLOUD_ROWS
    assert "The database was available before the first workload was woken" in said
    assert "Helm is content, and nothing has started: the API server holds reports at 0, and it wakes to 4." in said
    assert "It has woken with the 4 of the night's upgrade." in said
    assert "By day Helm goes on as ever: 2, and no conflict over the count." in said
    assert "for it takes a second person: ben clicks Approve" in said
    assert "Container importer of Deployment/importer in team-tools crashes again and again" in said
    assert "OK: Container importer of Deployment/importer in team-tools runs again." in said
    assert re.search(r"/devenv support start cleanup S, and is told: kubectl .*exec .*cleanup", said)
    assert "/devenv support stop cleanup, and it is gone." in said
    assert re.search(r"/devenv logs shop-\S+ team-new-york, for ben alone: pretended container", said)
    assert "All 12 workloads have the count that their owner wanted. What they have in AWS runs again (2)." in said
    assert wait_until_gone(pids) == []
    assert (tmp_path / "logs" / "operator.log").stat().st_size > 0


def test_a_story_whose_operator_cannot_start_ends_with_1_and_says_why(tmp_path: Path) -> None:
    with spectacle("story", state=tmp_path, env={"SUNDOWN_LOG_LEVEL": "deafening"}) as story:
        code = story.end(within=240)
        said = story.said
    assert code == 1, said
    assert "The story failed: operator ended with code 2" in said
    assert "SUNDOWN_LOG_LEVEL" in said
