"""`sundown operator`: its settings and how it refuses to start."""

import json
import re
from collections.abc import Callable

import pytest

from sundown.aws.settings import AwsSettings
from sundown.cli.commands.operator import operator
from sundown.cli.shared.settings_options import settings_from
from sundown.settings import Settings
from support.commandline import Called

Call = Callable[..., Called]


def test_help_lists_every_setting_as_environment_variable(call: Call) -> None:
    shown = call("operator", "--help").out
    listed = set(re.findall(r"SUNDOWN_[A-Z_]+", shown))
    assert listed >= {f"SUNDOWN_{name.upper()}" for name in Settings.model_fields}
    assert listed >= {f"SUNDOWN_AWS_{name.upper()}" for name in AwsSettings.model_fields}


def test_an_option_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNDOWN_HTTP_PORT", "1")
    monkeypatch.setenv("SUNDOWN_LOG_FORMAT", "console")
    settings = settings_from({"http_port": 2, "log_format": None}, Settings)
    assert (settings.http_port, settings.log_format) == (2, "console")


def test_logs_are_json_where_nobody_looks_on() -> None:
    assert settings_from({}, Settings).log_format == "json"


def test_every_option_is_a_setting_or_says_which_cluster() -> None:
    names = {parameter.name for parameter in operator.params}
    assert names - {"kubeconfig", "context"} <= set(Settings.model_fields)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SUNDOWN_HTTP_PORT", "99999"),
        ("SUNDOWN_WRITES_IN_FLIGHT", "0"),
        ("SUNDOWN_SWEEP_MINUTES", "soon"),
        ("SUNDOWN_DEFAULT_TIME_ZONE", "Mars/Olympus"),
        ("SUNDOWN_DRY_RUN", "maybe"),
        ("SUNDOWN_CLUSTER_NAME", "EU West"),
        ("SUNDOWN_AWS_CALLS_IN_FLIGHT", "0"),
        ("SUNDOWN_AWS_NAMESPACE_TAG", "aws:env"),
        ("SUNDOWN_AWS_TABLE", "no/table"),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    call: Call, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    called = call("operator")
    assert called.code == 2
    assert f"{variable}: " in called.err


@pytest.mark.parametrize("variable", ["SUNDOWN_AWS_REGIONS", "SUNDOWN_AWS_ROLES"])
def test_the_item_of_a_list_that_cannot_be_is_named(call: Call, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, '["moon"]')
    called = call("operator")
    assert called.code == 2
    assert f"{variable}[0]: " in called.err


def test_a_list_that_is_no_json_is_refused(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNDOWN_PROTECTED_NAMESPACES", "kube-*,prod")
    called = call("operator")
    assert called.code == 2
    assert "SUNDOWN_PROTECTED_NAMESPACES: cannot be read; lists and tables are written as JSON" in called.err
    assert json.dumps(["kube-*"]) in call("operator", "--help").out


@pytest.mark.parametrize("given", [{}, {"SUNDOWN_CLUSTER_NAME": "default"}], ids=["left out", "given"])
def test_with_aws_a_cluster_without_a_name_of_its_own_is_refused(
    call: Call, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    """S10: two clusters of one name would start what the other has stopped."""
    for name, value in {"SUNDOWN_AWS_REGIONS": '["eu-central-1"]', **given}.items():
        monkeypatch.setenv(name, value)
    called = call("operator")
    assert called.code == 2
    assert 'SUNDOWN_CLUSTER_NAME: is "default"' in called.err
    assert "sundown wake-all --direct" in called.err


def test_without_a_cluster_it_does_not_start(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("home") / "kubeconfig"
    empty.write_text("apiVersion: v1\nkind: Config\n")
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    called = call("operator", "--kubeconfig", str(empty))
    assert called.code == 1
    assert called.err.startswith("Error: no cluster to talk to")
