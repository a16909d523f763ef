"""``sundown start|stop|extend|snooze|reset``: one command for each row of the wishes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import click
from click.core import ParameterSource

from sundown import wording
from sundown.cli.shared.cluster_access import connected, identity
from sundown.cli.shared.cluster_options import cluster_options, wait_options
from sundown.cli.shared.cluster_options import span as span_type
from sundown.cli.shared.output import as_json, examples, failed, note, say
from sundown.cli.shared.waiting import Arrived, Expected, Outcome, wait_for
from sundown.cluster.client import Cluster
from sundown.errors import SundownError
from sundown.model.resources import EnvScheduleStatus, State
from sundown.model.scalars import format_instant
from sundown.reconcile.env_stop import reason_for
from sundown.schedule.clock import Clock, SystemClock
from sundown.usecases.find import find, settings
from sundown.usecases.look import look
from sundown.usecases.proposals import Asker, propose
from sundown.usecases.wish import WISHES, Answer, Request, TakesTwo, Wish, ask, in_a_sentence

_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one env: what was written, or why not; what is waited for, and how the waiting ended.

    ``said`` is all there is to say where nothing was written, or only a ``request`` that somebody else has to approve.
    """

    namespace: str
    answer: Answer | SundownError | None = None
    expected: Expected | None = None
    outcome: Outcome | None = None
    said: str | None = None
    request: str | None = None

    @property
    def error(self) -> SundownError | None:
        """What went wrong first."""
        if isinstance(self.answer, SundownError):
            return self.answer
        return self.outcome if isinstance(self.outcome, SundownError) else None

    def to_json(self, *, dry_run: bool) -> dict[str, Any]:
        """The result for machines."""
        answer = self.answer if isinstance(self.answer, Answer) else None
        until = answer.decision.until if answer is not None else None
        error = self.error
        return {
            "namespace": self.namespace,
            "ok": error is None,
            "dryRun": dry_run,
            "state": answer.decision.state if answer is not None else None,
            "until": format_instant(until) if until is not None else None,
            "override": answer.override.to_json() if answer is not None and answer.override is not None else None,
            "seconds": round(self.outcome.seconds, 1) if isinstance(self.outcome, Arrived) else None,
            "request": self.request,
            "error": {"reason": error.reason, "text": str(error)} if error is not None else None,
        }


async def ask_all(cluster: Cluster, request: Request, namespaces: Sequence[str], *, clock: Clock) -> list[Result]:
    """Ask for all envs at once; one that is refused does not stop the others."""
    by, groups = await identity(cluster)
    limit = asyncio.Semaphore(_AT_ONCE)

    async def one(namespace: str) -> Result:
        async with limit:
            began = time.monotonic()
            try:
                answer = await ask(cluster, namespace, request, by=by, clock=clock)
            except TakesTwo:
                return await _proposed(cluster, namespace, request, Asker(by, groups, "kubectl", clock.now()))
            except SundownError as error:
                return Result(namespace, error)
            return Result(namespace, answer, expected=Expected(namespace, answer.name, answer.generation, since=began))

    return await asyncio.gather(*(one(namespace) for namespace in dict.fromkeys(namespaces)))


async def _proposed(cluster: Cluster, namespace: str, request: Request, asker: Asker) -> Result:
    """What takes a second person is asked of one, and done when they have approved it."""
    home = settings().namespace
    try:
        found = await find(cluster, namespace)
        action, given = request.wish.action, reason_for(request.reason)
        name = await propose(cluster, home, found, asker, action=action, given=given, dry_run=request.dry_run)
    except SundownError as error:
        return Result(namespace, error)
    would = "would wait" if request.dry_run else "waits"
    return Result(
        namespace,
        said=f"{would} until somebody else approves it, for an hour at most: sundown approve areq/{name}",
        request=None if request.dry_run else name,
    )


async def wait_all(
    cluster: Cluster, results: Sequence[Result], *, wanted: State, patience: timedelta, tell: Callable[[str], None]
) -> list[Result]:
    """Wait for all of them together, and ``tell`` how they get on."""

    def progress(namespace: str, status: EnvScheduleStatus) -> None:
        tell(f"{namespace}: {wording.progress(status)}")

    explained: dict[str, str] = {}

    async def explain(namespace: str) -> None:
        try:
            awaited = (await look(cluster, namespace, now=SystemClock().now())).awaited
        except SundownError:
            return
        if awaited is not None and explained.get(namespace) != awaited:
            explained[namespace] = awaited
            tell(f"{namespace}: {awaited}")

    expected = [result.expected for result in results if result.expected is not None]
    outcomes = await wait_for(cluster, expected, wanted=wanted, patience=patience, tell=progress, explain=explain)
    return [replace(result, outcome=outcomes.get(result.namespace)) for result in results]


