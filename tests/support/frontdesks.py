"""The frontdesk as tests run it: the installed command as a process of its own, logged in as the ServiceAccount of the split
installation with the REST API, before the lab's control plane and the Slack simulator.

Ask for `frontdesk` (with `slack`) for one that runs: over Socket Mode, or over both ways in turn where a module is marked
`both_ways`. At most one runs at a time, or two would answer everything twice. `counter.fresh(...)` has settings of its own.
"""

import json
import re
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import pytest
import yaml

from sundown_lab import kubeconfig as kubeconfigs
from sundown_lab.cluster import Cluster
from sundown_lab.processes import LOOPBACK
from sundown_lab.slack.remote import Workspace
from support.operators import HOME, RIGHTS, ROOT, for_both_accounts
from support.programs import Program

ACCOUNT = "sundown-frontdesk"
USER = f"system:serviceaccount:{HOME}:{ACCOUNT}"
NEEDED = RIGHTS | {"ConfigMap"}

both_ways = pytest.mark.parametrize("transport", ["socket", "http"], indirect=True, scope="module")
"""Put it on a module (`pytestmark`) or a test: it runs over Socket Mode and over signed HTTP."""

_DOOR = re.compile(r'"port": (\d+), "path": "/slack/events", "event": "door-listening"')
_API = re.compile(r'"port": (\d+), "event": "api-listening"')
_counter = pytest.StashKey["Counter"]()


