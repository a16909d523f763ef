"""Two clusters behind one Slack app: a frontdesk in each, and an env in each that has the same name."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sundown_lab import controlplane
from sundown_lab.cluster import Cluster
from sundown_lab.processes import free_ports
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api
from support.envs import ALWAYS_AWAKE, NAMESPACES, Env
from support.frontdesks import Counter, Frontdesk
from support.operators import ROOT, Stage

FIRST = {"SUNDOWN_FIRST_CLUSTER": "home"}
HERE, THERE = "home", "eu-west"


@pytest.fixture(scope="module")
def far_away() -> Iterator[Cluster]:
    """A second control plane."""
    with controlplane.start() as one:
        one.install([ROOT / "crds"])
        yield one


@pytest.fixture(scope="module")
def distant_stage(far_away: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Where an operator runs there."""
    with Stage(far_away, logs=tmp_path_factory.mktemp("distant-operator")) as one:
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

    @property
    def both(self) -> tuple[Env, Env]:
        """The one here first."""
        return self.env_here, self.env_there


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
            self._here = self.fresh_here(slack)
        self._here.receive()
        return self._here

    def there(self, slack: Workspace) -> Frontdesk:
        """The second cluster's."""
        if self._there is None or not self._there.runs:
            self._there = self.fresh_there(slack)
        return self._there

    def fresh_here(self, slack: Workspace, *, with_rows: str = "", **settings: str) -> Frontdesk:
        """Another in its place, to which Slack delivers."""
        doors = f'{{"{THERE}": "http://127.0.0.1:{self.port}/slack/events"}}'
        named = {"SUNDOWN_CLUSTER_NAME": HERE, "SUNDOWN_SLACK_PORT": "0", "SUNDOWN_CLUSTERS": doors, **FIRST}
        one = self.counter.fresh(slack, with_rows=with_rows, **named, **settings)
        one.start()
        return one

    def fresh_there(self, slack: Workspace, *, with_rows: str = "", **settings: str) -> Frontdesk:
        """Another in its place."""
        named = {"SUNDOWN_CLUSTER_NAME": THERE, "SUNDOWN_SLACK_PORT": str(self.port), **FIRST}
        one = self.distant.fresh(slack, with_rows=with_rows, **named, **settings)
        begin_afar(one)
        return one


def begin_afar(frontdesk: Frontdesk) -> None:
    """Start one to which Slack delivers nothing itself."""
    frontdesk.launch()
    frontdesk.await_ready()


@pytest.fixture(scope="module")
def desks(counter: Counter, far_away: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """The frontdesks, which run from one test to the next."""
    distant = Counter(far_away, logs=tmp_path_factory.mktemp("far-away"))
    yield Desks(counter, distant, free_ports(1)[0])
    distant.clear()


@pytest.fixture
def pair(slack: Workspace, api: Api, far_away: Cluster) -> Iterator[Pair]:
    """The envs."""
    name = f"env-{secrets.token_hex(4)}"
    envs = [Env(each, name) for each in (api, Api(far_away.kubeconfig))]
    for env in envs:
        env.api.create(NAMESPACES, {"metadata": {"name": name}})
    yield Pair(*envs)
    for env in envs:
        env.api.delete(env.path)


@pytest.fixture
def scheduled(desks: Desks, slack: Workspace, pair: Pair) -> Pair:
    """The same with schedules, and the frontdesk of the first cluster."""
    desks.here(slack)
    for env in pair.both:
        env.schedule(ALWAYS_AWAKE)
    return pair
