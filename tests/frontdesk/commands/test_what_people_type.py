"""From text to what is asked for: what is understood, and that each kind of mistake has a text of its own."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sundown.frontdesk.commands.parsing import Asked, EnvName, HowLong, Mistyped, TooLong, UnknownCommand, WhichEnv
from sundown.frontdesk.commands.table import COMMANDS, parse, row_of

HOUR = timedelta(hours=1)
VERB_OF = {word: row.verb for row in COMMANDS.values() for word in (row.verb, *row.aliases)}


@pytest.mark.parametrize(
    ("typed", "span"),
    [
        ("2", 2 * HOUR),
        ("2h", 2 * HOUR),
        ("for 2h", 2 * HOUR),
        ("by 90m", 1.5 * HOUR),
        ("for 1h30m", 1.5 * HOUR),
        ("for 1 h 30 min", 1.5 * HOUR),
        ("for 1 hour and 30 minutes", 1.5 * HOUR),
        ("1.5h", 1.5 * HOUR),
        ("1,5 Stunden", 1.5 * HOUR),
        ("24h", 24 * HOUR),
        ("1d", 24 * HOUR),
        ("1m", timedelta(minutes=1)),
        ("for “2h”", 2 * HOUR),
    ],
)
def test_a_time_may_be_written_as_people_write_it(typed: str, span: timedelta) -> None:
    """D1"""
    row, asked = parse(f"extend dev1 {typed}")
    assert (row.verb, asked) == ("extend", Asked(env=EnvName("dev1"), span=span))


@pytest.mark.parametrize(
    "hours", ["0", "0h", "-1", "25", "25h", "1e9", "1000000000", "24h1m", "1441m", "0.001h", "30s"]
)
def test_a_time_out_of_range_is_refused_with_the_range(hours: str) -> None:
    """D1 Z"""
    with pytest.raises(TooLong, match="between 1 minute and 24 hours"):
        parse(f"extend dev1 for {hours}")


@pytest.mark.parametrize("hours", ["drei", "soon", "2 bananas", "h", "1m2h", "NaN", "inf", "٣", "2h please"])
def test_what_is_no_time_is_said_to_be_none(hours: str) -> None:
    """D5"""
    with pytest.raises(HowLong, match="is no length of time"):
        parse(f"extend dev1 for {hours}")


def test_a_snooze_may_be_longer_than_an_extension() -> None:
    """D2"""
    assert parse("snooze dev1 for 3 days")[1].span == timedelta(days=3)
    with pytest.raises(TooLong, match="between 1 minute and 30 days"):
        parse("snooze dev1 31d")


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("extend", WhichEnv, "say which environment"),
        ("start", WhichEnv, "say which environment"),
        ("extend dev1", HowLong, "for how long"),
        ("start Dev_1!", WhichEnv, "is no name of an environment"),
        ("start ../../etc", WhichEnv, "is no name of an environment"),
        ("start dev1@", WhichEnv, "is no name of a cluster"),
        ("start dev1@EU WEST", Mistyped, "do not understand"),
        ("stop dev1 dev2", Mistyped, "one environment at a time"),
        ("strat dev1", UnknownCommand, "did you mean start"),
        ("xyzzy", UnknownCommand, 'do not know "xyzzy"'),
        ("help a b", Mistyped, "one command at a time"),
        ("start " + "x" * 100_000, Mistyped, "too long"),
    ],
)
def test_each_kind_of_mistake_has_a_text_of_its_own(text: str, kind: type[Mistyped], said: str) -> None:
    """D5"""
    with pytest.raises(kind, match=said):
        parse(text)


@pytest.mark.parametrize("word", sorted(VERB_OF))
def test_every_verb_and_alias_leads_to_its_row(word: str) -> None:
    verb = VERB_OF[word]
    rest = COMMANDS[verb].examples[0].removeprefix(verb) if verb != "help" else ""
    assert parse(f"{word.upper()} {rest}")[0] is row_of(word)


def test_every_example_of_the_table_is_understood() -> None:
    """D5"""
    for row in COMMANDS.values():
        for example in row.examples:
            assert parse(example)[0] is row


def test_another_cluster_is_named_behind_the_env() -> None:
    """C8"""
    assert parse("start dev1@eu-west")[1].env == EnvName("dev1", "eu-west")
    assert parse("list @eu-west")[1].env == EnvName("", "eu-west")


def test_what_slack_makes_of_an_address_is_undone() -> None:
    """C8"""
    assert parse("start <mailto:dev1@eu.west|dev1@eu.west>")[1].env == EnvName("dev1", "eu.west")


def test_a_reason_follows_because() -> None:
    assert parse("start dev1 because release test")[1].reason == "release test"
    assert parse("extend dev1 for 2h because of the demo")[1].reason == "of the demo"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("it's late, sorry!", "it's late, sorry!"),
        ("R&amp;D &lt;v2&gt;", "R&D <v2>"),
        ("of &amp;lt;", "of &lt;"),
        ("<https://tickets.example.com/browse?a=1&amp;b=2>", "https://tickets.example.com/browse?a=1&b=2"),
        ("of <http://web.dev|web.dev>", "of web.dev"),
        ("“it has to”", "it has to"),
        ("why not?", "why not?"),
        ("it is because of me", "it is because of me"),
        ("pay\u202eday", "payday"),
        ("", None),
    ],
)
def test_a_reason_is_kept_as_its_author_wrote_it(typed: str, reason: str | None) -> None:
    """D5: Slack writes three characters and links otherwise than people do, and what nobody sees is left out."""
    assert parse(f"start dev1 because {typed}")[1].reason == reason


@pytest.mark.parametrize(
    "typed",
    [
        "why dev1?",
        "why dev1 ?",
        "Why dev1!",
        "why dev1.",
        "why: dev1",
        ": why dev1",
        "why `dev1`?",
        "why “dev1?”",
        "why <http://dev1|dev1>?",
        "why dev\u200b1",
        "\ufeffwhy dev1\u2060",
        "why\u00a0dev1",
    ],
)
def test_an_env_may_stand_in_a_sentence(typed: str) -> None:
    """D5: as people write to somebody whom they mention, and as phones and web pages hand it on."""
    row, asked = parse(typed)
    assert (row.verb, asked) == ("why", Asked(env=EnvName("dev1")))


@pytest.mark.parametrize("typed", ["start d\u0435v1", "start dev\uff11", "start dev\u0661", "start dev1\u0301"])
def test_a_letter_that_only_looks_alike_is_another(typed: str) -> None:
    """D5, Z"""
    with pytest.raises(WhichEnv, match="is no name of an environment"):
        parse(typed)


@pytest.mark.parametrize("typed", ["?", "? scale", "help scale", "help scale?"])
def test_a_question_mark_that_stands_alone_asks_for_help(typed: str) -> None:
    """D5"""
    assert parse(typed)[0].verb == "help"


def test_a_name_of_nothing_but_marks_is_told_to_be_none() -> None:
    """D5, D6"""
    with pytest.raises(Mistyped, match='"!!!" is no name'):
        parse("support start !!!")


def test_nothing_is_a_cry_for_help() -> None:
    """D5"""
    assert parse("   ")[0].verb == "help"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from([*VERB_OF, "dev1", "for", "2h", "@", "`", "-1", "<", "because"])).map(" ".join)
)
def test_whatever_is_typed_is_understood_or_refused_in_words(text: str) -> None:
    try:
        row, asked = parse(text)
    except Mistyped:
        return
    assert row in COMMANDS.values()
    assert timedelta() <= asked.span <= timedelta(days=30)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_hours_are_taken_from_1_to_24_and_never_else(hours: int) -> None:
    """D1 Z"""
    try:
        span = parse(f"extend dev1 for {hours}")[1].span
    except TooLong:
        assert not 1 <= hours <= 24
    else:
        assert span == timedelta(hours=hours)
        assert 1 <= hours <= 24
