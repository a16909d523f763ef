"""What Sundown writes on a namespace it does not keep: whoever applies the namespace server-side is not refused (W6)."""

import copy
from typing import Any

import pytest

from sundown.cluster.errors import ApiError, error_for
from sundown.cluster.gate import Gate
from sundown.cluster.reading import namespace
from sundown.reconcile.namespace_marks import NamespaceMarks
from sundown.reconcile.store import Store
from support.samples import SLEEP
from support.virtualtime import LoopClock, in_virtual_time

Json = dict[str, Any]
CREATED: Json = {"manager": "kubectl-create", "operation": "Update", "fieldsV1": {"f:metadata": {"f:labels": {}}}}
APPLIED: Json = {"manager": "flux", "operation": "Apply", "fieldsV1": {"f:metadata": {"f:labels": {"f:team": {}}}}}


class ApiServer:
    """One namespace, with its owners."""

    def __init__(self, *entries: Json) -> None:
        self.metadata: Json = {
            "name": "dev",
            "creationTimestamp": "2026-11-01T00:00:00Z",
            "resourceVersion": "1",
            "managedFields": list(entries),
        }
        self.refused: list[ApiError] = []
        self.store = Store()
        self.store.put_namespace(namespace({"metadata": self.metadata}))

    async def merge_patch(self, _path: str, body: Json, **_: Any) -> Json:
        about = body["metadata"]
        if "managedFields" in about:
            if self.refused:
                raise self.refused.pop()
            self.metadata["managedFields"] = about["managedFields"]
        for place in ("labels", "annotations"):
            texts = {**self.metadata.get(place, {}), **about.get(place, {})}
            self.metadata[place] = {key: text for key, text in texts.items() if text is not None}
            if any(text is not None for text in about.get(place, {}).values()):
                ours = {"manager": "sundown-operator", "operation": "Update", "fieldsV1": {"f:metadata": {}}}
                self.metadata["managedFields"] = [*(self.metadata["managedFields"]), ours]
        return {"metadata": copy.deepcopy(self.metadata)}

    async def get(self, _path: str) -> Json:
        return {"metadata": copy.deepcopy(self.metadata)}

    @property
    def marks(self) -> NamespaceMarks:
        return NamespaceMarks(self, Gate(width=4), self.store, LoopClock())  # type: ignore[arg-type]

    @property
    def owners(self) -> set[str]:
        return {entry["manager"] for entry in self.metadata["managedFields"]}


@pytest.mark.parametrize("entries", [(CREATED,), (CREATED, APPLIED)])
@in_virtual_time
async def test_the_label_of_a_new_namespace_is_nobodys(entries: tuple[Json, ...]) -> None:
    """W6, A9: a chart or a manifest that says `scheduler: disabled` a moment later met a conflict."""
    server = ApiServer(*entries)
    await server.marks.label(server.store.env("dev"), "scheduler", "enabled")
    assert server.metadata["labels"] == {"scheduler": "enabled"}
    assert server.owners == {entry["manager"] for entry in entries}


@pytest.mark.parametrize(("entries", "kept"), [((CREATED,), True), ((CREATED, APPLIED), False)])
@in_virtual_time
async def test_the_marks_of_a_sleep_are_nobodys_where_somebody_applies_the_namespace(
    entries: tuple[Json, ...], kept: bool
) -> None:
    """W6: they stand in a manifest that was exported at night."""
    server = ApiServer(*entries)
    await server.marks.put(server.store.env("dev"), SLEEP)
    assert ("sundown-operator" in server.owners) is kept
    assert server.store.env("dev").namespace is not None
    await server.marks.take_off(server.store.env("dev"))
    assert server.owners == {entry["manager"] for entry in entries}


@pytest.mark.parametrize(("status", "owners"), [(409, {"flux"}), (422, {"flux", "sundown-operator"})])
@in_virtual_time
async def test_a_second_write_that_fails_takes_nothing_back(status: int, owners: set[str]) -> None:
    """W8: after a conflict it is made again; and the label stands all the same."""
    server = ApiServer(APPLIED)
    server.refused = [error_for(status, "no", None)]
    await server.marks.label(server.store.env("dev"), "scheduler", "enabled")
    assert server.owners == owners
    space = server.store.env("dev").namespace
    assert space is not None
    assert space.labels == {"scheduler": "enabled"}
