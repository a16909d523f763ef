"""Support pods by Slack, from the words somebody types to the pod, and back to them before it ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from sundown.cluster.reviews import REVIEWS
from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, Json, eventually
from support.audit import Audit, Right
from support.frontdesk.saying import answer_to, buttons, words
from support.frontdesks import USER, Counter, Frontdesk
from support.operators import Operator, Stage
from support.supporting import COMPONENT, ON, PLACE, WANTED, Supported

pytestmark = pytest.mark.lab

ROLES = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{PLACE}"
SOON = "15m4s"
"""A life so long that its end is told of in four seconds."""


@pytest.fixture
def operator(stage: Stage, supported: Supported) -> Operator:
    one = stage.fresh(**ON)
    one.start()
    return one


@pytest.fixture
def desk(counter: Counter, slack: Workspace, supported: Supported) -> Frontdesk:
    one = counter.fresh(slack, **ON)
    one.start()
    return one


@pytest.fixture
def may_delete(api: Api) -> Iterator[None]:
    """Bo has the right to stop what others have started."""
    rule = {"apiGroups": ["sundown.dev"], "resources": ["supportpods"], "verbs": ["delete"]}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "stoppers"}
    bo = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "bo@example.com"}
    api.create(f"{ROLES}/roles", {"metadata": {"name": "stoppers"}, "rules": [rule]})
    api.create(f"{ROLES}/rolebindings", {"metadata": {"name": "stoppers"}, "roleRef": reference, "subjects": [bo]})
    what = {"group": "sundown.dev", "resource": "supportpods", "verb": "delete", "namespace": PLACE}
    review = {"user": bo["name"], "resourceAttributes": what}
    eventually(lambda: api.create(REVIEWS, {"spec": review})["status"]["allowed"], what="the right counts")
    yield
    api.delete(f"{ROLES}/rolebindings/stoppers")
    api.delete(f"{ROLES}/roles/stoppers")


def about(slack: Workspace, name: str, *, user: str = "ana") -> list[Json]:
    """The reminders that somebody was sent of this one."""
    sent = slack.act(user).messages(f"@{user}")
    return [each for each in sent if each.get("metadata") and name in words(each)]


@pytest.mark.usefixtures("operator", "desk")
def test_one_that_is_asked_for_runs_and_is_stopped_by_who_asked(slack: Workspace, supported: Supported) -> None:
    """D6 H1 H2"""
    ana = slack.act("ana")
    said = answer_to(ana, "support start My_Tools XS")
    assert "my-tools is starting, of size XS (512Mi), and lives until" in words(said)
    assert 'No pod can be called "My_Tools"' in words(said)
    assert "kubectl exec -it my-tools -n sundown-support -- sh" in words(said)
    assert not said["ephemeral"]
    supported.until("my-tools", "Running")
    found = supported.find("my-tools")
    assert found is not None
    assert found["spec"] == {"size": "XS", "owner": "ana@example.com"}
    listed = words(answer_to(ana, "support list"))
    assert "my-tools running, XS (512Mi), until" in listed
    assert "ana@example.com" in listed
    assert "my-tools is stopped by ana@example.com" in words(answer_to(ana, "support stop my-tools"))
    supported.gone("my-tools")


@pytest.mark.usefixtures("desk")
def test_a_mention_does_the_same(slack: Workspace, supported: Supported) -> None:
    """D6"""
    slack.act("ana").say("#dev", "@Sundown support start tools")
    eventually(lambda: supported.find("tools"), what="it is made")


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("support start there", 'Support pod "there" already exists: use another name'),
        ("support start THERE!", 'Support pod "there" already exists: use another name'),
        ("support start other XXL", 'There is no size "XXL"; there are XS, S, M, L, XL'),
        ("support stop nowhere", 'Support pod "nowhere" does not exist'),
        ("support extend nowhere", 'Support pod "nowhere" does not exist'),
        ("support start !!!", '"!!!" is no name'),
        ("support start", "say which support pod you mean".capitalize()),
        ("support start a L now", "a name and a size, and nothing more".capitalize()),
        ("support", "say what to do: support start".capitalize()),
        ("support strat x", "did you mean support start"),
        ("support stop there", 'Support pod "there" is one that bo@example.com has started: ask them'),
        ("support extend there", 'right to "patch" supportpods.sundown.dev in "sundown-support"'),
        ("help support", "support: you can ask for"),
        ("help support stop", "Stop a support pod."),
    ],
)
def test_each_mistake_has_its_own_text_and_changes_nothing(
    slack: Workspace, supported: Supported, typed: str, said: str
) -> None:
    """D5 D6 H2 J2"""
    before = supported.want("there", owner="bo@example.com")
    assert said.lower() in words(answer_to(slack.act("ana"), typed)).lower()
    after = supported.api.items(WANTED)
    assert [each["spec"] for each in after] == [before["spec"]]


@pytest.mark.usefixtures("desk", "may_delete")
def test_who_may_delete_them_stops_what_others_have_started(slack: Workspace, supported: Supported) -> None:
    """D6 J2"""
    supported.want("tools", owner="ana@example.com")
    said = words(answer_to(slack.act("bo"), "support stop tools"))
    assert "tools is stopped by bo@example.com, which ana@example.com had started" in said
    assert supported.find("tools") is None


@pytest.mark.usefixtures("desk")
def test_its_owner_is_reminded_and_extends_it_by_the_button(slack: Workspace, supported: Supported) -> None:
    """H2 B8: the one message says then that it lives on, and its buttons are gone."""
    supported.want("tools", owner="ana@example.com", ttl=SOON)
    (reminder,) = eventually(lambda: about(slack, "tools"), what="ana is reminded")
    assert "what is in it is lost" in words(reminder)
    assert buttons(reminder) == ["sundown.extend-support", "sundown.stop-support"]
    slack.act("ana").click(reminder, "sundown.extend-support")
    eventually(lambda: "was extended" in words(about(slack, "tools")[0]), what="the message says so")
    (now,) = about(slack, "tools")
    assert (now["ts"], buttons(now)) == (reminder["ts"], [])
    found = supported.find("tools")
    assert found is not None
    assert found["spec"]["ttl"].startswith("8h")


@pytest.mark.usefixtures("desk")
def test_the_reminder_of_one_that_is_stopped_says_so(slack: Workspace, supported: Supported) -> None:
    """H2 B8"""
    supported.want("tools", owner="ana@example.com", ttl=SOON)
    (reminder,) = eventually(lambda: about(slack, "tools"), what="ana is reminded")
    eventually(lambda: '"ts"' in _note(supported), what="where it is, is noted")
    slack.act("ana").click(reminder, "sundown.stop-support")
    eventually(lambda: "is stopped." in words(about(slack, "tools")[0]), what="the message says so")
    assert supported.find("tools") is None


def _note(supported: Supported) -> str:
    found = supported.find("tools") or {"metadata": {}}
    return str(found["metadata"].get("annotations", {}).get("sundown.dev/slack", ""))


def test_killed_in_the_middle_it_reminds_once(slack: Workspace, desk: Frontdesk, supported: Supported) -> None:
    """H2 B6: a message that was posted and not noted is found again."""
    slack.fault("chat.postMessage", "silence", carried_out=True, times=1)
    supported.want("tools", owner="ana@example.com", ttl=SOON)
    eventually(lambda: about(slack, "tools"), what="ana is reminded")
    desk.kill()
    assert '"ts' not in _note(supported)
    slack.mend()
    desk.start()
    eventually(lambda: '"ts"' in _note(supported), what="it is noted")
    assert len(about(slack, "tools")) == 1


def test_turned_off_it_says_so_in_words(slack: Workspace, counter: Counter) -> None:
    """H2"""
    counter.fresh(slack).start()
    for typed in ("support list", "support start tools", "support stop tools"):
        assert "no support pods in this cluster" in words(answer_to(slack.act("ana"), typed))


def test_the_frontdesk_has_and_uses_rights_in_that_namespace_and_no_others(
    control_plane: Cluster, slack: Workspace, counter: Counter, supported: Supported
) -> None:
    """J3 (the frontdesk's part of section H)"""
    counter.fresh(slack, **ON)  # makes the account and its rights, before it counts what is done with them
    audit = Audit(control_plane, user=USER)
    counter.fresh(slack, **ON).start()
    ana = slack.act("ana")
    answer_to(ana, "support start tools")
    supported.api.merge(f"{WANTED}/tools", {"spec": {"ttl": "1h"}})
    for command in ("extend", "stop"):
        answer_to(ana, f"support {command} tools")
    documents = yaml.safe_load_all((COMPONENT / "rights.yaml").read_text())
    (role,) = [each for each in documents if (each["kind"], each["metadata"]["name"]) == ("Role", "sundown-frontdesk")]
    granted = {(verb, resource) for rule in role["rules"] for resource in rule["resources"] for verb in rule["verbs"]}

    def used() -> set[Right]:
        return {(each.verb, each.resource) for each in audit.requests() if each.namespace == PLACE}

    eventually(lambda: not granted - used(), what="every right is used")
    assert used() - granted == set()
    assert [each for each in audit.requests() if each.code == 403] == []
