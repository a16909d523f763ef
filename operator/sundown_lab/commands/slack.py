"""`sundown-lab slack`: a Slack workspace on this machine, with a page to act in it."""

import asyncio
import contextlib
import signal
from pathlib import Path

import click

from sundown_lab.slack.server import serving
from sundown_lab.slack.spec import WorkspaceSpec, load

EXAMPLES = """\b
Examples:
  sundown-lab slack                              # prints the page's URL, and what the app's environment has to say
  sundown-lab slack --port 8065                  # always the same URL
  sundown-lab slack --workspace people.yaml      # other people, channels and commands than ana, bo, chen and dina
  sundown-lab slack --seconds 60                 # ends by itself
"""


@click.command(epilog=EXAMPLES)
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 takes a free one.")
@click.option(
    "--workspace",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML: team, bot, users, channels, usergroups, commands, events; each may be left out.",
)
@click.option("--seconds", type=click.FloatRange(min=0), help="End by itself, so long after it has started.")
def slack(*, port: int, workspace: Path | None, seconds: float | None) -> None:
    """Start a Slack simulator: Web API, Socket Mode, signed HTTP, and a page on which to be any of its users.

    It is as strict as Slack (limits, errors, three seconds for an ack), speaks to one app, and forgets everything when it
    ends. Ctrl-C or SIGTERM ends it.
    """
    spec = load(workspace) if workspace is not None else WorkspaceSpec()
    asyncio.run(_run(spec, port=port, seconds=seconds))


async def _run(spec: WorkspaceSpec, *, port: int, seconds: float | None) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with serving(spec, port=port) as sim:
        lines = [f"export {name}={value}" for name, value in sim.environment().items()]
        click.echo("\n".join([f"The page of the workspace {spec.team}: {sim.base}/", "For the app:", *lines]))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ended.wait()
