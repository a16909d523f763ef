"""The operator deletes an env that somebody has asked to be deleted, and says what has become of the request."""

from collections.abc import Callable

import pytest

from support.apiserver import eventually
from support.asked import Asked
from support.enders import let_end
from support.envs import ALWAYS_AWAKE, Env, instant
from support.requests import let_approve

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("operator")]

Ask = Callable[..., Asked]
MAY_GO = {**ALWAYS_AWAKE, "allowDelete": True}


def test_a_request_in_order_deletes_the_namespace(env: Env, ask: Ask) -> None:
    """C4: and the request stays as the record."""
    env.add("web", 2)
    env.schedule(MAY_GO)
    asked = ask(env)
    status = asked.finished()
    assert (status["state"], "is deleted" in status["outcome"]) == ("Done", True)
    assert env.api.find(env.path) is None
    assert status["finishedAt"]
    eventually(lambda: asked.reasons() == ["Deleting", "Deleted"], what="both are told")


def test_an_env_whose_schedule_does_not_allow_it_stays(env: Env, ask: Ask) -> None:
    """C4"""
    env.schedule(ALWAYS_AWAKE)
    asked = ask(env)
    status = asked.finished()
    assert status["state"] == "Refused"
    assert "allowDelete" in status["outcome"]
    assert env.labels()
    eventually(lambda: asked.reasons() == ["Refused"], what="it is told")


def test_who_may_only_delete_schedules_cannot_delete_the_namespace(env: Env, ask: Ask) -> None:
    """S3: an editor may set allowDelete and delete EnvSchedules, and may not end the namespace."""
    env.schedule(MAY_GO)
    let_end(env, "ana@example.com", namespaces=False)
    status = ask(env, granted=False).finished()
    assert (status["state"], status["conditions"][1]["reason"]) == ("Refused", "Forbidden")
    assert "whoever runs the cluster" in status["outcome"]
    assert "deletionTimestamp" not in env.api.get(env.path)["metadata"]


def test_the_right_of_a_group_counts_for_who_is_said_to_be_in_it(env: Env, ask: Ask) -> None:
    """S3"""
    env.schedule(MAY_GO)
    let_end(env, "slack:enders")
    assert ask(env, granted=False).finished()["state"] == "Refused"
    assert ask(env, granted=False, groups=["slack:enders"]).finished()["state"] == "Done"


def test_an_env_that_its_owner_took_out_of_sundowns_hands_stays(env: Env, ask: Ask) -> None:
    """S11"""
    env.schedule(MAY_GO)
    env.api.merge(env.path, {"metadata": {"labels": {"scheduler": "disabled"}}})
    status = ask(env).finished()
    assert (status["state"], "scheduler=disabled" in status["outcome"]) == ("Refused", True)
    assert "deletionTimestamp" not in env.api.get(env.path)["metadata"]


def test_a_newer_namespace_of_the_same_name_stays(env: Env, ask: Ask) -> None:
    env.schedule(MAY_GO)
    asked = ask(env, target={"namespace": env.name, "uid": "of-one-that-is-gone"})
    status = asked.finished()
    assert status["state"] == "Refused"
    assert "newer" in status["outcome"]
    assert "deletionTimestamp" not in env.api.get(env.path)["metadata"]


def test_a_request_outside_of_sundowns_namespace_is_refused(env: Env, ask: Ask) -> None:
    """J2: who may write in a namespace of their own must not be able to delete with Sundown's rights."""
    env.schedule(MAY_GO)
    status = ask(env, home=env.name).finished()
    assert status["state"] == "Refused"
    assert "sundown-system" in status["outcome"]
    assert "deletionTimestamp" not in env.api.get(env.path)["metadata"]


def test_one_that_needs_an_approval_waits_for_it(env: Env, ask: Ask) -> None:
    env.schedule(MAY_GO)
    asked = ask(env, approval={"required": True})
    asked.until("Pending")
    let_approve(env, "bo@example.com")
    approval = {"required": True, "by": "bo@example.com", "at": instant()}
    env.api.merge(asked.path, {"spec": {"approval": approval}})
    assert asked.finished()["state"] == "Done"


def test_it_is_done_only_when_everything_is_gone(env: Env, ask: Ask) -> None:
    env.schedule(MAY_GO)
    env.add("web", 1)
    env.edit("web", {"metadata": {"finalizers": ["example.com/backup"]}})
    asked = ask(env)
    asked.until("Approved")
    eventually(lambda: "deletionTimestamp" in env.api.get(env.path)["metadata"], what="it goes")
    assert asked.status()["state"] == "Approved"
    env.edit("web", {"metadata": {"finalizers": None}})
    assert asked.finished()["state"] == "Done"


def test_a_request_whose_namespace_hangs_says_what_holds_it_until_it_is_gone(env: Env, ask: Ask) -> None:
    """X6"""
    env.schedule(MAY_GO)
    env.add("web", 1)
    env.edit("web", {"metadata": {"finalizers": ["example.com/backup"]}})
    asked = ask(env)
    held = eventually(lambda: asked.status().get("heldBy"), what="it is said what holds it")
    assert "example.com/backup" in held[0]
    assert "example.com/backup" in asked.status()["outcome"]
    assert asked.status()["state"] == "Approved"
    env.edit("web", {"metadata": {"finalizers": None}})
    status = asked.finished()
    assert (status["state"], status.get("heldBy", [])) == ("Done", [])
    eventually(lambda: asked.reasons() == ["Deleting", "DeletionHeld", "Deleted"], what="each is told once")
