"""Reminders when a process ends in the middle, or Slack is busy, broken, silent: nothing twice, nothing forgotten."""

from collections.abc import Callable, Iterator

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import eventually
from support.detour import Detour, Fault
from support.envs import Env, instant
from support.frontdesk.reminded import all_about, announced, asked, marks, running, stopping
from support.frontdesk.saying import buttons, words
from support.frontdesks import Counter, Frontdesk
from support.operators import Operator, Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("operator")]

_CONVERSATIONS = (("#dev", "ana"), ("#general", "bo"), ("#release", "chen"))


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()


@pytest.fixture
def desk(counter: Counter, slack: Workspace) -> Frontdesk:
    """A frontdesk that has not met any trouble yet."""
    one = counter.fresh(slack)
    one.start()
    return one


@pytest.fixture
def detour(control_plane: Cluster) -> Iterator[Detour]:
    """A way to the API server that can be broken."""
    with Detour(control_plane) as one:
        yield one


def settled(env: Env, *, messages: int) -> None:
    """Return when the frontdesk remembers so many messages about the env, and where each of them is."""
    eventually(lambda: marks(env).count('"ts"') == messages, what=f"{env.name} is remembered")


def test_killed_at_any_moment_everybody_is_told_once(
    slack: Workspace, desk: Frontdesk, make_env: Callable[..., Env]
) -> None:
    """B6 B8: nothing twice, nothing forgotten; also between a message and its mark, and before the one or the other."""
    envs = [running(make_env()) for _ in range(4)]
    slack.fault("chat.postMessage", "silence", carried_out=True, times=2)
    for env in envs:
        stopping(env)
    slack.wait_until(lambda: len(slack.every_message()) >= 5, what="five messages are there")
    desk.kill()
    assert any(marks(env).count('"ts"') < 2 for env in envs)
    slack.mend()
    desk.start()
    for env in envs:
        settled(env, messages=2)
        assert [len(all_about(slack, env, channel=channel)) for channel in ("#dev", "@ana")] == [1, 1]


def test_a_notice_missed_while_it_was_away_is_not_repeated_but_the_newest_is_shown(
    slack: Workspace, desk: Frontdesk, env: Env
) -> None:
    """B6 Z: a missed minute is caught up on return, once."""
    running(env)
    stopping(env, before=("1h", "29m", "28m"), minutes=30)
    first = announced(slack, env, "stops", "Reminded again")
    settled(env, messages=2)
    desk.terminate()
    env.wish("Awake", until=instant(minutes=27), by="dina@example.com", via="kubectl")
    env.until("Awake")
    desk.start()
    announced(slack, env, "This is the last reminder.")
    settled(env, messages=4)
    told = all_about(slack, env)
    assert len(told) == 2
    assert [bool(buttons(message)) for message in told] == [False, True]
    assert told[0]["ts"] == first["ts"]


def test_a_report_that_is_owed_is_given_after_a_restart(slack: Workspace, desk: Frontdesk, env: Env) -> None:
    """A4 C5: recorded with the env, so that a restart still reports."""
    running(env)
    stopping(env)
    slack.act("bo").click(announced(slack, env, "stops"), "sundown.suspend")
    asleep = announced(slack, env, "is asleep")
    env.until("Asleep")
    slack.fault("chat.postMessage", "429", retry_after=60, times=None)
    slack.act("chen").click(asleep, "sundown.resume")
    env.until("Awake")
    desk.kill()
    slack.mend()
    desk.start()
    report = announced(slack, env, "is awake again", "it took", channel="#dev")
    assert "chen" in str(asked(env)["by"])
    eventually(lambda: '"waiting"' not in marks(env), what="nobody waits any more")
    assert words(report).count("awake again") == 1
    assert len([message for message in slack.every_message() if "everything is ready" in words(message)]) == 1


def test_slack_being_busy_puts_a_message_off_and_hinders_no_other_conversation(
    slack: Workspace, desk: Frontdesk, env: Env
) -> None:
    """Faults: 429, Retry-After is obeyed."""
    running(env)
    slack.fault("chat.postMessage", "429", retry_after=2, times=2)
    stopping(env)
    settled(env, messages=2)
    calls = [call for call in slack.calls("chat.postMessage") if env.name in str(call["args"])]
    refused = [call for call in calls if call["status"] == 429]
    for call in refused:
        again = [one for one in calls if one["args"]["channel"] == call["args"]["channel"] and one["at"] > call["at"]]
        assert again[0]["at"] - call["at"] >= 2
    assert [len(all_about(slack, env, channel=channel)) for channel in ("#dev", "@ana")] == [1, 1]


def test_a_message_whose_fate_is_unknown_is_looked_for_and_comes_once(
    slack: Workspace, desk: Frontdesk, make_env: Callable[..., Env]
) -> None:
    """Faults: 500, and no answer at all, whether or not it was heard."""
    slack.load({"channels": [{"name": "dev"}, {"name": "general"}, {"name": "release"}]})
    envs = [(running(make_env(), owner=f"{who}@example.com"), (channel, f"@{who}")) for channel, who in _CONVERSATIONS]
    slack.fault("chat.postMessage", "500", times=2)
    slack.fault("chat.postMessage", "silence", times=2)
    slack.fault("chat.postMessage", "silence", carried_out=True, times=2)
    for env, (channel, _) in envs:
        stopping(env, spec={"notify": {"before": ["1h"], "channel": channel}})
    for env, conversations in envs:
        settled(env, messages=2)
        assert [len(all_about(slack, env, channel=each)) for each in conversations] == [1, 1]
    assert len(slack.calls("chat.postMessage")) >= 2 * 2 + 2 * 2 + 2


def test_reminders_come_while_the_socket_is_dead(slack: Workspace, desk: Frontdesk, env: Env) -> None:
    """Faults: the socket dead but "connected"."""
    running(env)
    slack.break_socket("freeze")
    stopping(env)
    announced(slack, env, "stops")
    assert desk.runs


def test_a_click_while_the_api_server_is_away_is_told_so_and_nothing_is_half_done(
    slack: Workspace, counter: Counter, detour: Detour, env: Env
) -> None:
    """Faults: the API server away at the moment of a click; and the reminders go on when it is back."""
    desk = counter.fresh(slack, server=detour.server)
    desk.start()
    running(env)
    stopping(env, before=("1h",))
    message = announced(slack, env, "stops")
    settled(env, messages=2)
    before = asked(env)
    detour.add(Fault(cut=True))
    detour.hang_up()
    slack.act("bo").click(message, "sundown.suspend")
    answer = slack.wait_for_message(lambda one: one["ephemeral"], channel="#dev", as_="bo")
    assert "does not answer" in words(answer)
    assert asked(env) == before
    detour.mend()
    desk.await_ready()
    slack.act("bo").click(message, "sundown.suspend")
    announced(slack, env, "is asleep")
