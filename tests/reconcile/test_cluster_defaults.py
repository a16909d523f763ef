"""Namespaces that a ClusterEnvSchedule covers: which take part, what is made for them, and what is never touched."""

import secrets
from collections.abc import Callable

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.audit import Audit
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, DEFAULTS, SUNDOWN, Env
from support.operators import HOME, Operator

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("operator")]

MakeEnv = Callable[..., Env]
MakeDefault = Callable[..., str]


@pytest.fixture
def team() -> str:
    """The value of a label that only this test's namespaces carry."""
    return secrets.token_hex(4)


def settled(make_env: MakeEnv, team: str) -> None:
    """Return when the operator has looked at a namespace made after everything else, and so at everything else."""
    for _ in range(2):
        last = make_env({"team": team, "scheduler": "enabled"})
        last.until("Awake", "Asleep", "Paused")


def spec_of(env: Env) -> Json:
    found: Json = env.api.get(env.schedules("default"))["spec"]
    return found


def test_a_namespace_that_is_labelled_enabled_gets_the_default(
    make_env: MakeEnv, make_default: MakeDefault, team: str
) -> None:
    """A8, A9, A11"""
    env = make_env({"team": team, "scheduler": "enabled"})
    env.add("web", 2)
    make_default(ASLEEP_FOR_EVER, team=team)
    env.until("Asleep")
    assert env.replicas("web") == 0
    made = env.api.get(env.schedules("default"))["metadata"]
    assert made["labels"]["app.kubernetes.io/managed-by"] == "sundown"


def test_a_schedule_of_its_own_wins_over_the_default(make_env: MakeEnv, make_default: MakeDefault, team: str) -> None:
    """A8"""
    make_default(ASLEEP_FOR_EVER, team=team)
    env = make_env({"team": team, "scheduler": "disabled"})
    env.add("web", 2)
    env.until("Paused")
    env.schedule(ALWAYS_AWAKE, name="own")
    env.label(scheduler="enabled")
    env.until("Awake", name="own")
    env.until_condition("Ready", "False", "Superseded")
    assert env.replicas("web") == 2


def test_a_namespace_that_has_a_schedule_of_its_own_gets_no_default(
    make_env: MakeEnv, make_default: MakeDefault, team: str
) -> None:
    """A8, A11"""
    env = make_env({"team": team, "scheduler": "enabled"})
    env.schedule(ALWAYS_AWAKE, name="own")
    make_default(ASLEEP_FOR_EVER, team=team)
    settled(make_env, team)
    assert [each["metadata"]["name"] for each in env.api.items(env.schedules())] == ["own"]


def test_a_new_namespace_is_labelled_enabled_and_takes_part(
    make_env: MakeEnv, make_default: MakeDefault, api: Api, team: str
) -> None:
    """A9"""
    name = make_default(ASLEEP_FOR_EVER, team=team)
    env = later(make_env, api, name, team)
    env.add("web", 2)
    env.until("Asleep")
    assert env.labels()["scheduler"] == "enabled"
    env.until_count("web", 0)


def later(make_env: MakeEnv, api: Api, default: str, team: str) -> Env:
    """A namespace that is younger than the default, by the second in which Kubernetes writes such times."""
    born = api.get(f"{DEFAULTS}/{default}")["metadata"]["creationTimestamp"]

    def made() -> Env | None:
        env = make_env({"team": team})
        return env if env.api.get(env.path)["metadata"]["creationTimestamp"] > born else None

    return eventually(made, what="a younger namespace")


def test_an_older_namespace_without_the_label_is_never_touched(
    make_env: MakeEnv, make_default: MakeDefault, team: str, audit: Audit
) -> None:
    """A10"""
    env = make_env({"team": team})
    env.add("web", 2)
    make_default(ASLEEP_FOR_EVER, team=team)
    settled(make_env, team)
    assert audit.writes(env.name) == []
    assert env.replicas("web") == 2
    assert "scheduler" not in env.labels()


def test_an_older_namespace_takes_part_from_when_it_is_labelled(
    make_env: MakeEnv, make_default: MakeDefault, team: str
) -> None:
    """A9, A10"""
    env = make_env({"team": team})
    env.add("web", 2)
    make_default(ASLEEP_FOR_EVER, team=team)
    env.label(scheduler="enabled")
    env.until("Asleep")
    assert env.replicas("web") == 0


