"""Whoever writes objects under the name of one of Sundown's field managers keeps what is theirs (W6)."""

from typing import Any

import orjson
import pytest
from msgspec import Raw

from sundown.cluster.ownership import FIELDS, is_applied, let_go, owners, without_ours
from sundown.model.managers import OURS

Json = dict[str, Any]
MARKS: Json = {"f:annotations": {".": {}, "f:sundown.dev/asleep-since": {}}}
MADE: Json = {"f:metadata": {"f:labels": {".": {}, "f:app": {}}}, "f:spec": {"f:replicas": {}, "f:selector": {}}}


def entry(manager: str, fields: Json, *, operation: str = "Update") -> Json:
    return {"manager": manager, "operation": operation, "apiVersion": "apps/v1", "fieldsV1": fields}


@pytest.mark.parametrize("name", sorted(OURS))
def test_of_who_made_a_workload_only_what_sundown_wrote_is_taken_off(name: str) -> None:
    noted = {**MADE, "f:metadata": {**MADE["f:metadata"], **MARKS}}
    assert without_ours([entry(name, noted)]) == [entry(name, MADE)]
    (left,) = without_ours([entry(name, noted)], fields=FIELDS)
    assert left["fieldsV1"] == {**MADE, "f:spec": {"f:selector": {}}}


@pytest.mark.parametrize("name", sorted(OURS))
def test_who_applies_it_keeps_all(name: str) -> None:
    applied = entry(name, {"f:spec": {"f:replicas": {}}}, operation="Apply")
    assert without_ours([applied], fields=FIELDS) == [applied]
    assert is_applied({"managedFields": [applied]})


@pytest.mark.parametrize("name", sorted(OURS))
def test_what_sundown_has_written_goes_as_a_whole(name: str) -> None:
    ours = {"f:metadata": MARKS, "f:spec": {"f:replicas": {}}}
    assert without_ours([entry(name, ours), entry("helm", MADE)]) == [entry("helm", MADE)]


@pytest.mark.parametrize("owned", ["f:selector", "f:template"])
def test_a_shared_name_is_seen_by_what_sundown_never_writes(owned: str) -> None:
    listed = [entry("sundown-operator", {"f:spec": {"f:replicas": {}, owned: {"f:matchLabels": {}}}})]
    (found,) = owners(Raw(orjson.dumps(listed))) or ()
    assert (found.shared, found.ours, found.fields) == (True, False, frozenset({"replicas"}))


def test_who_made_a_namespace_keeps_its_labels() -> None:
    made: Json = {"f:metadata": {"f:labels": {".": {}, "f:kubernetes.io/metadata.name": {}, "f:team": {}}}}
    labels = {**made["f:metadata"]["f:labels"], "f:sundown.dev/state": {}}
    noted = {"f:metadata": {**MARKS, "f:labels": labels}}
    metadata = {"resourceVersion": "7", "managedFields": [entry("sundown-operator", noted)]}
    assert let_go(metadata) == {
        "metadata": {"resourceVersion": "7", "managedFields": [entry("sundown-operator", made)]}
    }


def test_what_sundown_applies_itself_is_let_go_where_it_is_said() -> None:
    applied = entry("sundown-operator", {"f:spec": {"f:awake": {}}}, operation="Apply")
    metadata = {"resourceVersion": "7", "managedFields": [applied, entry("helm", MADE, operation="Apply")]}
    assert let_go(metadata) is None
    assert let_go(metadata, applied=True) == {
        "metadata": {"resourceVersion": "7", "managedFields": [entry("helm", MADE, operation="Apply")]}
    }
