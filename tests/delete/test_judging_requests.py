"""What is to become of an ActionRequest, by what is there: the checks at the moment of acting, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sundown.model.action_request import ActionRequestStatus, Asked
from sundown.model.env import Env
from sundown.reconcile.request_judge import judge
from sundown.reconcile.request_status import next_status, sentence
from sundown.reconcile.request_verdict import Reason, Verdict
from sundown.reconcile.stuck_namespace import SOONEST
from sundown.settings import Settings
from support.requested import HOME, UID, asked
from support.samples import NOW, after, env, known, namespace

ALLOWED = {"allowDelete": True}
SETTINGS = Settings(namespace=HOME)


def target(spec: dict[str, Any] | None = None, **of_namespace: Any) -> Env:
    """The env ``dev`` with a schedule that allows deletion unless ``spec`` says otherwise."""
    there = namespace(**{"uid": UID, **of_namespace})
    return env(known(spec=ALLOWED if spec is None else spec), namespace=there)


GONE = Env(name="dev", namespace=None)


def test_a_request_in_order_is_carried_out() -> None:
    """C4"""
    verdict = judge(asked(), target(), settings=SETTINGS, now=NOW)
    assert (verdict.state, verdict.act) == ("Approved", True)


@pytest.mark.parametrize(
    ("reason", "request_", "there"),
    [
        pytest.param("NotAllowed", asked(), target({}), id="schedule says nothing of deleting"),
        pytest.param("NotAllowed", asked(), target({"allowDelete": False}), id="schedule forbids it"),
        pytest.param("DryRun", asked(), target({**ALLOWED, "dryRun": True}), id="schedule only tries"),
        pytest.param("Paused", asked(), target({**ALLOWED, "paused": True}), id="paused"),
        pytest.param("Paused", asked(), target(labels={"scheduler": "disabled"}), id="out of Sundown's hands (S11)"),
        pytest.param("NoSchedule", asked(), env(namespace=namespace(uid=UID)), id="no schedule"),
        pytest.param("InvalidLabel", asked(), target(labels={"scheduler": "maybe"}), id="bad label"),
        pytest.param("NewerNamespace", asked(), target(uid="another"), id="newer namespace"),
        pytest.param("NotFound", asked(), GONE, id="no namespace"),
        pytest.param("DeletedAlready", asked(), target(terminating=True), id="on its way out"),
        pytest.param("WrongNamespace", asked(home="dev"), target(), id="request elsewhere"),
        pytest.param("InvalidSpec", asked(confirmation="prod"), target(), id="another name typed"),
        pytest.param("UnknownAction", asked(action="Reboot"), target(), id="unknown action"),
        pytest.param("InvalidSpec", asked(action="reboot now"), target(), id="no action at all"),
        pytest.param(
            "InvalidSpec",
            asked(approval={"required": True, "by": "ana@example.com", "at": NOW}),
            target(),
            id="approved by the one who asked",
        ),
    ],
)
def test_whatever_is_not_in_order_refuses_it(reason: str, request_: Asked, there: Env) -> None:
    """C4"""
    verdict = judge(request_, there, settings=SETTINGS, now=NOW)
    assert (verdict.state, verdict.reason, verdict.act) == ("Refused", reason, False)
    status = next_status(request_, verdict, now=NOW)
    assert {one.reason for one in status.conditions} == {reason}
    assert status.outcome


UNDERSTOOD = [Reason.UNDER_WAY, Reason.DONE, Reason.HELD]
"""Reasons of requests that were found in order; the others are given of any."""


@pytest.mark.parametrize("schedule", ["", "default"])
@pytest.mark.parametrize(
    ("reason", "request_"),
    [
        *((reason, asked()) for reason in Reason),
        *((reason, asked(action="Reboot")) for reason in Reason if reason not in UNDERSTOOD),
        *((reason, asked(confirmation="prod")) for reason in Reason if reason not in UNDERSTOOD),
    ],
)
def test_every_reason_has_its_sentence(reason: Reason, schedule: str, request_: Asked) -> None:
    """A reason is data; what is said of it comes from one table, whatever the texts of others have in them."""
    verdict = Verdict("Refused", reason, schedule=schedule, word="Word", detail="{detail} of {others}")
    said = sentence(request_, verdict)
    assert said
    assert "{" not in said.replace("{detail} of {others}", "")


def test_an_action_that_the_operator_does_not_know_is_refused_by_name_with_those_that_it_knows() -> None:
    request = asked(action="Reboot")
    verdict = judge(request, target(), settings=SETTINGS, now=NOW)
    outcome = next_status(request, verdict, now=NOW).outcome
    assert outcome == 'this operator knows no action "Reboot"; it knows Delete, Scale, Restart, Stop, Reset, Edit'


def test_the_schedule_in_force_decides_and_no_other() -> None:
    """C4"""
    older = known("older", creation_timestamp=NOW - timedelta(days=1))
    there = env(older, known("newer", spec=ALLOWED), namespace=namespace(uid=UID))
    assert judge(asked(), there, settings=SETTINGS, now=NOW).reason == "NotAllowed"


@pytest.mark.parametrize("name", ["kube-system", HOME])
def test_protected_namespaces_are_never_deleted(name: str) -> None:
    """A10"""
    request = asked(target={"namespace": name, "uid": UID}, confirmation=name)
    there = replace(target(), name=name, namespace=namespace(name, uid=UID))
    assert judge(request, there, settings=SETTINGS, now=NOW).reason == "ProtectedNamespace"


def test_an_operator_that_only_reports_deletes_nothing() -> None:
    verdict = judge(asked(), target(), settings=Settings(namespace=HOME, dry_run=True), now=NOW)
    assert (verdict.state, verdict.reason) == ("Refused", "DryRun")


@pytest.mark.parametrize("state", [None, "Approved"])
def test_a_request_that_nobody_came_to_in_time_expires(state: str | None) -> None:
    verdict = judge(asked(state=state), target(), settings=SETTINGS, now=after(minutes=15))
    assert (verdict.state, verdict.act) == ("Expired", False)


def test_one_that_needs_an_approval_waits_for_it_until_it_expires() -> None:
    waiting = judge(asked(approval={"required": True}), target(), settings=SETTINGS, now=NOW)
    assert (waiting.state, waiting.again, waiting.act) == ("Pending", after(minutes=15), False)
    approved = asked(state="Pending", approval={"required": True, "by": "bo@example.com", "at": NOW})
    assert judge(approved, target(), settings=SETTINGS, now=NOW).act


def test_a_namespace_that_goes_after_the_request_was_approved_is_looked_at_again() -> None:
    verdict = judge(asked(state="Approved"), target(terminating=True), settings=SETTINGS, now=NOW)
    assert (verdict.state, verdict.act, verdict.again) == ("Approved", False, NOW + SOONEST)


@pytest.mark.parametrize("there", [GONE, target(uid="another")], ids=["gone", "made anew"])
def test_a_namespace_that_is_gone_after_the_request_was_approved_makes_it_done(there: Env) -> None:
    """However late: it was deleted in time."""
    verdict = judge(asked(state="Approved"), there, settings=SETTINGS, now=after(days=1))
    assert (verdict.state, verdict.act) == ("Done", False)


def test_what_was_said_already_is_not_said_again() -> None:
    request = asked(state="Approved")
    verdict = judge(request, target(terminating=True), settings=SETTINGS, now=NOW)
    status = next_status(request, verdict, now=NOW)
    later = replace(request, status=status)
    assert next_status(later, verdict, now=after(minutes=1)) == status


def test_conditions_tell_what_to_wait_for() -> None:
    """G9"""

    def holding(status: ActionRequestStatus) -> set[str]:
        return {each.type for each in status.conditions if each.status == "True"}

    request = asked(state="Approved")
    done = next_status(request, judge(request, GONE, settings=SETTINGS, now=NOW), now=NOW)
    refused = next_status(asked(), judge(asked(), GONE, settings=SETTINGS, now=NOW), now=NOW)
    assert (holding(done), holding(refused)) == ({"Complete"}, {"Failed"})
    assert done.finished_at == refused.finished_at == NOW
