"""Nobody but the frontdesk says that somebody else asked (S4, S7, J5)."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from support.apiserver import Answered, Api, Json, eventually
from support.bad_approvals import OWN_LOGINS
from support.envs import SUNDOWN, Env, instant
from support.operators import HOME, Stage

pytestmark = pytest.mark.lab

REQUESTS = f"{SUNDOWN}/namespaces/{HOME}/actionrequests"
KIND = {"apiVersion": "sundown.dev/v1alpha1", "kind": "EnvSchedule"}
ANA, BOSS = "ana@example.com", "boss@example.com"
EVERYTHING = "editors-of-all"


@pytest.fixture
def env(make_env: Callable[..., Env], stage: Stage) -> Env:
    """One that no operator looks after: what it would say of an env, the tests say."""
    stage.fresh()
    one = make_env()
    one.schedule({"awake": []})
    return one


def override_of(env: Env) -> Json:
    found: Json = env.api.get(env.schedules("default"))["spec"]["override"]
    return found


@pytest.mark.parametrize("via", ["slack", "api"])
@pytest.mark.parametrize("said", [BOSS, "", None, "x" * 256])
def test_an_override_is_by_whoever_wrote_it_whatever_they_say(
    env: Env, become: Callable[..., Api], said: str | None, via: str
) -> None:
    """S7"""
    wish = {"state": "Awake", "via": via, **({} if said is None else {"by": said})}
    become(ANA, EVERYTHING).merge(env.schedules("default"), {"spec": {"override": wish}})
    assert override_of(env) == {"state": "Awake", "by": ANA, "via": "kubectl"}


def test_a_wish_that_comes_with_a_new_schedule_is_stamped_too(
    make_env: Callable[..., Env], become: Callable[..., Api]
) -> None:
    """S7"""
    env = make_env()
    body = {**KIND, "spec": {"awake": [], "override": {"state": "Asleep", "by": BOSS}}}
    become(ANA, EVERYTHING).create(env.schedules(), {**body, "metadata": {"name": "default"}})
    assert override_of(env)["by"] == ANA


def test_who_changes_something_else_does_not_become_the_one_who_asked(env: Env, become: Callable[..., Api]) -> None:
    """S7"""
    become(ANA, EVERYTHING).merge(env.schedules("default"), {"spec": {"override": {"state": "Awake"}}})
    become(BOSS, EVERYTHING).merge(env.schedules("default"), {"spec": {"paused": True}})
    assert override_of(env)["by"] == ANA
    become(BOSS, EVERYTHING).merge(env.schedules("default"), {"spec": {"override": {"reason": "mine now"}}})
    assert override_of(env)["by"] == BOSS


def test_a_name_that_is_too_long_for_the_field_is_cut_and_refuses_nothing(
    env: Env, kubectl: Callable[..., Any]
) -> None:
    """S7"""
    name = f"oidc:{'a' * 300}"
    patch = '{"spec":{"override":{"state":"Awake"}}}'
    what = ("envschedules.sundown.dev/default", "-n", env.name, "--type=merge", "-p", patch)
    kubectl("patch", *what, f"--as={name}", f"--as-group={EVERYTHING}")
    assert override_of(env)["by"] == name[:256]


def test_the_frontdesk_says_who_asked_in_slack(env: Env, frontdesks: Api, operators: Api) -> None:
    """S7: under its own account, and under the operator's where they share a pod"""
    for account, person in ((frontdesks, ANA), (operators, BOSS)):
        wish = {"spec": {"override": {"state": "Awake", "by": person, "via": "slack"}}}
        account.merge(env.schedules("default"), wish)
        assert (override_of(env)["by"], override_of(env)["via"]) == (person, "slack")


@pytest.mark.parametrize(("state", "right"), [("Awake", "wake"), ("Asleep", "suspend")])
def test_a_wish_by_kubectl_takes_the_right_that_it_takes_in_slack(
    env: Env, become: Callable[..., Api], api: Api, state: str, right: str
) -> None:
    """S8"""
    eve = become("eve@example.com")
    _grant(api, env, "get", "patch", *({"wake", "suspend"} - {right}))
    wish = {"spec": {"override": {"state": state}}}
    eventually(
        lambda: "takes the right to" in (_refusal(eve, env, wish) or ""), what="the role counts, and does not do"
    )
    assert f"takes the right to {right} envschedules in {env.name}" in (_refusal(eve, env, wish) or "")
    assert _refusal(eve, env, {"spec": {"timeZone": "Europe/Berlin"}}) is None
    _grant(api, env, "get", "patch", right)
    eventually(lambda: _refusal(eve, env, wish) is None, what="with the right it is done")


