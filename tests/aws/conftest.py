"""What the operator sees of AWS, over HTTP through real boto3, with and without a table."""

import pytest

from sundown_lab.aws.remote import Aws
from support.aws.skies import Sky


@pytest.fixture(params=["in memory", "with a table"])
def sky(request: pytest.FixtureRequest, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Sky:
    """Where there are clouds to be seen: a test that looks at it runs without a table, then with one (E2)."""
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    return Sky({} if request.param == "in memory" else {"table": "sundown", "table_create": True})