class Frontdesk(Program):
    """One frontdesk process."""

    def __init__(
        self, kubeconfig: Path, *, log: Path, slack: Workspace, settings: Mapping[str, str], with_rows: str = ""
    ) -> None:
        # Tests ask again and again, and take rights away, at a pace that no person has.
        pace = {"SUNDOWN_PERSON_REQUESTS": "100000", "SUNDOWN_API_REQUESTS": "1000000", "SUNDOWN_SIGHT_SECONDS": "0"}
        doors = {"SUNDOWN_SLACK_HOST": LOOPBACK, "SUNDOWN_API_HOST": LOOPBACK, "SUNDOWN_API_PORT": "0"}
        at_home = {**doors, **pace, **slack.environment}
        super().__init__("frontdesk", kubeconfig, log=log, settings={**at_home, **settings}, with_rows=with_rows)
        self.transport = "http" if "SUNDOWN_SLACK_PORT" in settings else "socket"
        self.slack = slack

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What it has logged since it was started last, line by line."""
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]

    def start(self) -> None:
        """Start it, and return when it is ready and Slack delivers to it."""
        super().start()
        self.receive()

    def receive(self) -> None:
        """Have Slack deliver to it, the way that it listens, and wait for it three times as long as Slack itself.

        Slow machines are slower than anybody's cluster. A test of the three seconds says ``slack.patience(1)``.
        """
        self.slack.patience(3)
        if self.transport == "http":
            self.slack.deliver_by_http(self.url, verify=True)
        else:
            self.slack.deliver_by_socket()
            self.slack.wait_for_connection()

    @property
    def url(self) -> str:
        """Its HTTP door."""
        found = _DOOR.search(self.output)
        assert found is not None, "it has no HTTP door"
        return f"http://{LOOPBACK}:{found[1]}/slack/events"

    @property
    def api(self) -> str:
        """Its REST API."""
        found = _API.search(self.output)
        assert found is not None, "it has no API"
        return f"http://{LOOPBACK}:{found[1]}"


class Counter:
    """Where at most one frontdesk runs at a time; ``with`` clears it, whatever has happened there."""

    def __init__(
        self, cluster: Cluster, *, logs: Path, installation: Path = ROOT / "deploy" / "overlays" / "api"
    ) -> None:
        self._cluster = cluster
        self._installation = installation
        self._logs = logs
        self._count = 0
        self._account: Path | None = None
        self._on: Frontdesk | None = None
        self._usual: dict[str, Frontdesk] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    @property
    def account(self) -> Path:
        """A kubeconfig of the frontdesk's ServiceAccount, with the rights of the split installation and no others."""
        if self._account is None:
            shown = self._cluster.kubectl("kustomize", str(self._installation)).stdout
            items = [each for each in yaml.safe_load_all(shown) if each["kind"] in NEEDED]
            document = json.dumps({"apiVersion": "v1", "kind": "List", "items": for_both_accounts(items)})
            self._cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input=document)
            self._account = self._cluster.service_account_kubeconfig(HOME, ACCOUNT)
        return self._account

    @property
    def log(self) -> str:
        """What the frontdesk that runs has logged, its end."""
        return self._on.output[-20_000:] if self._on is not None else ""

    def usual(self, slack: Workspace, transport: str = "socket") -> Frontdesk:
        """A frontdesk with the default settings that nobody has tampered with: the one that runs already, if it can be."""
        usual = self._usual.get(transport)
        if usual is None or usual is not self._on or not usual.runs:
            door = {"SUNDOWN_SLACK_PORT": "0"} if transport == "http" else {}
            usual = self._usual[transport] = self.fresh(slack, **door)
            usual.start()
        usual.receive()
        return usual

    def fresh(self, slack: Workspace, *, server: str | None = None, with_rows: str = "", **settings: str) -> Frontdesk:
        """A new frontdesk, not yet started, with these settings; ``server`` is another way to the same API server.

        The one before is ended.
        """
        self.clear()
        self._on = self.make(slack, server=server, with_rows=with_rows, **settings)
        return self._on

    def make(self, slack: Workspace, *, server: str | None = None, with_rows: str = "", **settings: str) -> Frontdesk:
        """One beside whatever runs; whoever asks for it ends it."""
        self._count += 1
        kubeconfig = self.account if server is None else self._detour(server)
        log = self._logs / f"frontdesk-{self._count}.log"
        return Frontdesk(kubeconfig, log=log, slack=slack, settings=settings, with_rows=with_rows)

    def clear(self) -> None:
        """End whatever runs."""
        if self._on is not None:
            self._on.kill()
            self._on = None

    def leave(self) -> None:
        """End whatever runs, and return when Slack has seen that nobody is connected any more."""
        if self._on is not None:
            slack = self._on.slack
            self.clear()
            slack.wait_until(lambda: slack.state()["app"]["connections"] == 0, what="the frontdesk has gone")

    def _detour(self, server: str) -> Path:
        document: dict[str, Any] = yaml.safe_load(self.account.read_text())
        path = self._logs / f"detour-{self._count}.kubeconfig"
        endpoint = kubeconfigs.Endpoint(server, self._cluster.endpoint.authority)
        return kubeconfigs.write(path, endpoint=endpoint, login=str(document["users"][0]["user"]["token"]))


@pytest.fixture(scope="session")
def counter(
    control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Counter]:
    """The one place of this run where a frontdesk runs."""
    with Counter(control_plane, logs=tmp_path_factory.mktemp("frontdesk")) as one:
        pytestconfig.stash[_counter] = one
        yield one


@pytest.fixture(scope="module")
def transport(request: pytest.FixtureRequest) -> str:
    """How Slack comes: ``socket``, or ``http`` where a test is marked `both_ways`."""
    return str(getattr(request, "param", "socket"))


@pytest.fixture
def frontdesk(counter: Counter, slack: Workspace, transport: str) -> Frontdesk:
    """A frontdesk that runs, and to which Slack delivers."""
    return counter.usual(slack, transport)


@pytest.hookimpl(tryfirst=True)  # before the fixtures
def pytest_runtest_setup(item: pytest.Item) -> None:
    """End the frontdesk before a test that has Slack for an app of its own: it would answer too."""
    names, one = getattr(item, "fixturenames", ()), item.config.stash.get(_counter, None)
    if one is not None and "slack_server" in names and "counter" not in names:
        one.leave()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put what the frontdesk said next to a test that failed."""
    report = yield
    one = item.config.stash.get(_counter, None)
    if report.failed and one is not None and "counter" in getattr(item, "fixturenames", ()):
        report.sections.append(("the frontdesk's log", one.log))
    return report
