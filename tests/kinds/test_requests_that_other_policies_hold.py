"""Which requests the policies of the catalogue's kinds hold, and what they make of Sundown's annotations (G1, W3, A18).

The policies alone: no operator runs.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from sundown.sleepers.hold_policy import name
from sundown.sleepers.merge_patches import merged
from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json
from support.catalogued import KINDS, SAMPLES, body
from support.commandline import Sundown
from support.envs import NAMESPACES
from support.held_kinds import COMPONENTS, COUNT, MARK, PREVIOUS, TONIGHT, HeldKinds, is_asleep
from support.operators import Stage

pytestmark = pytest.mark.lab

WAS = {"CronJob": '{"spec":{"suspend":false}}', "Rollout": "", "Pipeline": '{"spec":{"lifecycle":null}}'}
"""What their records say in the evening; a Rollout had 3."""
GONE: Json = {MARK: None, COUNT: None, PREVIOUS: None}
POLICIES = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies"
TAKEN = "sundown.dev/taken-from"


@pytest.fixture(scope="module")
def tonight(catalogue: None, api: Api, control_plane: Cluster, stage: Stage) -> Iterator[str]:
    """A namespace that sleeps, on a cluster where the policies are in force and no operator runs."""
    stage.clear()
    policies = HeldKinds(api, control_plane)
    policies.install()
    name = f"hold-{secrets.token_hex(4)}"
    api.create(NAMESPACES, {"metadata": {"name": name, "annotations": {MARK: TONIGHT}}})
    yield name
    policies.remove()
    api.delete(f"{NAMESPACES}/{name}")


def make(api: Api, namespace: str, kind: str, *, since: str = TONIGHT, **notes: str) -> str:
    """An object that the operator has put to sleep; its path."""
    row, name = KINDS[kind], f"it-{secrets.token_hex(4)}"
    asleep = merged(body(kind, SAMPLES[kind].spec, name=name), row.asleep(row.read(_raw(kind))))
    uid = api.create(row.collection(namespace), asleep)["metadata"]["uid"]
    record = {PREVIOUS: WAS[kind]} if WAS[kind] else {}
    count = "3" if kind == "Rollout" else "1"
    said = {MARK: f"{since}/{uid}", COUNT: count, **record, **notes}
    path = f"{row.collection(namespace)}/{name}"
    api.merge(path, {"metadata": {"annotations": said}}, fieldManager="sundown-operator")
    return path


def _raw(kind: str) -> Json:
    return {"metadata": {"name": "it", "namespace": "dev", "resourceVersion": "1"}, "spec": SAMPLES[kind].spec}


@dataclass(frozen=True)
class Row:
    """What is written to an object that sleeps, and what its record says then; None: as in the evening."""

    name: str
    kind: str
    patch: Json
    record: str | None = None
    count: str | None = None
    edition: str = ""
    asleep: bool = True
    notes: dict[str, str] = field(default_factory=dict)


def annotated(**notes: str | None) -> Json:
    return {"metadata": {"annotations": notes}}


ROWS = (
    Row("a label", "CronJob", {"metadata": {"labels": {"team": "berlin"}}}),
    Row("another schedule", "CronJob", {"spec": {"schedule": "0 4 * * *"}}),
    Row("what it had already", "CronJob", {"spec": {"suspend": False}}),
    Row("the field taken out, which has a default", "CronJob", {"spec": {"suspend": None}}),
    Row("the mark off", "CronJob", annotated(**{MARK: None})),
    Row("the record off", "CronJob", annotated(**{PREVIOUS: None})),
    Row("all off", "CronJob", {"metadata": {"annotations": None}}),
    Row("all off, and the field", "CronJob", {"metadata": {"annotations": None}, "spec": {"suspend": False}}),
    Row("another mark", "CronJob", annotated(**{MARK: "2026-11-20T18:00:00.000000Z/1"})),
    Row("another mark with its record", "CronJob", annotated(**{MARK: "x/1", PREVIOUS: '{"spec":{"suspend":null}}'})),
    Row("a record that is none", "CronJob", annotated(**{PREVIOUS: "abc"})),
    Row("a record of something else", "CronJob", annotated(**{PREVIOUS: '{"spec":{"schedule":"1 1 1 1 1"}}'})),
    Row(
        "a record that a person writes",
        "CronJob",
        annotated(**{PREVIOUS: '{"spec":{"suspend":true}}'}),
        '{"spec":{"suspend":true}}',
    ),
    Row(
        "a record that comes with a change",
        "CronJob",
        {**annotated(**{PREVIOUS: '{"spec":{"suspend":true}}'}), "spec": {"schedule": "0 4 * * *"}},
    ),
    Row("the note of owners off", "CronJob", annotated(**{TAKEN: None}), notes={TAKEN: "[]"}),
    Row("a count", "Rollout", {"spec": {"replicas": 5}}, count="5", edition="1000/"),
    Row("no count", "Rollout", {"spec": {"replicas": None}}, '{"spec":{"replicas":null}}', "1", "1000/"),
    Row("the count that it had", "Rollout", {"spec": {"replicas": 3}}),
    Row("a count that a person writes down", "Rollout", annotated(**{COUNT: "8"}), count="8"),
    Row("a count that is none", "Rollout", annotated(**{COUNT: "-1"})),
    Row("all off", "Rollout", {"metadata": {"annotations": None}}),
    Row("all off", "Pipeline", {"metadata": {"annotations": None}}),
    Row("a count below zero", "Rollout", {"spec": {"replicas": -1}}, asleep=False),
    Row("a count that is a text", "Rollout", {"spec": {"replicas": "5"}}, asleep=False),
    Row(
        "another state",
        "Pipeline",
        {"spec": {"lifecycle": {"desiredPhase": "Running"}}},
        '{"spec":{"lifecycle":{"desiredPhase":"Running"}}}',
        edition="1000/",
    ),
    Row(
        "no state, but something beside it",
        "Pipeline",
        {"spec": {"lifecycle": {"desiredPhase": None, "other": 1}}},
        '{"spec":{"lifecycle":{"desiredPhase":null}}}',
        edition="1000/",
    ),
    Row("the map taken out", "Pipeline", {"spec": {"lifecycle": None}}),
    Row("what no policy can write down", "Pipeline", {"spec": {"lifecycle": {"desiredPhase": 'a"b'}}}, asleep=False),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}, {row.name}")
def test_it_sleeps_on_and_knows_what_was_asked_for(api: Api, tonight: str, row: Row) -> None:
    """W3, A18: what cannot be written down is let through, and nothing is lost of it."""
    path = make(api, tonight, row.kind, **row.notes)
    found = api.merge(path, row.patch, fieldManager="kubectl-edit")
    notes, uid = found["metadata"].get("annotations", {}), found["metadata"]["uid"]
    assert is_asleep(KINDS[row.kind], found) is row.asleep
    if row.asleep:
        assert notes[MARK] == f"{TONIGHT}/{row.edition}{uid}"
    record, count = WAS[row.kind] if row.record is None else row.record, row.count
    evening = "3" if row.kind == "Rollout" else "1"
    assert (notes.get(PREVIOUS, ""), notes[COUNT]) == (record, count if count is not None else evening)
    assert row.notes.items() <= notes.items()


def test_each_wish_is_a_newer_record_and_the_same_wish_none(api: Api, tonight: str) -> None:
    path = make(api, tonight, "Rollout")
    uid = api.get(path)["metadata"]["uid"]
    marks = [api.merge(path, {"spec": {"replicas": count}})["metadata"]["annotations"][MARK] for count in (5, 5, 6)]
    assert marks == [f"{TONIGHT}/{edition}/{uid}" for edition in (1000, 1000, 2000)]


@pytest.mark.parametrize("since", ["2026-11-20T18:00:00.000000Z", "2026-11-24T18:00:00.000000Z"])
def test_what_is_of_another_night_is_not_held(api: Api, tonight: str, since: str) -> None:
    path = make(api, tonight, "CronJob", since=since)
    assert api.merge(path, {"spec": {"suspend": False}})["spec"]["suspend"] is False


def test_a_mark_of_another_object_holds_nothing(api: Api, tonight: str) -> None:
    path = make(api, tonight, "CronJob")
    api.merge(path, annotated(**{MARK: f"{TONIGHT}/another"}), fieldManager="sundown-operator")
    assert api.merge(path, {"spec": {"suspend": False}})["spec"]["suspend"] is False


def test_what_sleeps_by_a_schedules_own_patch_is_left_alone(api: Api, tonight: str) -> None:
    """A2: its record would be lost."""
    record = '{"spec":{"schedule":"0 3 * * *","suspend":false}}'
    path = make(api, tonight, "CronJob", **{PREVIOUS: record})
    found = api.merge(path, {"spec": {"suspend": False}})
    assert (found["spec"]["suspend"], found["metadata"]["annotations"][PREVIOUS]) == (False, record)


def test_what_sundown_writes_is_not_held(api: Api, tonight: str) -> None:
    path = make(api, tonight, "CronJob")
    woken = {"metadata": {"annotations": GONE}, "spec": {"suspend": False}}
    found = api.merge(path, woken, fieldManager="sundown-operator")
    assert (found["spec"]["suspend"], found["metadata"].get("annotations", {})) == (False, {})


def test_nobodys_field_changes_hands(api: Api, tonight: str) -> None:
    """W6: what a policy writes is no owner's, so that the next apply meets nobody."""
    path = make(api, tonight, "CronJob")
    git = body("CronJob", SAMPLES["CronJob"].spec, name=path.rpartition("/")[2])
    api.apply(path, git, manager="flux")
    found = api.apply(path, git, manager="flux", force="false")
    entries = [one for one in found["metadata"]["managedFields"] if "f:suspend" in one["fieldsV1"].get("f:spec", {})]
    assert found["spec"]["suspend"] is True
    assert "sundown-operator" not in {one["manager"] for one in entries}


