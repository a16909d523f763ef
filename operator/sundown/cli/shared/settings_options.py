"""Settings on the command line: options over environment variables over defaults, and the help that lists them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import click
from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError

from sundown.errors import SundownError
from sundown.model.base import mistakes_of
from sundown.model.scalars import format_duration
from sundown.settings import Settings

S = TypeVar("S", bound=BaseSettings)

_FIELD = re.compile(r"^(\w*)(.*)$", re.DOTALL)
_UNREADABLE = re.compile(r'field "(\w+)"')


class NotStarted(SundownError):
    """The process could not be started, or broke down."""

    reason = "NotStarted"


class WithEnvironment(click.Command):
    """A command whose help lists the environment variables of all settings of its ``kinds``."""

    kinds: ClassVar[tuple[type[BaseSettings], ...]] = (Settings,)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section("Environment"):
            formatter.write_dl([row for kind in self.kinds for row in environment(kind)])


def environment(kind: type[BaseSettings]) -> Iterator[tuple[str, str]]:
    """Each environment variable, and what it does."""
    for name, field in kind.model_fields.items():
        default = (
            ""
            if field.is_required() or field.default is None
            else f"  [default: {_shown(field.get_default(call_default_factory=True))}]"
        )
        yield variable(kind, name), f"{field.description}{default}"


def variable(kind: type[BaseSettings], name: str) -> str:
    """The environment variable of a setting."""
    field = kind.model_fields.get(name)
    alias = field.validation_alias if field is not None else None
    return alias if isinstance(alias, str) else f"{kind.model_config.get('env_prefix', '')}{name.upper()}"


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, tuple):
        return "[" + ", ".join(f'"{item}"' for item in default) + "]"
    if isinstance(default, timedelta):
        return format_duration(default)
    return str(default) if default != "" else '""'


def settings_from(options: dict[str, Any], kind: type[S]) -> S:
    """The settings: what was given as an option, else the environment, else the default.

    Logs are for people where somebody looks on, unless it was said otherwise.

    Raises:
        click.UsageError: for a value that cannot be; the text names the variable.
    """
    given = {name: value for name, value in options.items() if value is not None}
    looked_at = "log_format" in kind.model_fields and sys.stderr.isatty()
    if looked_at and variable(kind, "log_format") not in os.environ:
        given.setdefault("log_format", "console")
    try:
        return kind(**given)
    except ValidationError as error:
        raise click.UsageError("\n".join(_mistakes(kind, error))) from None
    except SettingsError as error:
        field = _UNREADABLE.search(str(error))
        where = variable(kind, field[1]) if field is not None else str(error)
        raise click.UsageError(f"{where}: cannot be read; lists and tables are written as JSON") from None


def _mistakes(kind: type[BaseSettings], error: ValidationError) -> Iterator[str]:
    for mistake in mistakes_of(error):
        known = {*kind.model_fields, *(variable(kind, name) for name in kind.model_fields)}
        name, rest = _FIELD.findall(mistake.path)[0]
        shown = name if name.startswith("SLACK_") else variable(kind, name)
        yield f"{shown}{rest}: {mistake.text}" if name in known else mistake.text
