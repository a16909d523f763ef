"""An AWS for tests: one simulator for the whole run, empty and well for each test that asks for `aws`.

`aws.environment` is what a process, or `monkeypatch.setenv`, needs to find it. Its methods block: on a test's own event loop
they hold up what runs there, for milliseconds.
"""

from collections.abc import Iterator

import pytest

from sundown_lab.aws.process import AwsProcess
from sundown_lab.aws.remote import Aws


@pytest.fixture(scope="session")
def aws_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """The simulator in a process of its own."""
    with AwsProcess(log=tmp_path_factory.mktemp("aws") / "aws.log") as aws:
        yield aws


@pytest.fixture
def aws(aws_server: Aws) -> Iterator[Aws]:
    """An AWS without instances and databases, in which stopping and starting take no time."""
    aws_server.reset()
    yield aws_server
    aws_server.faults.clear()
