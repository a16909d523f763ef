"""What kubectl, terraform and GitOps do to records at night: no count is lost, none is made up."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from support.apiserver import eventually
from support.envs import ASLEEP_FOR_EVER, RECORD, STATE, Env, manifest
from support.other_tools import MARK, Kubectl, notes, set_image, sleep, undo, wake

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("with_and_without_policies")]


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


@pytest.mark.parametrize("tool", [undo, export_and_replace])
def test_what_was_scaled_up_and_to_0_again_keeps_its_count_whatever_tools_do_then(
    team: Env, kubectl: Kubectl, stage: Any, tool: Callable[[Env, Kubectl], object]
) -> None:
    """W3, W5: its zero is not Sundown's, and once the operator has looked its record is needed no more."""
    sleep(team)
    stage.clear()
    for count in (6, 0):
        kubectl("-n", team.name, "scale", "deployment/web", f"--replicas={count}")
    stage.usual()
    eventually(lambda: "generation" in team.status()["records"][0], what="it is seen asleep")
    stage.clear()
    tool(team, kubectl)
    team.wish("Awake")
    stage.usual()
    team.until("Awake")
    assert (team.replicas("web"), notes(team)) == (3, {})


@pytest.mark.proves("again", kinds=["Deployment"], against="a replace")
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


def test_a_record_of_an_earlier_sleep_is_not_followed(team: Env, kubectl: Kubectl) -> None:
    """W4: the ReplicaSet of the night has kept it, its owner has put the workload to zero since, and no policy looks by day."""
    sleep(team)
    wake(team)
    team.edit("web", set_image("registry.example.com/main:3"))
    eventually(lambda: len(team.api.items(f"/apis/apps/v1/namespaces/{team.name}/replicasets")) == 3, what="a revision")
    team.scale("web", 0)
    undo(team, kubectl)
    assert RECORD in notes(team)
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


def scale_to_6(env: Env, kubectl: Kubectl) -> None:
    kubectl("-n", env.name, "scale", "deployment/web", "--replicas=6")


def patch_to_6(env: Env, kubectl: Kubectl) -> None:
    kubectl("-n", env.name, "patch", "deployment/web", "-p", json.dumps({"spec": {"replicas": 6}}))


def annotate_6(env: Env, kubectl: Kubectl) -> None:
    kubectl("-n", env.name, "annotate", "--overwrite", "deployment/web", f"{RECORD}=6")


@pytest.mark.parametrize("edit", [scale_to_6, patch_to_6, annotate_6])
def test_a_record_of_the_same_night_is_not_followed_when_a_later_one_is_known(
    team: Env, kubectl: Kubectl, edit: Callable[[Env, Kubectl], None]
) -> None:
    """W3: the ReplicaSet that was the current one in the evening has a copy of what stood there then."""
    sleep(team)
    team.edit("web", set_image("registry.example.com/main:3"))
    eventually(lambda: len(team.api.items(f"/apis/apps/v1/namespaces/{team.name}/replicasets")) == 3, what="a revision")
    edit(team, kubectl)
    eventually(
        lambda: [one["restore"] for one in team.status()["records"]] == ['{"spec":{"replicas":6}}'], what="6 is known"
    )
    team.until_count("web", 0)
    undo(team, kubectl)
    sleep(team, why="have a look")
    eventually(lambda: team.record("web") == "6", what="the count of 6 is given back")
    wake(team)
    assert (team.replicas("web"), notes(team)) == (6, {})


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


@pytest.mark.proves("again", kinds=["StatefulSet"], against="being made anew")
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


def restored(env: Env, kubectl: Kubectl, night: dict[str, Any], *options: str) -> None:
    """What a backup of single objects does by day with what it found at night."""
    kubectl(*options, "-n", env.name, "-f", "-", input=json.dumps(night))
    env.wish("Awake", reason="have a look")


@pytest.mark.parametrize(
    "options",
    [("replace",), ("apply", "--server-side", "--force-conflicts", "--field-manager=velero")],
    ids=["replace", "server-side apply"],
)
def test_a_night_that_is_brought_back_by_day_is_named_with_its_count(
    team: Env, kubectl: Kubectl, options: tuple[str, ...]
) -> None:
    """W4: its record was taken off without a word, and the workload was at 0 for ever."""
    sleep(team)
    night = team.workload("web")
    for one in ("resourceVersion", "managedFields", "generation"):
        del night["metadata"][one]
    del night["status"]
    wake(team)
    restored(team, kubectl, night, *options)
    message = team.until_condition("Degraded", "True", "InvalidAnnotation")
    assert "brought it back together with the 0" in message
    assert f"kubectl -n {team.name} scale deployment/web --replicas=3 wakes it" in message
    assert (team.record("web"), team.replicas("web")) == ("3", 0)
