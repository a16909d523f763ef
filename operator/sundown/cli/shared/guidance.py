"""A wrong call, told with what to type instead: those who know kubectl's habits are met where these lead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

import click

_OF_THE_CLUSTER = {"--context": "NAME", "--kubeconfig": "FILE"}
_NAMESPACE = frozenset({"-n", "--namespace"})
_ENV = re.compile(r"\b(ENV|NAMESPACE)\b")
_LENGTH = re.compile(r"-\d")


def no_such_command(ctx: click.Context, name: str, known: Iterable[str]) -> click.UsageError:
    """Nothing is called so; what is nearly called so is named."""
    close = get_close_matches(name, list(known), n=1)
    meant = f' Did you mean "{ctx.command_path} {close[0]}"?' if close else ""
    return click.UsageError(f"No such command '{name}'.{meant}", ctx)


def before_the_command(error: click.NoSuchOption) -> click.UsageError:
    """An option that stands where kubectl would take it, in front of the command."""
    name = error.option_name
    if error.ctx is None or name not in {*_OF_THE_CLUSTER, *_NAMESPACE}:
        return error
    value = _OF_THE_CLUSTER.get(name, "NAME")
    return click.UsageError(
        f"{name} stands behind the command: {error.ctx.command_path} COMMAND {name} {value}", error.ctx
    )


def with_an_example(error: click.UsageError) -> click.UsageError:
    """What a command was given too little of, or cannot take, with one of its own examples."""
    ctx = error.ctx
    known = _examples(ctx.command) if ctx is not None else []
    if ctx is None or not known:
        return error
    if isinstance(error, click.MissingParameter):
        return click.UsageError(f"{error.format_message().rstrip('.')}, as in: {known[0]}", ctx)
    if isinstance(error, click.NoSuchOption) and not error.possibilities:
        takes = " ".join(ctx.command.collect_usage_pieces(ctx))
        if error.option_name in _NAMESPACE and _ENV.search(takes):
            example = next((one for one in known if " -" not in one), known[0])
            return click.UsageError(f"an environment is named without {error.option_name}, as in: {example}", ctx)
        if _LENGTH.match(error.option_name) and "SPAN" in takes:
            return click.UsageError(f"no length of time begins with a dash; write it as in: {known[0]}", ctx)
    return error


def _examples(command: click.Command) -> list[str]:
    """The examples in its help, without what is said of them."""
    lines = (command.epilog or "").partition("Examples:\n")[2].partition("\n\n")[0].splitlines()
    return [line.partition("#")[0].strip() for line in lines]