def report(results: Sequence[Result], *, dry_run: bool, now: datetime, as_machine: bool) -> None:
    """Print what became of a wish, and end with code 1 where something went wrong."""
    if as_machine:
        as_json([result.to_json(dry_run=dry_run) for result in results])
    else:
        for result in results:
            _say(result, dry_run=dry_run, now=now)
    for result in results:
        if isinstance(result.outcome, Arrived) and result.outcome.warning is not None:
            note(f"{result.namespace}: warning: {result.outcome.warning}")
    if any(result.error is not None for result in results):
        raise SystemExit(1)


def _say(result: Result, *, dry_run: bool, now: datetime) -> None:
    if isinstance(result.answer, Answer):
        _say_answer(result.answer, dry_run=dry_run, now=now)
    if result.said is not None:
        say(f"{result.namespace}: {result.said}")
    if result.error is not None:
        failed(in_a_sentence(result.error, result.namespace))
    elif isinstance(result.outcome, Arrived):
        status = result.outcome.status
        took = wording.took(result.outcome.seconds)
        say(f"{result.namespace}: {wording.state(status)} after {took}, {wording.parts(status.parts)}")


def _say_answer(answer: Answer, *, dry_run: bool, now: datetime) -> None:
    promise = wording.promise(answer.decision, now=now, wish=answer.override)
    if dry_run:
        say(f"{answer.namespace}: would be {promise}")
        override = answer.override.to_json() if answer.override is not None else {}
        for key, value in override.items():
            say(f"  spec.override.{key}: {json.dumps(value, ensure_ascii=False)}")
        return
    say(f"{answer.namespace}: {promise}")
    if answer.changes_nothing:
        note(f"{answer.namespace}: its schedule is a dry run, so no workload will change")


def _envs_and_span(words: tuple[str, ...], wish: Wish) -> tuple[tuple[str, ...], timedelta]:
    """What is named before the last word, and for how long.

    Raises:
        click.UsageError: one of the two is not there; it says what to type.
    """
    path = click.get_current_context().command_path
    if not words:
        raise click.UsageError(f'say which environment, and for how long: "{path} dev1 2h"')
    try:
        span = span_type(words[-1])
    except click.BadParameter as error:
        if len(words) > 1:
            error.param_hint = "SPAN"
            raise
        raise click.UsageError(f'say for how long, as the last word: "{path} {" ".join(words)} 2h"') from None
    if len(words) == 1:
        raise click.UsageError(f'say which environment, before how long: "{path} dev1 {words[0]}"')
    return words[:-1], span


def command_for(wish: Wish) -> click.Command:
    """The command of a wish."""

    def run(
        *,
        words: tuple[str, ...],
        reason: str | None,
        dry_run: bool,
        output: str,
        wait: bool = False,
        timeout: timedelta = timedelta(),
        **cluster: Any,
    ) -> None:
        if not wait and click.get_current_context().get_parameter_source("timeout") is ParameterSource.COMMANDLINE:
            raise click.UsageError("--timeout goes with --wait: add that, or leave it out")
        envs, span = _envs_and_span(words, wish) if wish.takes_span else (words, timedelta())
        request = Request(wish=wish, span=span, reason=reason, dry_run=dry_run)
        clock = SystemClock()

        async def work(cluster: Cluster) -> list[Result]:
            results = await ask_all(cluster, request, envs, clock=clock)
            if not wait or dry_run or wish.wanted is None:
                return results
            return await wait_all(cluster, results, wanted=wish.wanted, patience=timeout, tell=note)

        results = connected(work, **cluster)
        report(results, dry_run=dry_run, now=clock.now(), as_machine=output == "json")

    command: Callable[..., Any] = run
    for option in (
        click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="How to print it."),
        click.option("--dry-run", is_flag=True, help="Say what would be written, and whether you may; write nothing."),
        *([wait_options(wish.wanted)] if wish.wanted is not None else []),  # else nobody knows what to wait for
        click.option("--reason", metavar="TEXT", help="Why, for the env's history."),
        cluster_options,
    ):
        command = option(command)
    named = click.argument(
        "words", nargs=-1, required=not wish.takes_span, metavar="ENV... SPAN" if wish.takes_span else "ENV..."
    )
    command = named(command)
    return click.command(
        wish.verb, help=f"{wish.summary}\n\n{wish.text}", short_help=wish.summary, epilog=examples(*wish.examples)
    )(command)


start = command_for(WISHES["start"])
stop = command_for(WISHES["stop"])
extend = command_for(WISHES["extend"])
snooze = command_for(WISHES["snooze"])
reset = command_for(WISHES["reset"])
