"""One kind of which the API server has no list is told as that, and the others are found; one that is away tells of none (B2, G2)."""

from collections.abc import Callable
from typing import Any

import pytest

from sundown.cluster import errors
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.cluster.gate import Gate
from sundown.cluster.served import Served
from sundown.model.spec import PatchRow, Workloads
from sundown.sleepers.chosen_rows import rows_for
from sundown.sleepers.other_kinds import OtherKinds, Others

SICK, WELL = "Sick.example.com", "Well.example.com"


class OneSick(Cluster):
    """A cluster that serves two kinds, and answers with an error for one of them."""

    def __init__(self, error: ApiError) -> None:
        self._error: ApiError | None = error

    def mend(self) -> None:
        self._error = None

    async def directory(self, path: str, accept: str) -> dict[str, Any]:
        kinds = [
            {"resource": name, "responseKind": {"kind": name.title()}, "scope": "Namespaced"}
            for name in ("sick", "well")
        ]
        return {"items": [{"metadata": {"name": "example.com"}, "versions": [{"version": "v1", "resources": kinds}]}]}

    async def list_pages(self, path: str, read: Callable[..., Any], **_: Any) -> list[Any]:
        if path.endswith("/sick") and self._error is not None:
            raise self._error
        metadata = {"namespace": "dev", "name": "it", "resourceVersion": "1", "uid": path}
        row = read.__self__  # type: ignore[attr-defined]
        return [row.read({"metadata": metadata, "spec": {}})]


async def looked(cluster: OneSick) -> Others:
    patches = [
        PatchRow(api_version="example.com/v1", kind=kind, asleep={"spec": {"a": 1}}) for kind in ("Sick", "Well")
    ]
    others = OtherKinds(cluster, Gate(width=1), Served(cluster))
    return await others.of("dev", rows_for(Workloads(patches=tuple(patches))))


def _all(kind: type[ApiError]) -> list[type[ApiError]]:
    return [kind, *(each for below in kind.__subclasses__() for each in _all(below))]


APART = {*_all(errors.Unreachable)} - {errors.Unanswered} | {*_all(errors.Denied), *_all(errors.Missing)}


@pytest.mark.parametrize("kind", [each for each in _all(ApiError) if each not in APART], ids=lambda kind: kind.__name__)
async def test_what_is_answered_of_one_kind_is_told_of_that_one(kind: type[ApiError]) -> None:
    """B2: each error but those that have a meaning of their own; one that hangs has no answer in time."""
    found = await looked(OneSick(kind("it is down", status=503)))
    assert [one.kind for one in found.workloads] == [WELL]
    assert list(found.unanswered) == [SICK]
    assert found.unanswered[SICK].endswith("it is down")
    assert (dict(found.unlisted), found.absent) == ({}, ())


async def test_where_nobody_answers_nothing_is_told_of_any() -> None:
    """B2: else all that is remembered would be taken for away."""
    with pytest.raises(errors.Unreachable):
        await looked(OneSick(errors.Unreachable("no route")))


async def test_it_is_found_again_when_it_is_well() -> None:
    cluster = OneSick(errors.Busy("it is down", status=503))
    assert list((await looked(cluster)).unanswered) == [SICK]
    cluster.mend()
    found = await looked(cluster)
    assert ([one.kind for one in found.workloads], dict(found.unanswered)) == ([SICK, WELL], {})
