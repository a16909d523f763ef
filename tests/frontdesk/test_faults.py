"""Slack or the cluster go away, answer with errors, or not at all: nothing is done by halves, and people are told."""

from collections.abc import Iterator

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.slack.actor import Actor
from sundown_lab.slack.remote import Workspace
from support.apiserver import PATIENCE, Json, eventually
from support.detour import Detour, Fault
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env
from support.frontdesk.saying import answer_to, words
from support.frontdesks import Counter, Frontdesk, both_ways

pytestmark = pytest.mark.lab

AWAY = "The cluster does not answer at the moment, so nothing was done"


@pytest.fixture(scope="module")
def way(control_plane: Cluster) -> Iterator[Detour]:
    """A way to the API server that tests can break."""
    with Detour(control_plane) as one:
        yield one


@pytest.fixture
def detour(way: Detour) -> Iterator[Detour]:
    """The same, whole before the test and after it."""
    yield way
    way.mend()


@pytest.fixture(scope="module")
def _detoured() -> dict[str, Frontdesk]:
    return {}


@pytest.fixture
def remote(counter: Counter, slack: Workspace, way: Detour, _detoured: dict[str, Frontdesk]) -> Frontdesk:
    """A frontdesk that goes to the API server by the detour."""
    one = _detoured.get("one")
    if one is None or not one.runs:
        one = _detoured["one"] = counter.fresh(slack, server=way.server)
        one.start()
    one.receive()
    return one


@pytest.fixture
def sleeper(env: Env) -> Env:
    env.schedule(ASLEEP_FOR_EVER)
    return env


def overridden(env: Env) -> Json:
    found: Json = env.api.get(env.schedules("default"))["spec"].get("override", {})
    return found


@pytest.mark.parametrize(
    "fault",
    [
        Fault(part="/subjectaccessreviews", cut=True),
        Fault(part="/subjectaccessreviews", status=503, times=3),
        Fault(method="PATCH", part="/envschedules", status=500, times=3),
    ],
    ids=["lost at once", "unavailable", "broken when it is written"],
)
def test_when_the_cluster_is_away_nothing_is_done_and_the_person_is_told(
    slack: Workspace, remote: Frontdesk, detour: Detour, sleeper: Env, fault: Fault
) -> None:
    """D5: unreachable"""
    fault.met = 0
    with detour.broken(fault):
        answer = answer_to(slack.act("ana"), f"start {sleeper.name}")
    assert f"{AWAY} about {sleeper.name}: try again in a minute." in words(answer)
    assert overridden(sleeper) == {}
    assert "awake" in words(answer_to(slack.act("ana"), f"start {sleeper.name}"))


def test_when_the_cluster_is_lost_while_it_writes_the_person_learns_that_nobody_knows(
    slack: Workspace, remote: Frontdesk, detour: Detour, sleeper: Env
) -> None:
    # The desk's own notes on a schedule are patches too.
    wish = Fault(method="PATCH", part="/envschedules", said=b"override", cut=True, after=True, times=1)
    with detour.broken(wish):
        said = words(answer_to(slack.act("ana"), f"start {sleeper.name}"))
    assert "so it may be done or not: /devenv why" in said
    assert overridden(sleeper)["state"] == "Awake"


def test_somebody_elses_change_in_the_middle_is_seen_and_kept(
    slack: Workspace, remote: Frontdesk, detour: Detour, sleeper: Env
) -> None:
    """D1 Z: what the frontdesk remembers of an env is never written over what stands there now"""
    sleeper.wish("Awake", until="2099-01-01T00:00:00Z")
    eventually(lambda: "2099" in words(answer_to(slack.act("ana"), f"status {sleeper.name}")), what="it is known")
    with detour.broken(Fault(method="PATCH", part="/envschedules", hold=True, times=1)) as fault:
        slack.act("ana").command(f"extend {sleeper.name} 1h")
        assert fault.arrived.wait(PATIENCE)
        sleeper.wish("Awake", until="2099-01-01T05:00:00Z")
        fault.release()
        eventually(lambda: overridden(sleeper).get("via") == "slack", what="it is extended")
    assert overridden(sleeper)["until"] == "2099-01-01T06:00:00Z"


