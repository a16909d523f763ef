"""What notices look like: within Slack's limits, and with nothing in them that a name could say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SdkBlock

from sundown.frontdesk.alerts.notice import Notice, Others, Place, Says
from sundown.frontdesk.envs.snapshot import Standing
from sundown.frontdesk.slack.views.blocks import Block
from sundown.frontdesk.slack.views.notices import in_words, render
from sundown.frontdesk.wishes.clicks import read
from sundown.frontdesk.wishes.verbs import SNOOZES
from sundown.model.resources import Cost, Owned, StillRunning, WakeQueuePlace
from sundown.model.spec import Override
from sundown_lab.slack.blockkit import blocks_or_refuse
from support.frontdesk.notice_samples import (
    ANA,
    CHANNEL,
    COST,
    DATABASE,
    INSTANCE,
    STOP,
    asleep,
    awake,
    before,
    kept_awake,
)

HOSTILE = st.text(alphabet=st.sampled_from("<>&*_`~!@#|^{}\n\u202e a/:é😀"), max_size=3000) | st.text(max_size=300)


def notice(says: Says = "stop", standing: Standing | None = None, place: Place = CHANNEL, **more: object) -> Notice:
    return Notice(says, standing or awake(), place, STOP, **more)  # type: ignore[arg-type]


def shown(blocks: list[Block]) -> str:
    return "\n".join(
        str(part["text"])
        for block in blocks
        for part in (block.get("text", {}), *block.get("elements", []))
        if isinstance(part.get("text"), str)
    )


def elements(blocks: list[Block]) -> list[Block]:
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


@given(
    says=st.sampled_from(get_args(Says)),
    owner=HOSTILE | st.none(),
    by=HOSTILE,
    names=st.lists(st.from_regex(r"\A[a-z][a-z0-9-]{0,62}\Z"), max_size=40),
    snooze=st.none() | st.timedeltas(timedelta(minutes=15), timedelta(days=7)),
)
def test_whatever_people_are_called_a_notice_is_one_that_slack_takes(
    says: Says, owner: str | None, by: str, names: list[str], snooze: timedelta | None
) -> None:
    """B5: limits of Block Kit, injection in names and owners."""
    asked = Override.model_construct(state="Awake", until=STOP, at=before(hours=1), by=by[:256])
    env = awake(owner=owner, asked=asked, prolonged=True, degraded=by, silent=by, allow_delete=True)
    crowd = Others(tuple(names), tuple((name, STOP, by) for name in names))
    place = replace(ANA, snooze=snooze)
    text, blocks = render(
        notice(says, env, place, others=crowd, next_at=STOP, asker="U2", asked_at=STOP),
        cluster="default",
        counts=[("Deployment", 3), ("StatefulSet", 1)],
    )
    blocks_or_refuse(blocks)
    for block in SdkBlock.parse_all(blocks):
        block.validate_json()
    whole = text + shown(blocks)
    assert "<!channel" not in whole
    assert "<!here" not in whole
    assert "<http" not in whole
    assert 0 < len(text) <= 3000


def test_it_says_what_stops_whose_it_is_what_runs_and_when() -> None:
    """B5"""
    _, blocks = render(notice(place=ANA), cluster="default", counts=[("Deployment", 2), ("StatefulSet", 1)])
    text = shown(blocks)
    for said in (
        "*dev1* stops <!date^1795456800^",
        "|2026-11-23 19:00 Europe/Berlin>",
        "*Owner:* ana@example.com",
        "2 Deployments, 1 StatefulSet (3 parts: 3 ready)",
        "Mon 19:00 Europe/Berlin",
    ):
        assert said in text


def test_parts_are_told_where_kinds_may_not_be_known() -> None:
    """B5"""
    assert "*Runs:* 3 parts: 3 ready" in shown(render(notice(), cluster="default")[1])


def test_what_runs_in_aws_is_counted_with_the_rest_and_its_cost_said() -> None:
    """B5"""
    env = awake(cloud=(INSTANCE, DATABASE), cost=COST)
    text = shown(render(notice(standing=env), cluster="default", counts=[("Deployment", 2), ("StatefulSet", 1)])[1])
    assert "*Runs:* 2 Deployments, 1 StatefulSet, 1 EC2 instance, 1 RDS database (3 parts: 3 ready)" in text
    assert "*Costs in AWS:* 0.19 USD an hour, without 1 of 3 whose price is unknown" in text


def test_what_runs_in_aws_is_told_where_workloads_may_not_be_counted() -> None:
    """B5"""
    text = shown(render(notice(standing=awake(cloud=(INSTANCE, DATABASE))), cluster="default")[1])
    assert "*Runs:* 3 parts: 3 ready, among them 1 EC2 instance, 1 RDS database" in text


def test_a_cost_that_nobody_knows_is_not_said_to_be_nothing() -> None:
    """B5: unknown is never zero."""
    env = awake(cloud=(INSTANCE,), cost=Cost(priced=0, unpriced=1))
    assert "*Costs in AWS:* unknown: it has no known price" in shown(render(notice(standing=env), cluster="eu")[1])


def test_an_env_with_nothing_in_aws_has_no_word_of_it() -> None:
    """B5 E8"""
    assert "AWS" not in shown(render(notice(), cluster="default", counts=[("Deployment", 2)])[1])


def test_who_waits_for_a_database_is_told_how_long_they_take() -> None:
    """D3 A4"""
    stopped = DATABASE.model_copy(update={"state": "stopped"})
    text, _ = render(notice("waking", awake(state="Waking", cloud=(stopped,))), cluster="default")
    assert "A database in AWS takes 5 to 10 minutes to start; it is said here when it is done." in text
    assert "AWS" not in render(notice("waking", awake(state="Waking", cloud=(INSTANCE,))), cluster="default")[0]


def test_who_waits_in_line_to_wake_is_told_where_and_when() -> None:
    """G4"""
    place = WakeQueuePlace(position=3, at=datetime(2026, 11, 23, 7, tzinfo=UTC))
    text, _ = render(notice("waking", awake(state="Waking", wake_queue=place)), cluster="default")
    assert "3rd in line, as only so many pods start at once" in text
    assert str(int(datetime(2026, 11, 23, 7, tzinfo=UTC).timestamp())) in text


def test_the_buttons_snooze_suspend_and_where_allowed_delete() -> None:
    """C1"""
    _, blocks = render(notice(standing=awake(allow_delete=True)), cluster="eu")
    said = [(element["text"]["text"], element["action_id"]) for element in elements(blocks)]
    assert said == [
        ("Snooze 1 hour", "sundown.snooze"),
        ("Snooze 3 hours", "sundown.snooze.1"),
        ("Snooze 1 day", "sundown.snooze.2"),
        ("Snooze 3 days", "sundown.snooze.3"),
        ("Suspend now", "sundown.suspend"),
        ("Delete…", "sundown.delete"),
    ]


def test_every_button_carries_what_it_does_to_which_env_and_shutdown() -> None:
    """C7"""
    _, blocks = render(notice(), cluster="eu")
    carried = [
        read(one["value"], do="snooze" if "snooze" in one["action_id"] else "suspend") for one in elements(blocks)
    ]
    assert {(one.namespace, one.cluster, one.shutdown) for one in carried} == {("dev1", "eu", STOP)}
    assert [one.span for one in carried[:4]] == list(SNOOZES)


def test_the_snooze_that_somebody_prefers_comes_first() -> None:
    """C1 C9"""
    _, blocks = render(notice(place=replace(ANA, snooze=timedelta(hours=3))), cluster="eu")
    labels = [element["text"]["text"] for element in elements(blocks)]
    assert labels[:4] == ["Snooze 3 hours", "Snooze 1 hour", "Snooze 1 day", "Snooze 3 days"]


@pytest.mark.parametrize("says", [says for says in get_args(Says) if says not in {"stop", "asleep"}])
def test_a_message_that_asks_nothing_has_nothing_to_click(says: Says) -> None:
    """B8"""
    assert elements(render(notice(says), cluster="default")[1]) == []


def test_a_prolonged_env_has_words_of_its_own() -> None:
    """B7"""
    text, _ = render(notice(standing=kept_awake(STOP, at=before(hours=1))), cluster="default")
    assert "was prolonged by *bo@example.com* until" in text


def test_the_report_says_how_long_it_took_and_mentions_who_asked() -> None:
    """A4 C5"""
    asked_at = before(hours=2)
    env = awake(since=asked_at + timedelta(seconds=130))
    text, _ = render(notice("ready", env, asker="U2", asked_at=asked_at), cluster="default")
    assert "<@U2> *dev1* is awake again: everything is ready, it took 2m 10s." in text


def test_a_report_of_a_database_that_did_not_come_up_says_which_and_how_long_it_took() -> None:
    """A4 C5"""
    asked_at = before(hours=1)
    late = "not where it should be after 10m: RDSInstance/dev1-db"
    env = awake(since=asked_at + timedelta(minutes=12), degraded=late)
    text, _ = render(notice("ready", env, asker="U2", asked_at=asked_at), cluster="default")
    assert "<@U2> *dev1* is awake again after 12m." in text
    assert f"Not all is well: {late}" in text


def test_a_report_of_an_env_that_is_not_well_says_so() -> None:
    """C5"""
    env = awake(since=before(hours=1), degraded="Deployment/web has not become ready")
    text, _ = render(notice("ready", env, asker="U2", asked_at=before(hours=2)), cluster="default")
    assert "everything is ready" not in text
    assert "Not all is well: Deployment/web has not become ready" in text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(hours=1), "1 hour"),
        (timedelta(days=3), "3 days"),
        (timedelta(minutes=90), "1h30m"),
        (timedelta(minutes=15), "15 minutes"),
    ],
)
def test_a_span_is_said_as_people_say_it(span: timedelta, text: str) -> None:
    assert in_words(span) == text


def test_times_are_shown_in_a_zone_that_is_named_where_slack_cannot_show_the_readers() -> None:
    """B5"""
    assert "18:00 UTC>" in render(notice(), cluster="default")[0]
    assert isinstance(STOP, datetime)


def test_the_confirmation_of_a_shutdown_says_what_still_runs() -> None:
    """X11 A20"""
    first = (Owned(kind="DaemonSet", name="logs", pods=2, why="OtherKind"),)
    env = asleep(still_running=StillRunning(pods=2, owners=1, first=first))
    text, _ = render(notice("asleep", env), cluster="default")
    assert text.endswith(" Still running: 2 pods: DaemonSet/logs (2, its kind does not sleep).")
    assert "Still running" not in render(notice("asleep", asleep()), cluster="default")[0]


@pytest.mark.parametrize("says", ["stop", "moved", "asleep", "waking", "awake"])
@pytest.mark.parametrize("doubted", [True, False])
def test_whoever_asked_is_named_with_the_doubt_that_there_is(says: Says, doubted: bool) -> None:
    """S7"""
    state = "Asleep" if says == "asleep" else "Awake"
    asked = Override(state=state, at=STOP, by="bo@example.com", via="slack")
    env = (asleep if says == "asleep" else awake)(asked=asked, prolonged=True, doubted=doubted)
    text, _ = render(notice(says, env), cluster="eu")
    assert "bo@example.com" in text
    assert ("(unverified)" in text) is doubted
    assert (Notice(says, env, CHANNEL, STOP).digest == notice(says, replace(env, doubted=False)).digest) is not doubted