def test_what_takes_two_people_to_be_stopped_is_not_stopped_by_one(
    env: Env, become: Callable[..., Api], operators: Api
) -> None:
    """I7: by kubectl; it is woken, and by Sundown's own account it is stopped."""
    stop, wake = ({"spec": {"override": {"state": state}}} for state in ("Asleep", "Awake"))
    boss = become(BOSS, EVERYTHING)
    assert _refusal(boss, env, stop) is None
    operators.merge(f"{env.schedules('default')}/status", {"status": {"needsApproval": ["Delete", "Stop"]}})
    assert "takes a second person" in (_refusal(boss, env, stop) or "")
    assert _refusal(boss, env, wake) is None
    assert _refusal(operators, env, stop) is None


def test_neither_is_it_stopped_by_a_schedule_that_is_made_anew(env: Env, become: Callable[..., Api]) -> None:
    """I7, fault B7: by ``kubectl create``, ``replace --force``, or one that was not in force yet."""
    boss, name = become(BOSS, EVERYTHING), f"other-{secrets.token_hex(3)}"

    def make(**spec: Any) -> str | None:
        try:
            boss.create(env.schedules(), {**KIND, "metadata": {"name": name}, "spec": {"awake": [], **spec}})
        except Answered as refusal:
            return str(refusal)
        return None

    env.annotate(**{"sundown.dev/needs-approval": "Stop"})
    stop = {"override": {"state": "Asleep"}}
    eventually(lambda: "takes a second person" in (make(**stop) or ""), what="what is on the namespace counts")
    assert make(override={"state": "Awake"}) is None
    assert "takes a second person" in (_refusal(boss, env, {"spec": stop}, name=name) or "")
    env.annotate(**{"sundown.dev/needs-approval": None})
    eventually(lambda: _refusal(boss, env, {"spec": stop}, name=name) is None, what="and no longer")


def test_what_keeps_an_env_awake_that_takes_two_people_is_ended_sooner_by_nobody_alone(
    env: Env, become: Callable[..., Api], operators: Api
) -> None:
    """I7: by kubectl. Of one that sleeps anybody takes back what is over; and the operator of any."""
    boss, where = become(BOSS, EVERYTHING), env.schedules("default")
    wishes: list[tuple[Json | None, bool]] = [
        (None, True),
        ({"state": "Awake", "until": "2031-01-01T00:00:00Z"}, True),
        ({"at": "2026-11-23T12:00:00Z", "dropAtReset": True}, True),
        ({"until": "2032-01-01T00:00:00+09:00"}, True),
        ({"until": "2032-01-01T09:00:00+09:00"}, False),
        ({"until": "2033-01-01T00:00:00Z"}, False),
        ({"until": None}, False),
        ({"reason": "still at it"}, False),
    ]
    boss.merge(where, {"spec": {"override": {"state": "Awake", "until": "2032-01-01T00:00:00Z"}}})
    for state, counts in (("Awake", True), ("Asleep", False)):
        operators.merge(f"{where}/status", {"status": {"state": state, "needsApproval": ["Stop"]}})
        for wish, refused in wishes:
            said = _refusal(boss, env, {"spec": {"override": wish}})
            assert ("sundown reset asks for one" in (said or "")) is (refused and counts), (state, wish, said)
    operators.merge(f"{where}/status", {"status": {"state": "Awake"}})
    operators.merge(where, {"spec": {"override": None}})


def test_when_an_env_sleeps_that_takes_two_people_is_changed_by_nobody_alone(
    env: Env, become: Callable[..., Api], operators: Api, api: Api
) -> None:
    """I7: while it is awake, but by an account of a program that may, for what it applies people agree on elsewhere."""
    boss, where = become(BOSS, EVERYTHING), env.schedules("default")
    edits: list[tuple[Json, bool]] = [
        ({"awake": [{"days": ["Mon"], "to": "10:00"}]}, True),
        ({"timeZone": "Asia/Tokyo"}, True),
        ({"exceptions": [{"from": "2026-01-01T00:00", "to": "2033-01-01T00:00", "state": "Asleep"}]}, True),
        ({"dailyReset": "07:00"}, True),
        ({"holidays": {"country": "DE"}}, True),
        ({"paused": True, "awake": None}, True),
        ({"paused": True}, False),
        ({"notify": {"channel": "#dev"}, "dryRun": True}, False),
    ]
    for state, counts in (("Awake", True), ("Paused", True), ("Asleep", False)):
        operators.merge(f"{where}/status", {"status": {"state": state, "needsApproval": ["Stop"]}})
        for edit, refused in edits:
            said = _refusal(boss, env, {"spec": edit})
            assert ("action Edit" in (said or "")) is (refused and counts), (state, edit, said)
    operators.merge(f"{where}/status", {"status": {"state": "Awake"}})
    name = f"system:serviceaccount:{env.name}:delivery"
    program = become(name)
    change = {"spec": edits[0][0]}
    _grant(api, env, "get", "patch", user=name)
    eventually(lambda: "action Edit" in (_refusal(program, env, change) or ""), what="the role counts, and does not do")
    _grant(api, env, "get", "patch", "reschedule", user=name)
    eventually(lambda: _refusal(program, env, change) is None, what="with the right it is done")
    boss.merge(where, {"spec": {"paused": True}})
    assert "action Edit" in (_refusal(boss, env, {"spec": {"paused": False}}) or "")


