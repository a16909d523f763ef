"""Each error of the family has its HTTP status, and none of them is 200 or 500 (F1)."""

from collections.abc import Iterator

import pytest

import sundown.frontdesk.api.server
import sundown.frontdesk.process  # all that can be raised is there  # noqa: F401
from sundown.errors import SundownError
from sundown.frontdesk.api.problems import STATUSES, status_of
from sundown.frontdesk.api.table import OPERATIONS
from support.frontdesk.api import Caller, calling


def family(kind: type[SundownError] = SundownError) -> Iterator[type[SundownError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from family(one)


ALL = sorted(set(family()), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_is_a_client_error_or_passes(kind: type[SundownError]) -> None:
    status = status_of(kind.__new__(kind))
    assert 400 <= status < 500 or status == 503


def test_no_row_hides_another() -> None:
    """The first that fits counts, so what is more special has to stand in front."""
    for index, (kind, _) in enumerate(STATUSES):
        assert not any(issubclass(kind, before) for before, _ in STATUSES[:index]), kind


async def test_a_fault_of_our_own_is_no_answer_of_500(monkeypatch: pytest.MonkeyPatch) -> None:
    async with calling() as caller:
        row = OPERATIONS["getEnv"]
        monkeypatch.setattr(caller.world.desk.board, "env", lambda _: 1 / 0)
        status, problem, headers = await caller.ask("GET", row.path.format(env="dev1"))
        assert (status, problem["reason"]) == (503, "Broken")
        assert headers["X-Request-Id"] in problem["detail"]
        assert "division" not in str(problem)


async def test_a_problem_names_its_request(caller: Caller) -> None:
    _, problem, headers = await caller.ask("GET", "/api/v1/envs/dev9")
    assert problem["instance"] == f"urn:uuid:{headers['X-Request-Id']}"
    assert problem["type"] == "urn:sundown:problem:NotFound"
    assert problem["title"] == "Not Found"
