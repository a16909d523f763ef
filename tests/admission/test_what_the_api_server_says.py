"""The policies of ``deploy/components/admission`` on the real API server: its answer to each row of the table (A12).

They are installed with ``failurePolicy: Fail``, so that an expression that does not work fails the request, and its test.
"""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from support.admissions import CASES, MARK, ZONES, Case, Json, refusal
from support.apiserver import Answered, Api, eventually
from support.envs import NAMESPACES, SUNDOWN
from support.operators import HOME
from support.policies import path_of

pytestmark = pytest.mark.lab

COMPONENT = Path(__file__).parents[2] / "deploy" / "components" / "admission"
DEFAULTS = f"{SUNDOWN}/clusterenvschedules"
ZONE_NAMES = f"/api/v1/namespaces/{HOME}/configmaps/sundown-time-zones"
TEMPLATE: Json = {"awake": []}


def shipped() -> list[Json]:
    """Every object of the component."""
    listed = yaml.safe_load((COMPONENT / "kustomization.yaml").read_text())["resources"]
    return [each for name in listed for each in yaml.safe_load_all((COMPONENT / name).read_text())]


def policies() -> list[Json]:
    return [each for each in shipped() if each["kind"] != "ConfigMap"]


@pytest.fixture(scope="module")
def names() -> dict[str, str]:
    """The namespace of each case."""
    run = secrets.token_hex(4)
    return {name: f"{case.prefix}-{run}-{number}" for number, (name, case) in enumerate(CASES.items())}


@pytest.fixture(scope="module", autouse=True)
def _in_force(api: Api, names: dict[str, str]) -> Iterator[None]:
    """What is there before: namespaces as they were, and the defaults of each case, which select it alone."""
    if api.find(f"{NAMESPACES}/{HOME}") is None:
        api.create(NAMESPACES, {"metadata": {"name": HOME}})
    made: list[str] = []
    try:
        for title, case in CASES.items():
            for number, selector in enumerate(case.defaults):
                labels = {**selector.get("matchLabels", {}), MARK: names[title]}
                name = f"{names[title]}-{number}"
                spec = {"namespaceSelector": {**selector, "matchLabels": labels}, "template": TEMPLATE}
                api.create(DEFAULTS, {**_kind("ClusterEnvSchedule"), "metadata": {"name": name}, "spec": spec})
                made.append(f"{DEFAULTS}/{name}")
            if case.before is not None:
                api.create(NAMESPACES, _namespace(names[title], case.before))
                made.append(f"{NAMESPACES}/{names[title]}")
        for each in shipped():
            if each["kind"] == "ConfigMap":
                api.create(ZONE_NAMES.rpartition("/")[0], each)
                made.append(ZONE_NAMES)
                continue
            if "failurePolicy" in each["spec"]:
                each["spec"]["failurePolicy"] = "Fail"
            api.create(path_of(each).rpartition("/")[0], each)
            made.append(path_of(each))
        eventually(lambda: _all_work(api, names), what="the policies are in force")
        yield
    finally:
        for path in reversed(made):
            api.delete(path)


def _all_work(api: Api, names: dict[str, str]) -> bool:
    probe = names["new, covered"]
    try:
        labelled = api.create(f"{NAMESPACES}?dryRun=All", _namespace(probe, {}))["metadata"]["labels"].get("scheduler")
    except Answered:  # a policy whose parameters the API server has not seen yet
        return False
    refused = (
        _refusal(lambda: api.create(f"{NAMESPACES}?dryRun=All", _namespace(probe, {"scheduler": "probe"}))),
        _refusal(lambda: api.create(f"{DEFAULTS}?dryRun=All", _default("Europe/Probe"))),
    )
    return labelled == "enabled" and all("ValidatingAdmissionPolicy" in each for each in refused)


@pytest.mark.parametrize("title", CASES)
def test_each_namespace_gets_the_answer_of_the_table(api: Api, names: dict[str, str], title: str) -> None:
    """A9, A10, A12"""
    case = CASES[title]

    def write() -> Json:
        return _write(api, names[title], case)

    if case.refused:
        assert f"denied request: {refusal(case)}" in _refusal(write)
    else:
        assert write()["metadata"].get("labels", {}).get("scheduler") == case.label


