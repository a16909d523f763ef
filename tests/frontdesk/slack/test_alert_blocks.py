"""How alerts look: their colour, their fields, what others have named in them (I2)."""

from datetime import timedelta
from typing import Any

import pytest

from sundown.frontdesk.incidents.incident import Digest, Incident
from sundown.frontdesk.incidents.kinds import ALERT_KINDS
from sundown.frontdesk.incidents.telling import Alert, Summary
from sundown.frontdesk.slack.views.alerts import log_lines, render
from support.frontdesk.alert_world import NOW

FACTS = {
    "pod": "web-1",
    "namespace": "team-a",
    "container": "main",
    "restarts": "7",
    "node": "n1",
    "owner": "Deployment/web",
    "status": "Unknown",
    "said": "not heard of",
    "deployment": "web",
    "revision": "3",
    "image": "web:3",
}


def incident(kind: str, **changes: Any) -> Incident:
    usual = {
        "kind": kind,
        "namespace": "team-a",
        "name": "x",
        "opened_at": NOW,
        "latest": NOW,
        "count": 7,
        "facts": FACTS,
    }
    return Incident(**{**usual, **changes})


def shown(kind: str, **changes: Any) -> tuple[str, dict[str, Any], dict[str, str]]:
    made = render(Alert(ALERT_KINDS[kind], incident(kind, **changes)), cluster="eu")
    (attachment,) = made["attachments"]
    texts = [field["text"] for block in attachment["blocks"] if block["type"] == "section" for field in block["fields"]]
    return (
        made["text"],
        attachment,
        {name.strip("*"): text for name, _, text in (each.partition("\n") for each in texts)},
    )


@pytest.mark.parametrize(
    ("kind", "colour"),
    [
        ("crash-loop", "#FF0000"),
        ("oom-killed", "#FFA500"),
        ("node-not-ready", "#FF0000"),
        ("rollout-complete", "#36A64F"),
    ],
)
def test_each_has_the_colour_of_how_bad_it_is_and_of_ok_when_it_is_over(kind: str, colour: str) -> None:
    assert shown(kind)[1]["color"] == colour
    over = shown(kind, ended="recovered", ended_at=NOW + timedelta(minutes=12))
    assert over[1]["color"] == "#36A64F"
    assert over[0].startswith(":white_check_mark: OK:")
    assert "12m" in str(over[1]["blocks"])


def test_a_crash_loop_says_pod_namespace_container_restarts_and_node() -> None:
    text, _, said = shown("crash-loop")
    assert text == (
        ":red_circle: Container `main` of `Deployment/web` in *team-a* crashes again and again, 5 restarts."
    )
    assert said == {"Pod": "`web-1`", "Namespace": "team-a", "Container": "`main`", "Restarts": "7", "Node": "n1"}


def test_names_of_others_format_and_mention_nothing() -> None:
    text, _, said = shown("crash-loop", facts={**FACTS, "container": "<!channel>`*x*`", "node": "<@U1>"})
    assert "<!channel>" not in text
    assert said["Node"] == "&lt;@U1&gt;"


def test_a_fact_that_is_missing_leaves_a_gap_and_no_error() -> None:
    assert "?" in shown("crash-loop", facts={})[0]


def test_many_are_counted_by_kind_in_the_colour_of_the_worst() -> None:
    digest = Digest(
        id="1", opened_at=NOW, latest=NOW, total={"rollout-complete": 30, "oom-killed": 1}, namespaces=("a", "b")
    )
    made = render(Summary(digest, {"oom-killed": 1}, ALERT_KINDS, more=4), cluster="eu")
    assert made["text"] == ":large_orange_circle: 31 alerts at once: 1 container out of memory, 30 rollouts complete."
    assert made["attachments"][0]["color"] == "#FFA500"
    assert "4 more than can be kept apart" in str(made)
    over = digest.model_copy(update={"ended": "recovered", "ended_at": NOW})
    assert render(Summary(over, {}, ALERT_KINDS), cluster="eu")["text"].startswith(
        ":white_check_mark: OK: 31 alerts are over"
    )


def test_log_lines_stay_what_they_are() -> None:
    made = log_lines("a <!channel> & ```b```\n" + "x" * 5000)
    assert made["text"].count("```") == 2
    assert "<!channel>" not in made["text"]
    assert len(made["text"]) <= 4000