def asked(**changes: Any) -> Json:
    """A request of Ana's for a deletion."""
    spec = {
        "action": "Delete",
        "target": {"namespace": "dev1", "uid": "uid-1"},
        "requestedBy": ANA,
        "via": "kubectl",
        "requestedAt": instant(),
        "expiresAt": instant(minutes=15),
        "confirmation": "dev1",
        "approval": {"required": True},
        **changes,
    }
    kind = {"apiVersion": "sundown.dev/v1alpha1", "kind": "ActionRequest"}
    return {**kind, "metadata": {"name": f"delete-{secrets.token_hex(4)}"}, "spec": spec}


@pytest.fixture
def request_of_ana(become: Callable[..., Api], api: Api) -> Iterator[str]:
    body = asked()
    become(ANA, EVERYTHING).create(REQUESTS, body)
    yield f"{REQUESTS}/{body['metadata']['name']}"
    api.delete(f"{REQUESTS}/{body['metadata']['name']}")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"groups": ["dev", "admins"]}, "groups must be groups of who asks"),
        ({"via": "slack"}, "via slack and via api is what came by the frontdesk"),
        ({"via": "api"}, "via slack and via api is what came by the frontdesk"),
        ({"approval": {"required": True, "at": "2026-11-23T08:00:00Z"}}, "nobody approves a request of their own"),
    ],
)
def test_a_request_that_says_what_is_not_so_is_refused(become: Callable[..., Api], changes: Json, why: str) -> None:
    """S4"""
    with pytest.raises(Answered) as answer:
        become(ANA, EVERYTHING, "dev").create(REQUESTS, asked(**changes))
    assert why in str(answer.value)


@pytest.mark.parametrize("said", [BOSS, "Ana@example.com", None])
def test_a_request_is_by_whoever_made_it_whatever_they_say(
    become: Callable[..., Api], api: Api, said: str | None
) -> None:
    """S4 J5"""
    body = asked(**({"requestedBy": said} if said is not None else {}))
    made = become(ANA, EVERYTHING).create(REQUESTS, body)
    api.delete(f"{REQUESTS}/{body['metadata']['name']}")
    assert made["spec"]["requestedBy"] == ANA


def test_a_request_in_ones_own_name_and_with_ones_own_groups_is_taken(become: Callable[..., Api], api: Api) -> None:
    """S4"""
    body = asked(groups=["dev"])
    become(ANA, EVERYTHING, "dev").create(REQUESTS, body)
    api.delete(f"{REQUESTS}/{body['metadata']['name']}")


def test_the_frontdesk_asks_for_people(frontdesks: Api, operators: Api, api: Api) -> None:
    """S4"""
    for account in (frontdesks, operators):
        body = asked(requestedBy=BOSS, groups=["slack:dev"], via="slack")
        account.create(REQUESTS, body)
        api.delete(f"{REQUESTS}/{body['metadata']['name']}")


@pytest.mark.parametrize("field", ["approval", "rejected"])
def test_an_answer_is_by_who_gives_it_whatever_they_say(
    become: Callable[..., Api], request_of_ana: str, field: str
) -> None:
    """S4 J5 I7"""
    given = {"spec": {field: {"by": BOSS, "at": instant()}}}
    made = become("eve@example.com", EVERYTHING, "dev").merge(request_of_ana, given)["spec"][field]
    assert made["by"] == "eve@example.com"
    if field == "approval":
        assert (made["via"], made["groups"]) == ("kubectl", ["editors-of-all", "dev"])


@pytest.mark.parametrize("login", OWN_LOGINS)
def test_nobody_approves_their_own_by_whatever_login(
    become: Callable[..., Api], request_of_ana: str, login: str
) -> None:
    """I7: one human has two logins."""
    with pytest.raises(Answered, match="nobody approves a request of their own"):
        become(login, EVERYTHING).merge(request_of_ana, {"spec": {"approval": {"at": instant()}}})


