"""A Slack workspace for tests: one simulator for the whole run, fresh for each test that asks for `slack`.

`slack.environment` is what a frontdesk process needs to find it. Its methods block, so an app that runs on a test's own event
loop has to be run elsewhere: in a process, or with `serving_app`.
"""

from collections.abc import Iterator

import pytest

from sundown_lab.slack.remote import Workspace
from sundown_lab.slack.server import BackgroundSlack


@pytest.fixture(scope="session")
def slack_server() -> Iterator[BackgroundSlack]:
    """The simulator in a thread of its own."""
    with BackgroundSlack() as server:
        yield server


@pytest.fixture
def slack(slack_server: BackgroundSlack) -> Iterator[Workspace]:
    """The workspace with nothing said in it yet: ana, bo, chen, dina; #dev and #general; the app Sundown in both."""
    workspace = Workspace(slack_server.url)
    workspace.reset()
    yield workspace
    workspace.mend()
