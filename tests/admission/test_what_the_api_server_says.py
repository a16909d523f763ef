"""What the real API server says of namespaces and zones, by policies and by the webhook: its answer to each row of one table (A12).

Both are installed with ``failurePolicy: Fail``, so that what does not work fails the request, and its test.
"""

from functools import partial

import pytest

from support.admissions import CASES, ZONES, Case, Json, refusal
from support.admitting import DEFAULTS, TEMPLATE, default, kind, namespace_of, refusal_of
from support.apiserver import Answered, Api
from support.envs import NAMESPACES, SUNDOWN

pytestmark = pytest.mark.lab


@pytest.mark.parametrize("title", CASES)
def test_each_namespace_gets_the_answer_of_the_table(api: Api, who: str, names: dict[str, str], title: str) -> None:
    """A9, A10, A12"""
    case = CASES[title]
    if not case.refused:
        assert _write(api, names[title], case)["metadata"].get("labels", {}).get("scheduler") == case.label
        return
    with pytest.raises(Answered) as refused:
        _write(api, names[title], case)
    assert who in str(refused.value)
    assert str(refused.value).partition("request: ")[2].startswith(refusal(case))
    assert refused.value.code == 422


def _write(api: Api, name: str, case: Case) -> Json:
    body = namespace_of(name, case.labels)
    if case.before is None:
        return api.create(f"{NAMESPACES}?dryRun=All", body)
    body["metadata"]["resourceVersion"] = api.get(f"{NAMESPACES}/{name}")["metadata"]["resourceVersion"]
    return api.replace(f"{NAMESPACES}/{name}?dryRun=All", body)


@pytest.mark.parametrize(("name", "is_one"), ZONES.items())
def test_a_zone_that_is_none_is_refused_in_words_wherever_it_is_written(
    api: Api, who: str, name: str, is_one: bool
) -> None:
    """A12, A17"""
    schedule = {**kind("EnvSchedule"), "metadata": {"name": "probe"}, "spec": {"timeZone": name, **TEMPLATE}}
    for path, body in (
        (f"{SUNDOWN}/namespaces/default/envschedules", schedule),
        (DEFAULTS, default(name)),
    ):
        said = refusal_of(partial(api.create, f"{path}?dryRun=All", body))
        assert (said == "") is is_one
        if not is_one and who in said:  # else the schema has refused it
            assert f'no time zone "{name}" in the IANA database; write it as in "Europe/Berlin" or "UTC"' in said


def test_most_zones_that_are_none_pass_the_schema_and_have_to_be_refused_here(api: Api, who: str) -> None:
    """A12: such as a slip of a letter."""
    said = {name: refusal_of(partial(api.create, f"{DEFAULTS}?dryRun=All", default(name))) for name in ZONES}
    here = {name for name, why in said.items() if who in why}
    assert {"Europe/Berln", "europe/berlin", "Europe", "CEST", "localtime"} <= here


def test_a_zone_that_was_there_before_keeps_nobody_from_changing_something_else(
    api: Api, who: str, standing: str
) -> None:
    """A12: as after an upgrade to a database that has no such zone any more."""
    path = f"{DEFAULTS}/{standing}?dryRun=All"
    assert api.merge(path, {"spec": {"priority": 7}})["spec"]["priority"] == 7
    said = refusal_of(partial(api.merge, path, {"spec": {"template": {"timeZone": "Asia/Tokio"}}}))
    assert who in said
    assert "no time zone" in said
    for other in ("Asia/Tokyo", None):
        api.merge(path, {"spec": {"template": {"timeZone": other}}})
