"""The demo from the first line to the last: bring everything up, show what happens, take everything down."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.live import Live
from rich.markup import escape

from sundown.model.resources import EnvSchedule
from sundown.schedule.decision import Circumstances, decide
from sundown_lab.demo import ending, samples
from sundown_lab.demo.board import board
from sundown_lab.demo.changes import changes
from sundown_lab.demo.companions import ALERTS
from sundown_lab.demo.nap import NAME, OWNER, PROGRAM, Nap
from sundown_lab.demo.stage import Stage, name_of, set_up
from sundown_lab.demo.view import View, look
from sundown_lab.errors import LabError
from sundown_lab.processes import wait_until
from sundown_lab.progress import Progress
from sundown_lab.releases import NEWEST
from sundown_lab.wire import Wire

FIRST_NAP = timedelta(seconds=30)
RUNNING_WITHIN = 60.0
LOOK_EVERY = 0.5


def demo(*, name: str, seconds: float | None, kubernetes: str = NEWEST) -> None:
    """Runs until a signal comes, or for so many seconds after everything is up; then nothing is left running.

    Raises:
        LabError: something could not be brought up.
    """
    console = Console(highlight=False)
    title = "[bold]Sundown[/]: a real Kubernetes on this machine, and four teams that go home at night."
    console.print(title, soft_wrap=True)
    progress = Progress()
    try:
        with ending.ended_by_signals(), set_up(name, kubernetes=kubernetes, progress=progress) as stage:
            nap = Nap(samples.full_minute(datetime.now(UTC) + FIRST_NAP))
            with progress.step("applying the four teams of examples/ and one that soon takes a nap"):
                owners = samples.owners()
                rights = [samples.ownership(owner, namespace) for namespace, owner in owners.items()]
                stage.apply([*samples.teams(), *rights, *nap.objects(), *samples.tools(OWNER)])
                stage.let_in(owners)
                wait_until(lambda: _all_run(stage), what="all pods run", timeout=RUNNING_WITHIN, poll=0.3)
            stage.play(in_cloud=[NAME])
            stage.apply(samples.tools(OWNER, fault="Error"))
            for line in _what_to_type(stage, nap=nap):
                console.print(line, soft_wrap=True)
            try:
                ending.run(_watch(stage, console, nap=nap, seconds=seconds))
            except BrokenPipeError:
                pass
            finally:
                _say(console, "\nStopping everything ...")
    except ending.Ended:
        pass
    _say(console, "Everything is stopped, nothing is left running.")


async def _watch(stage: Stage, console: Console, *, nap: Nap, seconds: float | None) -> None:
    until = datetime.now(UTC) + timedelta(seconds=seconds) if seconds is not None else None
    async with Wire(stage.kubeconfig) as wire:
        if console.is_terminal:
            with Live(console=console, auto_refresh=False) as live:
                await _loop(wire, Table(stage, live).show, nap=nap, until=until)
        else:
            await _loop(wire, Lines(stage, console).show, nap=nap, until=until)


async def _loop(wire: Wire, show: Callable[[View, str], None], *, nap: Nap, until: datetime | None) -> None:
    view, trouble = View(), ""
    while True:
        try:
            view, trouble = await look(wire), ""
            await nap.again(wire, view, now=datetime.now(UTC))
        except LabError as error:
            trouble = f"the API server does not answer: {error}"
        show(view, trouble)
        if until is not None and datetime.now(UTC) >= until:
            return
        await asyncio.sleep(LOOK_EVERY)


class Table:
    """The live table."""

    def __init__(self, stage: Stage, live: Live) -> None:
        self._stage = stage
        self._live = live

    def show(self, view: View, trouble: str) -> None:
        """Draws it anew."""
        troubles = [*filter(None, [trouble]), *_ended(self._stage)]
        size = self._live.console.size
        drawn = board(view, now=datetime.now(UTC), size=(size.width, size.height), troubles=troubles)
        self._live.update(drawn, refresh=True)


class Lines:
    """A line for each change, where there is no terminal."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._stage = stage
        self._console = console
        self._view = View()
        self._troubles: list[str] = []

    def show(self, view: View, trouble: str) -> None:
        """Prints what is different from the last time."""
        troubles = [*filter(None, [trouble]), *_ended(self._stage)]
        news = [each for each in troubles if each not in self._troubles]
        for line in (*changes(self._view, view, now=datetime.now(UTC)), *news):
            self._console.print(escape(line), soft_wrap=True)
        self._view, self._troubles = view, troubles
        self._console.file.flush()


