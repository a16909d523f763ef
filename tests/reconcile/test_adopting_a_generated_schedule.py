"""Somebody's chart or manifest has an EnvSchedule of the name that Sundown has used already (A11, W6, B6): it becomes theirs."""

import json
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from support.apiserver import Api, Json, eventually
from support.envs import ALWAYS_AWAKE, DEFAULTS, Env, instant
from support.helms import Chart, Helm
from support.operators import Operator
from support.other_tools import Kubectl

pytestmark = pytest.mark.lab

TOKYO, BERLIN = "Asia/Tokyo", "Europe/Berlin"


def theirs(zone: str) -> Json:
    spec = {**ALWAYS_AWAKE, "timeZone": zone}
    return {"apiVersion": "sundown.dev/v1alpha1", "kind": "EnvSchedule", "metadata": {"name": "default"}, "spec": spec}


@pytest.fixture
def default(make_default: Callable[..., str], env: Env) -> str:
    """A ClusterEnvSchedule for this env, by the label that it gets."""
    return make_default({**ALWAYS_AWAKE, "timeZone": "UTC"}, team=env.name)


@pytest.fixture
def covered(operator: Operator, env: Env, default: str) -> Env:
    """An env whose schedule was generated a moment ago."""
    env.label(team=env.name, scheduler="enabled")
    env.until("Awake")
    return env


@pytest.fixture
def chart(helm: Helm, covered: Env, tmp_path: Path) -> Chart:
    """A chart with a schedule, whose zone is a value of it."""
    directory = tmp_path / "team"
    (directory / "templates").mkdir(parents=True)
    (directory / "Chart.yaml").write_text("apiVersion: v2\nname: team\nversion: 1.0.0\n")
    (directory / "values.yaml").write_text(f"zone: {TOKYO}\n")
    (directory / "templates" / "schedule.yaml").write_text(json.dumps(theirs("{{ .Values.zone }}")))
    return Chart(helm, directory, covered.name)


def zone(env: Env) -> str:
    return str(env.api.get(env.schedules("default"))["spec"]["timeZone"])


def is_handed_over(env: Env) -> bool:
    """Nothing of Sundown's is left on it, and no field of it is Sundown's."""
    metadata = env.api.get(env.schedules("default"))["metadata"]
    managers = {one["manager"] for one in metadata["managedFields"] if one.get("subresource") != "status"}
    said = json.dumps([list(metadata.get("annotations", {})), metadata.get("labels")])
    return "ownerReferences" not in metadata and "sundown" not in said and not any("sundown" in one for one in managers)


def stays(api: Api, env: Env, default: str) -> None:
    """The template neither changes it nor takes it along."""
    api.merge(f"{DEFAULTS}/{default}", {"spec": {"template": {"timeZone": "Asia/Seoul"}}})
    api.delete(f"{DEFAULTS}/{default}")
    eventually(lambda: api.find(f"{DEFAULTS}/{default}") is None, what="the template is gone")
    env.wish("Asleep")
    env.until("Asleep")
    assert zone(env) == BERLIN


def test_a_chart_takes_it_over(chart: Chart, covered: Env, default: str, api: Api) -> None:
    chart.install("--take-ownership", "--force-conflicts")
    eventually(lambda: is_handed_over(covered), what="it is the chart's")
    assert zone(covered) == TOKYO
    chart.upgrade("--set", f"zone={BERLIN}")
    stays(api, covered, default)


def test_a_server_side_apply_takes_it_over(covered: Env, default: str, api: Api, kubectl: Kubectl) -> None:
    line = ("apply", "--server-side", "-n", covered.name, "-f", "-")
    kubectl(*line, "--force-conflicts", input=json.dumps(theirs(TOKYO)))
    eventually(lambda: is_handed_over(covered), what="it is theirs")
    kubectl(*line, input=json.dumps(theirs(BERLIN)))
    stays(api, covered, default)


def edited(kubectl: Kubectl, env: Env) -> None:
    """What ``kubectl edit`` does: the whole object is sent back, with one field changed."""
    there = env.api.get(env.schedules("default"))
    kubectl("replace", "-n", env.name, "-f", "-", input=json.dumps({**there, "spec": theirs(BERLIN)["spec"]}))


BY_HAND: dict[str, Callable[[Kubectl, Env], object]] = {
    "apply": lambda kubectl, env: kubectl("apply", "-n", env.name, "-f", "-", input=json.dumps(theirs(BERLIN))),
    "patch": lambda _, env: env.patch({"spec": {"timeZone": BERLIN}}),
    "edit": edited,
    "replace": lambda kubectl, env: kubectl("replace", "-n", env.name, "-f", "-", input=json.dumps(theirs(BERLIN))),
}


def test_whichever_way_it_is_edited_it_stays_though_its_template_goes_in_the_same_moment(
    operator: Operator, make_env: Callable[..., Env], make_default: Callable[..., str], api: Api, kubectl: Kubectl
) -> None:
    """Fault B6: the garbage collector took it along."""
    team = secrets.token_hex(4)
    default = make_default({**ALWAYS_AWAKE, "timeZone": "UTC"}, team=team)
    envs = {how: make_env({"team": team, "scheduler": "enabled"}) for how in ("nobody", *BY_HAND)}
    for env in envs.values():
        env.until("Awake")
    for how, edit in BY_HAND.items():
        edit(kubectl, envs[how])
    api.delete(f"{DEFAULTS}/{default}")
    untouched = envs.pop("nobody")
    eventually(lambda: api.find(untouched.schedules("default")) is None, what="what nobody has edited is gone")
    for how, env in envs.items():
        eventually(partial(is_handed_over, env), what=f"it is theirs after {how}")
        assert zone(env) == BERLIN
        env.wish("Asleep")
        env.until("Asleep")
    eventually(lambda: "TakenOver" in envs["apply"].reasons(), what="it is told")


def test_one_that_is_applied_unchanged_and_while_the_operator_is_away_is_theirs(
    covered: Env, default: str, api: Api, kubectl: Kubectl, operator: Operator
) -> None:
    """Fault B6: nothing of it has changed but who keeps it, and nobody watched."""
    operator.kill()
    same = {**theirs("UTC"), "spec": api.get(covered.schedules("default"))["spec"]}
    kubectl("apply", "-n", covered.name, "-f", "-", input=json.dumps(same))
    api.delete(f"{DEFAULTS}/{default}")
    operator.start()
    eventually(lambda: is_handed_over(covered), what="it is theirs")
    covered.wish("Asleep")
    covered.until("Asleep")


def test_the_label_of_a_new_namespace_can_be_applied(
    operator: Operator, make_env: Callable[..., Env], default: str, env: Env, kubectl: Kubectl
) -> None:
    """A9: somebody's manifest says a moment later that it takes no part."""
    made = env.api.get(f"{DEFAULTS}/{default}")["metadata"]["creationTimestamp"]
    eventually(lambda: instant() > made, what="a namespace of now is younger")
    fresh = make_env({"team": env.name})
    eventually(lambda: fresh.labels().get("scheduler") == "enabled", what="it is labelled")
    fresh.until("Awake")
    labels = {"team": env.name, "scheduler": "disabled"}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": fresh.name, "labels": labels}}
    kubectl("apply", "--server-side", "-f", "-", input=json.dumps(body))
    fresh.until("Paused")