def test_the_catalogue_says_which_kinds_are_held(api: Api, tonight: str, sundown: Sundown) -> None:
    """G2: as this version brings them, as another does, or not at all."""

    def told() -> dict[str, str | None]:
        return {one["kind"]: one["held"] for one in sundown("kinds", "-o", "json").json}

    assert told() == {
        **dict.fromkeys(KINDS, "yes"),
        "HorizontalPodAutoscaler": None,
        "Deployment": "no",
        "StatefulSet": "no",
    }
    changed, gone = (f"{POLICIES}/{name(KINDS[kind])}" for kind in ("RayCluster", "Kibana"))
    api.merge(changed, {"spec": {"matchConditions": [{"name": "never", "expression": "false"}]}})
    api.delete(gone)
    assert {kind: held for kind, held in told().items() if kind in {"RayCluster", "Kibana"}} == {
        "RayCluster": "otherwise",
        "Kibana": "no",
    }
    assert "to hold it: kubectl apply -k deploy/components/kinds/kuberay/hold" in sundown("kinds").err


def test_each_component_can_be_added_by_itself(control_plane: Cluster, tonight: str) -> None:
    done = control_plane.kubectl("apply", "--dry-run=server", "-o", "name", "-k", str(COMPONENTS / "flux" / "hold"))
    assert {line.rpartition("/")[2] for line in done.stdout.split()} == {
        f"sundown-sleep-{plural}.toolkit.fluxcd.io" for plural in ("kustomizations.kustomize", "helmreleases.helm")
    }
