"""Alerts of a real cluster in Slack: each kind, with its colour, fields and log lines, once, and closed with OK (I1 to I3)."""

import json
from collections.abc import Callable, Iterator

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.alerting import FAULT, MEMORY, Begin, alerted, alerts, attachment, crashing, fields, mended
from support.apiserver import Api, Json, eventually
from support.envs import ASLEEP_FOR_EVER, Env, instant
from support.operators import HOME, Stage

pytestmark = pytest.mark.lab

REFUSED = ("/api/v1/nodes", "/api/v1/pods", "/apis/apps/v1/deployments")
CRITICAL, WARNING, INFO = "#FF0000", "#FFA500", "#36A64F"


def status_of(env: Env, pod: Json, **container: object) -> None:
    """Write what a kubelet would say of the first container."""
    path = f"{env.path}/pods/{pod['metadata']['name']}/status"
    before = env.api.get(path)["status"]["containerStatuses"][0]
    env.api.merge(path, {"status": {"containerStatuses": [{**before, **container}]}})


def remembered(api: Api) -> list[Json]:
    """The incidents in the frontdesk's memory."""
    text = (api.get(MEMORY).get("data") or {}).get("incidents", "{}")
    return [{"count": 1, **one} for one in json.loads(text).get("incidents", [])]


def until_counted(api: Api, count: int) -> None:
    """Return when an incident has been seen so often."""
    eventually(lambda: any(one["count"] == count for one in remembered(api)), what=f"it is counted {count} times")


def test_a_crash_loop_with_its_restarts_its_log_and_its_end(begin: Begin, slack: Workspace, env: Env) -> None:
    """I1 I2 I3"""
    frontdesk = begin(env.name)
    crashing(env)
    told = alerted(slack, env.name, "crashes again and again")
    (pod,) = env.pods()
    assert attachment(told)["color"] == CRITICAL
    assert fields(told) == {
        "Pod": pod["metadata"]["name"],
        "Namespace": env.name,
        "Container": "main",
        "Restarts": "3",
        "Node": pod["spec"]["nodeName"],
    }
    lines = slack.wait_for_message(lambda each: each.get("thread_ts") == told["ts"] != each["ts"], channel="#dev")
    assert "```" in lines["text"]
    status_of(env, pod, restartCount=11)
    assert fields(alerted(slack, env.name, "10 restarts"))["Restarts"] == "11"
    mended(env)
    over = alerted(slack, "OK", env.name, "runs again")
    assert attachment(over)["color"] == INFO
    eventually(lambda: not [one for one in remembered(env.api) if one["kind"] == "crash-loop"], what="it is forgotten")
    assert [each["ts"] for each in alerts(slack, env.name, "runs again")] == [told["ts"]]
    metrics = frontdesk.probe("/metrics")[1]
    assert 'sundown_alerts_opened_total{kind="crash-loop"} 1.0' in metrics
    assert 'sundown_alerts_closed_total{how="recovered",kind="crash-loop"} 1.0' in metrics


def test_a_container_that_wanted_too_much_memory_once_for_each_time(begin: Begin, slack: Workspace, env: Env) -> None:
    """I1 Z: repeats are counted, and the same kill is not told again on each event."""
    begin(env.name)
    env.add("web", 1)
    eventually(lambda: env.workload("web").get("status", {}).get("readyReplicas") == 1, what="it runs")
    (pod,) = env.pods()
    ended = {"exitCode": 137, "reason": "OOMKilled", "startedAt": instant(), "finishedAt": instant(seconds=1)}
    status_of(env, pod, restartCount=1, lastState={"terminated": ended})
    told = alerted(slack, env.name, "was killed")
    assert attachment(told)["color"] == WARNING
    for restarts in range(2, 6):
        again = {**ended, "finishedAt": instant(seconds=restarts)}
        status_of(env, pod, restartCount=restarts, lastState={"terminated": again})
        until_counted(env.api, restarts)
    alerted(slack, env.name, "was killed", "5 times")
    alerted(slack, "OK", env.name, "was not killed again")
    assert len([each for each in slack.messages("#dev") if each["attachments"] and "kill" in each["text"]]) == 1


