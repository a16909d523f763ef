"""Both processes start as a user whom the machine does not know by name, which is what every pod of an image is (W1)."""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sundown_lab.processes import LOOPBACK, Command, Process, answers, wait_until
from support.programs import PORT

pytestmark = pytest.mark.slow

NOBODY_LISTENS = f"http://{LOOPBACK}:1"
KUBECONFIG = f"""
apiVersion: v1
kind: Config
current-context: away
clusters: [{{name: away, cluster: {{server: "{NOBODY_LISTENS}"}}}}]
users: [{{name: us, user: {{token: t}}}}]
contexts: [{{name: away, context: {{cluster: away, user: us}}}}]
"""


@functools.cache
def as_user(uid: int) -> tuple[str, ...]:
    """What comes before a command so that it runs as this user, and can still read a checkout that only its owner can."""
    known_to_all = ("setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", "--pdeathsig", "KILL")
    reads_all = (*known_to_all, "--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search")
    in_a_namespace = ("unshare", "--user", f"--map-user={uid}")
    for way in (known_to_all, reads_all) * (os.geteuid() == 0) + (in_a_namespace,):
        command = [*way, "env", sys.executable, "-c", "import sundown, pydantic"]
        tried = subprocess.run(command, capture_output=True, check=False)
        if tried.returncode == 0:
            return way
    pytest.fail("becoming another user takes root and setpriv, or user namespaces and unshare (both of util-linux)")


@pytest.fixture(params=[65532, 1000710000], ids=["of-the-image", "of-openshift"])
def user(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return as_user(request.param)


@pytest.fixture(params=["HOME=/", "HOME=/nonexistent", None], ids=["root-is-home", "home-is-missing", "no-home"])
def home(request: pytest.FixtureRequest) -> list[str]:
    return [] if request.param is None else [request.param]


@pytest.fixture
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = Path("/tmp") / f"sundown-test-{os.getpid()}.kubeconfig"  # pytest's own folders are closed to others
    path.write_text(KUBECONFIG)
    path.chmod(0o644)
    yield path
    path.unlink()


@pytest.mark.parametrize("program", ["operator", "frontdesk"])
def test_it_lives_as_a_user_without_a_name(
    program: str, user: tuple[str, ...], home: list[str], kubeconfig: Path, tmp_path: Path
) -> None:
    """W1"""
    variables = [
        *home,
        f"PATH={os.environ['PATH']}",
        f"KUBECONFIG={kubeconfig}",
        f"SUNDOWN_HTTP_HOST={LOOPBACK}",
        "SUNDOWN_HTTP_PORT=0",
        "SUNDOWN_LOG_FORMAT=json",
        "SLACK_BOT_TOKEN=xoxb-1",
        "SLACK_APP_TOKEN=xapp-1",
        f"SLACK_API_URL={NOBODY_LISTENS}/api/",
    ]
    log = tmp_path / "log"
    become, *options = user
    run = ("env", "-i", *variables, sys.executable, "-B", "-m", "sundown", program)
    process = Process(Command(program, (shutil.which(become) or become, *options, *run)), log=log)

    def lives() -> bool:
        found = PORT.search(log.read_text())
        return found is not None and answers(f"http://{LOOPBACK}:{found[1]}/livez")

    process.start()
    try:
        wait_until(lives, what="it lives", timeout=120, processes=[process])
    finally:
        process.stop()
    assert process.exit_code == 0
    assert "Traceback" not in log.read_text()
