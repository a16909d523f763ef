"""What kubectl, terraform, Helm and GitOps do to workloads while Sundown has them asleep: no count is lost, none is made up."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from support.apiserver import Api, Json, eventually
from support.detour import Detour, Fault
from support.envs import ASLEEP_FOR_EVER, RECORD, STATE, Env, manifest
from support.operators import Operator, Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("with_and_without_policies")]

Kubectl = Callable[..., subprocess.CompletedProcess[str]]

MARK, NOTE = "sundown.dev/asleep-since", "sundown.dev/taken-from"
IMAGE = {"name": "main", "image": "registry.example.com/main:2"}
SET_IMAGE: Json = {"spec": {"template": {"spec": {"containers": [IMAGE]}}}}


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """One that runs, whatever the test before has done to it."""
    return stage.usual()


@pytest.fixture
def team(env: Env, operator: Operator) -> Env:
    """An env that is awake: ``web`` in its second revision, so that there is something to undo."""
    env.add("web", 3)
    eventually(lambda: revision(env) == "1", what="its first revision is kept")
    env.edit("web", SET_IMAGE)
    eventually(lambda: revision(env) == "2", what="its second revision is kept")
    env.schedule({**ASLEEP_FOR_EVER, "override": {"state": "Awake"}})
    env.until("Awake")
    return env


def revision(env: Env) -> str | None:
    """Of its Deployment, as the controller has counted."""
    annotations: dict[str, str] = env.workload("web")["metadata"].get("annotations", {})
    return annotations.get("deployment.kubernetes.io/revision")


def sleep(env: Env, *, why: str = "night") -> None:
    env.wish("Asleep", reason=why)
    env.until("Asleep")


def wake(env: Env) -> None:
    env.wish("Awake")
    env.until("Awake")


def notes(env: Env, name: str = "web", *, kind: str = "Deployment") -> dict[str, str]:
    """What Sundown has written on a workload."""
    found = env.workload(name, kind=kind)["metadata"].get("annotations", {})
    return {key: text for key, text in found.items() if key.startswith("sundown.dev/")}


def owners(env: Env, name: str = "web", *, kind: str = "Deployment", field: str = "f:replicas") -> set[str]:
    """Who owns the count, or another field of the spec."""
    entries = env.workload(name, kind=kind)["metadata"]["managedFields"]
    spec = {one["manager"]: one["fieldsV1"].get("f:spec", {}) for one in entries if one.get("subresource") != "status"}
    return {manager for manager, fields in spec.items() if field in json.dumps(fields)}


def applied(kubectl: Kubectl, env: Env, body: Json, *options: str) -> None:
    """Server-side apply without force, as Helm 4 does; raises where there is a conflict."""
    line = ("apply", "--server-side", "--field-manager=helm", "-n", env.name, *options, "-f", "-")
    kubectl(*line, input=json.dumps(body))


# W3, W5: what takes a record off.


def undo(env: Env, kubectl: Kubectl) -> None:
    kubectl("-n", env.name, "rollout", "undo", "deployment/web")


def take_off(*keys: str) -> Callable[[Env, Kubectl], object]:
    return lambda env, _: env.edit("web", {"metadata": {"annotations": dict.fromkeys(keys)}})


def export_and_replace(env: Env, _: Kubectl) -> None:
    """A tool that keeps the object in its own state, without annotations that it does not know."""
    found = env.workload("web")
    found["metadata"]["annotations"] = {}
    env.api.replace(f"{env.collection('Deployment')}/web", found)


def label_and_patch(env: Env, kubectl: Kubectl) -> None:
    kubectl("-n", env.name, "label", "deployment/web", "tier=front")
    kubectl("-n", env.name, "patch", "deployment/web", "-p", json.dumps({"metadata": {"annotations": {RECORD: None}}}))


TOOLS: dict[str, Callable[[Env, Kubectl], object]] = {
    "rollout undo": undo,
    "annotate record-": take_off(RECORD),
    "annotate mark-": take_off(MARK),
    "annotate both-": take_off(RECORD, MARK),
    "replace without annotations": export_and_replace,
    "label and strategic patch": label_and_patch,
}


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS.keys())
def test_a_record_that_was_taken_off_is_given_back(
    team: Env, kubectl: Kubectl, tool: Callable[[Env, Kubectl], object]
) -> None:
    """W3, W5."""
    sleep(team)
    before = notes(team)
    tool(team, kubectl)
    sleep(team, why="have a look")
    eventually(lambda: notes(team) == before, what="it is given back")
    assert team.replicas("web") == 0
    wake(team)
    assert (team.replicas("web"), notes(team)) == (3, {})


def test_a_count_survives_what_happens_while_the_operator_is_away(team: Env, kubectl: Kubectl, stage: Any) -> None:
    """W3, A16: another process, that knows of nothing but the status."""
    sleep(team)
    stage.clear()
    undo(team, kubectl)
    team.wish("Awake")
    stage.usual()
    team.until("Awake")
    assert (team.replicas("web"), notes(team)) == (3, {})


def test_a_replace_without_a_count_is_a_wish_for_one(team: Env) -> None:
    """W5: at night as by day."""
    sleep(team)
    body = {**manifest("Deployment", "web", None), "metadata": {"name": "web", "labels": {"app": "web"}}}
    team.api.replace(f"{team.collection('Deployment')}/web", body)
    sleep(team, why="have a look")
    eventually(lambda: team.record("web") == "1", what="its wish is recorded")
    wake(team)
    assert team.replicas("web") == 1


# W4: what comes back.


def test_a_record_of_an_earlier_sleep_is_not_followed(
    team: Env, kubectl: Kubectl, with_and_without_policies: str
) -> None:
    """W4: the ReplicaSet of the night has kept it, and its owner has put the workload to zero since."""
    sleep(team)
    wake(team)
    team.edit(
        "web", {"spec": {"template": {"spec": {"containers": [{**IMAGE, "image": "registry.example.com/main:3"}]}}}}
    )
    eventually(lambda: len(team.api.items(f"/apis/apps/v1/namespaces/{team.name}/replicasets")) == 3, what="a revision")
    team.scale("web", 0)
    undo(team, kubectl)
    assert (RECORD in notes(team)) is (with_and_without_policies == "plain")
    team.wish("Awake", reason="have a look")
    eventually(lambda: notes(team) == {}, what="it is taken off")
    sleep(team)
    wake(team)
    assert (team.replicas("web"), notes(team)) == (0, {})


def test_a_record_of_three_sleeps_ago_is_not_followed_in_the_fourth(team: Env) -> None:
    """W4: this sleep's count is another."""
    sleep(team)
    old = notes(team)
    for count in (2, 4, 5):
        wake(team)
        team.scale("web", count)
        sleep(team)
    team.edit("web", {"metadata": {"annotations": old}})
    sleep(team, why="have a look")
    eventually(lambda: team.record("web") == "5", what="the count of this sleep is given back")
    wake(team)
    assert team.replicas("web") == 5


