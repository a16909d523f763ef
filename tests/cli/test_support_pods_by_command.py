"""`sundown support start|extend|stop|list`: what becomes of it, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sundown_lab.cluster import Cluster
from support.commandline import Called
from support.operators import Stage
from support.supporting import ON, Supported

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("supported")]

Support = Callable[..., Called]


@pytest.fixture
def support(control_plane: Cluster, call: Callable[..., Called]) -> Support:
    """Call ``sundown support ...`` as an administrator, or as who has that kubeconfig."""

    def run(verb: str, *arguments: str, who: Path | None = None) -> Called:
        return call("support", verb, "--kubeconfig", str(who or control_plane.kubeconfig), *arguments)

    return run


def test_one_that_is_started_runs_is_listed_extended_and_stopped(
    stage: Stage, support: Support, supported: Supported, me: str
) -> None:
    """H1, H2"""
    stage.fresh(**ON).start()
    started = support("start", "Tools", "xs", "--for", "2h")
    assert started.code == 0, started.err
    assert "tools: is starting, and lives until" in started.out
    assert "kubectl exec -it tools -n sundown-support -- sh" in started.out
    assert 'no pod can be called "Tools"' in started.err
    supported.until("tools", "Running")
    (row,) = json.loads(support("list", "-o", "json").out)
    assert (row["name"], row["owner"], row["state"], row["size"], row["memory"]) == (
        "tools",
        me,
        "Running",
        "XS",
        "512Mi",
    )
    heading, line = support("list").out.splitlines()
    assert heading.split() == ["NAME", "STATE", "SIZE", "MEMORY", "ENDS", "OWNER", "WHY"]
    assert line.startswith("tools   running")
    wrong = support("start", "other", "XXL")
    assert (wrong.code, wrong.err) == (1, 'Error: there is no size "XXL"; there are XS, S, M, L, XL\n')
    assert supported.find("other") is None
    assert "(in 2d)" in support("extend", "tools", "2d").out
    assert support("stop", "tools").out == "tools: is stopped\n"
    supported.gone("tools")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("start", "there"), 'support pod "there" already exists: use another name'),
        (("start", "THERE!"), 'support pod "there" already exists: use another name'),
        (("stop", "nowhere"), 'support pod "nowhere" does not exist'),
        (("extend", "nowhere", "1h"), 'support pod "nowhere" does not exist'),
        (("start", "!!!"), '"!!!" is no name'),
        (("start", "other", "--for", "8d"), "7 days at most"),
        (("extend", "there", "30d"), "7 days at most"),
        (("stop", "there"), "was started by bo@example.com: ask them, or use --force"),
    ],
    ids=" ".join,
)
def test_each_mistake_has_its_own_text(
    support: Support, supported: Supported, arguments: tuple[str, ...], said: str
) -> None:
    """D5, H2"""
    supported.want("there", owner="bo@example.com")
    called = support(*arguments)
    assert called.code == 1
    assert said in called.err


def test_what_is_only_tried_changes_nothing(support: Support, supported: Supported) -> None:
    """G8"""
    assert "would be started" in support("start", "tools", "--dry-run").out
    assert supported.find("tools") is None
    before = supported.want("there")["spec"]
    assert "would live until" in support("extend", "there", "2d", "--dry-run").out
    assert "would be stopped" in support("stop", "there", "--dry-run").out
    found = supported.find("there")
    assert found is not None
    assert found["spec"] == before


def test_somebody_without_rights_is_told_so(support: Support, control_plane: Cluster) -> None:
    """J2"""
    nobody = control_plane.user_kubeconfig("nobody@example.com", ())
    for arguments in (("list",), ("start", "tools"), ("stop", "tools")):
        called = support(*arguments, who=nobody)
        assert called.code == 1
        assert "you may not" in called.err
