"""The cluster goes away while somebody deletes an env: they are told, and nothing is done by halves or twice."""

from collections.abc import Callable, Iterator

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, Json
from support.detour import Detour, Fault
from support.envs import Env
from support.frontdesk.deletable import asked_for, deletable, forget, shown, window_of
from support.frontdesk.saying import answer_to, words
from support.frontdesks import Counter, Frontdesk

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def way(control_plane: Cluster) -> Iterator[Detour]:
    """A way to the API server that tests can break."""
    with Detour(control_plane) as one:
        yield one


@pytest.fixture(scope="module")
def _running() -> list[Frontdesk]:
    return []


@pytest.fixture
def detour(counter: Counter, slack: Workspace, way: Detour, _running: list[Frontdesk]) -> Iterator[Detour]:
    """The way that a running frontdesk takes, whole before the test and after it."""
    if not _running or not _running[-1].runs:
        _running.append(counter.fresh(slack, server=way.server))
        _running[-1].start()
    _running[-1].receive()
    yield way
    way.mend()


@pytest.fixture
def env(make_env: Callable[..., Env], api: Api) -> Iterator[Env]:
    """An env that ana may delete."""
    one = deletable(make_env())
    yield one
    forget(one)


def test_away_when_somebody_begins(slack: Workspace, detour: Detour, env: Env) -> None:
    """D5: unreachable"""
    with detour.broken(Fault(part="/subjectaccessreviews", cut=True)):
        answer = answer_to(slack.act("ana"), f"delete {env.name}")
    assert "does not answer at the moment, so nothing was done" in words(answer)
    assert slack.act("ana").modals == []


def test_away_when_it_is_confirmed(slack: Workspace, detour: Detour, env: Env) -> None:
    window = window_of(slack, env)
    with detour.broken(Fault(part="/subjectaccessreviews", cut=True)):
        assert submitted(slack, env, window)["acked"]
    said = shown(slack.act("ana").wait_for_modal(lambda view: "is not deleted" in shown(view)))
    assert "nothing was done" in said
    assert asked_for(env) == []


def test_lost_while_it_is_written_nobody_knows_and_that_is_said(slack: Workspace, detour: Detour, env: Env) -> None:
    window = window_of(slack, env)
    with detour.broken(Fault(method="POST", part="/actionrequests", cut=True, after=True, times=1)):
        submitted(slack, env, window)
    slack.act("ana").wait_for_modal(lambda view: "may be deleted or not" in shown(view))
    assert len(asked_for(env)) == 1


def test_slow_to_write_the_window_says_so_in_time_and_the_end_later(slack: Workspace, detour: Detour, env: Env) -> None:
    window = window_of(slack, env)
    with detour.broken(Fault(method="POST", part="/actionrequests", hold=True, times=1)) as fault:
        assert submitted(slack, env, window)["acked"]
        slack.act("ana").wait_for_modal(lambda view: "Asking for" in shown(view))
        fault.release()
        slack.act("ana").wait_for_modal(lambda view: "will be deleted" in shown(view))
    assert len(asked_for(env)) == 1


def submitted(slack: Workspace, env: Env, window: Json) -> Json:
    """Ana types the name."""
    return slack.act("ana").submit(window, {"name": env.name})
