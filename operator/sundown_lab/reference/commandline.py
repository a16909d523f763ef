"""`docs/reference/commandline.md`: every command of `sundown` with its options, as `--help` has them."""

import inspect
from collections.abc import Iterator

import click

from sundown.cli.app import cli
from sundown_lab.reference import markdown

INTRODUCTION = """\
All of it also as `kubectl sundown ...`. Every command knows `--help`. [Commands](../commands.md) says what they are for,
[Settings](../settings.md) has the environment variables of the processes."""


def commandline_page() -> str:
    """The page, as it has to stand in the repository."""
    return markdown.page("Command line", INTRODUCTION, *_group(cli, "sundown"), origin="the command line's own help")


def _group(group: click.Group, path: str) -> Iterator[str]:
    context = click.Context(group, info_name=path)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _group(command, f"{path} {name}")
        else:
            yield from _command(command, f"{path} {name}")


def _command(command: click.Command, path: str) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    yield f"## {markdown.code(path)}"
    yield f"```\n{' '.join((path, *command.collect_usage_pieces(context)))}\n```"
    yield "\n\n".join(markdown.prose(part) for part in inspect.cleandoc(command.help or "").split("\n\n"))
    yield markdown.table(("option", "what it does"), _options(command, context))
    examples = inspect.cleandoc((command.epilog or "").partition("Examples:\n")[2]).partition("\n\nExit codes")[0]
    yield f"```console\n{_prompted(examples)}\n```" if examples else ""


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if isinstance(parameter, click.Option) and record is not None and "--help" not in parameter.opts:
            names, said = record
            yield markdown.code(names), markdown.prose(said)


def _prompted(examples: str) -> str:
    lines = [line.rstrip() for line in inspect.cleandoc(examples).splitlines()]
    return "\n".join(f"$ {line}" if line and not line.startswith("#") else line for line in lines)
