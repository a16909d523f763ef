"""X6: a namespace that does not go says what holds it, in its own conditions; the request repeats it, with what to do."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sundown.cluster import reading
from sundown.model.action_request import ActionRequestStatus
from sundown.model.base import parse
from sundown.model.env import Env
from sundown.reconcile.request_judge import judge
from sundown.reconcile.request_status import next_status
from sundown.reconcile.stuck_namespace import LATEST, PATIENCE, SOONEST, held, look_again
from sundown.settings import Settings
from support.requested import HOME, UID, asked
from support.samples import NOW, Json, after

SETTINGS = Settings(namespace=HOME)
CONTENT = "Some resources are remaining: deployments.apps has 1 resource instances"
FINALIZERS = "Some content in the namespace has finalizers remaining: example.com/backup in 1 resource instances"
DISCOVERY = "Discovery failed for some groups, 1 failing: metrics.k8s.io/v1beta1: stale GroupVersion discovery"


def going(*conditions: tuple[str, str], since: datetime = NOW, status: str = "True", **more: Any) -> Json:
    """A namespace that has been going since then, with these conditions, as the API server has it."""
    return {
        "metadata": {
            "name": "dev",
            "uid": UID,
            "creationTimestamp": "2026-11-01T00:00:00Z",
            "deletionTimestamp": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "finalizers": more.get("own", []),
        },
        "spec": {"finalizers": ["kubernetes", *more.get("spec", [])]},
        "status": {
            "phase": "Terminating",
            "conditions": [{"type": type_, "status": status, "message": text} for type_, text in conditions],
        },
    }


def said(raw: Json, *, now: datetime) -> tuple[str, ...]:
    found = held(reading.namespace(raw), now=now)
    return found.by if found is not None else ()


@pytest.mark.parametrize(
    ("type_", "message", "advice"),
    [
        ("NamespaceFinalizersRemaining", FINALIZERS, "take them off"),
        ("NamespaceContentRemaining", CONTENT, ""),
        ("NamespaceDeletionDiscoveryFailure", DISCOVERY, "kubectl get apiservices"),
        ("NamespaceDeletionContentFailure", "Failed to delete all resource types: forbidden", "a webhook, a policy"),
        ("NamespaceDeletionGroupVersionParsingFailure", "expected '/'", "a name that cannot be read"),
        ("OfALaterKubernetes", "something new", ""),
    ],
)
def test_each_condition_is_told_with_its_own_words_and_what_to_do(type_: str, message: str, advice: str) -> None:
    (told,) = said(going((type_, message)), now=after(minutes=5))
    assert message in told
    assert advice in told


def test_what_helps_most_comes_first() -> None:
    told = said(
        going(
            ("NamespaceDeletionDiscoveryFailure", DISCOVERY),
            ("NamespaceContentRemaining", CONTENT),
            ("NamespaceFinalizersRemaining", FINALIZERS),
        ),
        now=after(minutes=5),
    )
    assert [text.split(":")[0] for text in told] == [
        "Some content in the namespace has finalizers remaining",
        "Discovery failed for some groups, 1 failing",
        "Some resources are remaining",
    ]


def test_conditions_that_are_false_hold_nothing() -> None:
    quiet = going(("NamespaceContentRemaining", "All content successfully removed"), status="False")
    assert said(quiet, now=after(minutes=1)) == ()


@pytest.mark.parametrize("place", ["own", "spec"])
def test_finalizers_of_the_namespace_itself_are_named(place: str) -> None:
    """Its conditions do not know of them."""
    finalizers: Json = {place: ["example.com/quota"]}
    (told,) = said(going(**finalizers), now=after(minutes=1))
    assert "example.com/quota" in told


def test_one_that_goes_as_it_should_is_not_told_of() -> None:
    pods = going(("NamespaceContentRemaining", "Some resources are remaining: pods. has 3 resource instances"))
    assert said(pods, now=NOW + PATIENCE - timedelta(seconds=1)) == ()
    assert said(pods, now=NOW + PATIENCE) != ()


def test_where_nothing_is_said_for_minutes_that_is_told() -> None:
    assert said(going(), now=after(seconds=45)) == ()
    (told,) = said(going(), now=after(minutes=3))
    assert "kube-controller-manager" in told


def verdict_on(raw: Json, *, now: datetime) -> ActionRequestStatus:
    there = Env(name="dev", namespace=reading.namespace(raw))
    request = asked(state="Approved")
    return next_status(request, judge(request, there, settings=SETTINGS, now=now), now=now)


def test_the_request_says_what_holds_it_and_stays_approved() -> None:
    status = verdict_on(going(("NamespaceFinalizersRemaining", FINALIZERS)), now=after(days=3))
    assert status.state == "Approved"
    assert "does not go" in status.outcome
    assert "example.com/backup" in status.outcome
    assert [FINALIZERS in each for each in status.held_by] == [True]
    assert {one.reason for one in status.conditions} == {"NamespaceFinalizersRemaining"}
    assert status.worth_telling


def test_once_nothing_holds_it_the_request_says_so_too() -> None:
    status = verdict_on(going(since=after(seconds=-10)), now=NOW)
    assert (status.held_by, status.worth_telling) == ((), False)


def test_a_flood_of_conditions_is_bounded() -> None:
    """Whoever may write the status of a namespace must not make Sundown's own writes fail."""
    flood = going(*[(f"a/b.{number}", "😴" * 5000) for number in range(100)], own=["x" * 300] * 100)
    status = verdict_on(flood, now=after(hours=1))
    assert len(status.held_by) <= 10
    assert len(status.outcome) <= 1024
    assert parse(ActionRequestStatus, status.to_json()) == status
    assert all(one.reason.isalpha() for one in status.conditions)


@pytest.mark.parametrize(("age", "wait"), [(0, SOONEST), (60, SOONEST), (600, timedelta(minutes=1)), (86_400, LATEST)])
def test_it_is_looked_at_less_often_the_longer_it_hangs(age: int, wait: timedelta) -> None:
    now = after(seconds=age)
    assert look_again(reading.namespace(going()), now=now) == now + wait
