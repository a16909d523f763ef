"""A generated EnvSchedule is Sundown's as long as nobody else has a field of it, and it says what it was made to say (A11, B6)."""

from typing import Any

import orjson
import pytest

from sundown.cluster import reading
from sundown.cluster.slim import MOST_SPEC, slim
from sundown.model.env import Known
from sundown.reconcile.generated_schedule import manifest
from support.samples import Json, default

TEMPLATE: Json = {
    "timeZone": "Europe/Berlin",
    "awake": [{"days": ["Mon"], "from": "08:00", "to": "18:00"}],
    "holidays": {"country": "DE", "subdivision": "BE"},
}
COVER = default(spec={"template": TEMPLATE})
OURS: Json = {f"f:{name}": {} for name in TEMPLATE}
KUBECTL = "kubectl.kubernetes.io/last-applied-configuration"


def entry(manager: str, owned: Json, operation: str = "Update", **more: Any) -> Json:
    return {
        "manager": manager,
        "operation": operation,
        "apiVersion": "sundown.dev/v1alpha1",
        "time": "2026-11-28T20:00:00Z",
        "fieldsType": "FieldsV1",
        "fieldsV1": owned,
        **more,
    }


def spec(**fields: Any) -> Json:
    return {"f:spec": {f"f:{name}": inner for name, inner in fields.items()}}


GENERATED = entry("sundown-operator", {"f:spec": OURS})
STATUS = entry("sundown-operator", {"f:status": {"f:state": {}}}, subresource="status")


def read(*entries: Json, change: Json | None = None, **metadata: Any) -> Known:
    """The generated one as the operator hears of it, after somebody's change of the spec and of the metadata."""
    raw = manifest("dev", COVER)
    about = raw["metadata"]
    about["managedFields"] = [GENERATED, STATUS, *entries]
    about["name"] = metadata.pop("name", about["name"])
    for key, value in metadata.items():
        about[key] = {name: text for name, text in {**about[key], **value}.items() if text is not None}
    changed = {**raw["spec"], **(change or {})}
    raw["spec"] = {key: value for key, value in changed.items() if value is not None}
    return reading.env_schedule(slim(memoryview(orjson.dumps(raw))))


@pytest.mark.parametrize(
    ("entries", "change", "metadata"),
    [
        ([], {}, {}),
        ([entry("kubectl-patch", spec(override={"f:state": {}}))], {"override": {"state": "Asleep"}}, {}),
        ([entry("kubectl-patch", spec(paused={}))], {"paused": True}, {}),
        ([entry("sundown-frontdesk", spec(override={"f:state": {}}), "Apply")], {"override": {"state": "Awake"}}, {}),
        ([entry("sundown-for-people", spec(override={".": {}}), "Apply")], {"override": {"state": "Asleep"}}, {}),
        ([entry("kubectl-label", {"f:metadata": {"f:labels": {"f:team": {}}}})], {}, {"labels": {"team": "blue"}}),
        ([entry("argocd", {"f:metadata": {"f:annotations": {"f:x": {}}}}, "Apply")], {}, {"annotations": {"x": "y"}}),
        ([entry("kubectl-edit", {"f:status": {"f:state": {}}}, subresource="status")], {}, {}),
    ],
    ids=["nobody", "override", "paused", "slack", "approved", "a label", "an annotation applied", "status"],
)
def test_it_is_sundowns_while_others_only_say_what_is_wanted_today(entries: Any, change: Json, metadata: Json) -> None:
    known = read(*entries, change=change, **metadata)
    assert (known.generated, known.taken_over) == (True, False)


@pytest.mark.parametrize(
    ("entries", "change", "metadata"),
    [
        ([entry("kubectl-patch", spec(timeZone={}))], {"timeZone": "Asia/Tokyo"}, {}),
        ([entry("kubectl-edit", spec(holidays={"f:country": {}}))], {"holidays": {"country": "AT"}}, {}),
        ([entry("kubectl-replace", spec(timeZone={}, awake={}))], {"awake": [], "timeZone": "UTC"}, {}),
        ([entry("kubectl-edit", spec(spread={}))], {"spread": "15m"}, {}),
        ([], {"holidays": None}, {}),
        ([], {"holidays": {"country": "DE"}}, {}),
        ([], {}, {"annotations": {KUBECTL: "{}"}}),
        ([entry("argocd-controller", spec(timeZone={}))], {"timeZone": "UTC"}, {"annotations": {KUBECTL: "{}"}}),
        ([entry("helm", spec(timeZone={}), "Apply")], {}, {}),
        ([entry("helm", {"f:spec": {}}, "Apply")], {}, {}),
        ([entry("velero-server", {"f:spec": OURS})], {}, {}),
        ([], {"awake": [{"days": ["Mon"], "from": "x" * MOST_SPEC, "to": "18:00"}]}, {}),
        ([], {"timeZone": "Nowhere/At_All"}, {}),
        ([], {}, {"labels": {"app.kubernetes.io/managed-by": "Helm"}}),
        ([], {}, {"labels": {"app.kubernetes.io/managed-by": None}}),
        ([], {}, {"annotations": {"sundown.dev/template": None}}),
        ([], {}, {"annotations": {"sundown.dev/template": "by hand"}}),
        ([], {}, {"annotations": {"sundown.dev/template": None}, "labels": {"app.kubernetes.io/managed-by": None}}),
        ([], {}, {"name": "mine"}),
    ],
    ids=[
        "patch of a field",
        "edit of a nested field",
        "replace",
        "a field more",
        "a field less",
        "a nested field less",
        "client-side apply of the same",
        "argo cd",
        "server-side apply of the same",
        "apply of an empty spec",
        "restored from a backup",
        "too large to be read",
        "not to be read",
        "a chart's label",
        "without the label",
        "without the mark",
        "with another mark",
        "replaced without either",
        "a copy of another name",
    ],
)
def test_it_is_theirs_once_somebody_else_has_a_part_in_it(entries: Any, change: Json, metadata: Json) -> None:
    known = read(*entries, change=change, **metadata)
    assert (known.generated, known.taken_over) == (False, True)


def test_a_schedule_of_somebodys_own_is_nobody_elses_whatever_its_labels() -> None:
    metadata = {"name": "default", "namespace": "dev", "labels": {"app.kubernetes.io/managed-by": "sundown"}}
    raw = {"metadata": {**metadata, "managedFields": [entry("helm", spec(timeZone={}), "Apply")]}, "spec": TEMPLATE}
    known = reading.env_schedule(slim(memoryview(orjson.dumps(raw))))
    assert (known.generated, known.taken_over) == (False, False)


@pytest.mark.parametrize("spec_of_old", [TEMPLATE, {}, {"timeZone": "UTC", "paused": True}])
def test_the_mark_of_an_older_sundown_is_understood(spec_of_old: Json) -> None:
    cover = default(spec={"template": spec_of_old})
    raw = manifest("dev", cover)
    before, _, says = raw["metadata"]["annotations"]["sundown.dev/template"].partition(".")
    raw["metadata"]["annotations"]["sundown.dev/template"] = f"{before.partition('-')[0]}.{says}"
    known = reading.env_schedule(slim(memoryview(orjson.dumps(raw))))
    assert (known.generated, known.taken_over) == (True, False)
