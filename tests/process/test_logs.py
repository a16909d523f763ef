"""What the log of a process may hold."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from sundown.process import logs
from sundown.settings import Settings


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture(params=["json", "console"])
def log_format(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def fail(token: str) -> None:
    raise RuntimeError(f"refused after {len(token)} characters")


def test_a_traceback_shows_no_local_variables(log_format: str, capfd: pytest.CaptureFixture[str]) -> None:
    """J1"""
    logs.configure(Settings.model_validate({"log_format": log_format}))
    log = structlog.get_logger("test")
    try:
        fail("top-secret")
    except RuntimeError:
        log.exception("it-failed")
    said = capfd.readouterr().err
    assert "refused after 10 characters" in said
    assert "top-secret" not in said.replace('fail("top-secret")', "")


def test_a_line_of_the_json_log_is_one_object(capfd: pytest.CaptureFixture[str]) -> None:
    """F5"""
    logs.configure(Settings(log_format="json"))
    structlog.get_logger("test").info("woken", namespace="team-berlin")
    line = json.loads(capfd.readouterr().err)
    assert (line["event"], line["namespace"], line["level"]) == ("woken", "team-berlin", "info")