def test_an_env_that_is_deleted_in_the_middle_is_not_made_again(
    slack: Workspace, remote: Frontdesk, detour: Detour, sleeper: Env
) -> None:
    ana = slack.act("ana")
    eventually(lambda: sleeper.name in words(answer_to(ana, f"why {sleeper.name}")).splitlines()[0], what="it is known")
    with detour.broken(Fault(method="PATCH", part="/envschedules", hold=True, times=1)) as fault:
        seen = {message["ts"] for message in ana.messages("#dev")}
        ana.command(f"start {sleeper.name}")
        assert fault.arrived.wait(PATIENCE)
        sleeper.api.delete(sleeper.schedules("default"))
        fault.release()
        answer = ana.wait_for_message(lambda message: message["ts"] not in seen, channel="#dev")
    assert f'No environment "{sleeper.name}"' in words(answer)
    assert sleeper.api.find(sleeper.schedules("default")) is None


def test_after_the_api_server_was_away_the_frontdesk_knows_what_happened_meanwhile(
    slack: Workspace, remote: Frontdesk, detour: Detour, sleeper: Env
) -> None:
    ana = slack.act("ana")
    eventually(lambda: sleeper.name in words(answer_to(ana, "list")), what="it is known")
    detour.add(Fault(cut=True))
    detour.hang_up()
    sleeper.api.delete(sleeper.schedules("default"))
    detour.mend()
    eventually(lambda: sleeper.name not in words(answer_to(ana, "list")), what="it is forgotten")