@pytest.fixture
def lost_node(api: Api) -> Iterator[str]:
    """A node that a test can lose."""
    name = "node-that-is-lost"
    note = {"kwok.x-k8s.io/node": "fake", "lab.sundown.dev/lost": "true"}
    api.create("/api/v1/nodes", {"metadata": {"name": name, "annotations": note}, "spec": {"unschedulable": False}})
    yield name
    api.delete(f"/api/v1/nodes/{name}")


def ready(api: Api, node: str, status: str) -> None:
    """Write what the node controller would say of a node."""
    condition = {"type": "Ready", "status": status, "reason": "NodeStatusUnknown", "lastTransitionTime": instant()}
    api.merge(f"/api/v1/nodes/{node}/status", {"status": {"conditions": [condition]}})


def test_a_node_that_is_not_heard_of_any_more(begin: Begin, slack: Workspace, api: Api, lost_node: str) -> None:
    """I1 Z17: a lost node (`Unknown`) is missed."""
    ready(api, lost_node, "True")
    begin("nowhere")
    ready(api, lost_node, "Unknown")
    told = alerted(slack, lost_node, "is not heard of")
    assert attachment(told)["color"] == CRITICAL
    assert fields(told)["Status"] == "Unknown"
    ready(api, lost_node, "True")
    alerted(slack, "OK", lost_node, "is ready again")


def test_a_rollout_when_it_is_complete_and_not_when_it_is_scaled(begin: Begin, slack: Workspace, env: Env) -> None:
    """I1"""
    begin(env.name)
    env.add("web", 1)
    first = alerted(slack, env.name, "is rolled out")
    assert attachment(first)["color"] == INFO
    assert fields(first)["Revision"] == "1"
    env.scale("web", 3)
    eventually(lambda: env.workload("web").get("status", {}).get("readyReplicas") == 3, what="there are three")
    image = {"name": "main", "image": "registry.example.com/main:2"}
    env.edit("web", {"spec": {"template": {"spec": {"containers": [image]}}}})
    slack.wait_until(lambda: len(alerts(slack, env.name, "is rolled out")) == 2, what="the second is told")
    second = alerts(slack, env.name, "is rolled out")[1]
    assert (fields(second)["Revision"], fields(second)["Image"]) == ("2", "registry.example.com/main:2")


def test_rollouts_that_are_paused_past_their_deadline_and_rolled_back(
    control_plane: Cluster, begin: Begin, slack: Workspace, env: Env
) -> None:
    """I1: each revision is told once all its pods run with it, and not before; by what the Deployment controller itself writes."""

    def image(version: int, **annotations: str | None) -> Json:
        container = {"name": "main", "image": f"registry.example.com/main:{version}"}
        return {"spec": {"template": {"metadata": {"annotations": annotations}, "spec": {"containers": [container]}}}}

    def reasons() -> list[str]:
        return [each.get("reason", "") for each in env.workload("web").get("status", {}).get("conditions", [])]

    def says(reason: str) -> None:
        eventually(lambda: reason in reasons(), what=f"it is {reason}")

    def revisions() -> list[str]:
        return [fields(each)["Revision"] for each in alerts(slack, env.name, "is rolled out")]

    begin(env.name)
    env.add("web", 2)
    alerted(slack, env.name, "is rolled out")
    env.edit("web", {"spec": {"paused": True}})
    says("DeploymentPaused")
    env.edit("web", image(2))
    env.edit("web", {"spec": {"paused": False}})
    slack.wait_until(lambda: revisions() == ["1", "2"], what="the second is told once it goes on")
    env.edit("web", {"spec": {"progressDeadlineSeconds": 2}})
    env.edit("web", image(3, **{FAULT: "Error"}))
    says("ProgressDeadlineExceeded")
    control_plane.kubectl("rollout", "undo", "deploy/web", "-n", env.name)
    slack.wait_until(lambda: revisions()[-1] == "4", what="the way back is told")
    assert revisions() == ["1", "2", "4"]
    assert fields(alerts(slack, env.name, "is rolled out")[-1])["Image"] == "registry.example.com/main:2"


