"""The frontdesk's rights against the API server's audit log: whatever it asks it may, and whatever it may it asks."""

from collections.abc import Callable, Iterator

import pytest
import yaml

from sundown.frontdesk.people.preferences import NAME
from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, eventually
from support.audit import Audit, Right
from support.envs import Env
from support.frontdesk.deletable import deletable, forget, shown, window_of
from support.frontdesk.granted import SEE_LOGS, grant
from support.frontdesk.saying import answer_to
from support.frontdesks import USER, Counter
from support.operators import HOME, ROOT, Stage

pytestmark = pytest.mark.lab

WRITES = {
    ("patch", "envschedules"),
    ("create", "actionrequests"),
    ("patch", "actionrequests"),
    ("patch", "configmaps"),
    ("create", "subjectaccessreviews"),
}
"""All that it may change; and the last changes nothing."""


def granted() -> set[Right]:
    """What the roles in ``deploy/base`` grant."""
    files = ("clusterrole-frontdesk.yaml", "clusterrole-frontdesk-pods.yaml")
    documents = [each for name in files for each in yaml.safe_load_all((ROOT / "deploy/base" / name).read_text())]
    roles = [each for each in documents if each["kind"] in {"ClusterRole", "Role"}]
    rules = [rule for role in roles for rule in role["rules"]]
    return {(verb, resource) for rule in rules for resource in rule["resources"] for verb in rule["verbs"]}


def test_nothing_can_be_written_but_schedules_requests_and_preferences() -> None:
    """J3"""
    reads = {"get", "list", "watch"}
    assert {(verb, resource) for verb, resource in granted() if verb not in reads} == WRITES


def test_no_secret_can_be_read_and_nothing_be_run_in_a_pod() -> None:
    """J3, I4: pods and their logs, and these alone."""
    resources = {resource for _, resource in granted()}
    assert {each for each in resources if each.startswith("pods")} == {"pods", "pods/log"}
    assert "secrets" not in resources
    assert "*" not in resources


@pytest.fixture
def _preferences(api: Api) -> Iterator[None]:
    """Nobody prefers anything, after the test too."""
    yield
    api.merge(f"/api/v1/namespaces/{HOME}/configmaps/{NAME}", {"data": None})


@pytest.mark.usefixtures("_preferences")
def test_every_right_is_needed_and_none_is_missing(
    control_plane: Cluster, stage: Stage, counter: Counter, slack: Workspace, make_env: Callable[..., Env]
) -> None:
    """J3 (the frontdesk's part)"""
    stage.usual()
    counter.fresh(slack)  # makes the account and its rights, before it counts what is done with them
    audit = Audit(control_plane, user=USER)
    counter.fresh(slack).start()
    ana = slack.act("ana")
    env = deletable(make_env(annotations={"email": "ana@example.com"}))
    env.add("web", 1)
    env.until("Awake")
    grant(env, "ana@example.com", SEE_LOGS)
    seen = (f"status {env.name}", f"why {env.name}", "list", f"pods {env.name}", f"logs web {env.name}")
    for command in ("status no-such-env", *seen, f"snooze {env.name} 1h"):
        answer_to(ana, command)
    ana.open_home()
    ana.wait_for_home(lambda view: env.name in shown(view))
    ana.home_click("sundown.home.preferences")
    ana.submit(ana.wait_for_modal())
    ana.submit(window_of(slack, env), {"name": env.name})
    ana.wait_for_message(lambda message: "is deleted" in message["text"], channel="@ana")
    eventually(lambda: not granted() - audit.rights(), what="every right is used")
    forget(env)
    assert audit.rights() - granted() == set()
    assert [request for request in audit.requests() if request.code == 403] == []
