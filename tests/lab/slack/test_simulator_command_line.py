"""`sundown-lab slack`."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sundown_lab.slack.remote import Workspace

pytestmark = pytest.mark.slow

LAB = str(Path(sys.executable).with_name("sundown-lab"))


def test_it_prints_the_page_and_the_environment_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    people = tmp_path / "people.yaml"
    people.write_text(
        "team: Acme\nusers:\n  - {name: ana, email: ana@example.com, tz: Europe/Berlin}\nusergroups: []\n"
    )
    with subprocess.Popen(
        [LAB, "slack", "--workspace", str(people)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(6)]
        found = re.search(r"http://127\.0\.0\.1:\d+/", lines[0])
        assert found is not None
        slack = Workspace(found[0])
        assert lines[2:] == [f"export {name}={value}\n" for name, value in slack.environment.items()]
        assert [u["name"] for u in slack.state()["users"]] == ["ana", "sundown"]

        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)

    assert (process.returncode, errors) == (0, "")


def test_it_ends_by_itself_when_told_so() -> None:
    ended = subprocess.run([LAB, "slack", "--seconds", "0.1"], capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("users: 3", "users"), ("{", "cannot be read"), ("channels: [{name: Dev}]", "channels.0.name")],
)
def test_a_file_that_is_no_workspace_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "people.yaml"
    file.write_text(text)

    ended = subprocess.run(
        [LAB, "slack", "--workspace", str(file)], capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.returncode == 1
    assert "people.yaml" in ended.stderr
    assert complaint in ended.stderr


def test_a_port_that_is_taken_is_said_so(slack: Workspace) -> None:
    port = slack.url.rpartition(":")[2]

    ended = subprocess.run([LAB, "slack", "--port", port], capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == 1
    assert f"port {port} cannot be used" in ended.stderr
