"""The frontdesk as a process: probes, metrics, logs, signals, and how it refuses to start."""

import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from sundown.cli.app import cli
from sundown.cli.commands.frontdesk import frontdesk as command
from sundown.cli.shared.settings_options import environment
from sundown.frontdesk.settings import FrontdeskSettings
from sundown_lab.slack.remote import Workspace
from support.frontdesk.saying import answer_to, words
from support.frontdesks import Counter, Frontdesk, both_ways


@pytest.mark.lab
@both_ways
def test_probes_answer(frontdesk: Frontdesk) -> None:
    """F4"""
    assert frontdesk.probe("/livez") == (200, "ok\n")
    assert frontdesk.probe("/readyz") == (200, "ok\n")


@pytest.mark.lab
def test_metrics_count_what_people_asked_for(slack: Workspace, frontdesk: Frontdesk) -> None:
    """F4"""
    answer_to(slack.act("ana"), "start no-such-env")
    shown = frontdesk.probe("/metrics")[1]
    assert 'sundown_wishes_total{door="slack",outcome="NotFound",verb="start"}' in shown
    assert 'sundown_slack_deliveries_total{kind="command"}' in shown


@pytest.mark.lab
def test_every_wish_is_logged_with_user_command_and_outcome(slack: Workspace, frontdesk: Frontdesk) -> None:
    """F5"""
    answer_to(slack.act("ana"), "stop no-such-env")
    (line,) = [each for each in frontdesk.lines if each["event"] == "wish-refused" and each["command"] == "stop"]
    assert (line["user"], line["namespace"], line["outcome"]) == ("ana@example.com", "no-such-env", "NotFound")
    assert all({"event", "level", "timestamp"} <= each.keys() for each in frontdesk.lines)


@pytest.mark.lab
def test_no_token_and_no_secret_is_ever_logged(slack: Workspace, counter: Counter) -> None:
    """J1"""
    one = counter.fresh(slack, SUNDOWN_LOG_LEVEL="debug")
    one.start()
    slack.fault("users.info", "error", error="invalid_auth")
    answer_to(slack.act("ana"), "status no-such-env")
    one.terminate()
    secrets = [value for name, value in slack.environment.items() if name != "SLACK_API_URL"]
    assert not [secret for secret in secrets if secret in one.output]


@pytest.mark.lab
@pytest.mark.parametrize("settings", [{}, {"SUNDOWN_SLACK_PORT": "0"}], ids=["socket", "http"])
def test_sigterm_ends_it_cleanly(slack: Workspace, counter: Counter, settings: dict[str, str]) -> None:
    """Issue 4: in under 5 s; `terminate` kills what takes longer."""
    one = counter.fresh(slack, **settings)
    one.start()
    assert one.terminate() == 0
    assert "Traceback" not in one.output


@pytest.mark.lab
def test_sigterm_ends_it_cleanly_while_slack_hangs(slack: Workspace, counter: Counter) -> None:
    """Issue 4: an answer is on its way, the socket is dead, and the identity is still unknown"""
    one = counter.fresh(slack)
    one.start()
    slack.fault("*", "silence", times=None)
    slack.act("ana").command("start no-such-env")
    slack.break_socket("freeze")
    assert one.terminate() == 0
    assert "Traceback" not in one.output


@pytest.mark.lab
def test_the_slash_command_may_have_another_name(slack: Workspace, counter: Counter) -> None:
    """D2"""
    slack.load({"commands": [{"command": "/env"}]})
    one = counter.fresh(slack, SUNDOWN_SLACK_COMMAND="/env")
    one.start()
    ana = slack.act("ana")
    ana.command("", command="/env")
    answer = ana.wait_for_message(lambda message: bool(message["bot_id"]), channel="#dev")
    assert "/env extend <env> for <time>" in words(answer).replace("&lt;", "<").replace("&gt;", ">")


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Call ``sundown frontdesk`` in this process, with no variable of Slack's or Sundown's set but these."""
    for name, _ in environment(FrontdeskSettings):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, **variables: str) -> tuple[int, str, str]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        result = CliRunner().invoke(cli, ["frontdesk", *arguments], prog_name="sundown")
        return result.exit_code, result.stdout, result.stderr

    return run


HTTP = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "secret", "SUNDOWN_SLACK_PORT": "0"}
SOCKET = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "SLACK_BOT_TOKEN: is required"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "give SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET"),
        ({**SOCKET, "SUNDOWN_SLACK_COMMAND": "devenv"}, "SUNDOWN_SLACK_COMMAND: "),
        ({**SOCKET, "SUNDOWN_CLUSTERS": '{"eu": "nowhere"}'}, "SUNDOWN_CLUSTERS: "),
        ({**SOCKET, "SUNDOWN_CLUSTERS": "eu"}, "SUNDOWN_CLUSTERS: cannot be read"),
        ({**SOCKET, "SLACK_API_URL": "slack.com"}, "SLACK_API_URL: "),
        ({**SOCKET, "SLACK_API_URL": "http://slack.example.com/api/"}, "SLACK_API_URL: must be https"),  # S13
        ({**HTTP, "SUNDOWN_CLUSTERS": '{"eu": "https://eu/slack"}'}, "say in SUNDOWN_FIRST_CLUSTER which"),  # S13
        ({**SOCKET, "SUNDOWN_SLACK_PORT": "x"}, "SUNDOWN_SLACK_PORT: "),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    call: Callable[..., tuple[int, str, str]], variables: dict[str, str], said: str
) -> None:
    code, _, told = call(**variables)
    assert code == 2
    assert said in told
    assert "xoxb-1" not in told


def test_help_lists_every_setting_as_environment_variable(call: Callable[..., tuple[int, str, str]]) -> None:
    shown = call("--help")[1]
    assert set(re.findall(r"(?:SUNDOWN|SLACK)_[A-Z_]+", shown)) >= {name for name, _ in environment(FrontdeskSettings)}
    assert "SLACK_BOT_TOKEN" in shown


def test_every_option_is_a_setting_or_says_which_cluster_and_none_is_a_secret() -> None:
    """J1"""
    names = {parameter.name for parameter in command.params}
    assert names - {"kubeconfig", "context"} <= set(FrontdeskSettings.model_fields)
    assert not [name for name in names if "token" in name or "secret" in name]


def test_nothing_of_slacks_libraries_is_loaded_for_other_commands() -> None:
    import subprocess
    import sys

    program = "import sys; import sundown.cli.commands.operator, sundown.cli.commands.wish; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not [name for name in loaded if name.startswith(("slack_bolt", "slack_sdk", "sundown.frontdesk"))]