def _all_run(stage: Stage) -> bool:
    words = "{range .items[*]}{.spec.replicas}={.status.readyReplicas} {end}"
    counts = stage.control_plane.kubectl("get", "deployments,statefulsets", "-A", "-o", f"jsonpath={words}").stdout
    return all(wanted == (ready or "0") for wanted, _, ready in (each.partition("=") for each in counts.split()))


def _ended(stage: Stage) -> list[str]:
    programs = {
        **stage.control_plane.processes,
        **{name: running.process for name, running in stage.companions.items()},
    }
    return [
        f"{name} ended with code {process.exit_code}: see {process.log}"
        for name, process in programs.items()
        if process.exit_code is not None
    ]


def _what_to_type(stage: Stage, *, nap: Nap) -> list[str]:
    """The lines above the table: they stay, so that they can be copied while the table lives."""
    (namespace, owner), *more = reversed(samples.owners().items())
    others = ", ".join(name_of(each) for _, each in reversed(more))
    rows = [
        (f"export KUBECONFIG={stage.kubeconfig}", ""),
        (f'export PATH="{stage.commands}:$PATH"', "kubectl and sundown, if you have none"),
        ("kubectl get envs -A -w", "the same as below, as Kubernetes tells it"),
        (f"kubectl sundown {_wish(datetime.now(UTC))}", "or extend, snooze; list, why"),
        (
            f"kubectl config use-context {name_of(owner)}",
            f"to be {name_of(owner)}, who may edit {namespace} only; {others} too",
        ),
        ("sundown explain team-kolkata --until 2027-01-04", "when it sleeps and wakes, and why"),
        (f". {stage.aws_settings} && sundown cloud list", f"what {NAME} has in AWS; aws and boto3 find it too"),
        (f"TOKEN=$(sundown api token {PROGRAM} -n {NAME})", ""),
        (f'curl -H "Authorization: Bearer $TOKEN" {stage.api}/api/v1/envs/{NAME}/why', "why it is so, for a program"),
        ("kubectl -n demo-nap scale deployment web --replicas=5", "awake or asleep: your count is the one that counts"),
        (
            f"kubectl -n {samples.TOOLS} rollout undo deployment/{samples.IMPORTER}",
            f"{ALERTS} says OK some seconds later",
        ),
    ]
    width = max(len(command) for command, why in rows if why)
    lines = [
        f"  [bold]{escape(command):<{width}}[/]  [dim]{why}[/]" if why else f"  [bold]{escape(command)}[/]"
        for command, why in rows
    ]
    running = [
        f"  {each.companion.name:<{len('Kubernetes')}}  {each.url}{each.companion.page}  [dim]log {each.process.log}[/]"
        for each in stage.companions.values()
    ]
    return [
        "",
        f"[bold]{NAME}[/] falls asleep at {nap.asleep_at.astimezone():%H:%M}, wakes a minute later, and so on;",
        "  with it go an EC2 instance and a database in a simulated AWS, and the database is back before the workloads.",
        "",
        f"In a browser, as ana, whose env it is: [bold]{stage.companions['slack'].url}/[/]",
        "  a reminder comes a minute before: snooze it, suspend it, resume it; or write [bold]/devenv help[/] in #dev,",
        f"  [bold]/devenv pods {NAME}[/], [bold]/devenv scale deploy/web {NAME} 5[/]: by the rights that ana has in the cluster",
        f"  In {ALERTS} stands that [bold]{samples.IMPORTER}[/] of {samples.TOOLS} crashes, with what it had written in the thread;",
        "  [bold]/devenv support start tools[/] gives you a pod to work in for a while, [bold]/devenv support stop tools[/] ends it",
        "",
        "In another terminal:",
        *lines,
        "",
        f"  Kubernetes  {stage.control_plane.server} {stage.control_plane.options.release.version}  [dim]logs {stage.logs}[/]",
        *running,
        f"  {'REST API':<{len('Kubernetes')}}  {stage.api}/docs",
        "",
        "Ctrl-C stops everything.",
        "",
    ]


def _wish(now: datetime) -> str:
    """A wish that changes something at this hour: to start a team that sleeps, or to stop one where none does."""
    schedules = [EnvSchedule.model_validate(each) for each in samples.teams() if each["kind"] == "EnvSchedule"]
    asleep = [one for one in schedules if decide(one.spec, Circumstances(active_since=now), now).state == "Asleep"]
    wish, one = ("start", asleep[0]) if asleep else ("stop", schedules[0])
    return f"{wish} {one.metadata.namespace}"


def _say(console: Console, text: str) -> None:
    try:
        console.print(text)
        console.file.flush()
    except OSError:  # whoever read this has gone: a closed terminal or pipe
        pass