def test_a_record_on_another_object_is_named_and_not_followed(team: Env) -> None:
    """W3, W4: exported at night, deleted, and made anew."""
    sleep(team)
    found = team.workload("web")
    body = manifest("Deployment", "web", 0, annotations=found["metadata"]["annotations"])
    team.api.delete(f"{team.collection('Deployment')}/web")
    team.api.create(team.collection("Deployment"), body)
    team.wish("Awake")
    message = team.until_condition("Degraded", "True", "InvalidAnnotation")
    assert f"kubectl -n {team.name} scale deployment/web --replicas=3" in message
    assert (team.status()["state"], team.replicas("web")) == ("Waking", 0)


def test_a_count_that_was_edited_at_night_is_what_it_wakes_to(team: Env) -> None:
    sleep(team)
    team.edit("web", {"metadata": {"annotations": {RECORD: "4"}}})
    wake(team)
    assert team.replicas("web") == 4


def test_a_workload_made_anew_at_night_sleeps_with_its_new_count(team: Env) -> None:
    """W4: a StatefulSet of the same name is another object."""
    team.add("db", 2, kind="StatefulSet")
    sleep(team)
    team.api.delete(f"{team.collection('StatefulSet')}/db")
    eventually(lambda: team.api.find(f"{team.collection('StatefulSet')}/db") is None, what="it is gone")
    team.add("db", 5, kind="StatefulSet")
    sleep(team, why="have a look")
    team.until_count("db", 0, kind="StatefulSet")
    wake(team)
    assert team.replicas("db", kind="StatefulSet") == 5


