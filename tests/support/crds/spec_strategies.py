"""Hypothesis strategies for specs that are right by the rules of the models, as people would write them in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

import holidays
from hypothesis import strategies as st

from sundown.model.scalars import DAYS, format_duration, format_instant, format_local_time, format_time_of_day

Strategy = st.SearchStrategy[Any]

ZONES = sorted({*available_timezones(), "owner"} - {"Factory", "localtime"})
COUNTRIES = {name: found for name, found in holidays.list_supported_countries().items() if len(name) == 2}
KINDS = ("Deployment", "StatefulSet")
WANTED = st.sampled_from(["Awake", "Asleep"])
FIRST, LAST = datetime.fromisoformat("1000-01-02T00:00:00"), datetime.fromisoformat("9999-12-30T00:00:00")


def text(longest: int) -> Strategy:
    # Surrogates cannot be written as UTF-8, and so never reach the API server.
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=longest)


def some(optional: Mapping[str, Strategy], **required: Strategy) -> Strategy:
    """An object with all of ``required`` and any of ``optional``; a trailing ``_`` keeps a name from being a keyword."""
    return st.fixed_dictionaries({name.rstrip("_"): value for name, value in required.items()}, optional=optional)


minutes = st.integers(0, 1440)
times_of_day = minutes.map(format_time_of_day)
instants = st.datetimes(FIRST, LAST, timezones=st.timezones()).map(format_instant)
label_keys = st.from_regex(
    r"([a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,20}[A-Za-z0-9])?", fullmatch=True
)
label_values = st.from_regex(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?", fullmatch=True)
labels = st.dictionaries(label_keys, label_values, max_size=3)
days = st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True)
kinds = st.lists(st.sampled_from(KINDS), max_size=2, unique=True)
names = st.lists(st.from_regex(r"[a-z0-9.*?-]{1,253}", fullmatch=True), max_size=4, unique=True)
durations = st.timedeltas(timedelta(0), timedelta(days=9_999)).map(format_duration)
flags = st.booleans()

windows = some({"from": times_of_day}, days=days, to=times_of_day).filter(
    lambda window: window.get("from") not in {"24:00", window["to"]}
)


@st.composite
def exceptions(draw: st.DrawFn) -> dict[str, Any]:
    seconds = st.datetimes(FIRST, LAST).map(lambda at: at.replace(microsecond=0))
    start, end = sorted(draw(st.tuples(seconds, seconds).filter(lambda both: both[0] != both[1])))
    row = {"from": format_local_time(start), "to": format_local_time(end), "state": draw(WANTED)}
    return {**row, **draw(some({"reason": text(256)}))}


@st.composite
def days_off(draw: st.DrawFn) -> dict[str, Any]:
    country = draw(st.sampled_from(sorted(COUNTRIES)))
    subdivisions = COUNTRIES[country]
    own = {"subdivision": st.sampled_from(subdivisions)} if subdivisions else {}
    return draw(some({**own, "workingWeekends": flags}, country=st.just(country)))


overrides = some(
    {"until": instants, "at": instants, "by": text(256), "via": text(64), "reason": text(256), "dropAtReset": flags},
    state=WANTED,
).filter(lambda override: "at" in override or not override.get("dropAtReset"))

selections = some({"kinds": kinds, "names": names, "labels": labels})

merge_patches = st.dictionaries(
    text(20),
    st.recursive(
        st.booleans() | st.integers(-(2**53), 2**53) | text(20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text(20), inner, max_size=3),
        max_leaves=5,
    ),
    min_size=1,
    max_size=4,
)
patches = st.lists(
    some({}, apiVersion=text(128).filter(bool), kind=text(63).filter(bool), asleep=merge_patches),
    max_size=3,
    unique_by=lambda row: (row["apiVersion"], row["kind"]),
)

TEMPLATE: Mapping[str, Strategy] = {
    "timeZone": st.sampled_from(ZONES),
    "awake": st.lists(windows, max_size=5),
    "holidays": days_off(),
    "exceptions": st.lists(exceptions(), max_size=4),
    "dailyReset": times_of_day,
    "paused": flags,
    "dryRun": flags,
    "notify": some({"before": st.lists(durations, max_size=10), "channel": text(81), "owner": flags}),
    "workloads": some({"kinds": kinds, "include": selections, "exclude": selections, "patches": patches}),
    "waves": some({"timeout": st.timedeltas(timedelta(seconds=1), timedelta(hours=24)).map(format_duration)}),
    "spread": st.timedeltas(timedelta(minutes=1), timedelta(hours=4)).map(format_duration),
    "aws": some({"enabled": flags}),
    "allowDelete": flags,
}

specs = some({**TEMPLATE, "override": overrides})
"""The spec of an EnvSchedule."""

requirements = some({}, key=label_keys, operator=st.sampled_from(["Exists", "DoesNotExist"])) | some(
    {},
    key=label_keys,
    operator=st.sampled_from(["In", "NotIn"]),
    values=st.lists(label_values, min_size=1, max_size=5),
)
selectors = some({"matchLabels": labels, "matchExpressions": st.lists(requirements, max_size=4)})

people = text(256).filter(bool)
namespaces = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """The spec of an ActionRequest."""
    at = draw(st.datetimes(FIRST, LAST - timedelta(days=1), timezones=st.just(UTC))).replace(microsecond=0)
    namespace, by = draw(namespaces), draw(people)
    spec: dict[str, Any] = {
        "action": draw(st.just("Delete") | st.from_regex(r"[A-Z][A-Za-z0-9]{0,62}", fullmatch=True)),
        "target": {"namespace": namespace, "uid": draw(st.uuids().map(str))},
        "requestedBy": by,
        "via": draw(text(64).filter(bool)),
        "requestedAt": format_instant(at),
        "expiresAt": format_instant(at + timedelta(seconds=draw(st.integers(1, 86_400)))),
    }
    others = people.filter(lambda one: one != by)
    ways = st.sampled_from(["slack", "kubectl", "api"])
    given = some({"required": flags, "via": ways}, by=others, at=instants)
    answers = some({"reason": text(256).filter(bool)}, by=people, at=instants)
    groups = st.lists(people | st.just("system:authenticated"), max_size=5)
    names = st.from_regex(r"[a-z][A-Za-z0-9]{0,62}", fullmatch=True)
    parameters = st.dictionaries(names, text(253), max_size=8)
    seen = some({"resourceVersion": text(64).filter(bool)}, uid=st.uuids().map(str), change=text(256).filter(bool))
    more = {"approval": some({"required": flags}) | given, "groups": groups, "parameters": parameters, "seen": seen}
    more |= {"confirmation": st.just(namespace), "rejected": answers, "withdrawn": answers}
    rest: dict[str, Any] = draw(some(more))
    return spec | rest


support_specs = some(
    {
        "size": st.from_regex(r"[A-Z0-9]{1,16}", fullmatch=True),
        "ttl": st.timedeltas(timedelta(seconds=1), timedelta(days=400)).map(format_duration),
        "owner": people,
    }
)
"""The spec of a SupportPod."""

action_names = st.lists(st.from_regex(r"[A-Z][A-Za-z0-9]{0,62}", fullmatch=True), max_size=4)
policies = some(
    {
        "actions": action_names,
        "guarded": action_names,
        "via": st.lists(st.sampled_from(["slack", "kubectl", "api"]), min_size=1, max_size=3),
    }
)
cluster_specs = some(
    {"namespaceSelector": selectors, "priority": st.integers(-1000, 1000), "approval": policies},
    template=some(TEMPLATE),
)
"""The spec of a ClusterEnvSchedule."""
