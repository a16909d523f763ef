"""Every way to install Sundown, with the image as it is built: it becomes ready, and puts real containers to sleep (G10)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from sundown_lab.slack.remote import Workspace
from support.apiserver import Api
from support.commandline import Sundown
from support.envs import NAMESPACES, Env
from support.frontdesk.saying import answer_to, words
from support.node.real_envs import RealEnv, emptied, populated
from support.nodes import Ground, Installation, Node

pytestmark = pytest.mark.node


@dataclass(frozen=True)
class Way:
    """A way to install it, and the containers that it has; ``namespaces``: the only ones that it looks at."""

    name: str
    containers: frozenset[str]
    overlay: str = "base"
    components: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()


BOTH = frozenset({"operator", "frontdesk"})
WAYS = {
    way.name: way
    for way in (
        Way("operator-only", frozenset({"operator"}), overlay="overlays/operator-only"),
        Way("base", BOTH),
        Way("split", BOTH, overlay="overlays/split"),
        Way("slack-http", BOTH, overlay="overlays/split", components=("slack-http",)),
        Way("policies", BOTH, overlay="overlays/split", components=("hold", "policies", "admission")),
        Way("namespaced", BOTH, overlay="overlays/namespaced", namespaces=("team-a", "team-b")),
    )
}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS, scope="module")
every_way_with_slack = pytest.mark.parametrize(
    "way", [way for way in WAYS.values() if "frontdesk" in way.containers], ids=lambda way: way.name, scope="module"
)


@pytest.fixture(scope="module")
def named(way: Way, api: Api) -> Iterator[None]:
    """The namespaces that it takes are there before it."""
    for name in way.namespaces:
        api.create(NAMESPACES, {"metadata": {"name": name, "labels": {"scheduler": "enabled"}}})
    yield
    for name in way.namespaces:
        api.delete(f"{NAMESPACES}/{name}")


@pytest.fixture
def real_env(way: Way, make_env: Callable[..., Env], node: Node, api: Api) -> Iterator[RealEnv]:
    """An env that it looks at."""
    if not way.namespaces:
        yield populated(make_env(labels={"scheduler": "enabled"}), node)
        return
    env = Env(api, way.namespaces[0])
    yield populated(env, node)
    emptied(env)


@pytest.fixture
def installed(way: Way, named: None, ground: Ground, slack_of_pods: Workspace) -> Installation:
    one = ground.install(*way.components, overlay=way.overlay, slack=slack_of_pods.environment)
    if "frontdesk" in way.containers:
        reach(one, slack_of_pods, way=way)
    return one


def reach(one: Installation, slack: Workspace, *, way: Way) -> None:
    """Have Slack deliver to it, the way that it listens."""
    if "slack-http" in way.components:
        (pod,) = [each for each in one.pods if each["spec"]["containers"][-1]["name"] == "frontdesk"]
        slack.deliver_by_http(f"http://{pod['status']['podIP']}:3000/slack/events", verify=True)
    else:
        slack.deliver_by_socket()
        slack.wait_for_connection()


@every_way
def test_it_becomes_ready_without_a_restart(way: Way, installed: Installation) -> None:
    """W1"""
    containers = installed.containers()
    assert containers.keys() == way.containers
    assert {one.restarts for one in containers.values()} == {0}
    for name in way.containers:
        assert installed.execute(name, "id", "-u").stdout == "65532\n"


@every_way
def test_the_command_line_puts_containers_to_sleep_and_wakes_them(
    installed: Installation, real_env: RealEnv, sundown: Sundown
) -> None:
    """A1, A3"""
    was = real_env.awake()
    sundown("stop", real_env.name)
    real_env.asleep(was)
    sundown("start", real_env.name)
    assert not set(real_env.awake()) & set(was)
    assert {one.restarts for one in installed.containers().values()} == {0}


@every_way_with_slack
@pytest.mark.usefixtures("installed")
def test_slack_puts_containers_to_sleep_and_wakes_them(real_env: RealEnv, slack_of_pods: Workspace) -> None:
    """C5, D2"""
    ana = slack_of_pods.act("ana")
    was = real_env.awake()
    answer = answer_to(ana, f"stop {real_env.name}")
    assert real_env.name in words(answer)
    real_env.asleep(was)
    answer_to(ana, f"start {real_env.name}")
    assert not set(real_env.awake()) & set(was)