@pytest.mark.parametrize("name", ["kube-system", "kube-public", HOME])
def test_system_namespaces_and_sundowns_own_are_never_touched(
    name: str, make_env: MakeEnv, make_default: MakeDefault, api: Api, team: str, audit: Audit
) -> None:
    """A10: not even with the label and covered by a default."""
    env = Env(api, name)
    env.label(team=team, scheduler="enabled")
    env.add("untouchable", 1)
    try:
        make_default(ASLEEP_FOR_EVER, team=team)
        settled(make_env, team)
        assert [each for each in audit.writes(name) if each.resource != "events"] == []
        assert env.replicas("untouchable") == 1
    finally:
        env.label(team=None, scheduler=None)
        api.delete(f"{env.collection('Deployment')}/untouchable")


def test_a_schedule_in_a_protected_namespace_says_that_it_does_nothing(api: Api, operator: Operator) -> None:
    """A10"""
    env = Env(api, "kube-public")
    name = f"test-{secrets.token_hex(4)}"
    env.add(name, 1)
    env.schedule(ASLEEP_FOR_EVER, name=name)
    try:
        env.until_condition("Ready", "False", "ProtectedNamespace", name=name)
        assert env.replicas(name) == 1
    finally:
        api.delete(env.schedules(name))
        api.delete(f"{env.collection('Deployment')}/{name}")


def test_a_namespace_labelled_disabled_is_paused_from_the_beginning(
    make_env: MakeEnv, make_default: MakeDefault, team: str
) -> None:
    """A9"""
    make_default(ASLEEP_FOR_EVER, team=team)
    env = make_env({"team": team, "scheduler": "disabled"})
    env.add("web", 2)
    env.until("Paused")
    assert env.replicas("web") == 2


def test_relabelling_to_disabled_wakes_and_relabelling_to_enabled_sleeps_again(
    make_env: MakeEnv, make_default: MakeDefault, team: str
) -> None:
    """A9, A15: paused, not deleted."""
    make_default(ASLEEP_FOR_EVER, team=team)
    env = make_env({"team": team, "scheduler": "enabled"})
    env.add("web", 2)
    env.until_count("web", 0)
    env.label(scheduler="disabled")
    status = env.until("Paused")
    assert env.replicas("web") == 2
    assert "scheduler=disabled" in status["why"]
    env.label(scheduler="enabled")
    env.until("Asleep")
    assert env.replicas("web") == 0


def test_disabling_works_without_a_default_too(env: Env) -> None:
    """A9"""
    env.label(scheduler="disabled")
    env.add("web", 2)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Paused")
    assert env.replicas("web") == 2


def test_a_bad_label_value_changes_nothing_and_is_reported(env: Env) -> None:
    """Z (one malformed object stops the whole controller)"""
    env.label(scheduler="on")
    env.add("web", 2)
    env.schedule(ASLEEP_FOR_EVER)
    message = env.until_condition("Ready", "False", "InvalidLabel")
    assert '"on"' in message
    assert env.replicas("web") == 2


def test_the_default_that_somebody_applied_is_never_overwritten(
    make_env: MakeEnv, make_default: MakeDefault, team: str, audit: Audit
) -> None:
    """A11: one of the very name that Sundown would use."""
    env = make_env({"team": team, "scheduler": "enabled"})
    env.schedule({"timeZone": "Asia/Tokyo", **ALWAYS_AWAKE})
    made = env.api.get(env.schedules("default"))["metadata"]["generation"]
    make_default(ASLEEP_FOR_EVER, team=team)
    settled(make_env, team)
    assert spec_of(env) == {"timeZone": "Asia/Tokyo", **ALWAYS_AWAKE}
    assert env.api.get(env.schedules("default"))["metadata"]["generation"] == made
    assert [each for each in audit.writes(env.name) if each.resource == "envschedules"] == []


def test_a_change_of_the_default_reaches_what_was_made_from_it(
    make_env: MakeEnv, make_default: MakeDefault, api: Api, team: str
) -> None:
    """A11"""
    name = make_default({**ALWAYS_AWAKE, "holidays": {"country": "DE"}}, team=team)
    env = make_env({"team": team, "scheduler": "enabled"})
    eventually(lambda: env.status().get("state"), what="the schedule is there")
    api.merge(f"{DEFAULTS}/{name}", {"spec": {"template": {"timeZone": "Asia/Tokyo", "holidays": None}}})
    eventually(lambda: spec_of(env) == {**ALWAYS_AWAKE, "timeZone": "Asia/Tokyo"}, what="the change is there")


