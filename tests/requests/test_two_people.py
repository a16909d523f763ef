"""A second person where the cluster's owner wants one: who counts as one, and what becomes of a request meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sundown.model.action_request import FINISHED, Asked
from sundown.model.addresses import mailbox
from sundown.model.env import Env
from sundown.reconcile.request_judge import judge
from sundown.reconcile.request_status import is_over, next_status
from sundown.reconcile.request_verdict import Verdict
from sundown.reconcile.workload_changes import Subject
from support.requested import GUARDED, SETTINGS, asked, covered
from support.samples import NOW, after, workload

SCALE = {"action": "Scale", "parameters": {"kind": "Deployment", "name": "web", "replicas": "5"}}
BO = {"by": "bo@example.com", "at": NOW, "via": "slack"}
HOUR = {"expiresAt": after(hours=1)}


def verdict_on(request: Asked, where: Env = GUARDED, **late: float) -> Verdict:
    return judge(request, where, settings=SETTINGS, now=after(**late), subject=Subject(workload("web", 2)))


def labelled(guarded: str) -> Env:
    return covered(approval=None, guarded=False, **{"sundown.dev/guarded": guarded})


def scaling(**spec: Any) -> Asked:
    return asked(**{**SCALE, **HOUR, **spec})


@pytest.mark.parametrize(
    ("request_", "where", "two"),
    [
        (scaling(), GUARDED, True),
        (asked(), GUARDED, True),
        (scaling(), covered(), False),
        (scaling(), labelled("false"), False),
        (scaling(), labelled("yes, please"), True),
        (scaling(), covered(approval={"actions": ["Scale"]}), True),
        (asked(), covered(approval={"actions": ["Scale"]}), False),
        (scaling(), covered(approval={"guarded": ["Delete"]}, guarded=True), False),
        (scaling(approval={"required": True}), covered(), True),
        (scaling(), replace(GUARDED, defaults=()), True),
    ],
)
def test_the_clusters_owner_says_what_takes_two_people(request_: Asked, where: Env, two: bool) -> None:
    """I7: by the label of the namespace, which its editors cannot change, and the ClusterEnvSchedule."""
    verdict = verdict_on(request_, where)
    assert (verdict.state, verdict.act) == (("Pending", False) if two else ("Approved", True))


def test_it_waits_an_hour_and_is_carried_out_once_somebody_else_has_approved_it() -> None:
    """I7"""
    waiting = verdict_on(scaling())
    assert (waiting.reason, waiting.again) == ("WaitingForApproval", after(hours=1))
    assert "somebody else than ana@example.com" in next_status(scaling(), waiting, now=NOW).outcome
    assert verdict_on(scaling(approval=BO), minutes=59).act
    assert verdict_on(scaling(), hours=1).state == "Expired"


@pytest.mark.parametrize(("via", "taken"), [("slack", False), ("kubectl", True), ("api", True), (None, True)])
def test_only_the_ways_count_that_the_policy_names(via: str | None, taken: bool) -> None:
    """I7: a Slack account that was taken over can approve; whoever does not want that says so."""
    where = covered(approval={"actions": ["Scale"], "via": ["kubectl", "api"]})
    given = {key: value for key, value in {**BO, "via": via}.items() if value is not None}
    verdict = verdict_on(scaling(approval=given), where)
    assert verdict.act is taken
    assert taken or (verdict.state, verdict.reason) == ("Refused", "OtherWay")


def test_what_takes_one_person_asks_nobody_else() -> None:
    assert verdict_on(scaling(approval=BO | {"by": "admin"}), covered()).act


def test_what_is_proposed_waits_five_minutes_to_be_confirmed() -> None:
    """I6: before anybody is asked to approve it."""
    proposed = scaling(confirmation=None)
    waiting = verdict_on(proposed)
    assert (waiting.state, waiting.reason, waiting.again) == ("Pending", "WaitingForConfirmation", after(minutes=5))
    assert verdict_on(proposed, covered()).reason == "WaitingForConfirmation"
    over = verdict_on(proposed, minutes=5)
    assert (over.state, over.reason) == ("Timeout", "Unconfirmed")
    assert verdict_on(scaling(), covered(), minutes=5).act


@pytest.mark.parametrize(
    ("login", "address"),
    [
        ("Ana@Example.com", "ana@example.com"),
        ("oidc:ana@example.com", "ana@example.com"),
        ("https://sso.example.com/realms/dev#ana@example.com", "ana@example.com"),
        ("ana", None),
        ("", None),
        ("@", None),
        ("ana@", None),
        ("@example.com", None),
        ("oidc:", None),
        ("kubernetes-admin", None),
    ],
)
def test_one_human_has_two_logins_and_one_address(login: str, address: str | None) -> None:
    """I7"""
    assert mailbox(login) == address


def test_no_moment_is_ever_cleared() -> None:
    """I8: when it was begun, when it ended, until when it is kept."""
    request = scaling(approval=BO)
    begun = next_status(request, verdict_on(request), now=NOW)
    assert (begun.approved_at, begun.finished_at, begun.retained_until) == (NOW, None, None)
    request = replace(request, status=begun)
    failed = next_status(request, Verdict("Expired", verdict_on(scaling(), hours=1).reason), now=after(hours=1))
    assert failed.approved_at == NOW
    assert failed.retained_until == after(days=90, hours=1)


def test_it_is_kept_after_its_end_as_long_as_was_said_or_is_said_now() -> None:
    """I8"""
    end = next_status(scaling(), Verdict("Done", verdict_on(scaling()).reason), now=NOW, retention=timedelta(days=2))
    over = replace(scaling(), status=end)
    assert not is_over(over, now=after(days=1), retention=timedelta(hours=1))
    assert is_over(over, now=after(days=2), retention=timedelta(hours=1))
    assert not is_over(over, now=after(days=2), retention=timedelta(days=3))
    assert not is_over(scaling(), now=after(days=999), retention=timedelta())


def test_every_state_but_the_first_two_is_an_end() -> None:
    assert {"Rejected", "Withdrawn", "Timeout", "Expired", "Refused", "Failed", "Done"} == FINISHED
