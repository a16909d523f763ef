"""``pods`` and ``logs``, from the person in Slack to the real API server and a pretended kubelet, and back."""

from __future__ import annotations

import pytest

from sundown_lab.slack.remote import Workspace
from support.apiserver import Json, eventually
from support.envs import ALWAYS_AWAKE, Env
from support.frontdesk.granted import SEE_LOGS, SEE_PODS, grant, take_away
from support.frontdesk.saying import answer_to, words
from support.frontdesks import Counter, Frontdesk
from support.operators import Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("frontdesk")]

ANA = "ana@example.com"


@pytest.fixture(scope="module", autouse=True)
def _no_operator(stage: Stage) -> None:
    """What an operator that another test has left running says of an env would come in between."""
    stage.clear()


@pytest.fixture
def running(env: Env) -> Env:
    """An env in which a pod runs whose containers write all sorts of things, and another one crashes."""
    env.schedule(ALWAYS_AWAKE)
    pod(env, "web-1", "app", "leaky", "huge", "binary", "silent")
    pod(env, "job-1", "app", annotations={"lab.sundown.dev/fault": "Error"})
    eventually(
        lambda: {each["status"].get("phase") for each in env.pods()} == {"Running"} and len(env.pods()) == 2,
        what="the pods run",
    )
    return env


def pod(env: Env, name: str, *containers: str, annotations: Json | None = None) -> None:
    spec = {"containers": [{"name": each, "image": "none"} for each in containers]}
    env.api.create(f"{env.path}/pods", {"metadata": {"name": name, "annotations": annotations or {}}, "spec": spec})


def test_pods_are_shown_as_kubectl_shows_them_those_first_that_are_not_well(slack: Workspace, running: Env) -> None:
    """I4"""
    grant(running, ANA, SEE_PODS)
    answer = answer_to(slack.act("ana"), f"pods {running.name}")
    said = words(answer)
    assert f"2 pods in {running.name}, 1 not well" in said
    lines = said.split("NAME", 1)[1].splitlines()
    assert lines[1].split()[:3] == ["job-1", "0/1", "CrashLoopBackOff"]
    assert lines[2].split()[:3] == ["web-1", "5/5", "Running"]
    assert answer["ephemeral"]


def test_a_log_is_for_the_one_who_asked_alone(slack: Workspace, running: Env) -> None:
    """I4: 50 lines, by the beginning of the pod's name too; the first container where none is named, as kubectl has it."""
    grant(running, ANA, SEE_LOGS)
    answer = answer_to(slack.act("ana"), f"logs web {running.name}")
    assert answer["ephemeral"]
    assert f"The last line of web-1/app in {running.name}" in words(answer)
    assert "nothing runs here" in words(answer)
    assert f"It has leaky, huge, binary, silent too: /devenv logs web-1 {running.name} leaky" in words(answer)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("web-1 {env} leaky", "connecting to postgres://app:@db:5432/app"),  # the stars are taken for marks of bold
        ("web-1 {env} huge", "y and that was the last of it"),
        ("web-1 -n {env} -c binary", "writes what is no text"),
        ("pod/web-1 in {env} container silent", "has written nothing"),
        ("web-1 {env} other", 'no container "other"; there are app, leaky, huge, binary, silent'),
        ("web-1 {env} app previous", "was not restarted, so there is nothing from before"),
        ("job-1 {env} previous", "this was said before it was restarted"),
        ("nothing {env}", 'there is no pod "nothing"'),
    ],
    ids=["secrets", "10-MB", "binary", "silent", "no-container", "not-restarted", "previous", "no-pod"],
)
def test_whatever_was_written_there_is_a_plain_answer(slack: Workspace, running: Env, asked: str, said: str) -> None:
    """I4 I5"""
    grant(running, ANA, SEE_LOGS)
    told = words(answer_to(slack.act("ana"), f"logs {asked.format(env=running.name)}"))
    assert said.lower() in told.lower()
    assert "hunter2" not in told


def test_here_is_for_everybody(slack: Workspace, running: Env) -> None:
    grant(running, ANA, SEE_LOGS)
    answer = answer_to(slack.act("ana"), f"logs web-1 {running.name} here")
    assert not answer["ephemeral"]
    assert "nothing runs here" in words(answer)