def _write(api: Api, name: str, case: Case) -> Json:
    body = _namespace(name, case.labels)
    if case.before is None:
        return api.create(f"{NAMESPACES}?dryRun=All", body)
    body["metadata"]["resourceVersion"] = api.get(f"{NAMESPACES}/{name}")["metadata"]["resourceVersion"]
    return api.replace(f"{NAMESPACES}/{name}?dryRun=All", body)


@pytest.mark.parametrize(("name", "is_one"), ZONES.items())
def test_a_zone_that_is_none_is_refused_in_words_wherever_it_is_written(api: Api, name: str, is_one: bool) -> None:
    """A12, A17"""
    schedule = {**_kind("EnvSchedule"), "metadata": {"name": "probe"}, "spec": {"timeZone": name, **TEMPLATE}}
    for path, body in (
        (f"{SUNDOWN}/namespaces/default/envschedules", schedule),
        (DEFAULTS, _default(name)),
    ):
        said = _refusal(lambda path=path, body=body: api.create(f"{path}?dryRun=All", body))  # type: ignore[misc]
        assert (said == "") is is_one
        if not is_one and "ValidatingAdmissionPolicy" in said:  # else the schema has refused it
            assert f'no time zone "{name}" in the IANA database' in said


def test_most_zones_that_are_none_pass_the_schema_and_need_the_policy(api: Api) -> None:
    """A12: such as a slip of a letter."""
    said = {name: _refusal(lambda name=name: api.create(f"{DEFAULTS}?dryRun=All", _default(name))) for name in ZONES}  # type: ignore[misc]
    by_policy = [name for name, why in said.items() if "ValidatingAdmissionPolicy" in why]
    assert {"Europe/Berln", "europe/berlin", "Europe", "CEST", "localtime"} <= set(by_policy)


def test_a_zone_that_was_there_before_keeps_nobody_from_changing_something_else(api: Api) -> None:
    """A12"""
    name = f"zone-{secrets.token_hex(4)}"
    path = f"{DEFAULTS}/{name}"
    names = api.get(ZONE_NAMES)["data"]["names"]
    spec = {"namespaceSelector": {"matchLabels": {MARK: name}}, "template": {"timeZone": "Europe/Berlin", **TEMPLATE}}
    api.create(DEFAULTS, {**_kind("ClusterEnvSchedule"), "metadata": {"name": name}, "spec": spec})
    try:
        # As after an upgrade to a database that has no such zone any more.
        api.merge(ZONE_NAMES, {"data": {"names": "UTC Europe/Paris"}})
        eventually(
            lambda: _refusal(lambda: api.create(f"{DEFAULTS}?dryRun=All", _default("Europe/Berlin"))) != "",
            what="known",
        )
        api.merge(path, {"spec": {"priority": 7}})
        assert "no time zone" in _refusal(lambda: api.merge(path, {"spec": {"template": {"timeZone": "Asia/Tokyo"}}}))
        api.merge(path, {"spec": {"template": {"timeZone": None}}})
    finally:
        api.merge(ZONE_NAMES, {"data": {"names": names}})
        eventually(
            lambda: _refusal(lambda: api.create(f"{DEFAULTS}?dryRun=All", _default("Europe/Berlin"))) == "",
            what="known again",
        )
        api.delete(path)


def _refusal(call: Callable[[], object]) -> str:
    """Why a request is refused; empty where it is not."""
    try:
        call()
    except Answered as answer:
        return str(answer)
    return ""


def _default(zone: str) -> Json:
    spec = {"namespaceSelector": {"matchLabels": {MARK: "none"}}, "template": {"timeZone": zone, **TEMPLATE}}
    return {**_kind("ClusterEnvSchedule"), "metadata": {"name": "probe"}, "spec": spec}


def _namespace(name: str, labels: object) -> Json:
    assert isinstance(labels, dict)
    return {"metadata": {"name": name, "labels": {**labels, MARK: name}}}


def _kind(name: str) -> Json:
    return {"apiVersion": "sundown.dev/v1alpha1", "kind": name}
