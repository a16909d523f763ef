"""The story from the first line to the verdict."""

import shutil
import time
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from sundown_lab.demo import ending
from sundown_lab.demo.stage import Stage, set_up
from sundown_lab.errors import LabError
from sundown_lab.progress import Progress
from sundown_lab.story import closing
from sundown_lab.story.chapters import Story
from sundown_lab.story.ledger import Ledger
from sundown_lab.story.scene import Scene
from sundown_lab.wire import Wire

CI_WIDTH = 140
LOG_LINES = 25


def story(*, name: str, logs: Path | None) -> bool:
    """Tells the story, and returns whether everything was as it should be; nothing is left running either way.

    `logs` is a folder that gets the programs' logs.

    Raises:
        LabError: the stage could not be set up.
        Ended: a signal came.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=CI_WIDTH)
    progress = Progress(console)
    began = time.monotonic()
    console.print(
        "[bold]Sundown's story[/]: four teams go home and come back, unattended. Two to three minutes.", soft_wrap=True
    )
    ledger, failure, last = Ledger(), None, ""
    with ending.ended_by_signals(), set_up(name, tools=["helm"], progress=progress) as stage:
        try:
            stage.play(in_cloud=[closing.NEW_YORK])
            ending.run(_tell(stage, ledger, console=console, progress=progress))
        except LabError as error:
            failure = error
        last = stage.companions["operator"].process.tail(lines=LOG_LINES)
        if logs is not None:
            shutil.copytree(stage.logs, logs, dirs_exist_ok=True)
    console.print()
    console.print(ledger.table())
    return judge(console, ledger, failure, last=last, seconds=time.monotonic() - began)


async def _tell(stage: Stage, ledger: Ledger, *, console: Console, progress: Progress) -> None:
    async with Wire(stage.kubeconfig) as wire:
        await Story(Scene(stage, wire, console=console, progress=progress), ledger).tell()


def judge(console: Console, ledger: Ledger, failure: LabError | None, *, last: str, seconds: float) -> bool:
    """Prints the verdict, and where it is bad what is wrong and the end of the operator's log; whether it is good."""
    console.print()
    if failure is None and ledger.lines and not ledger.faults:
        count = len(ledger.lines)
        again = f" What they have in AWS runs again ({len(ledger.clouds)})." if ledger.clouds else ""
        console.print(
            f"[bold green]All {count} workloads have the count that their owner wanted.{again}[/] {seconds:.0f} s."
        )
        return True
    if failure is not None:
        console.print(f"[bold red]The story failed:[/] {escape(str(failure))}", soft_wrap=True)
        if failure.hint:
            console.print(escape(failure.hint), soft_wrap=True)
    else:
        wrong = "\n".join(ledger.faults) or "nothing was looked at"
        console.print(f"[bold red]The story failed:[/]\n{escape(wrong)}", soft_wrap=True)
    console.print(f"\nThe end of the operator's log:\n{escape(last)}", soft_wrap=True)
    return False
