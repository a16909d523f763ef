"""What the processes tell Prometheus, by the judgement of Prometheus's own tool."""

from functools import partial
from pathlib import Path

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, eventually
from support.envs import ASLEEP_FOR_EVER, NAMESPACES, Env
from support.frontdesk.saying import answer_to
from support.frontdesks import Frontdesk
from support.operators import Stage
from support.promtools import Promtool
from support.webhooks import Porch

pytestmark = pytest.mark.lab


def test_the_operators(env: Env, stage: Stage, promtool: Promtool) -> None:
    """F4: after a night, so that there are series of most metrics."""
    operator = stage.usual()
    env.add("web", 2)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    shown = operator.probe("/metrics")[1]
    assert "sundown_transitions_total{" in shown
    assert promtool("check", "metrics", input=shown) == ""


def test_the_frontdesks(slack: Workspace, frontdesk: Frontdesk, promtool: Promtool) -> None:
    """F4"""
    answer_to(slack.act("ana"), "start no-such-env")
    shown = frontdesk.probe("/metrics")[1]
    assert "sundown_wishes_total{" in shown
    assert promtool("check", "metrics", input=shown) == ""


def test_the_webhooks(control_plane: Cluster, tmp_path: Path, api: Api, promtool: Promtool) -> None:
    """F4"""
    with Porch(control_plane, tmp_path).running() as webhook:
        asked = partial(api.create, f"{NAMESPACES}?dryRun=All", {"metadata": {"name": "team-metrics"}})
        eventually(
            lambda: asked() and "sundown_admission_reviews_total{" in webhook.probe("/metrics")[1], what="counted"
        )
        assert promtool("check", "metrics", input=webhook.probe("/metrics")[1]) == ""
