"""Small samples of what the rooms hand to each other: a test says what it is about, and the rest is ordinary."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sundown.model.base import parse
from sundown.model.cloud import CloudPart
from sundown.model.env import Env, Known, Namespace
from sundown.model.parts import Part, Workload
from sundown.model.resources import TEMPLATE, ClusterEnvSchedule, EnvSchedule, EnvScheduleStatus, Metadata
from sundown.model.spec import Workloads
from sundown.model.template_mark import TemplateMark
from sundown.reconcile.memory import Memory
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import Plan, began, plan
from sundown.reconcile.report import Finding, next_status, troubled_status
from sundown.schedule.decision import Decision, Turn, Why

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TIMEOUT = timedelta(minutes=10)
HOLDER = "default/dev"
SLEEP = "2026-11-23T17:00:00.000000Z"
"""The sleep that samples are in."""
MEMORY = Memory(sleep=SLEEP, known_since=NOW - timedelta(days=30))
"""What is remembered of it."""
Json = dict[str, Any]


def after(**span: float) -> datetime:
    """So long after ``NOW``."""
    return NOW + timedelta(**span)


def workload(name: str = "web", replicas: int = 2, **more: Any) -> Workload:
    """A Deployment with as many ready pods as it wants, unless told otherwise; a record on it is of ``SLEEP``."""
    uid = more.setdefault("uid", f"uid-{name}")
    if more.get("record") is not None:
        more.setdefault("mark", f"{SLEEP}/{uid}")
    fields = {
        "kind": "Deployment",
        "namespace": "dev",
        "name": name,
        "resource_version": "7",
        "replicas": replicas,
        "pods": replicas,
        "ready": replicas,
        "settled": True,
    }
    return Workload(**{**fields, **more})


def sleeping(name: str = "web", record: str = "2", **more: Any) -> Workload:
    """A Deployment that was put to sleep."""
    return workload(name, 0, record=record, **more)


def cloud(kind: str = "EC2Instance", state: str = "running", **more: Any) -> CloudPart:
    """An instance or a database of ``dev`` that runs, unless told otherwise."""
    name = more.pop("name", "i-1" if kind == "EC2Instance" else "db-1")
    fields = {
        "arn": f"arn:aws:rds:eu-central-1:123456789012:{kind}/{name}",
        "identifier": name,
        "namespace": "dev",
        "account": "123456789012",
        "region": "eu-central-1",
        "phase": state,
    }
    return CloudPart(**{**fields, "kind": kind, "state": state, "name": name, **more})


def stopped(kind: str = "EC2Instance", state: str = "stopped", **more: Any) -> CloudPart:
    """One that Sundown stopped for ``dev``."""
    return cloud(kind, state, **{"record": "running", "stopped_at": NOW, "holder": HOLDER, **more})


def planned(wanted: Literal["Awake", "Asleep"], *parts: Part, now: datetime = NOW, **more: Any) -> Plan:
    """The plan for some parts, with more of the goal, or of the selection as under ``spec.workloads``."""
    goal: dict[str, Any] = {
        name: more.pop(name)
        for name in (
            "since",
            "timeout",
            "cloud",
            "memory",
            "unlisted",
            "unanswered",
            "unserved",
            "left_hidden",
            "impossible",
        )
        if name in more
    }
    workloads = [part for part in parts if isinstance(part, Workload)]
    clouds = [part for part in parts if isinstance(part, CloudPart)]
    remembered = {"memory": MEMORY, "sleep": SLEEP}
    whole = {"timeout": TIMEOUT, "holder": HOLDER, **remembered, **goal, "selection": parse(Workloads, more)}
    return plan(Goal(wanted=wanted, now=now, **whole), workloads, clouds)


def decision(
    state: Literal["Awake", "Asleep", "Paused"], *, until: datetime | None = None, text: str = "", by: str | None = None
) -> Decision:
    """A decision that turns into its opposite at ``until``."""
    to: Literal["Awake", "Asleep"] = "Asleep" if state == "Awake" else "Awake"
    upcoming = (Turn(until, to, Why("Window", "working hours")),) if until is not None else ()
    return Decision(state, Why("Window", text or f"{state.lower()} by schedule", by), until, upcoming)


def finding(
    decided: Decision | Literal["Awake", "Asleep", "Paused"],
    *parts: Part,
    old: EnvScheduleStatus | None = None,
    **more: Any,
) -> Finding:
    """What a visit finds that looks at these parts, where ``old`` was said of the env before."""
    decided = decided if isinstance(decided, Decision) else decision(decided)
    wanted: Literal["Awake", "Asleep"] = (
        "Asleep" if decided.state == "Asleep" and not more.get("dry_run", False) else "Awake"
    )
    now = more.setdefault("now", NOW)
    since = began(old or EnvScheduleStatus(), wanted, now=now)
    fields = {
        "generation": 1,
        "owner": None,
        "active_since": NOW - timedelta(days=1),
        "decision": decided,
        "plan": planned(wanted, *parts, now=now, since=since, timeout=more.get("timeout", TIMEOUT)),
        "timeout": TIMEOUT,
        "sleep": SLEEP,
    }
    return Finding(**{**fields, **more})


def after_visits(
    wanted: Decision | Literal["Awake", "Asleep", "Paused"],
    *visits: Iterable[Part],
    old: EnvScheduleStatus | None = None,
    **more: Any,
) -> EnvScheduleStatus:
    """The status after visits that found these parts, a second apart."""
    status, start = old or EnvScheduleStatus(), more.pop("now", NOW)
    for second, parts in enumerate(visits):
        now = start + timedelta(seconds=second)
        status = next_status(status, finding(wanted, *parts, old=status, now=now, **more))
    return status


def troubled(old: EnvScheduleStatus, reason: str = "InvalidSpec", **more: Any) -> EnvScheduleStatus:
    """The status of a schedule that cannot be followed, found an hour after ``NOW``."""
    fields = {"message": "it is wrong", "generation": 2, "now": after(hours=1), **more}
    return troubled_status(old, reason=reason, **fields)


def namespace(name: str = "dev", *, created: datetime = NOW, **more: Any) -> Namespace:
    """A namespace without labels."""
    return Namespace(name=name, created=created, labels=more.pop("labels", {}), annotations={}, **more)


def known(
    name: str = "mine",
    *,
    generated: bool = False,
    status: EnvScheduleStatus | None = None,
    spec: Json | None = None,
    taken_over: bool = False,
    **metadata: Any,
) -> Known:
    """An EnvSchedule in namespace ``dev``, a person's unless it is ``generated`` and not ``taken_over``."""
    labels = {"app.kubernetes.io/managed-by": "sundown"} if generated else {}
    if generated:
        metadata["annotations"] = {TEMPLATE: str(TemplateMark("made", says="this"))} | metadata.get("annotations", {})
    about = Metadata(
        **{"name": name, "namespace": "dev", "uid": f"uid-{name}", "creation_timestamp": NOW, "labels": labels}
        | metadata
    )
    schedule = parse(EnvSchedule, {"spec": spec or {}}).model_copy(update={"metadata": about})
    return Known(about, status or EnvScheduleStatus(), schedule, taken_over=taken_over)


def default(
    name: str = "everyone", *, created: datetime = NOW, spec: Json | None = None, **more: Any
) -> ClusterEnvSchedule:
    """A ClusterEnvSchedule that covers every namespace, unless ``spec`` selects some."""
    about = Metadata(name=name, uid=f"uid-{name}", creation_timestamp=created, **more)
    whole = parse(ClusterEnvSchedule, {"spec": {"template": {}, **(spec or {})}})
    return whole.model_copy(update={"metadata": about})


def env(*schedules: Known, defaults: tuple[ClusterEnvSchedule, ...] = (), **more: Any) -> Env:
    """What is known of a namespace, by default of ``dev``."""
    there = more.pop("namespace", namespace())
    return Env(name=there.name, namespace=there, schedules=schedules, defaults=defaults, **more)
