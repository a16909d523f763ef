"""The App Home before a real cluster: who sees which envs there, what they do about them, and that it keeps up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from sundown.frontdesk.people.preferences import NAME
from sundown_lab.slack.actor import Actor
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, Json, eventually
from support.envs import ALWAYS_AWAKE, Env
from support.frontdesk.saying import answer_to, words
from support.frontdesks import Counter, Frontdesk
from support.operators import HOME, Stage

pytestmark = pytest.mark.lab

CONFIG_MAP = f"/api/v1/namespaces/{HOME}/configmaps/{NAME}"


def shown(view: Json) -> str:
    """Everything that a view says."""
    return json.dumps(view["blocks"], ensure_ascii=False)


def home_with(person: Actor, *texts: str) -> Json:
    """The person's home, once it says all of these."""
    return person.wait_for_home(lambda view: all(text in shown(view) for text in texts))


@pytest.fixture
def ana(slack: Workspace, frontdesk: Frontdesk) -> Actor:
    """Ana, and a frontdesk that runs."""
    return slack.act("ana")


@pytest.fixture
def make_owned(make_env: Callable[..., Env], stage: Stage) -> Callable[..., Env]:
    """``make_owned("ana")`` makes an env of theirs with one Deployment, awake by an operator that runs."""
    stage.usual()

    def make(owner: str, **spec: object) -> Env:
        env = make_env(annotations={"email": f"{owner}@example.com"})
        env.add("web", 2)
        env.schedule({**ALWAYS_AWAKE, **spec})
        env.until("Awake")
        return env

    return make


@pytest.fixture
def forget_preferences(api: Api, counter: Counter) -> Iterator[None]:
    """Nobody prefers anything after the test, and the frontdesk that knew is gone."""
    yield
    counter.clear()
    if api.find(CONFIG_MAP) is not None:
        api.merge(CONFIG_MAP, {"data": None})


@pytest.mark.parametrize("transport", ["socket", "http"], indirect=True, scope="module")
def test_people_see_their_own_envs_and_all_on_request(ana: Actor, make_owned: Callable[..., Env]) -> None:
    """C9"""
    mine, other = make_owned("ana"), make_owned("bo")
    ana.open_home()
    home = home_with(ana, mine.name, "My environments", "is awake")
    assert other.name not in shown(home)
    ana.home_click("sundown.home.everything")
    home_with(ana, mine.name, other.name, "All environments")
    ana.home_click("sundown.home.mine")
    ana.wait_for_home(lambda view: mine.name in shown(view) and other.name not in shown(view))


def test_the_buttons_there_do_what_they_say_and_the_home_keeps_up(ana: Actor, make_owned: Callable[..., Env]) -> None:
    """C9, C6: suspend, see it asleep, resume, see it awake, snooze, extend."""
    env = make_owned("ana", awake=[], override={"state": "Awake"})
    ana.open_home()
    row = f"home/{env.name}"
    home_with(ana, env.name, "is awake")
    assert ana.home_click("sundown.suspend", block_id=row)["acked"]
    env.until("Asleep")
    home_with(ana, "is asleep", "sundown.resume")
    ana.home_click("sundown.resume", block_id=row)
    env.until("Awake")
    home_with(ana, "is awake", "sundown.suspend")
    ana.home_choose("sundown.snooze", "for 3h", block_id=row)
    eventually(lambda: wish(env).get("until") is not None, what="it is snoozed")
    assert (wish(env)["by"], wish(env)["via"]) == ("ana@example.com", "slack")
    snoozed = wish(env)["until"]
    eventually(lambda: env.status().get("shutdownAt") == snoozed, what="the operator has seen it")
    home_with(ana, ":white_check_mark:", "stops")
    ana.home_click("sundown.extend", block_id=row)
    eventually(lambda: wish(env)["until"] > snoozed, what="it is extended")


def wish(env: Env) -> Json:
    """The override in the schedule."""
    found: Json = env.api.get(env.schedules("default"))["spec"].get("override", {})
    return found


def test_what_is_refused_is_said_on_top(ana: Actor, make_owned: Callable[..., Env]) -> None:
    """C9"""
    env = make_owned("ana")
    ana.open_home()
    home_with(ana, env.name, "sundown.extend")
    ana.home_click("sundown.extend", block_id=f"home/{env.name}")
    home_with(ana, ":warning:")


def test_an_env_that_comes_or_goes_comes_and_goes_there(ana: Actor, make_owned: Callable[..., Env], api: Api) -> None:
    """C9"""
    ana.open_home()
    ana.wait_for_home()
    env = make_owned("ana")
    home_with(ana, env.name)
    api.delete(env.schedules("default"))
    ana.wait_for_home(lambda view: env.name not in shown(view))


def test_the_button_to_delete_opens_the_window_from_there_too(ana: Actor, make_owned: Callable[..., Env]) -> None:
    """C4, C9"""
    env = make_owned("ana", allowDelete=True)
    ana.open_home()
    home_with(ana, env.name, "sundown.delete")
    ana.home_click("sundown.delete", block_id=f"home/{env.name}")
    assert "may not delete" in shown(ana.wait_for_modal())


@pytest.mark.usefixtures("forget_preferences")
def test_preferences_are_kept_in_the_cluster_and_seen_at_once(
    ana: Actor, make_owned: Callable[..., Env], api: Api
) -> None:
    """C9"""
    env = make_owned("ana", override={"state": "Awake", "until": "2099-01-01T12:00:00Z"}, awake=[])
    ana.open_home()
    home_with(ana, env.name)
    ana.home_click("sundown.home.preferences")
    window = ana.wait_for_modal()
    refused = ana.submit(window, {"time_zone": "Mars/Olympus_Mons"})
    assert refused["view_errors"].keys() == {"time_zone"}
    chosen = {"time_zone": "Asia/Kolkata", "default_snooze": "3h", "quiet_from": "20:00", "quiet_to": "08:00"}
    assert ana.submit(window, chosen)["view_errors"] in ({}, None)
    home_with(ana, "2099-01-01 17:30 Asia/Kolkata", "saved")
    assert ana.modals == []
    stored = json.loads(api.get(CONFIG_MAP)["data"][ana.id])
    assert stored == {
        "timeZone": "Asia/Kolkata",
        "defaultSnooze": "3h",
        "quietHours": {"from": "20:00", "to": "08:00"},
    }
    assert "2099-01-01 17:30" in words(answer_to(ana, f"status {env.name}"))
    ana.home_click("sundown.home.preferences")
    assert "Asia/Kolkata" in shown(ana.wait_for_modal())


def test_somebody_without_an_address_is_told_why_nothing_is_there(ana: Actor, slack: Workspace) -> None:
    """J2"""
    slack.act("dina").change_profile(email="")
    slack.act("dina").open_home()
    slack.act("dina").wait_for_home(lambda view: "e-mail address" in shown(view))