def test_a_schedule_made_anew_at_night_knows_the_sleep_from_namespace_and_workloads(team: Env, stage: Any) -> None:
    """A15, A18."""
    sleep(team)
    stage.clear()
    team.api.delete(team.schedules("default"))
    team.schedule(ASLEEP_FOR_EVER)
    stage.usual()
    team.until("Asleep")
    assert [one["name"] for one in team.status()["records"]] == ["web"]
    wake(team)
    assert team.replicas("web") == 3


def test_a_namespace_that_was_stripped_at_night_is_marked_again(team: Env) -> None:
    """A18: what terraform does to a namespace that it has."""
    sleep(team)
    team.label(**{STATE: None})
    team.annotate(**{MARK: None})
    sleep(team, why="have a look")
    eventually(lambda: team.labels().get(STATE) == "asleep", what="it is marked again")
    wake(team)
    assert team.replicas("web") == 3


@pytest.mark.parametrize("what", ["wake", "sleep on"])
def test_what_an_earlier_version_put_to_sleep_is_taken_over(team: Env, stage: Any, kubectl: Kubectl, what: str) -> None:
    """A18, G10: records of the format without a mark, in a sleep without an id."""
    sleep(team)
    stage.clear()
    team.annotate(**{MARK: None})  # first: policies would give the other back
    stripped = {"metadata": {"annotations": {MARK: None}}}
    eventually(lambda: MARK not in team.edit("web", stripped)["metadata"]["annotations"], what="it has no mark")
    team.api.merge(f"{team.schedules('default')}/status", {"status": {"asleepSince": None, "records": None}})
    team.wish("Awake" if what == "wake" else "Asleep", reason="new version")
    stage.usual()
    if what == "sleep on":
        eventually(lambda: MARK in notes(team), what="the record is bound to this sleep")
        undo(team, kubectl)
        team.wish("Awake")
    team.until("Awake")
    assert (team.replicas("web"), notes(team)) == (3, {})


# W2: disks.


@pytest.fixture
def database(team: Env) -> Env:
    """A StatefulSet with disks that go with its pods."""
    volumes = [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": f"{team.name}-{number}"},
            "spec": {
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteOnce"],
                "hostPath": {"path": "/nowhere"},
                "claimRef": {"namespace": team.name, "name": f"data-db-{number}"},
            },
        }
        for number in range(2)
    ]
    for volume in volumes:
        team.api.create("/api/v1/persistentvolumes", volume)
    claim = {
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "",
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    body = manifest("StatefulSet", "db", 2)
    body["spec"] |= {
        "volumeClaimTemplates": [claim],
        "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete", "whenDeleted": "Retain"},
    }
    team.api.create(team.collection("StatefulSet"), body)
    eventually(lambda: len(disks(team)) == 2, what="its disks are there")
    team.wish("Awake", reason="with a database")
    team.until("Awake")
    return team


def disks(env: Env) -> list[str]:
    """The claims that stay: those that go with a pod have it for an owner."""
    claims = env.api.items(f"{env.path}/persistentvolumeclaims")
    alive = [one for one in claims if "deletionTimestamp" not in one["metadata"]]
    return [one["metadata"]["name"] for one in alive if not one["metadata"].get("ownerReferences")]


def when_scaled(env: Env) -> str:
    found = env.workload("db", kind="StatefulSet")["spec"]["persistentVolumeClaimRetentionPolicy"]
    return str(found["whenScaled"])


def retention(value: str) -> Json:
    return {"spec": {"persistentVolumeClaimRetentionPolicy": {"whenScaled": value}}}


def test_disks_that_go_with_their_pods_survive_the_night(database: Env) -> None:
    """W2."""
    sleep(database)
    assert (database.replicas("db", kind="StatefulSet"), when_scaled(database), len(disks(database))) == (
        0,
        "Retain",
        2,
    )
    wake(database)
    found = (database.replicas("db", kind="StatefulSet"), when_scaled(database), len(disks(database)))
    assert found == (2, "Delete", 2)
    assert notes(database, "db", kind="StatefulSet") == {}