def test_to_approve_takes_the_right_to_in_the_namespace_that_is_meant(
    become: Callable[..., Api], request_of_ana: str, answering: Callable[[str], None]
) -> None:
    """I7: whoever may patch ActionRequests, and no more, approves nothing."""
    answering("eve@example.com")
    eve = become("eve@example.com")
    for field in ("approval", "rejected"):
        with pytest.raises(Answered, match="it takes the right to approve envschedules in dev1"):
            eve.merge(request_of_ana, {"spec": {field: {"at": instant()}}})


def test_only_who_asked_confirms_and_withdraws(become: Callable[..., Api], api: Api) -> None:
    """I6, I7"""
    body = asked()
    del body["spec"]["confirmation"]
    become(ANA, EVERYTHING).create(REQUESTS, body)
    path = f"{REQUESTS}/{body['metadata']['name']}"
    eve, ana = become("eve@example.com", EVERYTHING), become("oidc:ana@example.com", EVERYTHING)
    try:
        for spec in ({"confirmation": "dev1"}, {"withdrawn": {"at": instant()}}):
            with pytest.raises(Answered, match="by who asked for it"):
                eve.merge(path, {"spec": spec})
            ana.merge(path, {"spec": spec})
    finally:
        api.delete(path)


def test_whom_the_frontdesk_tells_of_a_request_is_its_own_affair(
    become: Callable[..., Api], request_of_ana: str, frontdesks: Api
) -> None:
    """S4 S6"""
    note = {"metadata": {"annotations": {"sundown.dev/slack": '{"user":"U1"}'}}}
    with pytest.raises(Answered, match="are the frontdesk's"):
        become(ANA, EVERYTHING).merge(request_of_ana, note)
    frontdesks.merge(request_of_ana, note)


OWNED: Json = {"ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "gone", "uid": "0-1"}]}
KEPT: Json = {"finalizers": ["example.com/kept"]}


@pytest.mark.parametrize("more", [OWNED, KEPT], ids=["owned", "kept"])
def test_nobody_who_asks_or_answers_has_a_record_vanish_or_stay(
    become: Callable[..., Api], request_of_ana: str, more: Json
) -> None:
    """I8: with an owner that is not there it would be deleted in a moment, by the cluster itself."""
    for person in (ANA, BOSS):
        with pytest.raises(Answered, match="a request is a record"):
            become(person, EVERYTHING).merge(request_of_ana, {"metadata": more})
    body = asked()
    with pytest.raises(Answered, match="a request is a record"):
        become(ANA, EVERYTHING).create(REQUESTS, {**body, "metadata": body["metadata"] | more})


def test_what_was_put_on_a_record_before_may_be_taken_off(
    become: Callable[..., Api], request_of_ana: str, operators: Api, api: Api
) -> None:
    """I8: and does not stand in the way of an answer."""
    operators.merge(request_of_ana, {"metadata": KEPT})
    become(ANA, EVERYTHING).merge(request_of_ana, {"metadata": {"labels": {"a": "b"}}})
    become(ANA, EVERYTHING).merge(request_of_ana, {"metadata": {"finalizers": None}})
    assert "finalizers" not in api.get(request_of_ana)["metadata"]


@pytest.fixture
def answering(api: Api) -> Iterator[Callable[[str], None]]:
    """``answering("eve@example.com")`` binds the role of who answers requests, in Sundown's namespace."""
    where = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{HOME}/rolebindings"
    name = f"answering-{secrets.token_hex(4)}"

    def bind(person: str) -> None:
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "sundown-requests"}
        subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": person}
        api.create(where, {"metadata": {"name": name}, "roleRef": role, "subjects": [subject]})
        what = {"group": "sundown.dev", "resource": "actionrequests", "verb": "patch", "namespace": HOME}
        body = {"spec": {"user": person, "resourceAttributes": what}}
        reviews = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        eventually(lambda: api.create(reviews, body)["status"]["allowed"], what="the role counts")

    yield bind
    api.delete(f"{where}/{name}")


def _refusal(client: Api, env: Env, body: Json, *, name: str = "default") -> str | None:
    try:
        client.merge(env.schedules(name), body, dryRun="All")
    except Answered as answer:
        return str(answer)
    return None


def _grant(api: Api, env: Env, *verbs: str, user: str = "eve@example.com") -> None:
    """Give Eve, or somebody else, a role in the env, instead of the one that she has."""
    where = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{env.name}"
    rules = [{"apiGroups": ["sundown.dev"], "resources": ["envschedules"], "verbs": list(verbs)}]
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "eve"}
    with suppress(Answered):
        api.create(f"{where}/rolebindings", {"metadata": {"name": "eve"}, "roleRef": reference, "subjects": [subject]})
    api.delete(f"{where}/roles/eve")
    api.create(f"{where}/roles", {"metadata": {"name": "eve"}, "rules": rules})