def test_a_persons_edit_of_the_generated_one_stays(
    make_env: MakeEnv, make_default: MakeDefault, api: Api, team: str
) -> None:
    """A11"""
    name = make_default({**ALWAYS_AWAKE, "timeZone": "UTC"}, team=team)
    env = make_env({"team": team, "scheduler": "enabled"})
    env.until("Awake")
    env.patch({"spec": {"timeZone": "Europe/Berlin"}})
    api.merge(f"{DEFAULTS}/{name}", {"spec": {"template": {"timeZone": "Asia/Tokyo"}}})
    eventually(lambda: "TakenOver" in env.reasons(), what="the edit is reported")
    settled(make_env, team)
    assert spec_of(env)["timeZone"] == "Europe/Berlin"


def test_what_a_person_took_out_of_the_generated_one_stays_out(
    make_env: MakeEnv, make_default: MakeDefault, api: Api, team: str
) -> None:
    """A11"""
    name = make_default({**ALWAYS_AWAKE, "holidays": {"country": "DE"}}, team=team)
    env = make_env({"team": team, "scheduler": "enabled"})
    env.until("Awake")
    env.patch({"spec": {"holidays": None}})
    api.merge(f"{DEFAULTS}/{name}", {"spec": {"template": {"timeZone": "Asia/Tokyo"}}})
    eventually(lambda: "TakenOver" in env.reasons(), what="the edit is reported")
    settled(make_env, team)
    assert "holidays" not in spec_of(env)


def test_a_persons_override_does_not_keep_a_change_of_the_default_out(
    make_env: MakeEnv, make_default: MakeDefault, api: Api, team: str
) -> None:
    """A11: asking for the env to be awake is not an edit of its schedule."""
    name = make_default(ASLEEP_FOR_EVER, team=team)
    env = make_env({"team": team, "scheduler": "enabled"})
    env.until("Asleep")
    env.wish("Awake")
    env.until("Awake")
    api.merge(f"{DEFAULTS}/{name}", {"spec": {"template": {"timeZone": "Asia/Tokyo"}}})
    eventually(lambda: spec_of(env).get("timeZone") == "Asia/Tokyo", what="the change is there")
    assert spec_of(env)["override"]["state"] == "Awake"


def test_of_two_defaults_the_one_of_higher_priority_counts(
    make_env: MakeEnv, make_default: MakeDefault, team: str
) -> None:
    """A8"""
    make_default(ASLEEP_FOR_EVER, team=team)
    make_default(ALWAYS_AWAKE, priority=10, team=team)
    env = make_env({"team": team, "scheduler": "enabled"})
    env.until("Awake")


def test_a_deleted_generated_schedule_comes_back(make_env: MakeEnv, make_default: MakeDefault, team: str) -> None:
    """A11: it goes with the label, not by deletion."""
    make_default(ALWAYS_AWAKE, team=team)
    env = make_env({"team": team, "scheduler": "enabled"})
    env.until("Awake")
    before = env.api.get(env.schedules("default"))["metadata"]["uid"]
    env.api.delete(env.schedules("default"))
    eventually(
        lambda: (env.api.find(env.schedules("default")) or {}).get("metadata", {}).get("uid") not in {None, before},
        what="a new one is there",
    )


def test_deleting_the_default_wakes_what_it_put_to_sleep(
    make_env: MakeEnv, make_default: MakeDefault, api: Api, team: str
) -> None:
    """A15"""
    name = make_default(ASLEEP_FOR_EVER, team=team)
    env = make_env({"team": team, "scheduler": "enabled"})
    env.add("web", 2)
    env.until_count("web", 0)
    api.delete(f"{DEFAULTS}/{name}")
    env.until_count("web", 2)
    eventually(lambda: not env.api.items(env.schedules()), what="the generated schedule has gone with its default")


def test_a_default_takes_no_override(control_plane: Cluster) -> None:
    """A8: an override belongs to one env."""
    body = f'{{"apiVersion": "{SUNDOWN[6:]}", "kind": "ClusterEnvSchedule", "metadata": {{"name": "with-override"}}, '
    body += '"spec": {"template": {"override": {"state": "Asleep"}}}}'
