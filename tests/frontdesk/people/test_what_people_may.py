"""What a person may do by Slack is what the cluster's RBAC says, for each verb by itself."""

from collections.abc import Callable, Iterator

import pytest

from sundown_lab.slack.actor import Actor
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, Json, eventually
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env
from support.frontdesk.rbac import RBAC, without_everybody
from support.frontdesk.saying import answer_to, words
from support.frontdesks import both_ways

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("frontdesk")]


@pytest.fixture
def strict(api: Api, frontdesk: object) -> Iterator[None]:
    """The cluster's owner has taken the right of everybody in Slack away."""
    with without_everybody(api):
        yield


@pytest.fixture
def grant(api: Api) -> Callable[..., None]:
    """``grant(env, "wake", user="ana@example.com")`` in its namespace; or ``group=``."""

    def make(env: Env, *verbs: str, user: str = "", group: str = "") -> None:
        rules = [{"apiGroups": ["sundown.dev"], "resources": ["envschedules"], "verbs": list(verbs)}]
        where = f"{RBAC}/namespaces/{env.name}"
        api.create(f"{where}/roles", {"metadata": {"name": "some"}, "rules": rules})
        kind = {"kind": "User", "name": user} if user else {"kind": "Group", "name": group}
        reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "some"}
        subjects = [{"apiGroup": "rbac.authorization.k8s.io", **kind}]
        api.create(f"{where}/rolebindings", {"metadata": {"name": "some"}, "roleRef": reference, "subjects": subjects})

    return make


@pytest.fixture
def spelled(slack: Workspace) -> Iterator[Callable[[str, str], Actor]]:
    """``spelled("bo", "Bo@Example.com")`` is bo with another address; the frontdesk hears of it, and of their own one afterwards."""
    names: set[str] = set()

    def spell(name: str, email: str) -> Actor:
        names.add(name)
        somebody = slack.act(name)
        somebody.change_profile(email=email)
        return somebody

    yield spell
    for name in names:
        slack.act(name).change_profile(email=f"{name}@example.com")


def state_of(env: Env) -> str | None:
    override: Json = env.api.get(env.schedules("default"))["spec"].get("override", {})
    return override.get("state")


@both_ways
@pytest.mark.parametrize(
    ("command", "right"),
    [("start {}", "wake"), ("stop {}", "suspend"), ("extend {} 2h", "extend"), ("snooze {} 2h", "snooze")],
)
def test_without_the_right_nothing_is_done_and_the_person_is_told_which_it_is(
    slack: Workspace, env: Env, strict: None, command: str, right: str
) -> None:
    """J2 D5 Z"""
    env.schedule(ASLEEP_FOR_EVER)
    answer = answer_to(slack.act("bo"), command.format(env.name))
    assert f'You (bo@example.com) may not {right} "{env.name}"' in words(answer)
    assert f'for the right to "{right}" envschedules.sundown.dev there' in words(answer)
    assert answer["ephemeral"]
    assert state_of(env) is None


@pytest.mark.parametrize("command", ["status", "why"])
def test_who_may_not_look_sees_nothing(slack: Workspace, env: Env, strict: None, command: str) -> None:
    """J2 D4"""
    env.schedule(ALWAYS_AWAKE)
    assert f'may not look at "{env.name}"' in words(answer_to(slack.act("bo"), f"{command} {env.name}"))


def test_each_verb_is_granted_by_itself(slack: Workspace, env: Env, strict: None, grant: Callable[..., None]) -> None:
    """J2"""
    env.schedule(ASLEEP_FOR_EVER)
    grant(env, "wake", user="ana@example.com")
    ana = slack.act("ana")
    eventually(lambda: "awake" in words(answer_to(ana, f"start {env.name}")), what="the right is there")
    assert "may not suspend" in words(answer_to(ana, f"stop {env.name}"))
    assert state_of(env) == "Awake"


def test_rights_can_be_given_to_a_user_group_of_slack(
    slack: Workspace, env: Env, strict: None, grant: Callable[..., None]
) -> None:
    """J2: ana and chen are of the group platform, bo is not"""
    env.schedule(ASLEEP_FOR_EVER)
    grant(env, "wake", group="slack:platform")
    eventually(lambda: "awake" in words(answer_to(slack.act("chen"), f"start {env.name}")), what="the right is there")
    assert "may not wake" in words(answer_to(slack.act("bo"), f"start {env.name}"))


def test_only_what_one_may_see_is_listed(
    slack: Workspace, make_env: Callable[..., Env], strict: None, grant: Callable[..., None]
) -> None:
    """D4 J2"""
    seen, hidden = make_env(), make_env()
    for env in (seen, hidden):
        env.schedule(ALWAYS_AWAKE)
    grant(seen, "get", user="ana@example.com")
    ana = slack.act("ana")
    said = eventually(
        lambda: next((text for text in [words(answer_to(ana, "list"))] if seen.name in text), None), what="it is listed"
    )
    assert hidden.name not in said
    assert words(answer_to(slack.act("bo"), "status")) == "There is no environment that you may see."


def test_somebody_whose_address_slack_does_not_tell_is_told_what_to_do(slack: Workspace, env: Env) -> None:
    """J2 D5: and a change of the profile counts at once"""
    env.schedule(ASLEEP_FOR_EVER)
    dina = slack.act("dina")
    dina.change_profile(email="")
    assert "has no e-mail address that I may see" in words(answer_to(dina, f"start {env.name}"))
    assert state_of(env) is None
    dina.change_profile(email="dina@example.com")
    assert "awake" in words(answer_to(dina, f"start {env.name}"))


@pytest.mark.parametrize(
    ("granted", "profile"),
    [
        ("Ana.Mueller@Example.com", "Ana.Mueller@Example.com"),
        ("ana.mueller@example.com", "Ana.Mueller@Example.com"),
        ("ÅSA@Example.com", "ÅSA@Example.com"),
    ],
    ids=["as in the profile", "in small letters", "beyond ASCII, as in the profile"],
)
def test_rights_are_found_under_each_spelling_that_is_the_persons_own(
    spelled: Callable[[str, str], Actor], env: Env, strict: None, grant: Callable[..., None], granted: str, profile: str
) -> None:
    """X1"""
    env.schedule(ASLEEP_FOR_EVER)
    grant(env, "wake", user=granted)
    dina = spelled("dina", profile)
    eventually(lambda: "awake" in words(answer_to(dina, f"start {env.name}")), what="the right is there")
    assert env.api.get(env.schedules("default"))["spec"]["override"]["by"] == profile


@pytest.mark.parametrize(
    ("granted", "profile"),
    [
        ("DINA@example.com", "dina@example.com"),
        ("dina@example.com", "d\u0131na@example.com"),
        ("kim@example.com", "\u212aim@example.com"),
        ("åsa@example.com", "Åsa@example.com"),
    ],
    ids=["capitals", "a dotless i", "the sign for kelvin", "beyond ASCII"],
)
def test_no_spelling_that_only_looks_alike_gives_a_right(
    spelled: Callable[[str, str], Actor], env: Env, strict: None, grant: Callable[..., None], granted: str, profile: str
) -> None:
    """X1: the rights of another would be theirs"""
    env.schedule(ASLEEP_FOR_EVER)
    grant(env, "wake", user=granted)
    bo = spelled("bo", granted)
    eventually(lambda: "awake" in words(answer_to(bo, f"start {env.name}")), what="the right is there")
    dina = spelled("dina", profile)
    assert "may not wake" in words(answer_to(dina, f"start {env.name}"))
