"""``sundown wake-all``: wakes everything, through the operator or, when Sundown is uninstalled, without one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click

from sundown.aws.settings import AwsSettings
from sundown.cli.commands.wish import Result, ask_all, report, wait_all
from sundown.cli.shared.cluster_access import connected, context_namespace
from sundown.cli.shared.cluster_options import cluster_options, span
from sundown.cli.shared.output import as_json, examples, failed, note, say
from sundown.cli.shared.restoring import Sleeping, Woken, running_operator, sleeping, wake
from sundown.cli.shared.restoring_cloud import Restored, Starting, forgotten, remembered, restore, rows
from sundown.cli.shared.settings_options import settings_from
from sundown.cli.shared.visible_envs import Listed, visible
from sundown.cli.shared.waiting import Expected
from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.errors import Mistake, SundownError
from sundown.model.parts import QUIET, Step
from sundown.model.resources import State
from sundown.schedule.clock import Clock, SystemClock
from sundown.schedule.decision import decide
from sundown.settings import Settings
from sundown.sleepers.kinds import row_of
from sundown.usecases.doors import COMMAND_LINE
from sundown.usecases.find import NotAllowed, NotInstalled, circumstances, plainly, settings
from sundown.usecases.wish import WISHES, Request

_WRITES_AT_ONCE = 32
_SETTLING = 3.0
"""Seconds after which an operator that still runs would have put things back to sleep."""
_NOT_UP = frozenset({"Asleep", "FallingAsleep", "Waking"})


class OperatorRuns(SundownError):
    """What is only for a cluster without an operator was asked for in one that has one."""

    reason = "OperatorRuns"


@dataclass(frozen=True, slots=True)
class Everything:
    """What was said to the command."""

    namespaces: tuple[str, ...]
    pause: bool
    dry_run: bool
    reason: str | None
    patience: timedelta
    own: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Done:
    """What was woken, or would be, and what could not be looked for."""

    woken: list[Woken]
    unseen: tuple[Mistake, ...]
    restored: Restored

    @property
    def failed(self) -> bool:
        """Whether something is left that sleeps, or may."""
        return bool(self.unseen) or self.restored.failed or any(one.failures for one in self.woken)


@click.command(
    "wake-all",
    epilog=examples(
        "sundown wake-all                        # ask the operator to wake every environment, and wait",
        "sundown wake-all --pause                # and leave them all alone from now on",
        "sundown wake-all --direct --dry-run     # without an operator: what would be woken, and how",
        "SUNDOWN_AWS_REGIONS='[\"eu-west-1\"]' sundown wake-all --direct    # what it stopped in AWS too",
        "",
        "# before the rest is removed (`make undeploy` does all of it):",
        "kubectl delete deployment sundown -n sundown-system --cascade=foreground && sundown wake-all --direct",
    ),
)
@cluster_options
@click.option("-n", "--namespace", "namespaces", multiple=True, metavar="NAME", help="Only these; may be repeated.")
@click.option("--direct", is_flag=True, help="Wake from the records on the workloads, without an operator.")
@click.option(
    "--pause", is_flag=True, help="Pause every schedule too (spec.paused), so that nothing falls asleep again."
)
@click.option("--reason", metavar="TEXT", help="Why, for the envs' history.")
@click.option("--timeout", type=span, default="15m", show_default=True, help="How long to wait for the operator.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; do nothing.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
def wake_all(
    *,
    kubeconfig: Path | None,
    context: str | None,
    direct: bool,
    reason: str | None,
    timeout: timedelta,
    output: str,
    namespaces: tuple[str, ...],
    **options: bool,
) -> None:
    """Wake every environment.

    The operator does it: each environment that sleeps is started, until its next scheduled shutdown, and the command
    returns when all are awake.

    With --direct no operator is needed: every workload that carries a record of sleep gets its count back, whether its
    namespace still has an EnvSchedule or not. Where AWS regions are configured (SUNDOWN_AWS_REGIONS, and credentials of
    yours), what Sundown stopped there is started too, by its tags and by what the statuses of the
    schedules remember. An operator that still runs would undo that: delete
    it first, or add --pause.
    """
    everything = Everything(
        namespaces=namespaces,
        pause=options["pause"],
        dry_run=options["dry_run"],
        reason=reason,
        patience=timeout,
        own=lambda: context_namespace(kubeconfig, context),
    )
    clock = SystemClock()
    if direct:
        aws = settings_from({}, AwsSettings)
        done = connected(
            lambda cluster: _direct(cluster, everything, clock, aws), kubeconfig=kubeconfig, context=context
        )
        _tell(done, dry_run=everything.dry_run, as_machine=output == "json")
        return
    results = connected(lambda cluster: _asked(cluster, everything, clock), kubeconfig=kubeconfig, context=context)
    if not results and output != "json":
        say("nothing to wake: no environment sleeps")
    report(results, dry_run=everything.dry_run, now=clock.now(), as_machine=output == "json")


async def _asked(cluster: Cluster, everything: Everything, clock: Clock) -> list[Result]:
    """Have the operator wake what sleeps, and wait for it."""
    found, partial = await visible(cluster, everything.namespaces, own=everything.own)
    if partial:
        note("you may not list the whole cluster: only the environments that you may see are woken")
    now = clock.now()
    if everything.pause:
        results = [await _paused(cluster, row, dry_run=everything.dry_run) for row in found]
    else:
        request = Request(WISHES["start"], reason=everything.reason, dry_run=everything.dry_run)
        to_ask = [row.namespace for row in found if _must_be_asked(row, now=now)]
        results = await ask_all(cluster, request, to_ask, clock=clock)
        asked = set(to_ask)
        # The operator is on its way with these; a wish would only take the place of the one that it follows.
        results += [
            Result(row.namespace, expected=Expected(row.namespace, row.known.metadata.name))
            for row in found
            if row.namespace not in asked and row.status.state in _NOT_UP
        ]
    if everything.dry_run:
        return results
    note(f"waking {len(results)} of {len(found)} environments")
    wanted: State = "Paused" if everything.pause else "Awake"
    return await wait_all(cluster, results, wanted=wanted, patience=everything.patience, tell=note)


def _must_be_asked(row: Listed, *, now: datetime) -> bool:
    """Whether it would stay asleep if nobody asked."""
    schedule = row.known.schedule
    if schedule is None:
        return row.status.state in _NOT_UP
    return decide(schedule.spec, circumstances(row.known), now).state == "Asleep" and not schedule.spec.dry_run


async def _paused(cluster: Cluster, row: Listed, *, dry_run: bool) -> Result:
    """Pause one schedule; the operator wakes what is paused."""
    name = row.known.metadata.name
    if dry_run:
        return Result(row.namespace, said="would be paused and woken")
    try:
        generation = await _set_paused(cluster, row.namespace, name)
    except SundownError as error:
        return Result(row.namespace, error)
    return Result(row.namespace, expected=Expected(row.namespace, name, generation))


async def _set_paused(cluster: Cluster, namespace: str, name: str) -> int:
    # Not by apply: the next wish that is applied under the same name would take the field away again.
    try:
        written = await cluster.merge_patch(
            paths.env_schedule(namespace, name), {"spec": {"paused": True}}, fieldManager=COMMAND_LINE.manager
        )
    except ApiError as error:
        raise plainly(error, wish="pause", env=namespace) from error
    return int(written["metadata"]["generation"])


async def _direct(cluster: Cluster, everything: Everything, clock: Clock, aws: AwsSettings) -> Done:
    """Wake what sleeps from its records, in the cluster and in AWS.

    Raises:
        OperatorRuns: when an operator is there that would put everything back to sleep.
    """
    known = settings()
    try:
        operator = await running_operator(cluster, settings=known)
        if operator is not None and not everything.pause and not everything.dry_run:
            raise OperatorRuns(
                f"an operator runs ({operator}) and would put everything back to sleep: "
                "delete its Deployment first, or add --pause, or leave out --direct to have the operator do it"
            )
        if everything.pause and not everything.dry_run:
            await _pause_all(cluster, everything)
        restored, (woken, unseen) = await asyncio.gather(
            _in_aws(cluster, everything, aws, cluster_name=known.cluster_name),
            _in_the_cluster(cluster, everything, clock, known),
        )
    except ApiError as error:
        raise plainly(error, wish="wake") from error
    return Done(woken, unseen, restored)


async def _in_the_cluster(
    cluster: Cluster, everything: Everything, clock: Clock, known: Settings
) -> tuple[list[Woken], tuple[Mistake, ...]]:
    """Wake workloads, and look once more whether they stay awake. With them goes what could not be looked for."""
    found = await sleeping(cluster, everything.namespaces, settings=known, clock=clock)
    if everything.dry_run:
        would = [Woken(one.namespace, one.plan.steps, (*one.plan.mistakes, *one.unseen)) for one in found.sleeping]
        return would, found.failures
    woken = await wake(cluster, found.sleeping, width=_WRITES_AT_ONCE)
    if not any(one.steps for one in woken):
        return woken, found.failures
    await asyncio.sleep(_SETTLING)
    again = await sleeping(cluster, everything.namespaces, settings=known, clock=clock)
    there = {one.namespace: one for one in again.sleeping}
    unseen = {one.path: one for one in (*found.failures, *again.failures)}
    return [_checked(one, there.get(one.namespace)) for one in woken], tuple(unseen.values())


async def _in_aws(cluster: Cluster, everything: Everything, aws: AwsSettings, *, cluster_name: str) -> Restored:
    """Start what Sundown stopped in AWS, and name what sleeps in regions that nobody has configured here."""
    try:
        envs, _ = await visible(cluster, everything.namespaces, own=everything.own)
    except (NotInstalled, NotAllowed):
        envs = ()
    unseen = forgotten(envs, regions=aws.regions)
    if not aws.wanted:
        return Restored(failures=unseen)
    starting = Starting(
        cluster_name=cluster_name,
        namespaces=everything.namespaces,
        patience=everything.patience,
        dry_run=everything.dry_run,
        tell=note,
        remembered=remembered(envs),
    )
    restored = await restore(aws, starting)
    restored.failures += unseen
    return restored


async def _pause_all(cluster: Cluster, everything: Everything) -> None:
    try:
        found, _ = await visible(cluster, everything.namespaces, own=everything.own)
    except NotInstalled:
        return
    for row in found:
        await _set_paused(cluster, row.namespace, row.known.metadata.name)


def _checked(woken: Woken, again: Sleeping | None) -> Woken:
    """What was woken, less what sleeps again."""
    if again is None or woken.failures:
        return woken
    back = {step.workload.title for step in again.plan.steps}
    failures = tuple(
        Mistake(step.workload.title, "was put back to sleep: an operator still runs; delete it, or add --pause")
        for step in woken.steps
        if step.workload.title in back
    )
    return Woken(woken.namespace, tuple(step for step in woken.steps if step.workload.title not in back), failures)


def _tell(done: Done, *, dry_run: bool, as_machine: bool) -> None:
    """Print what was woken, and end with code 1 where something was not."""
    if as_machine:
        as_json(rows(done.woken, done.restored))
    else:
        _say(done, dry_run=dry_run)
    for failure in (*done.unseen, *done.restored.failures):
        failed(str(failure))
    if done.failed:
        raise SystemExit(1)


def _told(step: Step, verb: str) -> str:
    if step.action in QUIET:
        return f"{step.workload.title} left as it is, without what Sundown wrote on it"
    changed = row_of(step.workload).told_awake(step.workload, step.restoring, step.replicas)
    return f"{step.workload.title} {verb}, {changed}" if changed else f"{step.workload.title} {verb}"


def _say(done: Done, *, dry_run: bool) -> None:
    woken, restored = done.woken, done.restored
    verb = "would be woken" if dry_run else "woken"
    for one in woken:
        for step in one.steps:
            say(f"{one.namespace}: {_told(step, verb)}")
        for failure in one.failures:
            failed(f"{one.namespace}: {failure}")
    for part in restored.started:
        tell = failed if part.failure else note if part.left else say
        tell(part.told(dry_run=dry_run))
    count = sum(step.action not in QUIET for one in woken for step in one.steps)
    if not count and not restored.count and not done.failed:
        say("nothing sleeps")
        return
    in_aws = f", {restored.count} in AWS" if restored.started else ""
    say(f"{count} {'workload' if count == 1 else 'workloads'} {verb}{in_aws}")
