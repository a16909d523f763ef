"""Each kind of bad spec is refused by the API server and by the models, and both say where."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from sundown.errors import InvalidObject
from sundown.model.action_request import ActionRequest
from sundown.model.base import parse
from sundown.model.resources import API_VERSION, ClusterEnvSchedule, EnvSchedule
from sundown.model.support_pod import SupportPod
from sundown_lab.cluster import Cluster
from support.crds.bad_env_specs import LONG, Bad
from support.crds.bad_specs import BAD_SPECS
from support.crds.crd_schemas import crd_schema, rules

MODELS = {
    "EnvSchedule": EnvSchedule,
    "ClusterEnvSchedule": ClusterEnvSchedule,
    "ActionRequest": ActionRequest,
    "SupportPod": SupportPod,
}

rows = pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for bad in BAD_SPECS])


def document(name: str, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name}, "spec": spec}


def refusal(control_plane: Cluster, kind: str, spec: dict[str, Any]) -> str:
    """What the API server says to the spec; empty where it takes it."""
    text = json.dumps(document("bad", kind, spec))
    return control_plane.kubectl("create", "--dry-run=server", "-f", "-", input=text, check=False).stderr


@pytest.fixture(scope="session")
def answers(control_plane: Cluster) -> dict[str, str]:
    """What the API server says to each bad spec, by the row's name, asked for in one call: kubectl is slow to start.

    It is not told of unknown fields in this call, as kubectl then refuses the list by itself, in words of its own.
    """
    asked = {f"bad-{number}": bad for number, bad in enumerate(BAD_SPECS)}
    items = [document(name, bad.kind, bad.spec) for name, bad in asked.items()]
    objects = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    command = ("create", "--dry-run=server", "--validate=ignore", "-f", "-")
    said = control_plane.kubectl(*command, input=objects, check=False).stderr
    blocks = re.split(r"^Error from server ", said, flags=re.MULTILINE)
    named = [(re.search(r'"(bad-\d+)" is invalid: ', block), block) for block in blocks]
    return {asked[match[1]].name: block for match, block in named if match}


@rows
def test_the_model_refuses_it_and_names_the_field(bad: Bad) -> None:
    with pytest.raises(InvalidObject) as caught:
        parse(MODELS[bad.kind], document("bad", bad.kind, bad.spec))
    paths = [mistake.path.removesuffix(".[key]") for mistake in caught.value.mistakes]
    assert any(path == bad.path or path.startswith(f"{bad.path}.") for path in paths), str(caught.value)
    assert bad.model in str(caught.value)
    assert len(str(caught.value)) < 1_000


@pytest.mark.lab
@rows
def test_the_api_server_refuses_it_and_names_the_field(
    control_plane: Cluster, answers: dict[str, str], bad: Bad
) -> None:
    text = answers.get(bad.name) or refusal(control_plane, bad.kind, bad.spec)
    assert (bad.api_path or bad.path) in text
    assert bad.api in text


@pytest.mark.parametrize("kind", MODELS)
def test_every_rule_in_cel_has_a_bad_spec_that_breaks_it(kind: str) -> None:
    tried = [bad.api for bad in BAD_SPECS if bad.kind == kind]
    of_one = [(path, rule) for path, rule in rules(crd_schema(kind)) if "oldSelf" not in rule["rule"]]
    assert [(path, rule["message"]) for path, rule in of_one if not said(rule["message"], tried)] == []


def said(message: str, fragments: list[str]) -> bool:
    return any(fragment in message for fragment in fragments)


@pytest.mark.lab
def test_10_000_characters_are_refused_wherever_text_may_stand(control_plane: Cluster) -> None:
    spec = {
        "timeZone": LONG,
        "awake": [{"days": ["Mon"], "from": LONG, "to": LONG}],
        "holidays": {"country": LONG, "subdivision": LONG},
        "exceptions": [{"from": LONG, "to": LONG, "state": "Awake", "reason": LONG}],
        "dailyReset": LONG,
        "override": {"state": "Awake", "until": LONG, "at": LONG, "by": LONG, "via": LONG, "reason": LONG},
        "notify": {"before": [LONG], "channel": LONG},
        "workloads": {
            "include": {"names": [LONG], "labels": {"app": LONG}},
            "patches": [{"apiVersion": LONG, "kind": LONG, "asleep": {"a": 1}}],
        },
        "waves": {"timeout": LONG},
        "spread": LONG,
    }
    with pytest.raises(InvalidObject) as caught:
        parse(EnvSchedule, document("bad", "EnvSchedule", spec))
    by_model = {mistake.path for mistake in caught.value.mistakes}
    text = refusal(control_plane, "EnvSchedule", spec)
    by_api = set(re.findall(r"^\* (spec\.\S+?): Too long", text, flags=re.MULTILINE))
    assert by_api >= by_model
    assert len(by_model) == 20  # so many mistakes are told at once
    assert len(by_api) == 22


@pytest.mark.lab
@pytest.mark.parametrize(
    ("spec", "says"),
    [
        pytest.param({"timeZone": "Mars/Olympus_Mons"}, "no time zone", id="zone"),
        pytest.param({"holidays": {"country": "XX"}}, "no holidays are known", id="country"),
        pytest.param({"holidays": {"country": "DE", "subdivision": "XX"}}, "no subdivision", id="subdivision"),
    ],
)
def test_what_takes_a_database_to_know_only_the_models_refuse(
    control_plane: Cluster, spec: dict[str, Any], says: str
) -> None:
    assert refusal(control_plane, "EnvSchedule", spec) == ""
    with pytest.raises(InvalidObject, match=says):
        parse(EnvSchedule, document("bad", "EnvSchedule", spec))


@pytest.mark.lab
def test_a_text_may_be_as_long_as_its_bound_in_any_script(control_plane: Cluster) -> None:
    spec = {"override": {"state": "Awake", "by": "ä" * 256, "reason": "眠" * 256, "via": "🌙" * 64}}
    assert parse(EnvSchedule, document("good", "EnvSchedule", spec)).spec.to_json() == spec
    assert refusal(control_plane, "EnvSchedule", spec) == ""


@pytest.mark.lab
def test_a_schedule_without_spec_is_refused(control_plane: Cluster) -> None:
    """A forgotten ``spec:`` would put the env to sleep for ever."""
    text = json.dumps({"apiVersion": API_VERSION, "kind": "EnvSchedule", "metadata": {"name": "bad"}})
    done = control_plane.kubectl("create", "--dry-run=server", "-f", "-", input=text, check=False)
    assert "spec: Required value" in done.stderr
    with pytest.raises(InvalidObject, match="spec: is required"):
        parse(EnvSchedule, json.loads(text))
