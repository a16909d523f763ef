"""What an environment does is no alert: falling asleep, sleeping, waking (I1, I3); and whose channel is told."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from kubernetes_asyncio.client import Configuration

from sundown.errors import SundownError
from sundown.frontdesk import handlers
from sundown.frontdesk.alerts.confines import Confines
from sundown.frontdesk.incidents.choices import Choices
from sundown.frontdesk.incidents.kinds import ALERT_KINDS
from sundown.frontdesk.incidents.telling import Alert
from sundown.frontdesk.settings import FrontdeskSettings
from sundown.model.env import Known, Namespace
from sundown.model.resources import EnvSchedule, EnvScheduleStatus, Metadata
from sundown.model.spec import EnvScheduleSpec
from support.frontdesk.alert_world import NOW, Cluster, crashing, killed, pod, rollout

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
CRASH = "crash-loop team-a/Deployment/web/main"


class Env(Cluster):
    """A cluster whose namespace ``team-a`` is an environment."""

    def __init__(self, **choices: object) -> None:
        super().__init__(None, **choices)
        self.version = 1
        self.look(pod())
        self.look(after=MINUTE)

    def becomes(self, state: str, *, at: datetime | None = None, after: timedelta = SECOND, **spec: Any) -> None:
        """The operator says this of it."""
        self.version += 1
        metadata = Metadata(name="default", namespace="team-a", uid="u1", resource_version=str(self.version))
        status = EnvScheduleStatus.model_validate({"state": state, "since": at or self.world.time})
        schedule = EnvSchedule(metadata=metadata, spec=EnvScheduleSpec.model_validate(spec), status=status)
        assert self.desk is not None
        board = self.desk.board
        board.put_namespace(Namespace(name="team-a", created=NOW, labels={}, annotations={}, resource_version="1"))
        board.put_schedule(Known(metadata=metadata, status=status, schedule=schedule))
        self.desk.alerting.notice("team-a")
        self.look(after=after)


@pytest.mark.parametrize("state", ["FallingAsleep", "Waking", "Asleep"])
def test_an_env_on_its_way_is_silent(state: str) -> None:
    env = Env()
    env.becomes(state)
    env.look(crashing(), killed("web-2", at=env.world.time), rollout(2, at=env.world.time))
    env.look(after=MINUTE)
    assert env.world.shown() == []


def test_what_does_not_come_up_until_the_waves_time_out_is_told_then() -> None:
    env = Env()
    env.becomes("Waking", waves={"timeout": "5m"})
    env.look(crashing(), after=4 * MINUTE)
    assert env.world.shown() == []
    env.look(after=2 * MINUTE)
    assert env.world.shown() == [f"open: {CRASH}"]


def test_what_crashes_still_when_it_is_awake_is_told() -> None:
    env = Env()
    env.becomes("Waking")
    env.look(crashing(), after=MINUTE)
    env.becomes("Awake", after=MINUTE)
    assert env.world.shown() == [f"open: {CRASH}"]


def test_a_kill_while_it_woke_is_no_news_when_it_is_awake() -> None:
    env = Env()
    env.becomes("Waking")
    env.look(killed(at=env.world.time), after=MINUTE)
    env.becomes("Awake", after=MINUTE)
    assert env.world.shown() == []


def test_asleep_closes_what_is_open() -> None:
    env = Env()
    env.look(crashing())
    env.becomes("Asleep")
    assert env.world.shown() == [f"asleep: {CRASH}"]


def test_waking_announces_no_rollout_but_one_of_the_night() -> None:
    """An image that is changed while asleep is told after waking."""
    env = Env()
    at = env.world.time
    env.look(rollout(2, at=at))
    env.becomes("Asleep", after=20 * MINUTE)
    env.look(rollout(2, at=at, replicas=0))
    env.look(rollout(3, at=env.world.time, replicas=0), after=MINUTE)
    env.becomes("Waking", after=MINUTE)
    env.look(rollout(3, at=env.world.time - 2 * MINUTE, replicas=1))
    env.becomes("Awake")
    assert env.world.shown() == [f"open: rollout-complete team-a/web/{revision}" for revision in (2, 3)]


def test_an_alert_goes_to_the_channel_of_the_env_where_that_is_chosen() -> None:
    """I1: each kind can be sent to the owner's channel."""
    env = Env(to_owners=frozenset({"crash-loop"}))
    env.world.channels["#team-a"] = "C2"
    env.becomes("Awake", at=NOW, notify={"channel": "#team-a"})
    env.look(crashing(), killed("web-2", at=env.world.time))
    env.look(crashing("x-1", namespace="no-env"))
    told = {}
    for one in env.world.alerts:
        assert isinstance(one.said.message, Alert)
        incident = one.said.message.incident
        told[incident.key.kind + incident.namespace] = one.channel
    assert told == {"crash-loopteam-a": "C2", "oom-killedteam-a": "C1", "crash-loopno-env": "C1"}


def test_an_env_that_may_not_name_a_channel_has_its_alerts_where_all_others_are() -> None:
    """J6: as with notices."""
    env = Env(to_owners=frozenset({"crash-loop"}), confines=Confines(channels={"private": ("team-b",)}))
    env.world.channels["#private"] = "C2"
    env.becomes("Awake", at=NOW, notify={"channel": "#private"})
    env.look(crashing())
    assert [one.channel for one in env.world.alerts] == ["C1"]


@pytest.mark.parametrize(
    ("chosen", "on"),
    [
        ({}, {"crash-loop", "oom-killed", "node-not-ready", "rollout-complete"}),
        ({"alerts_off": ("rollout-complete", "oom-killed")}, {"crash-loop", "node-not-ready"}),
        ({"alerts_off": ("*",)}, set()),
    ],
)
def test_each_kind_can_be_switched_off(chosen: dict[str, Any], on: set[str]) -> None:
    """I1: nothing else by default."""
    assert Choices.of(_settings(**chosen), ALERT_KINDS).rows.keys() == on


def test_a_crash_loop_can_be_over_sooner_and_a_node_is_as_soon_as_ever() -> None:
    """I3"""
    rows = Choices.of(_settings(alerts_close_after=timedelta(minutes=2)), ALERT_KINDS).rows
    assert rows["crash-loop"].closes_after == timedelta(minutes=2)
    assert rows["node-not-ready"].closes_after == ALERT_KINDS["node-not-ready"].closes_after
    assert Choices.of(_settings(), ALERT_KINDS).rows == ALERT_KINDS


@pytest.mark.parametrize(
    "chosen",
    [{"alerts_off": ("crashloop",)}, {"alerts_namespaces": {"oom": ("a",)}}, {"alerts_to_owners": ("node",)}],
)
def test_a_kind_that_is_none_is_refused_in_words(chosen: dict[str, Any]) -> None:
    """Before anything is started."""
    (variable,) = chosen
    expected = rf'SUNDOWN_{variable.upper()}: there is no alert "\S+"; there are crash-loop, '
    with pytest.raises(SundownError, match=expected):
        asyncio.run(handlers.run(Configuration(), _settings(**chosen)))


def _settings(**chosen: Any) -> FrontdeskSettings:
    return FrontdeskSettings(slack_bot_token="xoxb-1", slack_app_token="xapp-1", **chosen)
