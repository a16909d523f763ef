"""What is to become of a request to scale or restart a workload, by what is there: the checks of the moment of acting."""

from __future__ import annotations

from typing import Any

import pytest

from sundown.model.action_request import Asked
from sundown.model.env import Env
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.actions import ACTIONS
from sundown.reconcile.request_judge import judge, understand
from sundown.reconcile.request_status import next_status
from sundown.reconcile.request_verdict import Case, Verdict
from sundown.reconcile.workload_changes import MOST_REPLICAS, ScaleTo, Subject, asleep, remembering
from sundown.reconcile.workload_requests import to_scale
from sundown.settings import Settings
from support.requested import HOME, UID, asked
from support.samples import NOW, SLEEP, Json, after, env, known, namespace, sleeping, workload

SETTINGS = Settings(namespace=HOME)
WEB = {"kind": "Deployment", "name": "web"}


def asking(action: str = "Scale", *, seen: str | None = None, uid: str = "uid-web", **more: Any) -> Asked:
    """A request to scale ``web`` to 5, or to restart it."""
    parameters = more.pop("parameters", WEB | ({"replicas": "5"} if action == "Scale" else {}))
    said: Json = {"seen": {"uid": uid, "change": seen}} if seen is not None else {}
    return asked(action=action, parameters=parameters, **said, **more)


def there(spec: dict[str, Any] | None = None, *, asleep: bool = False, **of_namespace: Any) -> Env:
    """The env ``dev``, awake unless told otherwise."""
    status = EnvScheduleStatus(state="Asleep", asleep_since=SLEEP) if asleep else EnvScheduleStatus(state="Awake")
    return env(known(spec=spec or {}, status=status), namespace=namespace(**{"uid": UID, **of_namespace}))


def web(replicas: int = 2, **more: Any) -> Subject:
    return Subject(workload("web", replicas), **more)


ASLEEP = Subject(sleeping("web", record="2"))


def verdict_on(request: Asked, subject: Subject | None, where: Env | None = None, *, late: int = 0) -> Verdict:
    where = there() if where is None else where
    return judge(request, where, settings=SETTINGS, now=after(minutes=late), subject=subject)


def case_of(request: Asked, subject: Subject, where: Env) -> Case:
    case = understand(request, where, settings=SETTINGS, now=NOW, subject=subject)
    assert isinstance(case, Case)
    return case


@pytest.mark.parametrize("action", ["Scale", "Restart"])
def test_a_request_in_order_is_carried_out(action: str) -> None:
    """I4"""
    verdict = verdict_on(asking(action), web())
    assert (verdict.state, verdict.act) == ("Approved", True)


@pytest.mark.parametrize(
    ("parameters", "mistake"),
    [
        ({}, "spec.parameters.kind: is required"),
        (WEB, "spec.parameters.replicas: is required"),
        (WEB | {"replicas": "-1"}, 'replicas: must be at least 0, got "-1"'),
        (WEB | {"replicas": "1000000000"}, "replicas: must be at most 1000"),
        (WEB | {"replicas": str(MOST_REPLICAS + 1)}, "replicas: must be at most 1000"),
        (WEB | {"replicas": "1e9"}, 'replicas: must be a whole number, got "1e9"'),
        (WEB | {"replicas": "9" * 200}, "replicas: must be"),
        (WEB | {"replicas": "drei"}, 'replicas: must be a whole number, got "drei"'),
        (WEB | {"replicas": "2.5"}, "replicas: must be a whole number"),
        (WEB | {"replicas": ""}, "replicas: must be a whole number"),
        (WEB | {"replicas": "+3"}, 'replicas: must be a whole number, got "+3"'),
        (WEB | {"replicas": "3.0"}, 'replicas: must be a whole number, got "3.0"'),
        (WEB | {"replicas": "1_0"}, 'replicas: must be a whole number, got "1_0"'),
        (WEB | {"replicas": " 3"}, "replicas: must be a whole number"),
        (WEB | {"replicas": "3\n"}, "replicas: must be a whole number"),
        (WEB | {"replicas": "\u0663"}, "replicas: must be a whole number"),
        (WEB | {"replicas": "3", "force": "yes"}, "spec.parameters.force: no such field"),
        (WEB | {"replicas": "3", "kind": "Pod"}, 'nothing is known of a kind "Pod"; known are Deployment, StatefulSet'),
        (WEB | {"replicas": "3", "name": "../../secrets/x"}, "spec.parameters.name: must match"),
        (WEB | {"replicas": "3", "name": ""}, "spec.parameters.name: must match"),
    ],
    ids=str,
)
def test_what_it_takes_is_read_by_the_row_and_refused_in_words(parameters: dict[str, str], mistake: str) -> None:
    """I4, I6: -1, 1e9, "drei"."""
    request = asking(parameters=parameters)
    verdict = verdict_on(request, web())
    assert (verdict.state, verdict.reason) == ("Refused", "InvalidSpec")
    assert mistake in next_status(request, verdict, now=NOW).outcome


def test_what_an_action_does_not_take_is_refused() -> None:
    """A count for Restart, a workload for Delete."""
    for request in (asking("Restart", parameters=WEB | {"replicas": "3"}), asked(parameters=WEB)):
        verdict = verdict_on(request, web(), there({"allowDelete": True}))
        assert (verdict.reason, "no such field" in verdict.detail) == ("InvalidSpec", True)