def test_a_mention_is_answered_where_nobody_else_sees_it(slack: Workspace, running: Env) -> None:
    """I4: in the conversation, and not in a thread that nobody has begun."""
    grant(running, ANA, SEE_LOGS)
    ana = slack.act("ana")
    ana.say("#dev", f"@Sundown logs web-1 {running.name}")
    answer = ana.wait_for_message(lambda one: "web-1" in one["text"] and one["bot_id"] is not None, channel="#dev")
    assert answer["ephemeral"]
    assert not answer.get("thread_ts")
    assert not [one for one in slack.act("bo").messages("#dev") if one["bot_id"] and "web-1" in one["text"]]


def test_a_mention_in_a_thread_is_answered_there(slack: Workspace, running: Env) -> None:
    grant(running, ANA, SEE_LOGS)
    ana = slack.act("ana")
    ana.say("#dev", f"what is wrong with {running.name}?")
    top = ana.wait_for_message(lambda one: f"wrong with {running.name}" in one["text"], channel="#dev")
    ana.say("#dev", f"@Sundown logs web-1 {running.name} leaky", thread=top)
    answer = ana.wait_for_message(
        lambda one: "web-1/leaky" in one["text"] and one["bot_id"] is not None, channel="#dev"
    )
    assert (answer["ephemeral"], answer["thread_ts"]) == (True, top["ts"])


def test_the_persons_own_env_is_meant_where_none_is_named(slack: Workspace, running: Env) -> None:
    """I4: without namespace"""
    running.annotate(email=ANA)
    grant(running, ANA, SEE_PODS)
    eventually(
        lambda: f"2 pods in {running.name}" in words(answer_to(slack.act("ana"), "pods")), what="it is known to be hers"
    )


@pytest.mark.parametrize(("command", "right"), [("pods", '"list" pods'), ("logs web-1", '"get" pods/log')])
def test_who_lacks_the_real_right_is_told_which(slack: Workspace, running: Env, command: str, right: str) -> None:
    """J2: everybody in Slack may see the env, which is no right to see its pods."""
    told = words(answer_to(slack.act("ana"), f"{command} {running.name}"))
    verb, what = right.replace('"', "").split()
    assert f'may not {verb} {what} in "{running.name}"' in told
    assert f"the right to {right} there" in told


def test_a_right_that_was_taken_away_is_gone_at_once(slack: Workspace, running: Env) -> None:
    """J2"""
    binding = grant(running, ANA, SEE_LOGS)
    assert "nothing runs here" in words(answer_to(slack.act("ana"), f"logs web-1 {running.name}"))
    take_away(running, binding, ANA, ("get", "", "pods/log"))
    assert "may not get pods/log in" in words(answer_to(slack.act("ana"), f"logs web-1 {running.name}"))


def test_pods_of_a_namespace_that_is_no_env_are_not_shown(slack: Workspace, env: Env) -> None:
    """J3"""
    grant(env, ANA, SEE_LOGS)
    for command in (f"pods {env.name}", f"logs web-1 {env.name}"):
        assert f'No environment "{env.name}"' in words(answer_to(slack.act("ana"), command))


def test_an_installation_that_grants_no_logs_says_so(
    slack: Workspace, counter: Counter, frontdesk: Frontdesk, running: Env
) -> None:
    """I5, J3: as with deploy/components/without-pods."""
    grant(running, ANA, SEE_LOGS)
    path = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/sundown-frontdesk-pods"
    binding = running.api.get(path)
    running.api.delete(path)
    try:
        for command in ("pods", "logs web-1"):
            eventually(
                lambda command=command: (
                    "Sundown itself may not do that"
                    in words(  # type: ignore[misc]
                        answer_to(slack.act("ana"), f"{command} {running.name}")
                    )
                ),
                what="the right is gone",
            )
    finally:
        metadata = {"name": binding["metadata"]["name"], "labels": binding["metadata"]["labels"]}
        running.api.create(path.rpartition("/")[0], {**binding, "metadata": metadata})
    eventually(lambda: "2 pods" in words(answer_to(slack.act("ana"), f"pods {running.name}")), what="the right is back")
