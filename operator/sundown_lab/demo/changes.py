"""What is different between two views, a line each: for pipes and CI, where no table can live."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sundown import wording
from sundown_lab.demo.board import compact, compact_cloud
from sundown_lab.demo.view import EnvView, View


def changes(before: View, after: View, *, now: datetime) -> Iterator[str]:
    """A line for each env of which state, counts or next transition changed, and one for each new warning."""
    for env in after.envs:
        old = before.env(env.name)
        if old is None or _shape(old) != _shape(env):
            yield f"{now.astimezone():%H:%M:%S}  {env.name:<14}  {described(env, now=now)}"
    for gone in before.envs:
        if after.env(gone.name) is None:
            yield f"{now.astimezone():%H:%M:%S}  {gone.name:<14}  gone"
    for event in after.events:
        if event.warning and event not in before.events:
            yield f"{event.at.astimezone():%H:%M:%S}  {event.namespace:<14}  warning: {event.reason}: {event.note}"


def described(env: EnvView, *, now: datetime) -> str:
    """An env in one line: state, counts, what comes next in its own time, why."""
    if env.schedule is None:
        return f"no schedule  {_counts(env)}"
    coming = env.status.next_transition
    following = ""
    if coming is not None:
        zone = env.zones[0] if env.zones else "UTC"
        at = wording.clock_time(coming.at, now=now, zone=ZoneInfo(zone))
        following = f"; {wording.STATES[coming.to]} at {at} {zone}"
    return f"{wording.state(env.status):<14}  {_counts(env)}  ({wording.why(env.status)}{following})"


def _counts(env: EnvView) -> str:
    workloads = [compact(key, count).plain for key, count in env.workloads.items()] or ["no workloads"]
    return ", ".join([*workloads, *(compact_cloud(part).plain for part in env.status.cloud)])


def _shape(env: EnvView) -> tuple[object, ...]:
    """What makes a new line. Pods on their way up or down are not news, those that stand still are."""
    coming = env.status.next_transition
    counts = tuple((key, count.replicas, count.record) for key, count in env.workloads.items())
    cloud = tuple((part.title, part.phase) for part in env.status.cloud)
    return env.status.state, env.schedule is None, counts, env.pods[0] == env.pods[1], coming, cloud
