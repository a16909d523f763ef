"""The CRDs and the pydantic models say the same, field by field and bound by bound."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.model import action_request, resources, scalars, spec, support_pod
from support.crds.crd_schemas import crd_schema, fields, model_schema, pattern_of

MODELS = {
    "EnvSchedule": resources.EnvSchedule,
    "ClusterEnvSchedule": resources.ClusterEnvSchedule,
    "ActionRequest": action_request.ActionRequest,
    "SupportPod": support_pod.SupportPod,
}
KINDS = tuple(MODELS)

CONSTRAINTS = (
    *("enum", "pattern", "minLength", "maxLength", "minItems", "maxItems"),
    *("minProperties", "maxProperties", "minimum", "maximum"),
)

TIME_OF_DAY = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
DURATION = r"^([1-9][0-9]{0,3}d)?([0-9]{1,5}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$"
INSTANT = (
    r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
LOCAL_TIME = r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
ZONE = r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$"
PARSED = {TIME_OF_DAY, DURATION, INSTANT, LOCAL_TIME, ZONE}
"""The patterns of what the models read with a parser of their own; the tests below compare these with the parsers."""

FIRST, LAST = datetime.fromisoformat("1000-01-02"), datetime.fromisoformat("9999-12-30")


def laid_out(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {path: below for path, below in fields(schema) if path.startswith(("spec", "status"))}


def in_model(kind: str) -> dict[str, dict[str, Any]]:
    """The model's fields; an override in a template is refused by the models and has no field in the CRD."""
    found = laid_out(model_schema(MODELS[kind]))
    return {path: below for path, below in found.items() if not path.startswith("spec.template.override")}


def constraints(schema: dict[str, Any]) -> dict[str, Any]:
    only = {"enum": [schema["const"]]} if "const" in schema else {}  # how pydantic writes an enum of one
    return only | {key: schema[key] for key in CONSTRAINTS if key in schema}


