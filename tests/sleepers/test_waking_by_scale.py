"""What admission does not let wake is woken by its ``scale``, and nothing else is done that way (requirement A15)."""

from typing import Any

import pytest

from sundown.cluster.client import Cluster
from sundown.cluster.errors import (
    AdmissionAway,
    ApiError,
    Busy,
    Conflict,
    Denied,
    Missing,
    Refused,
    Unanswered,
    Unreachable,
    error_for,
)
from sundown.model.parts import Action, Step
from sundown.model.record import Restoring
from sundown.sleepers.replicas import write
from support.samples import SLEEP, sleeping, workload

PATH = "/apis/apps/v1/namespaces/dev/deployments/web"
DENIED = Denied('admission webhook "images" denied the request', status=403)
ASKED = [
    DENIED,
    Refused("ValidatingAdmissionPolicy 'registry' denied request", status=422),
    AdmissionAway('failed calling webhook "images"', status=500),
    Unanswered("the API server does not answer: TimeoutError"),
]


class Wire(Cluster):
    """Answers writes to a path with an error, where there is one for it."""

    def __init__(self, errors: dict[str, ApiError]) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self._errors = errors

    async def merge_patch(
        self, path: str, body: dict[str, Any], *, whole: bool = False, **params: str
    ) -> dict[str, Any]:
        self.sent.append((path, body))
        if path in self._errors:
            raise self._errors[path]
        return {}


@pytest.mark.parametrize("refusal", ASKED, ids=lambda error: type(error).__name__)
async def test_the_count_comes_back_by_scale_of_the_same_version(refusal: ApiError) -> None:
    wire = Wire({PATH: refusal})
    await write(wire, Step("Wake", sleeping("web", "3"), 3, Restoring(3)))
    assert wire.sent[1:] == [(f"{PATH}/scale", {"metadata": {"resourceVersion": "7"}, "spec": {"replicas": 3}})]


@pytest.mark.parametrize("again", [*ASKED[:3], Missing("no scale", status=404)], ids=lambda error: type(error).__name__)
async def test_where_that_is_refused_too_the_first_refusal_counts(again: ApiError) -> None:
    with pytest.raises(Denied, match="images"):
        await write(Wire({PATH: DENIED, f"{PATH}/scale": again}), Step("Wake", sleeping("web", "3"), 3, Restoring(3)))


async def test_somebody_who_was_faster_is_looked_at_first() -> None:
    """A3: nobody's change in between is lost."""
    wire = Wire({PATH: DENIED, f"{PATH}/scale": Conflict("changed", status=409)})
    with pytest.raises(Conflict):
        await write(wire, Step("Wake", sleeping("web", "3"), 3, Restoring(3)))


@pytest.mark.parametrize("action", ["Sleep", "Forget", "Remember"])
async def test_nothing_else_is_done_by_scale(action: Action) -> None:
    """A2: a zero without its record would be a count that is lost."""
    wire = Wire({PATH: DENIED})
    with pytest.raises(Denied):
        await write(wire, Step(action, workload("web", 3), 0, Restoring(3), SLEEP))
    assert [path for path, _ in wire.sent] == [PATH]


@pytest.mark.parametrize(
    "error",
    [Busy("later", status=503), Unreachable("cut"), Denied("who are you", status=401), Missing("gone", status=404)],
)
async def test_what_is_no_refusal_of_the_object_is_not_got_round(error: ApiError) -> None:
    wire = Wire({PATH: error})
    with pytest.raises(type(error)):
        await write(wire, Step("Wake", sleeping("web", "3"), 3, Restoring(3)))
    assert len(wire.sent) == 1


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (
            500,
            'Internal error occurred: failed calling webhook "images.example.com": connection refused',
            AdmissionAway,
        ),
        (500, "Internal error occurred: etcd is away", Busy),
        (503, 'failed calling webhook "images.example.com"', Busy),
        (403, 'admission webhook "images.example.com" denied the request: no', Denied),
        (422, "ValidatingAdmissionPolicy 'a' with binding 'b' denied request: no", Refused),
    ],
)
def test_a_webhook_that_is_away_is_told_from_a_busy_api_server(status: int, text: str, kind: type[ApiError]) -> None:
    assert type(error_for(status, text, None)) is kind
