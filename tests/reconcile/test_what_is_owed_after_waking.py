"""A workload that was woken by its scale, because it could not be written: what is left to do, and until when (A15, A19)."""

from dataclasses import replace
from typing import Any

import pytest

from sundown.model.env import Env
from sundown.model.parts import Owner, Workload
from sundown.model.record import Record, sleep_id
from sundown.model.resources import EnvScheduleStatus, State
from sundown.reconcile.memory import Memory, recall
from sundown.reconcile.report import next_status
from sundown.sleepers.notes import read_note
from support.samples import MEMORY, NOW, SLEEP, after, finding, known, planned, workload

DELETE = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"}}}'
NOTE = '[{"manager":"helm","fields":["replicas"],"apiVersion":"apps/v1","time":"2026-11-23T08:00:00Z"}]'
RESTORE = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"},"replicas":3}}'
SCALED = (Owner("sundown-operator", applies=False, fields=frozenset({"replicas"}), subresource="scale"),)
RECORD = Record("StatefulSet", "db", "uid-db", RESTORE, NOTE)
KEY = ("StatefulSet", "db", "uid-db")
AWAKE = Memory(at_rest=True, awake_since=NOW, known_since=MEMORY.known_since, owed={KEY: RECORD})


def database(replicas: int = 3, **more: Any) -> Workload:
    """One that was woken by its scale: the record of the night is still on it."""
    fields = {"kind": "StatefulSet", "record": "3", "rest": DELETE, "aside": "Retain", "owners": SCALED}
    return workload("db", replicas, **{**fields, **more})


def test_all_that_is_owed_is_given_back_when_it_can_be_written_though_the_night_is_over() -> None:
    """A19"""
    (step,) = planned("Awake", database(), memory=AWAKE).steps
    assert (step.action, step.replicas) == ("Forget", 3)
    assert step.restoring is not None
    assert step.restoring.rest == DELETE
    assert [one.manager for one in read_note(step.workload.taken_from)] == ["helm"]


def test_it_is_remembered_until_that_is_done_and_no_longer() -> None:
    assert planned("Awake", database(), memory=AWAKE).owed == (RECORD,)
    done = database(record=None, mark=None, rest=None, aside="Delete", owners=())
    assert planned("Awake", done, memory=AWAKE).owed == ()


def test_the_env_is_awake_meanwhile_and_the_status_keeps_what_is_owed() -> None:
    """A15"""
    old = EnvScheduleStatus(state="Waking", since=NOW, asleep_since=SLEEP, records=(RECORD,))
    plan = planned("Awake", database(), memory=replace(MEMORY, records={KEY: RECORD}))
    status = next_status(old, replace(finding("Awake", old=old), plan=plan))
    assert (status.state, status.asleep_since, status.records) == ("Awake", None, (RECORD,))


@pytest.mark.parametrize("state", ["Awake", "Paused"])
def test_what_is_owed_wakes_nothing(state: State) -> None:
    """A3: its owner has put it to zero since."""
    status = EnvScheduleStatus(state=state, since=NOW, records=(RECORD,))
    memory = recall(Env("dev", None), known(status=status))
    assert (memory.records, dict(memory.owed)) == ({}, {KEY: RECORD})
    foreign = (Owner("kubectl", applies=False, fields=frozenset({"replicas"}), subresource="scale"),)
    for owners in (foreign, (Owner("helm", applies=True, fields=frozenset({"replicas"})),), SCALED):
        steps = planned("Awake", database(0, owners=owners), memory=memory).steps
        assert all(step.action == "Forget" and step.replicas == 0 for step in steps)


def test_the_next_night_takes_over_what_is_owed() -> None:
    """W2, W6: its disks, and whose the count is."""
    tonight = sleep_id(after(hours=1))
    found = planned("Asleep", database(), memory=replace(AWAKE, sleep=tonight))
    assert [step.action for step in found.steps] == ["Sleep"]
    assert found.records == (RECORD,)


def test_another_object_of_the_name_is_owed_nothing() -> None:
    assert planned("Awake", database(uid="uid-of-another"), memory=AWAKE).owed == ()


@pytest.mark.parametrize("restore", ['{"spec":{"replicas":3,"template":{"spec":{}}}}', '{"spec":{}}', "3", "{"])
def test_a_record_that_says_what_no_record_says_is_not_followed(restore: str) -> None:
    """J6: somebody has written into the status."""
    memory = replace(AWAKE, owed={KEY: replace(RECORD, restore=restore)})
    (step,) = planned("Awake", database(), memory=memory).steps
    assert (step.action, step.restoring) == ("Forget", None)
