"""What ``pods`` and ``logs`` say of what they have found."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from sundown.cluster.pod_logs import RawLog
from sundown.cluster.pod_table import PodTable
from sundown.frontdesk.commands import logs, pods
from sundown.frontdesk.commands.logs import NoLog
from sundown.frontdesk.commands.parsing import Asked, EnvName, WhichThing
from sundown.frontdesk.commands.reply import Reply
from sundown.frontdesk.slack.views.replies import messages, mrkdwn
from sundown.model.pods import Container, PodContainers, PodLine
from sundown.model.resources import EnvScheduleStatus
from sundown.usecases.find import Found
from support.samples import known, namespace

chosen = partial(logs.chosen, program="/devenv")

ASKED = Asked(env=EnvName("dev"), pod="web-1")
WELL = PodLine("web-1", "1/1", "Running", "0", "5m", "node-1")
POD = PodContainers("web-1", usual=(Container("app"), Container("proxy")))


def env(**status: object) -> Found:
    said = EnvScheduleStatus.model_validate({"state": "Awake", **status})
    return Found(namespace="dev", known=known(status=said), trouble=None, paused_by=None, space=namespace())


def of(*lines: PodLine, left_out: int = 0) -> Reply:
    return pods.told(PodTable(lines, left_out), env(), program="/devenv")


def title(reply: Reply) -> str:
    return mrkdwn(reply.title)


def test_those_that_are_not_well_come_first() -> None:
    broken = replace(WELL, name="web-2", ready="0/1", status="CrashLoopBackOff")
    half = replace(WELL, name="web-3", ready="1/2")
    over = replace(WELL, name="job-1", ready="0/1", status="Completed")
    reply = of(WELL, broken, over, half)
    assert title(reply) == "*4 pods* in *dev*, 2 not well"
    assert [line.split()[0] for line in reply.block.splitlines()] == ["NAME", "web-2", "web-3", "web-1", "job-1"]
    assert "/devenv logs web-2 dev" in str(reply.lines)


def test_columns_stand_below_each_other() -> None:
    head, first, second = of(WELL, replace(WELL, name="a-longer-name")).block.splitlines()
    assert head.index("READY") == first.index("1/1") == second.index("1/1")


def test_an_env_without_pods_is_said_to_be_asleep_and_can_be_woken() -> None:
    reply = pods.told(PodTable(()), env(state="Asleep"), program="/devenv")
    assert title(reply) == "There is no pod in *dev*; it is asleep."
    assert [button.do for button in reply.buttons] == ["resume"]


def test_more_pods_than_are_read_are_counted() -> None:
    reply = of(WELL, left_out=700)
    assert title(reply) == "*701 pods* in *dev*"
    assert "first 1 by their names" in str(reply.lines)


def test_a_long_list_comes_in_several_messages_and_then_is_counted() -> None:
    """I4: long answers fold."""
    reply = of(*(replace(WELL, name=f"web-7d9c5b8f4-{number:05}") for number in range(900)))
    told = messages(reply, cluster="eu")
    assert len(told) == 4
    assert "more lines" in str(told[-1][1])


def test_what_is_written_in_slacks_markup_stays_what_it_is() -> None:
    reply = logs.told(RawLog(b"<!channel> & ``` <@U1>\n", 50), POD, POD.usual[0], ASKED, program="/devenv")
    ((_, blocks),) = messages(reply, cluster="eu")
    assert "```\n&lt;!channel&gt; &amp; ˋˋˋ &lt;@U1&gt;\n```" in str(
        [block["text"]["text"] for block in blocks]
    ).replace("\\n", "\n")


@pytest.mark.parametrize("sign", ["&", "<", "`", "x", "ü", "&\n", "\n"])
def test_three_thousand_characters_of_whatever_sign_are_taken(sign: str) -> None:
    """I4"""
    reply = Reply(title=("x",), block=(sign * 3000)[:3000])
    for text, blocks in messages(reply, cluster="eu"):
        assert len(text) <= 3500
        assert all(len(block["text"]["text"]) <= 3000 for block in blocks)
        assert sum(len(block["text"]["text"]) for block in blocks) <= 13_200


def test_a_log_is_for_one_alone_unless_they_say_here() -> None:
    """I4"""
    found = RawLog(b"one\ntwo\n", 50)
    quiet = logs.told(found, POD, POD.usual[0], ASKED, program="/devenv")
    assert (quiet.private, quiet.public, quiet.block) == (True, False, "one\ntwo")
    assert title(quiet) == "The last 2 lines of *web-1/app* in *dev*"
    loud = logs.told(found, POD, POD.usual[0], replace(ASKED, here=True), program="/devenv")
    assert (loud.private, loud.public) == (False, True)


def test_a_line_without_an_end_is_said_to_be_one() -> None:
    told = logs.told(RawLog(b"x" * 300_000, 1, goes_on=True), POD, POD.usual[0], ASKED, program="/devenv")
    assert "only its beginning was read" in str(told.lines)
    assert len(told.block) == 3000


def test_the_first_container_is_meant_where_the_owners_choose_none() -> None:
    assert chosen(POD, ASKED).name == "app"
    assert chosen(replace(POD, chosen="proxy"), ASKED).name == "proxy"
    assert chosen(POD, replace(ASKED, container="proxy")).name == "proxy"
    assert chosen(replace(POD, others=(Container("init"),)), replace(ASKED, container="init")).name == "init"


@pytest.mark.parametrize(
    ("container", "asked", "told"),
    [
        (Container("app", waiting="ContainerCreating"), ASKED, r"has not begun yet \(ContainerCreating\)"),
        (Container("app", waiting=""), ASKED, r"has not begun yet \(Pending\)"),
        (Container("app"), replace(ASKED, previous=True), "was not restarted"),
    ],
)
def test_why_there_is_no_log(container: Container, asked: Asked, told: str) -> None:
    """I5"""
    with pytest.raises(NoLog, match=told):
        chosen(replace(POD, usual=(container,), phase="Pending"), asked)


def test_what_waits_for_one_that_prepares_it_is_answered_by_that_one() -> None:
    """I5: nobody knows by heart what the containers are called that run before."""
    prepare = Container("prepare", waiting="CrashLoopBackOff", ended_before=True)
    waits = Container("app", waiting="PodInitializing")
    with pytest.raises(NoLog, match=r"\(PodInitializing\); what has is `/devenv logs web-1 dev prepare`"):
        chosen(PodContainers("web-1", usual=(waits,), others=(prepare,)), ASKED)


def test_one_that_waits_to_be_started_again_has_the_log_of_its_last_run() -> None:
    again = Container("app", waiting="CrashLoopBackOff", ended_before=True, restarts=3)
    assert chosen(replace(POD, usual=(again,)), ASKED) == again
    told = logs.told(RawLog(b"no\n", 50), POD, again, ASKED, program="/devenv")
    assert "restarted 3 times" in str(told.lines)


def test_a_container_that_is_not_there_is_answered_by_those_that_are() -> None:
    """I5"""
    with pytest.raises(WhichThing, match='no container "db"; there are app, proxy'):
        chosen(POD, replace(ASKED, container="db"))
