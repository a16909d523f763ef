"""Bad specs of an EnvSchedule, a row each: what is wrong, and where API server and models have to say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LONG = "x" * 10_000

LATE = {"days": ["Mon"], "to": "18:00"}
CRON_JOB = {"apiVersion": "batch/v1", "kind": "CronJob"}
NEVER = {"from": "2026-12-24T12:00", "to": "2027-01-02T08:00", "state": "Asleep"}


@dataclass(frozen=True, slots=True)
class Bad:
    """One bad spec.

    ``path`` is the field that the models name, ``api_path`` the API server's where it differs; ``model`` and ``api`` are
    words of what they say, ``model`` left out where any words would do.
    """

    name: str
    spec: dict[str, Any]
    path: str
    api: str
    model: str = ""
    api_path: str = ""
    kind: str = "EnvSchedule"


def window(**fields: Any) -> dict[str, Any]:
    return {"awake": [{name.rstrip("_"): value for name, value in fields.items()}]}


def exception(**fields: Any) -> dict[str, Any]:
    return {"exceptions": [NEVER | {name.rstrip("_"): value for name, value in fields.items()}]}


ENV = (
    Bad("zone with a space", {"timeZone": "Europe/Ber lin"}, "spec.timeZone", "should match", model="no time zone"),
    Bad("zone that climbs", {"timeZone": "../etc/passwd"}, "spec.timeZone", "should match", model="no time zone"),
    Bad("empty zone", {"timeZone": ""}, "spec.timeZone", "at least 1"),
    Bad("zone of 10,000 letters", {"timeZone": LONG}, "spec.timeZone", "Too long"),
    Bad("zone that is a number", {"timeZone": 1}, "spec.timeZone", "must be of type string"),
    Bad("unknown field", {"timezone": "UTC"}, "spec.timezone", "unknown field"),
    Bad("unknown field inside", window(days=["Mon"], to="18:00", til="19:00"), "spec.awake[0].til", "unknown"),
    Bad("windows that are no list", {"awake": LATE}, "spec.awake", "must be of type array"),
    Bad("51 windows", {"awake": [LATE] * 51}, "spec.awake", "Too many"),
    Bad("window without days", window(to="18:00"), "spec.awake[0].days", "Required"),
    Bad("window of no day", window(days=[], to="18:00"), "spec.awake[0].days", "at least 1"),
    Bad("a bad day", window(days=["Mo"], to="18:00"), "spec.awake[0].days[0]", "Unsupported value"),
    Bad(
        "a day twice",
        window(days=["Mon", "Tue", "Mon"], to="18:00"),
        "spec.awake[0].days",
        "Duplicate",
        model="given twice",
        api_path="spec.awake[0].days[2]",
    ),
    Bad("window without end", window(days=["Mon"], from_="08:00"), "spec.awake[0].to", "Required"),
    Bad("hour 25", window(days=["Mon"], to="25:00"), "spec.awake[0].to", "time of day", model="time of day"),
    Bad("minute 60", window(days=["Mon"], to="18:60"), "spec.awake[0].to", "time of day", model="time of day"),
    Bad(
        "time with seconds", window(days=["Mon"], to="18:00:00"), "spec.awake[0].to", "time of day", model="time of day"
    ),
    Bad("time of 10,000 letters", window(days=["Mon"], to=LONG), "spec.awake[0].to", "Too long", model="time of day"),
    Bad(
        "after the day's end", window(days=["Mon"], to="24:01"), "spec.awake[0].to", "time of day", model="time of day"
    ),
    Bad("hour of one digit", window(days=["Mon"], to="8:00"), "spec.awake[0].to", "time of day", model="time of day"),
    Bad(
        "time with a line's end",
        window(days=["Mon"], to="18:00\n"),
        "spec.awake[0].to",
        "time of day",
        model="time of day",
    ),
    Bad(
        "window of zero length",
        window(days=["Mon"], from_="08:00", to="08:00"),
        "spec.awake[0]",
        "zero length",
        model="zero length",
        api_path="spec.awake[0].to",
    ),
    Bad(
        "window from the day's end",
        window(days=["Mon"], from_="24:00", to="08:00"),
        "spec.awake[0]",
        'from "24:00" is the next day',
        model='from "24:00" is the next day',
        api_path="spec.awake[0].from",
    ),
    Bad("holidays of nobody", {"holidays": {}}, "spec.holidays.country", "Required"),
    Bad("country in small letters", {"holidays": {"country": "de"}}, "spec.holidays.country", "should match"),
    Bad(
        "working weekends that are a word",
        {"holidays": {"country": "CN", "workingWeekends": "yes"}},
        "spec.holidays.workingWeekends",
        "boolean",
    ),
    Bad("country of three letters", {"holidays": {"country": "DEU"}}, "spec.holidays.country", "Too long"),
    Bad(
        "empty subdivision",
        {"holidays": {"country": "DE", "subdivision": ""}},
        "spec.holidays.subdivision",
        "at least 1",
    ),
    Bad("101 exceptions", {"exceptions": [NEVER] * 101}, "spec.exceptions", "Too many"),
    Bad(
        "exception without state",
        {"exceptions": [{"from": NEVER["from"], "to": NEVER["to"]}]},
        "spec.exceptions[0].state",
        "Required",
    ),
    Bad("exception of no state", exception(state="Off"), "spec.exceptions[0].state", "Unsupported value"),
    Bad(
        "exception that ends before it begins",
        exception(to="2026-12-24T11:59"),
        "spec.exceptions[0]",
        "to must be later than from",
        model="to must be later than from",
        api_path="spec.exceptions[0].to",
    ),
    Bad(
        "exception of zero length, once with seconds",
        exception(to="2026-12-24T12:00:00"),
        "spec.exceptions[0]",
        "to must be later than from",
        model="to must be later than from",
        api_path="spec.exceptions[0].to",
    ),
    Bad(
        "exception from a day that does not exist",
        exception(from_="2026-02-30T12:00"),
        "spec.exceptions[0].from",
        "must be a date and time that exists",
        model="local date and time",
    ),
    Bad(
        "exception to a leap day that does not exist",
        exception(to="2027-02-29T12:00:00"),
        "spec.exceptions[0].to",
        "must be a date and time that exists",
        model="local date and time",
    ),
    Bad(
        "exception with an offset",
        exception(to="2027-01-02T08:00Z"),
        "spec.exceptions[0].to",
        "without an offset",
        model="without an offset",
    ),
    Bad(
        "exception without hour", exception(to="2027-01-02"), "spec.exceptions[0].to", "local date", model="local date"
    ),
    Bad("reset that is no time", {"dailyReset": "06.00"}, "spec.dailyReset", "time of day", model="time of day"),
    Bad("paused in words", {"paused": "yes"}, "spec.paused", "must be of type boolean"),
    Bad("dry run as a number", {"dryRun": 1}, "spec.dryRun", "must be of type boolean"),
    Bad("deletion in words", {"allowDelete": "true"}, "spec.allowDelete", "must be of type boolean"),
    Bad("override without state", {"override": {}}, "spec.override.state", "Required"),
    Bad("override of no state", {"override": {"state": "On"}}, "spec.override.state", "Unsupported value"),
    Bad(
        "override until a day that does not exist",
        {"override": {"state": "Awake", "until": "2026-02-30T12:00:00Z"}},
        "spec.override.until",
        "must be of type date-time",
        model="timestamp",
    ),
    Bad(
        "override until a local time",
        {"override": {"state": "Awake", "until": "2026-02-03T12:00:00"}},
        "spec.override.until",
        "should match",
        model="timestamp",
    ),
    Bad(
        "override from an odd timestamp",
        {"override": {"state": "Awake", "at": "2026-02-03t12:00:00z"}},
        "spec.override.at",
        "should match",
        model="timestamp",
    ),
    Bad(
        "override to drop that was made nowhen",
        {"override": {"state": "Awake", "dropAtReset": True}},
        "spec.override",
        "dropAtReset needs at",
        model="dropAtReset needs at",
        api_path="spec.override.dropAtReset",
    ),
    Bad("notice without unit", {"notify": {"before": ["30"]}}, "spec.notify.before[0]", "duration", model="duration"),
    Bad("empty notice", {"notify": {"before": [""]}}, "spec.notify.before[0]", "duration", model="duration"),
    Bad(
        "notice in disorder",
        {"notify": {"before": ["5m1h"]}},
        "spec.notify.before[0]",
        "must be a duration",
        model="duration",
    ),
    Bad("eleven notices", {"notify": {"before": ["1h"] * 11}}, "spec.notify.before", "Too many"),
    Bad("owner told in words", {"notify": {"owner": "no"}}, "spec.notify.owner", "of type boolean"),
    Bad("no kind", {"workloads": {"kinds": ["cron-jobs"]}}, "spec.workloads.kinds[0]", "should match"),
    *(
        Bad(
            f"a kind twice in {place or 'workloads'}",
            {"workloads": {place: {"kinds": ["Deployment"] * 2}} if place else {"kinds": ["Deployment"] * 2}},
            f"spec.workloads.{place}.kinds".replace("..", "."),
            "Duplicate",
            model="given twice",
            api_path=f"spec.workloads.{place}.kinds[1]".replace("..", "."),
        )
        for place in ("", "include", "exclude")
    ),
    *(
        Bad(
            f"a name twice in {place}",
            {"workloads": {place: {"names": ["a*", "a*"]}}},
            f"spec.workloads.{place}.names",
            "Duplicate",
            model="given twice",
            api_path=f"spec.workloads.{place}.names[1]",
        )
        for place in ("include", "exclude")
    ),
    *(
        Bad(
            f"a bad label key in {place}",
            {"workloads": {place: {"labels": {"no key": "x"}}}},
            f"spec.workloads.{place}.labels",
            "each key must be a label key",
        )
        for place in ("include", "exclude")
    ),
    Bad(
        "a bad label value",
        {"workloads": {"include": {"labels": {"app": "-"}}}},
        "spec.workloads.include.labels.app",
        "should match",
    ),
    Bad(
        "33 labels",
        {"workloads": {"include": {"labels": {f"key-{number}": "x" for number in range(33)}}}},
        "spec.workloads.include.labels",
        "Too many",
    ),
    Bad(
        "a name in capitals",
        {"workloads": {"exclude": {"names": ["Web"]}}},
        "spec.workloads.exclude.names[0]",
        "should match",
    ),
    Bad(
        "a kind's patch twice",
        {"workloads": {"patches": [{"apiVersion": "batch/v1", "kind": "CronJob", "asleep": {"a": 1}}] * 2}},
        "spec.workloads.patches",
        "Duplicate",
        model="given twice",
        api_path="spec.workloads.patches[1]",
    ),
    Bad(
        "a patch of nothing",
        {"workloads": {"patches": [{"apiVersion": "batch/v1", "kind": "CronJob", "asleep": {}}]}},
        "spec.workloads.patches[0].asleep",
        "at least 1",
    ),
    Bad(
        "a patch of too many fields",
        {"workloads": {"patches": [{**CRON_JOB, "asleep": {f"f{number}": 1 for number in range(17)}}]}},
        "spec.workloads.patches[0].asleep",
        "Too many",
        model="at most 16",
    ),
    *(
        Bad(
            f"a patch with too much of {what}",
            {"workloads": {"patches": [{**CRON_JOB, "asleep": {"spec": part}}]}},
            "spec.workloads.patches[0].asleep",
            api,
            model='too much in "spec"',
            api_path="spec.workloads.patches[0].asleep.spec",
        )
        for what, part, api in (
            ("a text", "x" * 1025, "Too long"),
            ("a list", [0] * 65, "Too many"),
            ("an object", {f"f{number}": 0 for number in range(65)}, "Too many"),
        )
    ),
    Bad(
        "a patch that is no object",
        {"workloads": {"patches": [{"apiVersion": "batch/v1", "kind": "CronJob", "asleep": "suspend"}]}},
        "spec.workloads.patches[0].asleep",
        "must be of type object",
    ),
    *(
        Bad(
            f"a time-out of {text}",
            {"waves": {"timeout": text}},
            "spec.waves.timeout",
            "between 1s and 24h",
            model="between",
        )
        for text in ("0s", "24h1s", "1d1s", "2d", "11d", "9999d")
    ),
    *(
        Bad(f"a spread of {text}", {"spread": text}, "spec.spread", "between 1m and 4h", model="between")
        for text in ("59s", "4h1s", "1d", "9999d")
    ),
    Bad("a spread in words", {"spread": "a while"}, "spec.spread", "must be a duration", model="duration"),
    Bad(
        "a time-out of ages",
        {"waves": {"timeout": "ages"}},
        "spec.waves.timeout",
        "must be a duration",
        model="duration",
    ),
    Bad("AWS in words", {"aws": {"enabled": "on"}}, "spec.aws.enabled", "must be of type boolean"),
)
