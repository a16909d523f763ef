"""What a method of the Web API is, and the reading of its arguments."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sundown_lab.slack.errors import Refused
from sundown_lab.slack.records import Json
from sundown_lab.slack.simulator import Simulator

Handler = Callable[[Simulator, "Args"], Json]


@dataclass(frozen=True)
class Method:
    """A row. ``json`` says whether a JSON body is read at all: Slack reads those of some methods only.

    ``token`` is the kind that it wants: "bot" or "app".
    """

    name: str
    answer: Handler
    required: tuple[str, ...] = ()
    json: bool = True
    token: str = "bot"  # noqa: S105 - the kind of one


class Args:
    """The arguments of a call, whichever way they came."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def __getitem__(self, name: str) -> Any:
        return self._values.get(name)

    def text(self, name: str) -> str:
        """A string; empty where it was not given."""
        value = self._values.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """A truth value, as JSON or as forms have it."""
        return str(self._values.get(name)).lower() in {"1", "true"}

    def number(self, name: str, *, default: int, least: int = 1, most: int = 1000, error: str = "invalid_limit") -> int:
        """A whole number. Raises Refused with that error where it is none, or out of bounds."""
        value = self._values.get(name)
        if value in (None, ""):
            return default
        try:
            number = int(str(value))
        except ValueError as problem:
            raise Refused(error) from problem
        if not least <= number <= most:
            raise Refused(error)
        return number


def required(args: Args, names: Sequence[str]) -> None:
    """Raises Refused: invalid_arguments, when one of them is missing."""
    missing = [name for name in names if args.text(name) == ""]
    if missing:
        raise Refused("invalid_arguments", messages=[f"missing required field: {name}" for name in missing])


def page(things: list[Json], args: Args, *, default: int = 100) -> tuple[list[Json], Json]:
    """So many of them, and the metadata with the cursor for the next. Raises Refused: invalid_limit, invalid_cursor."""
    limit = args.number("limit", default=default, least=0) or default
    begin = 0
    if args.text("cursor"):
        try:
            begin = int(base64.b64decode(args.text("cursor"), validate=True).decode().removeprefix("next:"))
        except (ValueError, binascii.Error) as problem:
            raise Refused("invalid_cursor") from problem
    following = begin + limit
    more = following < len(things)
    cursor = base64.b64encode(f"next:{following}".encode()).decode() if more else ""
    return things[begin:following], {"next_cursor": cursor}


def of_team(sim: Simulator, args: Args) -> None:
    """Which workspace is meant, where the app is installed for a whole organisation; otherwise nobody asks.

    Raises:
        Refused: missing_argument, team_not_found.
    """
    if not sim.team.enterprise:
        return
    if not args.text("team_id"):
        raise Refused("missing_argument")
    if args.text("team_id") != sim.team.id:
        raise Refused("team_not_found")