class Strangers:
    """People who have never asked the frontdesk for anything: it has to ask Slack who they are."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._one: Frontdesk | None = None
        self._names: list[str] = []

    def next(self, slack: Workspace) -> Actor:
        """The next of them; once it knows everybody, another frontdesk takes its place."""
        if self._one is None or not self._one.runs or not self._names:
            self._one = self._counter.fresh(slack)
            self._one.start()
            self._names = ["ana", "bo", "chen", "dina"]
        self._one.receive()
        return slack.act(self._names.pop())


@pytest.fixture(scope="module")
def strangers(counter: Counter) -> Strangers:
    return Strangers(counter)


@pytest.mark.parametrize(("kind", "more"), [("429", {"retry_after": 1}), ("500", {}), ("500", {"times": 3})])
def test_slack_is_asked_again_when_it_is_busy_or_broken(
    slack: Workspace, strangers: Strangers, sleeper: Env, kind: str, more: Json
) -> None:
    stranger = strangers.next(slack)
    slack.fault("users.info", kind, **more)
    assert "awake" in words(answer_to(stranger, f"start {sleeper.name}"))
    assert len(slack.calls("users.info")) == 1 + more.get("times", 1)


@pytest.mark.slow
def test_slack_is_asked_again_when_it_says_nothing(slack: Workspace, strangers: Strangers, sleeper: Env) -> None:
    stranger = strangers.next(slack)
    slack.fault("users.info", "silence")
    assert "awake" in words(answer_to(stranger, f"start {sleeper.name}"))


def test_a_person_whom_slack_does_not_tell_of_is_told_so(slack: Workspace, strangers: Strangers, sleeper: Env) -> None:
    stranger = strangers.next(slack)
    slack.fault("users.info", "error", error="fatal_error")
    said = words(answer_to(stranger, f"start {sleeper.name}"))
    assert "Slack refused a call: fatal＿error" in said or "Slack refused a call: fatal_error" in said
    assert overridden(sleeper) == {}


def test_an_app_that_may_not_see_user_groups_works_without_them(
    slack: Workspace, counter: Counter, sleeper: Env
) -> None:
    """J2: rights given to people and to everybody still count"""
    counter.fresh(slack).start()
    slack.fault("usergroups.list", "error", error="missing_scope", times=None)
    assert "awake" in words(answer_to(slack.act("ana"), f"start {sleeper.name}"))
    assert "awake" in words(answer_to(slack.act("bo"), f"start {sleeper.name}"))
    assert len(slack.calls("usergroups.list")) == 1


def test_an_answer_that_cannot_be_given_where_it_was_asked_for_comes_as_a_direct_message(
    slack: Workspace, counter: Counter, sleeper: Env
) -> None:
    counter.usual(slack)
    slack.ask("POST", "/control/faults", {"respond": "404", "times": None})
    ana = slack.act("ana")
    ana.command(f"start {sleeper.name}")
    assert "awake" in words(ana.wait_for_message(channel="@ana"))


def test_a_mention_that_nobody_could_hear_is_answered_once_afterwards(
    slack: Workspace, counter: Counter, sleeper: Env
) -> None:
    """D1 Z: what was asked for once is added once"""
    one = counter.usual(slack)
    sleeper.wish("Awake", until="2099-01-01T00:00:00Z")
    one.kill()
    slack.act("ana").say("#dev", f"@Sundown extend {sleeper.name} 1h")
    one.start()
    slack.clock_advance(400)
    eventually(lambda: overridden(sleeper).get("via") == "slack", what="it came in the end")
    assert overridden(sleeper)["until"] == "2099-01-01T01:00:00Z"


@pytest.mark.parametrize("how", ["drop", "refresh"])
def test_a_lost_socket_is_opened_again(slack: Workspace, counter: Counter, sleeper: Env, how: str) -> None:
    counter.usual(slack)
    slack.break_socket(how)
    ana = slack.act("ana")
    eventually(lambda: ana.command(f"start {sleeper.name}")["acked"], what="it is connected again")
    eventually(lambda: overridden(sleeper).get("state") == "Awake", what="the command is carried out")


@pytest.mark.slow
def test_a_socket_that_is_dead_but_looks_connected_is_given_up(
    slack: Workspace, counter: Counter, sleeper: Env
) -> None:
    """Slack's end hangs: nothing is sent, read or answered, and nothing is closed."""
    counter.usual(slack)
    slack.break_socket("freeze")
    ana = slack.act("ana")
    eventually(lambda: ana.command(f"start {sleeper.name}")["acked"], what="it listens elsewhere")
    eventually(lambda: overridden(sleeper).get("state") == "Awake", what="the command is carried out")


def test_a_frontdesk_that_slack_cannot_reach_is_not_ready(slack: Workspace, counter: Counter) -> None:
    one = counter.usual(slack)
    slack.fault("apps.connections.open", "error", error="internal_error", times=None)
    slack.break_socket("drop")
    _, text = eventually(
        lambda: next((found for found in [one.probe("/readyz")] if found[0] == 503), None), what="it says so"
    )
    assert "Slack" in text
    assert one.probe("/livez")[0] == 200
    slack.mend()
    one.await_ready()


@both_ways
def test_100_kilobytes_of_text_are_refused_politely(slack: Workspace, frontdesk: Frontdesk, env: Env) -> None:
    env.schedule(ALWAYS_AWAKE)
    answer = answer_to(slack.act("ana"), "start " + "x" * 100_000)
    assert "That is too long to be a command" in words(answer)
    assert "Traceback" not in frontdesk.output


@both_ways
def test_two_who_want_different_things_at_once_are_both_answered_and_one_of_them_wins(
    slack: Workspace, frontdesk: Frontdesk, env: Env
) -> None:
    env.schedule(ALWAYS_AWAKE)
    slack.act("ana").command(f"stop {env.name}", wait=False)
    slack.act("bo").command(f"snooze {env.name} 2h", wait=False)
    slack.wait_until(lambda: len([m for m in slack.messages("#dev") if env.name in m["text"]]) == 2, what="two answers")
    written = overridden(env)
    assert (written["by"], written["state"]) in {("ana@example.com", "Asleep"), ("bo@example.com", "Awake")}
