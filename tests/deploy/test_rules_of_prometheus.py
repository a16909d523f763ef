"""The rules of ``deploy/prometheus``: promtool takes them, they do what they say, and ask for metrics that there are."""

import re
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY

import sundown.admission.metrics
import sundown.frontdesk.metrics
import sundown.metrics  # noqa: F401 - what is asked for below is counted there
from support.promtools import Promtool

RULES = Path(__file__).parents[2] / "deploy" / "prometheus" / "rules.yaml"
TESTS = Path(__file__).parent / "prometheus" / "rules.test.yaml"
OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def rules() -> list[dict[str, str]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def metrics() -> set[str]:
    """Every name under which a series of ours can be."""
    return {name for name in REGISTRY._names_to_collectors if name.startswith("sundown_")}


@pytest.mark.slow
def test_promtool_takes_them(promtool: Promtool) -> None:
    """F4"""
    assert promtool("check", "rules", "--lint=all", "--lint-fatal", str(RULES)) == ""


@pytest.mark.slow
def test_they_fire_when_they_should_and_not_otherwise(promtool: Promtool) -> None:
    """F4"""
    assert promtool("test", "rules", str(TESTS)) == ""


def test_each_alert_is_tried_both_ways() -> None:
    """F4"""
    tried = [each for one in yaml.safe_load(TESTS.read_text())["tests"] for each in one["alert_rule_test"]]
    alerts = {rule["alert"] for rule in rules() if "alert" in rule}
    assert {each["alertname"] for each in tried if each.get("exp_alerts")} == alerts
    assert {each["alertname"] for each in tried if not each.get("exp_alerts")} == alerts


def test_they_ask_for_metrics_that_there_are() -> None:
    """F4"""
    asked = {name for rule in rules() for name in re.findall(r"sundown_[a-z_]+", rule["expr"])}
    assert asked
    assert asked - metrics() == set()


def test_every_metric_stands_in_the_page_about_operations() -> None:
    """F4"""
    said = set(re.findall(r"`(sundown_[a-z_]+)`", OPERATIONS.read_text()))
    there = {name.removesuffix("_created") for name in metrics() if not name.endswith(("_bucket", "_count", "_sum"))}
    bare = {name for name in there if f"{name}_total" in there}  # a counter is listed with and without its suffix
    assert there - bare - said == set()
    assert said - there == set()