def accepts(parser: Any, value: str) -> bool:
    try:
        parser(value)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_crd_and_model_have_the_same_fields(kind: str) -> None:
    assert sorted(laid_out(crd_schema(kind))) == sorted(in_model(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_crd_and_model_give_each_field_the_same_type(kind: str) -> None:
    crd = {path: below["type"] for path, below in laid_out(crd_schema(kind)).items()}
    assert crd == {path: below["type"] for path, below in in_model(kind).items()}


@pytest.mark.parametrize("kind", KINDS)
def test_crd_and_model_require_the_same_fields(kind: str) -> None:
    schema, model = crd_schema(kind), model_schema(MODELS[kind])
    assert schema["required"] == model["required"]
    crd = {path: sorted(below.get("required", ())) for path, below in laid_out(schema).items()}
    assert crd == {path: sorted(below.get("required", ())) for path, below in in_model(kind).items()}


@pytest.mark.parametrize("kind", KINDS)
def test_crd_and_model_bound_each_field_of_the_spec_alike(kind: str) -> None:
    model = in_model(kind)
    for path, below in laid_out(crd_schema(kind)).items():
        if not path.startswith("spec"):
            continue
        crd, own = constraints(below), constraints(model[path])
        if pattern_of(below) in PARSED:
            crd.pop("pattern", None)
            if path != "spec.timeZone" and not own:
                crd = {}  # the pattern bounds the length; the tests of patterns below compare it with the parser
        if "pattern" in own and "maxLength" not in own:
            crd = {key: value for key, value in crd.items() if key not in {"minLength", "maxLength"}}
        assert crd == own, path


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_model_bounds_in_a_status_the_crd_bounds_alike(kind: str) -> None:
    model = in_model(kind)
    for path, below in laid_out(crd_schema(kind)).items():
        if path.startswith("status"):
            assert constraints(model[path]).items() <= below.items(), path


@pytest.mark.parametrize("kind", ["EnvSchedule", "ClusterEnvSchedule"])
def test_keys_of_label_maps_have_the_pattern_of_the_model_in_their_rule(kind: str) -> None:
    model = in_model(kind)
    maps = [path for path, below in model.items() if "propertyNames" in below]
    assert maps
    schema = laid_out(crd_schema(kind))
    for path in maps:
        (rule,) = schema[path]["x-kubernetes-validations"]
        assert f"key.matches('{model[path]['propertyNames']['pattern']}')" in rule["rule"]
        assert f"size(key) <= {scalars.LABEL_KEY_LENGTH}" in rule["rule"]


@pytest.mark.parametrize("kind", ["EnvSchedule", "ClusterEnvSchedule"])
def test_every_list_of_distinct_values_is_a_set_in_the_crd(kind: str) -> None:
    sets = {path for path, below in laid_out(crd_schema(kind)).items() if below.get("x-kubernetes-list-type") == "set"}
    prefix = "spec.template" if kind == "ClusterEnvSchedule" else "spec"
    distinct = {
        f"{prefix}.{place}.{name}"
        for place, model in (
            ("awake[]", spec.Window),
            ("workloads", spec.Workloads),
            ("workloads.include", spec.Selection),
            ("workloads.exclude", spec.Selection),
        )
        for name, field in model.model_fields.items()
        if scalars.Distinct in field.metadata
    }
    assert sets == distinct


def test_the_template_is_the_spec_without_override() -> None:
    schema = crd_schema("EnvSchedule")["properties"]["spec"]
    template = crd_schema("ClusterEnvSchedule")["properties"]["spec"]["properties"]["template"]
    assert template["properties"] == {name: field for name, field in schema["properties"].items() if name != "override"}
    assert set(template) - set(schema) == set()
    assert "x-kubernetes-validations" not in schema


def test_descriptions_name_the_defaults_of_the_models() -> None:
    specs = {
        "EnvSchedule": {
            **spec.EnvScheduleSpec().model_dump(mode="json"),
            "override": spec.Override(state="Asleep").model_dump(mode="json", exclude={"state"}),
            "holidays": spec.Holidays(country="DE").model_dump(mode="json", exclude={"country"}),
        },
        "ClusterEnvSchedule": {
            **resources.ClusterEnvScheduleSpec(
                template=spec.EnvScheduleSpec(holidays=spec.Holidays(country="DE"))
            ).model_dump(mode="json", exclude={"template": {"holidays": {"country"}}}),
        },
        "ActionRequest": {"approval": action_request.Approval().model_dump(mode="json")},
        "SupportPod": support_pod.SupportPodSpec().model_dump(mode="json"),
    }
    for kind, defaults in specs.items():
        described = {
            path.removeprefix("spec."): match[1]
            for path, below in laid_out(crd_schema(kind)).items()
            if (match := re.search(r"Default: (.+)\.$", below["description"]))
        }
        assert described == dict(said(defaults))


def said(values: dict[str, Any], path: str = "") -> list[tuple[str, str]]:
    """The defaults that are worth a word, as the descriptions write them."""
    rows: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, dict):
            rows += said(value, f"{path}{name}.")
        elif isinstance(value, bool):
            rows.append((path + name, str(value).lower()))
        elif isinstance(value, list) and value:
            rows.append((path + name, f"[{', '.join(value)}]"))
        elif isinstance(value, str | int):
            rows.append((path + name, str(value)))
    return rows


def test_every_pattern_that_only_the_crds_have_is_compared_with_a_parser() -> None:
    found = set()
    for kind in KINDS:
        model = in_model(kind)
        for path, below in laid_out(crd_schema(kind)).items():
            pattern = pattern_of(below)
            if path.startswith("spec") and "pattern" not in model[path] and pattern is not None:
                found.add(pattern)
    assert found == PARSED


@given(st.from_regex(r"[0-9]{2}:[0-9]{2}", fullmatch=True) | st.text("0123456789:\n ", max_size=6))
def test_a_time_of_day_fits_the_pattern_when_the_model_takes_it_and_only_then(text: str) -> None:
    assert accepts(scalars.parse_time_of_day, text) == bool(re.fullmatch(TIME_OF_DAY, text))


@given(st.from_regex(DURATION, fullmatch=True) | st.text("0129dhms.\n ", max_size=8))
def test_a_duration_fits_the_pattern_when_the_model_takes_it_and_only_then(text: str) -> None:
    in_crd = bool(re.fullmatch(DURATION, text)) and 2 <= len(text) <= 26
    assert accepts(scalars.parse_duration, text) == in_crd


@given(
    at=st.datetimes(min_value=FIRST, max_value=LAST),
    offset=st.integers(min_value=-1439, max_value=1439),
)
def test_an_instant_in_any_offset_fits_pattern_and_model(at: datetime, offset: int) -> None:
    aware = at.replace(tzinfo=timezone(timedelta(minutes=offset)))
    text = aware.isoformat()
    assert re.fullmatch(INSTANT, text)
    assert len(text) <= 35
    assert scalars.parse_instant(text) == aware


@given(st.text("0123456789-+:.TZtz \n", max_size=36) | st.from_regex(INSTANT, fullmatch=True))
def test_an_instant_that_the_model_takes_fits_the_pattern(text: str) -> None:
    assert bool(re.fullmatch(INSTANT, text)) or not accepts(scalars.parse_instant, text)


@given(st.datetimes(min_value=FIRST), st.sampled_from(["minutes", "seconds"]))
def test_a_local_time_fits_pattern_and_model(at: datetime, timespec: str) -> None:
    text = at.isoformat(timespec=timespec)
    assert re.fullmatch(LOCAL_TIME, text)
    assert accepts(scalars.parse_local_time, text)


@given(st.text("0123456789-+:.TZ \n", max_size=20) | st.from_regex(LOCAL_TIME, fullmatch=True))
def test_a_local_time_that_the_model_takes_fits_the_pattern(text: str) -> None:
    assert bool(re.fullmatch(LOCAL_TIME, text)) or not accepts(scalars.parse_local_time, text)


def test_every_zone_fits_pattern_and_model() -> None:
    """Z: a zone such as `America/Port-au-Prince` is refused."""
    zones = {*available_timezones(), scalars.OWNER_ZONE} - {"Factory", "localtime"}
    assert zones >= {"America/Port-au-Prince", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "EST5EDT"}
    assert [name for name in sorted(zones) if not re.fullmatch(ZONE, name)] == []
    assert {spec.EnvScheduleSpec(time_zone=name).time_zone for name in zones} == zones


def test_what_the_operator_says_is_cut_to_what_the_crd_takes() -> None:
    long, at = "x" * 40_000, datetime(2026, 11, 23, tzinfo=UTC)
    status = resources.EnvScheduleStatus(
        why=long,
        owner=long,
        conditions=(
            resources.Condition(type="Ready", status="True", reason="A", message=long, last_transition_time=at),
        ),
        history=(resources.HistoryEntry(at=at, to="Awake", why=long, by=long),),
        cloud=(
            resources.CloudStatus(
                kind="EC2Instance",
                id=long,
                name=long,
                region=long,
                account=long,
                state="running",
                phase=long,
                refused=long,
                note=long,
            ),
        ),
    )
    schema = laid_out(crd_schema("EnvSchedule"))
    named = ("id", "name", "region", "account", "phase", "refused", "note")
    longest = {
        "status.why": status.why,
        "status.owner": status.owner,
        "status.conditions[].message": status.conditions[0].message,
        "status.history[].why": status.history[0].why,
        "status.history[].by": status.history[0].by,
        **{f"status.cloud[].{name}": getattr(status.cloud[0], name) for name in named},
    }
    assert {path: len(text or "") for path, text in longest.items()} == {
        path: schema[path]["maxLength"] for path in longest
    }