def test_a_policy_that_its_owner_sets_at_night_waits_until_the_morning(database: Env) -> None:
    """W2."""
    sleep(database)
    database.edit("db", retention("Delete"), kind="StatefulSet")
    sleep(database, why="have a look")
    eventually(lambda: when_scaled(database) == "Retain", what="the disks are kept again")
    wake(database)
    assert (when_scaled(database), len(disks(database))) == ("Delete", 2)


def test_a_policy_is_restored_though_its_record_was_taken_off(database: Env) -> None:
    """W2, W5."""
    sleep(database)
    gone = dict.fromkeys(notes(database, "db", kind="StatefulSet"))
    database.edit("db", {"metadata": {"annotations": gone}}, kind="StatefulSet")
    wake(database)
    assert (database.replicas("db", kind="StatefulSet"), when_scaled(database)) == (2, "Delete")


def test_that_disks_are_to_stay_can_be_said_at_night_where_there_are_no_policies(
    database: Env, with_and_without_policies: str
) -> None:
    """A18: as docs/policies.md says; the policies write what was there in the evening."""
    sleep(database)
    said = {"metadata": {"annotations": {"sundown.dev/previous": json.dumps(retention("Retain"))}}}
    database.edit("db", said, kind="StatefulSet")
    wake(database)
    assert when_scaled(database) == ("Retain" if with_and_without_policies == "plain" else "Delete")
    assert notes(database, "db", kind="StatefulSet") == {}


# W6: whose fields they are.


@pytest.fixture
def chart(env: Env, operator: Operator, kubectl: Kubectl) -> Env:
    """An env whose workloads are applied server-side."""
    applied(kubectl, env, manifest("Deployment", "web", 3))
    database = manifest("StatefulSet", "db", 2)
    database["spec"] |= retention("Delete")["spec"]
    applied(kubectl, env, database)
    env.schedule({**ASLEEP_FOR_EVER, "override": {"state": "Awake"}})
    env.until("Awake")
    return env


def test_an_owner_applies_by_night_and_by_day_and_stays_the_owner(chart: Env, kubectl: Kubectl) -> None:
    """W6: without force, which a conflict would refuse."""
    sleep(chart)
    eventually(lambda: owners(chart) == {"helm"}, what="the count is its owner's")
    applied(kubectl, chart, manifest("Deployment", "web", 5))
    sleep(chart, why="have a look")
    eventually(lambda: (chart.replicas("web"), chart.record("web")) == (0, "5"), what="it sleeps with the new count")
    wake(chart)
    assert chart.replicas("web") == 5
    eventually(lambda: owners(chart) == {"helm"}, what="the count is its owner's")
    applied(kubectl, chart, manifest("Deployment", "web", 2))
    eventually(lambda: chart.replicas("web") == 2, what="by day it counts at once")
    sleep(chart)
    wake(chart)
    assert (chart.replicas("web"), notes(chart)) == (2, {})


def test_the_same_again_at_night_is_no_conflict_and_wakes_to_the_same(chart: Env, kubectl: Kubectl) -> None:
    """W6: `helm upgrade` with unchanged values, of a StatefulSet too whose retention policy is set aside."""
    sleep(chart)
    database = manifest("StatefulSet", "db", 2)
    database["spec"] |= retention("Delete")["spec"]
    eventually(lambda: owners(chart, "db", kind="StatefulSet", field="f:whenScaled") == {"helm"}, what="given back")
    applied(kubectl, chart, database)
    sleep(chart, why="have a look")
    wake(chart)
    assert (chart.replicas("db", kind="StatefulSet"), when_scaled(chart)) == (2, "Delete")
    for field in ("f:replicas", "f:whenScaled"):
        assert owners(chart, "db", kind="StatefulSet", field=field) == {"helm"}


def test_an_owner_who_leaves_the_count_out_is_not_made_its_owner(chart: Env, kubectl: Kubectl) -> None:
    """W6, A19: given to them it would be reset at their next apply."""
    body = manifest("Deployment", "web", None)
    chart.scale("web", 4)
    applied(kubectl, chart, body)
    sleep(chart)
    applied(kubectl, chart, body)
    assert chart.replicas("web") == 0
    wake(chart)
    applied(kubectl, chart, body)
    assert chart.replicas("web") == 4