@pytest.mark.parametrize(
    ("reason", "request_", "subject", "where"),
    [
        pytest.param("NoSuchWorkload", asking(), None, there(), id="scale what is not there"),
        pytest.param("NoSuchWorkload", asking("Restart"), None, there(), id="restart what is not there"),
        pytest.param("NothingToDo", asking(), web(5), there(), id="has the count already"),
        pytest.param("NothingToDo", asking("Restart"), web(0), there(), id="restart of nothing"),
        pytest.param("NothingToDo", asking("Restart"), web(rollout_paused=True), there(), id="rollout paused"),
        pytest.param("NothingToDo", asking("Restart"), ASLEEP, there(asleep=True), id="restart of what sleeps"),
        pytest.param(
            "NothingToDo",
            asking(parameters=WEB | {"replicas": "2"}),
            ASLEEP,
            there(asleep=True),
            id="wakes to that already",
        ),
        pytest.param("Paused", asking(), web(), there({"paused": True}), id="paused"),
        pytest.param("Paused", asking(), web(), there(labels={"scheduler": "disabled"}), id="out of Sundown's hands"),
        pytest.param("DryRun", asking(), web(), there({"dryRun": True}), id="schedule only tries"),
        pytest.param("NewerNamespace", asking(), web(), there(uid="another"), id="newer namespace"),
    ],
)
def test_whatever_is_not_in_order_refuses_it(reason: str, request_: Asked, subject: Subject | None, where: Env) -> None:
    """I4, I5"""
    verdict = verdict_on(request_, subject, where)
    assert (verdict.state, verdict.reason) == ("Refused", reason)
    assert next_status(request_, verdict, now=NOW).outcome


def test_what_was_seen_is_what_is_done() -> None:
    """I6: the count, on the same object."""
    assert verdict_on(asking(seen="2 -> 5"), web(2)).act
    for changed in (asking(seen="3 -> 5"), asking(seen="2 -> 5", uid="of-an-older-one")):
        verdict = verdict_on(changed, web(2))
        assert (verdict.state, verdict.reason) == ("Refused", "Changed")
    told = next_status(asking(seen="3 -> 5"), verdict_on(asking(seen="3 -> 5"), web(2)), now=NOW).outcome
    assert told == 'look again, and ask again: it was "3 -> 5", and now it would be "2 -> 5"'


def test_what_fell_asleep_since_it_was_seen_is_looked_at_again() -> None:
    """I6: what would be done is another thing now."""
    assert verdict_on(asking(seen="2 -> 5"), ASLEEP, there(asleep=True)).reason == "Changed"
    assert verdict_on(asking(seen="2 -> 5 when it wakes, for it is asleep"), ASLEEP, there(asleep=True)).act


def test_pods_that_come_and_go_change_nothing_of_what_was_seen() -> None:
    """The resourceVersion moves with every pod."""
    seen = {"uid": "uid-web", "resourceVersion": "1", "change": "2 -> 5"}
    assert verdict_on(asked(action="Scale", parameters=WEB | {"replicas": "5"}, seen=seen), web(2)).act


def test_what_sleeps_is_given_another_count_to_wake_to() -> None:
    """I4: the record of this sleep, and what else is in it."""
    case = case_of(asking(), ASLEEP, there(asleep=True))
    assert to_scale(case).text == "2 -> 5 when it wakes, for it is asleep"
    request = asking()
    verdict = verdict_on(request, ASLEEP, there(asleep=True))
    assert "asleep" in next_status(request, verdict, now=NOW).outcome


def test_a_workload_that_was_at_zero_before_its_env_fell_asleep_wakes_to_what_was_asked_for() -> None:
    """I4"""
    verdict = verdict_on(asking(), web(0), there(asleep=True))
    assert (verdict.act, verdict.detail) == (True, "0 -> 5 when it wakes, for it is asleep")


def test_one_that_does_not_sleep_with_its_env_is_scaled_at_once() -> None:
    """Excluded by an annotation, and at zero: nobody would wake it."""
    found = Subject(workload("web", 0, exclude="true"))
    assert verdict_on(asking(), found, there(asleep=True)).detail == "0 -> 5"


def test_the_step_of_one_that_sleeps_keeps_everything_but_the_count() -> None:
    where = there(asleep=True)
    rest = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"}}}'
    found = Subject(sleeping("web", record="2", kind="StatefulSet", rest=rest, aside="Retain"))
    dozing = asleep(where, where.schedules[0], found)
    assert dozing is not None
    step = remembering(found, ScaleTo(kind="StatefulSet", name="web", replicas=4), dozing)
    assert (step.action, step.sleep) == ("Remember", SLEEP)
    assert step.restoring is not None
    assert (step.restoring.replicas, step.restoring.rest) == (4, rest)


def test_what_was_begun_and_is_there_was_done_for_this_request() -> None:
    """Whenever the operator was killed."""
    assert verdict_on(asking(state="Approved", seen="2 -> 5"), web(5), late=60).state == "Done"
    moment = "2026-11-23T18:00:00Z"
    assert verdict_on(asking("Restart", state="Approved"), web(restarted_at=moment), late=60).state == "Done"
    assert verdict_on(asking("Restart", state="Approved"), web(restarted_at="another")).act


@pytest.mark.parametrize(
    ("action", "right"),
    [
        ("Scale", {"resource": "deployments", "subresource": "scale"}),
        ("Restart", {"resource": "deployments"}),
    ],
)
def test_the_right_that_is_asked_for_is_the_one_that_kubectl_would_need(action: str, right: dict[str, str]) -> None:
    """I4: of this workload, for a Role may name it."""
    case = case_of(asking(action), web(), there())
    asks = ACTIONS[action].action.asks(case.parameters).within("dev")
    assert asks == {"group": "apps", "version": "v1", "verb": "patch", "namespace": "dev", "name": "web", **right}
