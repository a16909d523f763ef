"""Help is made from the table; and what is drawn keeps to Slack's limits, whatever people are called."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SlackBlock

from sundown.errors import NotFound
from sundown.frontdesk.commands import helping
from sundown.frontdesk.commands.command import Command
from sundown.frontdesk.commands.parsing import Mistyped
from sundown.frontdesk.commands.reply import Bold, Button, Code, Link, Reply
from sundown.frontdesk.commands.table import COMMANDS, parse
from sundown.frontdesk.slack.views import blocks
from sundown.frontdesk.slack.views.replies import mrkdwn, render
from sundown.usecases.wish import in_a_sentence


def shown(reply: Reply) -> str:
    return "\n".join(block["text"]["text"] for block in render(reply, cluster="eu")[1] if block["type"] == "section")


def test_help_names_every_command_of_the_table() -> None:
    """D5"""
    told = shown(helping.overview("/env"))
    for row in COMMANDS.values():
        assert blocks.code(f"/env {row.usage}") in told
        assert row.summary in told


@pytest.mark.parametrize("row", COMMANDS.values(), ids=lambda row: str(row.verb))
def test_help_on_a_command_has_its_usage_its_right_and_an_example(row: Command) -> None:
    """D5"""
    told = shown(helping.about(row.verb, "/env"))
    assert blocks.code(f"/env {row.usage}") in told
    assert blocks.code(f"/env {row.examples[0]}") in told
    assert row.right is None or blocks.code(row.right) in told


@pytest.mark.parametrize(
    ("verb", "right"),
    [
        ("scale", '"patch" deployments/scale.apps or "patch" statefulsets/scale.apps'),
        ("restart", '"patch" deployments.apps or "patch" statefulsets.apps'),
        ("delete", '"delete" namespaces'),
        ("edit", '"patch" envschedules.sundown.dev'),
        ("pods", '"list" pods'),
        ("logs", '"get" pods/log'),
    ],
)
def test_help_names_the_right_that_kubectl_would_take_too(verb: str, right: str) -> None:
    """D5: of what is proposed first it named the right to look at the environment alone."""
    assert f"as for kubectl, the right to {right}." in shown(helping.about(verb, "/env"))


def test_help_on_what_is_no_command_says_what_there_is() -> None:
    """D5"""
    with pytest.raises(Mistyped, match="there is no command"):
        helping.about("frobnicate", "/env")


def test_a_mistake_is_followed_by_how_it_is_written() -> None:
    """D5"""
    with pytest.raises(Mistyped) as mistake:
        parse("extend dev1")
    told = shown(helping.sorry(mistake.value, "/env"))
    assert blocks.code("/env extend <env> for <time>") in told
    assert "`/env extend dev1 for 2h`" in told


def test_what_is_to_be_typed_is_drawn_so() -> None:
    told = shown(helping.sorry(NotFound('no environment "x"; `/env list` shows all'), "/env"))
    assert told == ':warning: No environment "x"; `/env list` shows all.'


@pytest.mark.parametrize(
    ("said", "drawn"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("<https://evil.example.com|click>", "&lt;https://evil.example.com|click&gt;"),
        ("a & b", "a &amp; b"),
        ("*loud* _leaning_ ~gone~ `typed`", "∗loud∗ ＿leaning＿ ∼gone∼ ˋtypedˋ"),
        ("my_env_1", "my_env_1"),
        ("two\nlines\u202e", "two lines "),
    ],
)
def test_names_cannot_say_anything_in_slacks_markup(said: str, drawn: str) -> None:
    assert blocks.escape(said) == drawn


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text())
def test_no_text_makes_a_mention_or_a_link(text: str) -> None:
    for drawn in (blocks.escape(text), blocks.bold(text), blocks.code(text)):
        assert "<" not in drawn
        assert ">" not in drawn
        assert "\n" not in drawn


def test_a_line_that_begins_with_an_angle_is_no_quotation() -> None:
    assert mrkdwn(("> quoted",)).startswith("›")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.text(max_size=400), max_size=60),
    st.text(max_size=5000),
    st.sampled_from([(), (Button("resume", "dev1"),)]),
)
def test_every_reply_fits_into_slacks_limits(lines: list[str], title: str, buttons: tuple[Button, ...]) -> None:
    reply = Reply(
        title=(Bold(title), Code(title), Link("https://dev1.example.com/?a=1&b=2", "here")),
        lines=tuple((x,) for x in lines),
        buttons=buttons,
    )
    text, made = render(reply, cluster="eu")
    assert len(text) <= 4000
    assert len(made) <= blocks.MOST_BLOCKS
    for block in made:
        drawn = SlackBlock.parse(block)
        assert drawn is not None
        drawn.validate_json()
    assert all(len(block["text"]["text"]) <= blocks.MOST_SECTION for block in made if block["type"] == "section")


def test_a_long_list_says_how_many_more_there_are() -> None:
    """D4"""
    told = shown(
        Reply(title=("1000 environments",), lines=tuple((f"env-{number:04} " + "x" * 60,) for number in range(1000)))
    )
    named = told.count("env-0")
    assert 100 < named < 1000
    assert f"and {1000 - named} more" in told


def test_a_button_says_which_env_of_which_cluster_it_is_for() -> None:
    """C8"""
    _, made = render(Reply(title=("x",), buttons=(Button("resume", "dev1"),)), cluster="eu")
    (button,) = made[-1]["elements"]
    assert button["action_id"] == "sundown.resume"
    assert json.loads(button["value"]) == {"ns": "dev1", "cluster": "eu", "do": "resume"}


@given(
    st.lists(st.sampled_from(["<!date^1^{date}|18:00>", "&amp;", "&lt;", "<@U1>", "a", "😴", "e\u0301"])),
    st.integers(1, 200),
)
def test_escaped_text_is_cut_between_what_slack_reads_as_one(pieces: list[str], limit: int) -> None:
    """X9: half a mention would be shown as its letters, half of ``&amp;`` as ``&am``."""
    text = "".join(pieces)
    cut = blocks.cut(text, limit)
    assert len(cut) <= limit
    starts = {"".join(pieces[:count]) for count in range(len(pieces) + 1)}
    assert cut == text or cut.removesuffix("…") in starts


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NotFound("the log is not there"), ":warning: *log*: the log is not there."),
        (NotFound('no environment "log"').naming("log"), ':warning: No environment "log".'),
        (NotFound('no environment "other"').naming("other"), ':warning: *log*: no environment "other".'),
    ],
    ids=["a word that it is called like", "named", "another one named"],
)
def test_which_environment_is_meant_is_said_once(error: NotFound, told: str) -> None:
    """D5: by what is known of the sentence, and not by what can be found in it."""
    assert shown(helping.sorry(error, "/env", env="log")) == told
    assert in_a_sentence(error, "log") == told.removeprefix(":warning: ").replace("*", "").rstrip(".").replace(
        "No", "no", 1
    )