def test_what_was_taken_is_given_back_after_a_crash_between_the_two_writes(
    chart: Env,
    kubectl: Kubectl,
    detour: Detour,
    run_operator: Callable[..., Operator],
    with_and_without_policies: str,
) -> None:
    """W6: the second write is lost, and the note says what is left to do. With policies there is one write to be lost."""
    run_operator()
    second = with_and_without_policies == "plain"
    with detour.broken(Fault(method="PATCH", part="/deployments/web", skip=int(second), status=422)) as fault:
        chart.wish("Asleep")
        eventually(lambda: fault.met, what="the last write is lost")
        assert (NOTE in notes(chart)) is second
    chart.until("Asleep")
    eventually(lambda: owners(chart) == {"helm"} and NOTE not in notes(chart), what="it is given back")
    applied(kubectl, chart, manifest("Deployment", "web", 3))
    wake(chart)
    assert chart.replicas("web") == 3


def test_who_applies_nothing_is_written_once(team: Env, api: Api) -> None:
    """W6: and pays for nothing."""
    before = team.workload("web")["metadata"]["resourceVersion"]
    sleep(team)
    versions = [
        one
        for one in api.since(team.collection("Deployment"), before)
        if one["metadata"]["name"] == "web" and one["metadata"].get("annotations", {}).get(RECORD)
    ]
    assert len({json.dumps(one["metadata"]["annotations"], sort_keys=True) for one in versions}) == 1
    assert NOTE not in notes(team)


HELM = {"manager": "hand", "fields": ["replicas"], "apiVersion": "apps/v1", "time": "2026-11-23T18:00:00Z"}
NOTES = {
    "no JSON": "{",
    "a time that is none": json.dumps([{**HELM, "time": "nonsense"}]),
    "a long manager": json.dumps([{**HELM, "manager": "x" * 300}]),
    "a long subresource": json.dumps([{**HELM, "subresource": "s" * 300}]),
    "a subresource": json.dumps([{**HELM, "subresource": "scale"}]),
    "another version": json.dumps([{**HELM, "apiVersion": "no/such/thing"}]),
    "somebody": json.dumps([HELM]),
}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES.keys())
def test_a_note_of_owners_that_a_person_writes_stops_nothing(team: Env, note: str) -> None:
    """A18: the second write was refused for ever."""
    sleep(team)
    before = notes(team)
    team.edit("web", {"metadata": {"annotations": {NOTE: note}}})
    sleep(team, why="have a look")
    eventually(lambda: notes(team) == before, what="it is taken off")
    wake(team)
    assert (team.replicas("web"), notes(team)) == (3, {})
    assert team.condition("Degraded")[0] == "False"


# W7: pods that take their time.


def test_who_is_called_stays_until_the_last_pod_of_who_calls_is_gone(env: Env, operator: Operator, api: Api) -> None:
    """W7, G3: and "Asleep" is said when all pods are gone."""
    for kind, name in (("Deployment", "api"), ("StatefulSet", "db")):
        body = manifest(kind, name, 2)
        body["spec"]["template"]["metadata"]["finalizers"] = ["example.com/drain"]
        api.create(env.collection(kind), body)
    env.schedule(ASLEEP_FOR_EVER)
    env.until_count("api", 0)
    eventually(lambda: len(leaving(env)) == 2, what="its pods are on their way out")
    env.wish("Asleep", reason="have a look")
    env.until("FallingAsleep")
    assert env.replicas("db", kind="StatefulSet") == 2
    drain(env)
    env.until_count("db", 0, kind="StatefulSet")
    eventually(lambda: leaving(env), what="its pods are on their way out")
    assert env.status()["state"] == "FallingAsleep"
    eventually(lambda: drain(env) or env.status()["state"] == "Asleep", what="it sleeps", within=60)


def leaving(env: Env) -> list[str]:
    pods = env.api.items(f"{env.path}/pods")
    return [pod["metadata"]["name"] for pod in pods if "deletionTimestamp" in pod["metadata"]]


def drain(env: Env) -> None:
    """Let the pods go that wait for it."""
    for name in leaving(env):
        env.api.merge(f"{env.path}/pods/{name}", {"metadata": {"finalizers": None}})
