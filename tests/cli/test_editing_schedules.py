"""`sundown edit`: when an env sleeps, changed as the person themselves, or asked of a second person (I6 I7)."""

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Json, eventually
from support.commandline import Called, Sundown
from support.envs import ALWAYS_AWAKE, Env
from support.operators import HOME
from support.stopping import ANA, BO, RBAC, the_request


def spec_of(env: Env, name: str = "default") -> Json:
    spec: Json = env.api.get(env.schedules(name))["spec"]
    return spec


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dev1"], "Missing argument 'FIELD=VALUE...'"),
        (["dev1", "awak=none"], "did you mean awake?"),
        (["dev1", "awake=Mon 8-18"], "neither days nor hours"),
        (["dev1", "paused=perhaps"], "true or false"),
    ],
)
def test_what_cannot_be_understood_is_wrong_usage(call: Callable[..., Called], arguments: list[str], said: str) -> None:
    """D5"""
    called = call("edit", *arguments)
    assert (called.code, said in called.err) == (2, True), called.err


@pytest.mark.lab
def test_it_says_what_was_and_what_is_and_what_comes(sundown: Sundown, env: Env, no_operator: None) -> None:
    """D5: in the words of a person, and only those fields are changed."""
    env.schedule({"timeZone": "UTC", "awake": [{"days": ["Mon"], "to": "20:00"}], "holidays": {"country": "DE"}})
    tried = sundown("edit", env.name, "timeZone=Asia/Tokyo", "holidays=none", "--dry-run", "-o", "json")
    assert tried.code == 0, tried.err
    change = 'timeZone: "UTC" -> "Asia/Tokyo"; holidays: {"country":"DE"} -> nothing'
    assert (tried.json["change"], tried.json["dryRun"]) == (change, True)
    assert spec_of(env)["timeZone"] == "UTC"
    called = sundown("edit", env.name, "timeZone", "Asia/Tokyo", "holidays", "none")
    assert (called.code, f"{env.name}: changed, {change}" in called.out) == (0, True), called.err
    assert spec_of(env) == {"timeZone": "Asia/Tokyo", "awake": [{"days": ["Mon"], "to": "20:00"}]}
    again = sundown("edit", env.name, "timeZone=Asia/Tokyo")
    assert (again.code, ": its schedule says so already" in again.err) == (1, True)


@pytest.mark.lab
def test_whoever_may_only_look_is_told_so(
    sundown: Sundown, env: Env, person: Callable[..., Path], no_operator: None
) -> None:
    env.schedule(ALWAYS_AWAKE)
    viewer = person(env.name, "sundown-viewer")
    for more in ([], ["--dry-run"]):
        called = sundown("edit", env.name, "awake=none", *more, who=viewer)
        assert (called.code, "you may not edit" in called.err) == (1, True), called.err


@pytest.mark.lab
def test_a_generated_schedule_is_theirs_from_then_on(
    sundown: Sundown, make_env: Callable[..., Env], make_default: Callable[..., str], operator: object
) -> None:
    """A10: and the template does not take it back."""
    team = f"team-{secrets.token_hex(4)}"
    make_default(ALWAYS_AWAKE, team=team)
    env = make_env({"team": team, "scheduler": "enabled"})
    env.until("Awake", name="default")
    assert sundown("edit", env.name, "awake=none").code == 0
    env.until("Asleep", name="default")
    eventually(
        lambda: "sundown.dev/template" not in env.api.get(env.schedules("default"))["metadata"].get("annotations", {}),
        what="it is handed over",
    )
    assert "awake" not in spec_of(env)


@pytest.mark.lab
def test_where_it_takes_two_it_waits_for_somebody_else(
    control_plane: Cluster, sundown: Sundown, roles: None, guarded: Env
) -> None:
    """I6 I7: a dry run makes no request; the schedule says something else once somebody has approved."""
    home, name = f"{RBAC}/namespaces/{HOME}/rolebindings", f"asks-{secrets.token_hex(4)}"
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "sundown-requests"}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": ANA}
    guarded.api.create(home, {"metadata": {"name": name}, "roleRef": role, "subjects": [subject]})
    who = control_plane.user_kubeconfig(ANA, ())
    try:
        tried = eventually(
            lambda: (
                found
                if (found := sundown("edit", guarded.name, "awake=none", "--dry-run", who=who)).code == 0
                else None
            ),
            what="the role counts",
        )
        assert "would wait until somebody else approves it" in tried.out
        called = sundown("edit", guarded.name, "awake=none", who=who)
    finally:
        guarded.api.delete(f"{home}/{name}")
    asked = the_request(guarded)
    assert f"sundown approve areq/{asked.name}" in called.out
    assert spec_of(guarded, "theirs")["awake"]
    asked.api.merge(
        asked.path, {"spec": {"approval": {"by": BO, "at": asked.api.get(asked.path)["spec"]["requestedAt"]}}}
    )
    assert asked.finished()["state"] == "Done"
    guarded.until("Asleep", name="theirs")
    assert "awake" not in spec_of(guarded, "theirs")
