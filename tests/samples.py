"""Small samples of what the rooms hand to each other: a test says what it is about, and the rest is ordinary."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sundown.model.base import parse
from sundown.model.env import Env, Known, Namespace
from sundown.model.parts import Workload
from sundown.model.resources import ClusterEnvSchedule, EnvSchedule, EnvScheduleStatus, Metadata
from sundown.model.spec import Workloads
from sundown.reconcile.plan import Plan, plan
from sundown.reconcile.report import Finding, next_status, troubled_status
from sundown.schedule.decision import Decision, Turn, Why

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TIMEOUT = timedelta(minutes=10)
Json = dict[str, Any]


def after(**span: float) -> datetime:
    """So long after ``NOW``."""
    return NOW + timedelta(**span)


def workload(name: str = "web", replicas: int = 2, **more: Any) -> Workload:
    """A Deployment with as many ready pods as it wants, unless told otherwise."""
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


def planned(wanted: Literal["Awake", "Asleep"], *workloads: Workload, now: datetime = NOW, **selection: Any) -> Plan:
    """The plan for some workloads, with ``selection`` as under ``spec.workloads``."""
    return plan(wanted, workloads, selection=parse(Workloads, selection), now=now)


def decision(
    state: Literal["Awake", "Asleep", "Paused"], *, until: datetime | None = None, text: str = "", by: str | None = None
) -> Decision:
    """A decision that turns into its opposite at ``until``."""
    to: Literal["Awake", "Asleep"] = "Asleep" if state == "Awake" else "Awake"
    upcoming = (Turn(until, to, Why("Window", "working hours")),) if until is not None else ()
    return Decision(state, Why("Window", text or f"{state.lower()} by schedule", by), until, upcoming)


def finding(wanted: Decision | Literal["Awake", "Asleep", "Paused"], *workloads: Workload, **more: Any) -> Finding:
    """What a visit finds that looks at these workloads."""
    decided = wanted if isinstance(wanted, Decision) else decision(wanted)
    dry = more.get("dry_run", False)
    now = more.setdefault("now", NOW)
    fields = {
        "generation": 1,
        "owner": None,
        "active_since": NOW - timedelta(days=1),
        "decision": decided,
        "plan": planned("Asleep" if decided.state == "Asleep" and not dry else "Awake", *workloads, now=now),
        "timeout": TIMEOUT,
    }
    return Finding(**{**fields, **more})


def after_visits(
    wanted: Decision | Literal["Awake", "Asleep", "Paused"],
    *visits: Iterable[Workload],
    old: EnvScheduleStatus | None = None,
    **more: Any,
) -> EnvScheduleStatus:
    """The status after visits that found these workloads, a second apart."""
    status, start = old or EnvScheduleStatus(), more.pop("now", NOW)
    for second, workloads in enumerate(visits):
        status = next_status(status, finding(wanted, *workloads, now=start + timedelta(seconds=second), **more))
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
    **metadata: Any,
) -> Known:
    """An EnvSchedule in namespace ``dev``, a person's unless it is ``generated``."""
    labels = {"app.kubernetes.io/managed-by": "sundown"} if generated else {}
    about = Metadata(
        **{"name": name, "namespace": "dev", "uid": f"uid-{name}", "creation_timestamp": NOW, "labels": labels}
        | metadata
    )
    schedule = parse(EnvSchedule, {"spec": spec or {}}).model_copy(update={"metadata": about})
    return Known(about, status or EnvScheduleStatus(), schedule)


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
