"""Settings on the command line: options over environment variables over defaults, and the help that lists them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any, ClassVar, TypeVar

import click
from pydantic import ValidationError
from pydantic_settings import SettingsError

from sundown.errors import SundownError
from sundown.model.base import mistakes_of
from sundown.settings import Settings

PREFIX = "SUNDOWN_"
S = TypeVar("S", bound=Settings)


class NotStarted(SundownError):
    """The process could not be started, or broke down."""

    reason = "NotStarted"


class WithEnvironment(click.Command):
    """A command whose help lists the environment variables of all settings of ``kind``."""

    kind: ClassVar[type[Settings]] = Settings

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section("Environment"):
            formatter.write_dl(list(environment(self.kind)))


def environment(kind: type[Settings]) -> Iterator[tuple[str, str]]:
    """Each environment variable, and what it does."""
    for name, field in kind.model_fields.items():
        default = (
            ""
            if field.is_required() or field.default is None
            else f"  [default: {_shown(field.get_default(call_default_factory=True))}]"
        )
        yield variable(kind, name), f"{field.description}{default}"


def variable(kind: type[Settings], name: str) -> str:
    """The environment variable of a setting."""
    field = kind.model_fields.get(name)
    alias = field.validation_alias if field is not None else None
    return alias if isinstance(alias, str) else f"{PREFIX}{name.upper()}"


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, tuple):
        return "[" + ", ".join(f'"{item}"' for item in default) + "]"
    return str(default) if default != "" else '""'


def settings_from(options: dict[str, Any], kind: type[S]) -> S:
    """The settings: what was given as an option, else the environment, else the default.

    Logs are for people where somebody looks on, unless it was said otherwise.

    Raises:
        click.UsageError: for a value that cannot be; the text names the variable.
    """
    given = {name: value for name, value in options.items() if value is not None}
    if f"{PREFIX}LOG_FORMAT" not in os.environ and sys.stderr.isatty():
        given.setdefault("log_format", "console")
    try:
        return kind(**given)
    except ValidationError as error:
        raise click.UsageError("\n".join(_mistakes(kind, error))) from None
    except SettingsError as error:
        raise click.UsageError(f"{error}; lists and tables are written as JSON") from None


def _mistakes(kind: type[Settings], error: ValidationError) -> Iterator[str]:
    for mistake in mistakes_of(error):
        known = {*kind.model_fields, *(variable(kind, name) for name in kind.model_fields)}
        name, dot, rest = mistake.path.partition(".")
        shown = name if name.startswith("SLACK_") else variable(kind, name)
        yield f"{shown}{dot}{rest}: {mistake.text}" if name in known else mistake.text
