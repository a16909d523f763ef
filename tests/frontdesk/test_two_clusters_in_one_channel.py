"""Two clusters tell one channel: everything once for each, whatever ends in the middle, and each answers for its own (I3 B8 C8)."""

import json
from pathlib import Path

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.alerting import MEMORY, QUICK, alerts, alerts_of, attachment, crashing, grant_alerts, mended
from support.apiserver import Json, eventually
from support.envs import ALWAYS_AWAKE, Env
from support.frontdesk.deletable import asked_for, forget
from support.frontdesk.reminded import about, marks, running, stopping
from support.frontdesk.saying import buttons
from support.operating import let_operate
from support.operators import Stage
from support.requests import let_approve
from support.two_clusters import HERE, THERE, Desks, Pair, begin_afar

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("operators")]

ANA, BO = "ana@example.com", "bo@example.com"


@pytest.fixture
def operators(stage: Stage, distant_stage: Stage) -> None:
    """One runs in each cluster."""
    stage.usual()
    distant_stage.usual()


def of_cluster(message: Json) -> str:
    return str(((message.get("metadata") or {}).get("event_payload") or {}).get("cluster", ""))


def told_of(slack: Workspace, env: Env, channel: str = "#dev") -> dict[str, list[Json]]:
    """The messages about an env of that name, by the cluster that they are of."""
    found = [each for each in slack.messages(channel) if about(env)(each)]
    return {cluster: [each for each in found if of_cluster(each) == cluster] for cluster in (HERE, THERE)}


def remembered(env: Env) -> None:
    eventually(lambda: marks(env).count('"ts"') == 2, what="both messages are remembered")


def test_alerts_of_the_same_name_are_told_once_for_each_and_closed_by_its_own(
    desks: Desks,
    slack: Workspace,
    pair: Pair,
    alerts_granted: None,
    far_away: Cluster,
    tmp_path: Path,
) -> None:
    """I3: both frontdesks are killed between a message and what is remembered of it."""

    def crashes() -> dict[str, list[Json]]:
        found = [each for each in alerts(slack, pair.name) if "rolled out" not in each["text"]]
        return {name: [each for each in found if f"cluster {name}" in _shown(each)] for name in (HERE, THERE)}

    grant_alerts(far_away, desks.distant, tmp_path)
    for env in pair.both:
        env.api.merge(MEMORY, {"data": None})
    wanted = alerts_of(pair.name)
    here = desks.fresh_here(slack, with_rows=QUICK, **wanted)
    there = desks.fresh_there(slack, with_rows=QUICK, **wanted)
    slack.fault("chat.postMessage", "silence", carried_out=True, times=2)
    for env in pair.both:
        crashing(env)
    slack.wait_until(lambda: sum(map(len, crashes().values())) >= 1, what="one is told")
    here.kill()
    there.kill()
    slack.mend()
    here.start()
    begin_afar(there)
    slack.wait_until(lambda: all(crashes().values()), what="both are told")
    mended(pair.env_there)
    slack.wait_until(lambda: "OK" in crashes()[THERE][0]["text"], what="the one there is over")
    assert "OK" not in crashes()[HERE][0]["text"]
    mended(pair.env_here)
    slack.wait_until(lambda: "OK" in crashes()[HERE][0]["text"], what="the one here is over")
    assert {name: len(found) for name, found in crashes().items()} == {HERE: 1, THERE: 1}


def _shown(message: Json) -> str:
    return json.dumps(attachment(message))


def test_reminders_of_envs_of_the_same_name_are_told_once_for_each(desks: Desks, slack: Workspace, pair: Pair) -> None:
    """B8 C8: and a click on the one puts the other neither off nor to sleep."""
    here, there = desks.fresh_here(slack), desks.fresh_there(slack)
    for env in pair.both:
        running(env)
    slack.fault("chat.postMessage", "silence", carried_out=True, times=2)
    for env in pair.both:
        stopping(env)
    slack.wait_until(lambda: len(slack.every_message()) >= 2, what="two messages are there")
    here.kill()
    there.kill()
    slack.mend()
    here.start()
    begin_afar(there)
    for env in pair.both:
        remembered(env)
    for channel in ("#dev", "@ana"):
        told = told_of(slack, pair.env_here, channel)
        assert {name: len(found) for name, found in told.items()} == {HERE: 1, THERE: 1}
    slack.act("ana").click(told_of(slack, pair.env_here)[THERE][0], "sundown.suspend")
    pair.env_there.until("Asleep")
    assert "sundown.suspend" in buttons(told_of(slack, pair.env_here)[HERE][0])
    assert pair.env_here.replicas("web") == 1


def test_what_waits_in_both_is_answered_where_it_waits(desks: Desks, slack: Workspace, pair: Pair) -> None:
    """I6 I7 C8: a check mark and a word name no cluster, and each counts for the one whose message it answers."""
    desks.fresh_here(slack)
    desks.fresh_there(slack)
    for env in pair.both:
        env.label(**{"sundown.dev/guarded": "true"})
        env.add("web", 3)
        env.schedule(ALWAYS_AWAKE)
        let_operate(env, ANA)
        let_approve(env, BO)
        env.until("Awake")
    ana, bo = slack.act("ana"), slack.act("bo")
    try:
        for where in (pair.name, f"{pair.name}@{THERE}"):
            ana.command(f"scale deployment web {where} 1")

        def proposed(cluster: str) -> Json | None:
            found = [
                each for each in slack.messages("#dev") if pair.name in each["text"] and of_cluster(each) == cluster
            ]
            assert len(found) <= 1
            return found[0] if found else None

        message = eventually(lambda: proposed(HERE) and proposed(THERE), what="both are proposed")
        ana.react(message, "white_check_mark")
        eventually(
            lambda: "Somebody else has to approve" in (proposed(THERE) or {"text": ""})["text"], what="it is confirmed"
        )
        bo.say("#dev", "approve", thread=message)
        eventually(lambda: pair.env_there.replicas("web") == 1, what="it is scaled there")
        (left,) = asked_for(pair.env_here)
        assert "confirmation" not in left["spec"]
        assert pair.env_here.replicas("web") == 3
        (done,) = asked_for(pair.env_there)
        assert (done["spec"]["approval"]["by"], done["spec"]["approval"]["via"]) == (BO, "slack")
    finally:
        for env in pair.both:
            forget(env)
