"""One Slack app before two clusters: each has a frontdesk of its own, and Slack posts to the first one's door."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sundown_lab import controlplane
from sundown_lab.cluster import Cluster
from sundown_lab.processes import free_ports
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, Json, eventually
from support.envs import ALWAYS_AWAKE, NAMESPACES, Env
from support.frontdesk.saying import answer_to, buttons, words
from support.frontdesks import Counter, Frontdesk

pytestmark = pytest.mark.lab

FIRST = {"SUNDOWN_FIRST_CLUSTER": "home"}
CRDS = Path(__file__).parents[3] / "crds"


@pytest.fixture(scope="module")
def far_away() -> Iterator[Cluster]:
    """A second control plane."""
    with controlplane.start() as one:
        one.install([CRDS])
        yield one


@dataclass
class Pair:
    """An env in each cluster that has the same name."""

    env_here: Env
    env_there: Env

    @property
    def name(self) -> str:
        """The name of both envs."""
        return self.env_here.name


@dataclass
class Desks:
    """Where both frontdesks run. They listen to HTTP; ``there`` is called eu-west, and always at the same door."""

    counter: Counter
    distant: Counter
    port: int
    _here: Frontdesk | None = None
    _there: Frontdesk | None = None

    def here(self, slack: Workspace) -> Frontdesk:
        """The first cluster's: the one that runs, or a fresh one."""
        if self._here is None or not self._here.runs:
            doors = f'{{"eu-west": "http://127.0.0.1:{self.port}/slack/events"}}'
            self._here = self.counter.fresh(
                slack, SUNDOWN_CLUSTER_NAME="home", SUNDOWN_SLACK_PORT="0", SUNDOWN_CLUSTERS=doors, **FIRST
            )
            self._here.start()
        self._here.receive()
        return self._here

    def there(self, slack: Workspace) -> Frontdesk:
        """The second cluster's."""
        if self._there is None or not self._there.runs:
            self._there = self.fresh(slack)
        return self._there

    def fresh(self, slack: Workspace, **settings: str) -> Frontdesk:
        """Another in its place."""
        port = str(self.port)
        one = self.distant.fresh(slack, SUNDOWN_CLUSTER_NAME="eu-west", SUNDOWN_SLACK_PORT=port, **FIRST, **settings)
        one.launch()
        one.await_ready()
        return one


@pytest.fixture(scope="module")
def desks(counter: Counter, far_away: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """The frontdesks, which run from one test to the next."""
    distant = Counter(far_away, logs=tmp_path_factory.mktemp("far-away"))
    yield Desks(counter, distant, free_ports(1)[0])
    distant.clear()


@pytest.fixture
def pair(desks: Desks, slack: Workspace, api: Api, far_away: Cluster) -> Iterator[Pair]:
    """The envs, and the frontdesk of the first cluster."""
    desks.here(slack)
    name = f"env-{secrets.token_hex(4)}"
    envs = [Env(each, name) for each in (api, Api(far_away.kubeconfig))]
    for env in envs:
        env.api.create(NAMESPACES, {"metadata": {"name": name}})
        env.schedule(ALWAYS_AWAKE)
    yield Pair(*envs)
    for env in envs:
        env.api.delete(env.path)


def overridden(env: Env) -> Json:
    found: Json = env.api.get(env.schedules("default"))["spec"].get("override", {})
    return found


def test_a_request_about_another_cluster_is_carried_out_there_and_answered_from_there(
    slack: Workspace, pair: Pair, desks: Desks
) -> None:
    """C8: a command, a mention, and the button of a message that came from there"""
    desks.there(slack)
    slack.patience(1)
    ana = slack.act("ana")
    answer = answer_to(ana, f"stop {pair.name}@eu-west")
    assert (overridden(pair.env_there)["state"], overridden(pair.env_there)["by"]) == ("Asleep", "ana@example.com")
    assert overridden(pair.env_here) == {}
    assert buttons(answer) == ["sundown.resume"]
    assert ana.click(answer, "sundown.resume")["acked"]
    eventually(lambda: overridden(pair.env_there)["state"] == "Awake", what="the button resumes it there")
    ana.say("#dev", f"@Sundown stop {pair.name}@eu-west")
    eventually(lambda: overridden(pair.env_there)["state"] == "Asleep", what="the mention stops it there")
    assert overridden(pair.env_here) == {}
    ana.command(f"stop {pair.name}")
    eventually(lambda: overridden(pair.env_here).get("state") == "Asleep", what="without a cluster it is this one")
    assert slack.traffic()["late"] == 0


def test_the_other_cluster_checks_the_signature_itself(slack: Workspace, pair: Pair, desks: Desks) -> None:
    """C8 J1"""
    strict = desks.fresh(slack, SLACK_SIGNING_SECRET="another secret")
    said = words(answer_to(slack.act("ana"), f"stop {pair.name}@eu-west"))
    assert 'The cluster "eu-west" did not accept the request (401)' in said
    assert overridden(pair.env_there) == {}
    assert [each["reason"] for each in strict.lines if each["event"] == "request-refused"] == ["forged"]


def test_a_cluster_that_cannot_be_reached_is_said_to_be(slack: Workspace, pair: Pair, desks: Desks) -> None:
    """C8 D5"""
    desks.distant.clear()
    ana = slack.act("ana")
    answer = answer_to(ana, f"status {pair.name}@eu-west")
    assert 'The cluster "eu-west" cannot be reached at the moment, so nothing was done' in words(answer)
    assert answer["ephemeral"]
    asked = ana.say("#dev", f"@Sundown start {pair.name}@eu-west")
    told = ana.wait_for_message(lambda message: message["thread_ts"] == asked["ts"], channel="#dev")
    assert "cannot be reached" in words(told)
    assert f"{pair.name} is" in words(answer_to(ana, f"status {pair.name}@home"))


def test_a_cluster_that_nobody_knows_is_said_to_be_unknown(slack: Workspace, pair: Pair) -> None:
    """C8 D5"""
    said = words(answer_to(slack.act("ana"), f"stop {pair.name}@mars"))
    assert 'I know no cluster "mars", only eu-west, home.' in said


def test_what_is_passed_on_to_the_wrong_cluster_goes_no_further(
    slack: Workspace, pair: Pair, desks: Desks, counter: Counter
) -> None:
    """C8: two that take each other for a third would pass it on for ever"""
    doors = f'{{"mars": "{desks.there(slack).url}"}}'
    ours = {"SUNDOWN_CLUSTER_NAME": "home", "SUNDOWN_SLACK_PORT": "0", "SUNDOWN_CLUSTERS": doors}
    counter.fresh(slack, **ours, **FIRST).start()
    said = words(answer_to(slack.act("ana"), f"stop {pair.name}@mars"))
    assert 'passed on to the one that calls itself "eu-west"' in said


def test_by_socket_mode_nothing_is_passed_on_and_the_person_learns_why(slack: Workspace, counter: Counter) -> None:
    """C8"""
    counter.fresh(slack, SUNDOWN_CLUSTERS='{"eu-west": "http://127.0.0.1:9/slack/events"}').start()
    said = words(answer_to(slack.act("ana"), "stop dev1@eu-west"))
    assert 'I speak for the cluster "default" and cannot pass anything on to "eu-west"' in said
    assert "Socket Mode" in said