def test_killed_in_the_middle_everything_is_told_once_and_closed(
    begin: Begin, slack: Workspace, make_env: Callable[..., Env]
) -> None:
    """I3: between a message and what is remembered of it."""
    envs = [make_env() for _ in range(4)]
    frontdesk = begin(*(env.name for env in envs))
    slack.fault("chat.postMessage", "silence", carried_out=True, times=2)
    for env in envs:
        crashing(env)
    slack.wait_until(lambda: len(alerts(slack, "crashes again")) >= 3, what="three are told")
    frontdesk.kill()
    slack.mend()
    mended(envs[0])
    frontdesk.start()
    for env in envs[1:]:
        alerted(slack, env.name, "crashes again")
    alerted(slack, "OK", envs[0].name, "runs again")
    posted = [
        each["text"] for each in slack.messages("#dev") if each["attachments"] and "rolled out" not in each["text"]
    ]
    assert len(posted) == 4
    threads = [each for each in slack.messages("#dev") if each.get("thread_ts") not in {None, each["ts"]}]
    assert len({each["thread_ts"] for each in threads}) == len(threads)


def test_while_the_api_server_is_away_and_its_history_gone(
    control_plane: Cluster, begin: Begin, slack: Workspace, env: Env
) -> None:
    """I3: what came and went meanwhile is seen after it."""
    begin(env.name)
    crashing(env)
    alerted(slack, env.name, "crashes again")
    control_plane.stop_api_server()
    control_plane.start_api_server()
    mended(env)
    control_plane.compact()
    crashing(env, "api")
    alerted(slack, "OK", env.name, "runs again")
    alerted(slack, "Deployment/api", env.name, "crashes again")
    assert len(alerts(slack, "crashes again", "Deployment/web")) == 0


def test_an_env_that_sleeps_has_no_alerts(begin: Begin, slack: Workspace, stage: Stage, env: Env) -> None:
    """I3: asleep closes what is open, and going to sleep opens nothing."""
    stage.usual()
    begin(env.name)
    crashing(env)
    env.add("api", 1)
    told = alerted(slack, env.name, "crashes again")
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    over = alerted(slack, "OK", env.name, "the environment sleeps")
    assert over["ts"] == told["ts"]


def test_a_thousand_pods_that_crash_at_once_are_one_message(begin: Begin, slack: Workspace, env: Env, api: Api) -> None:
    """I3 J6: and what is remembered of them has an end."""
    begin(env.name)
    for number in range(1000):
        spec = {"containers": [{"name": "main", "image": "registry.example.com/main:1"}]}
        note = {FAULT: "Error"}
        api.create(f"{env.path}/pods", {"metadata": {"name": f"p{number}", "annotations": note}, "spec": spec})
    digest = alerted(slack, "alerts at once")
    slack.wait_until(lambda: "more than can be kept apart" in json.dumps(slack.messages("#dev")), what="all are told")
    assert len([each for each in slack.messages("#dev") if each["attachments"]]) <= 11
    eventually(lambda: len(remembered(api)) == 500, what="500 are remembered")
    assert attachment(digest)["color"] == CRITICAL


def test_without_the_rights_it_is_said_once_and_all_else_goes_on(
    control_plane: Cluster, begin: Begin, slack: Workspace, env: Env
) -> None:
    """J3: as without deploy/components/alerts."""
    control_plane.kubectl("delete", "clusterrolebinding", "sundown-frontdesk-alerts", "sundown-frontdesk-nodes")
    try:
        frontdesk = begin(env.name)
        eventually(lambda: frontdesk.output.count("not-granted") == 3, what="it is said")
        code, text = frontdesk.probe("/readyz")
        assert (code, text.strip()) == (200, f"ok; alerts: not granted: {', '.join(REFUSED)}")
    finally:
        for name in ("sundown-frontdesk-alerts", "sundown-frontdesk-nodes"):
            accounts = [f"--serviceaccount={HOME}:{account}" for account in ("sundown-frontdesk", "sundown-operator")]
            control_plane.kubectl("create", "clusterrolebinding", name, f"--clusterrole={name}", *accounts)
    assert slack.messages("#dev") == []
