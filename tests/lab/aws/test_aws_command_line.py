"""`sundown-lab aws`."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sundown_lab.aws.remote import Aws

LAB = str(Path(sys.executable).with_name("sundown-lab"))


@pytest.mark.simulator
def test_it_prints_what_to_export_and_ends_on_ctrl_c() -> None:
    with subprocess.Popen([LAB, "aws"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        found = re.search(r"http://127\.0\.0\.1:\d+", lines[0])
        assert found is not None
        aws = Aws(found[0])
        exports = [process.stdout.readline() for _ in aws.environment]
        assert exports == [f"export {name}={value}\n" for name, value in aws.environment.items()]
        assert aws.client("ec2").describe_instances()["Reservations"] == []

        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)

    assert (process.returncode, errors) == (0, "")


def test_a_port_that_is_taken_is_said_so(aws: Aws) -> None:
    port = aws.url.rpartition(":")[2]

    ended = subprocess.run([LAB, "aws", "--port", port], capture_output=True, text=True, timeout=120, check=False)

    assert ended.returncode == 1
    assert f"port {port} cannot be used" in ended.stderr
