"""What goes over the wire, both ways."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, Strict, StringConstraints, WithJsonSchema

from sundown.frontdesk.api.problems import Problem
from sundown.frontdesk.api.selectors import LONGEST
from sundown.model.base import Model
from sundown.model.resources import (
    CloudStatus,
    Condition,
    Cost,
    HistoryEntry,
    Parts,
    Savings,
    State,
    StillRunning,
    WakeQueuePlace,
)
from sundown.model.scalars import Instant, format_duration
from sundown.model.spec import Override
from sundown.usecases.spans import parse_span

MOST_A_PAGE = 1_000

AtInstant = Annotated[Instant, WithJsonSchema({"type": "string", "format": "date-time"})]


def _span(value: object) -> timedelta:
    if isinstance(value, str):
        return parse_span(value)
    if isinstance(value, timedelta):
        return value
    raise ValueError('must be a length of time such as "2h", "90m" or "1h30m"')


Span = Annotated[
    timedelta,
    BeforeValidator(_span),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": 20,
            "pattern": "^[0-9]",
            "examples": ["2h", "90m", "1h30m", "3d"],
        }
    ),
]
Hours = Annotated[float, Strict(), Field(gt=0)]
"""A number, as the document says: neither ``true`` nor ``"2"`` is one."""
Reason = Annotated[str, StringConstraints(max_length=256, pattern=r"^[^\x00-\x1f\x7f]*$")]
EnvName = Annotated[str, StringConstraints(min_length=1, max_length=253)]
Selector = Annotated[str, StringConstraints(max_length=LONGEST)]


# What is asked for.


class Asking(Model):
    """A wish, and perhaps why."""

    reason: Reason | None = Field(default=None, description="Why, for the env's history.", examples=["release test"])


class AskingFor(Asking):
    """A wish for some time."""

    span: Span = Field(alias="for", description="For how long: hours, minutes, days; a bare number is hours.")


class AskingMany(Asking):
    """A wish for each env that a selector selects."""

    selector: Annotated[Selector, StringConstraints(min_length=1)] = Field(
        description="Which namespaces, by their labels, as kubectl has it.", examples=["team=a,tier!=prod"]
    )


class AskingManyFor(AskingMany, AskingFor):
    """A wish for some time, for each env that a selector selects."""


class Page(Model):
    """Which envs are listed."""

    limit: Annotated[int, Field(ge=1, le=MOST_A_PAGE)] = Field(default=500, description="So many at most.")
    token: Annotated[str, StringConstraints(max_length=512)] = Field(
        default="", alias="continue", description="Where the page before ended: its `continue`."
    )
    selector: Selector = Field(default="", description="Of namespaces with these labels only, as kubectl has it.")
    state: State | None = Field(default=None, description="In this state only.")


class Period(Model):
    """From when until when."""

    start: AtInstant | None = Field(default=None, alias="from", description="Where to begin; now if left out.")
    until: AtInstant | None = Field(
        default=None, description="Where to end; a week later if left out, 92 days at most."
    )


# What is answered.


class Next(Model):
    """A change of state to come."""

    at: AtInstant
    to: Literal["Awake", "Asleep"]
    why: str | None = None


class EnvItem(Model):
    """An env, as the operator tells of it."""

    env: str
    state: State | None = Field(default=None, description="None while the operator has not looked at it.")
    since: AtInstant | None = None
    why: str
    degraded: bool
    owner: str | None = None
    url: str | None = None
    next: Next | None = None
    shutdown_at: AtInstant | None = None
    parts: Parts
    override: Override | None = None
    version: str = Field(description="Of its EnvSchedule; the ETag of one env is the same.")


class EnvList(Model):
    """One page of envs, by name."""

    items: tuple[EnvItem, ...]
    continue_: str | None = Field(
        default=None, alias="continue", description="Send it for the next page, if there is one."
    )
    remaining: int = Field(description="So many more there are.")


class WorkloadItem(Model):
    """A workload of an env."""

    kind: str
    name: str
    replicas: int | None = None
    ready: int
    wakes_to: int | None = None
    standing: str


class EnvDetail(EnvItem):
    """All that is known of an env."""

    schedule: str = Field(description="The name of the EnvSchedule in force.")
    generated: bool = Field(description="Whether that comes from a ClusterEnvSchedule.")
    labels: dict[str, str]
    conditions: tuple[Condition, ...]
    workloads: tuple[WorkloadItem, ...]
    cloud: tuple[CloudStatus, ...]
    cost: Cost | None = None
    savings: Savings | None = None
    still_running: StillRunning | None = None
    wake_queue: WakeQueuePlace | None = None
    notes: tuple[str, ...]


class EnvWhy(Model):
    """Why an env is in its state, who did it, what comes next."""

    env: str
    state: State | None = None
    since: AtInstant | None = None
    why: str
    by: str | None = Field(default=None, description="Who brought it about, where it was not its schedule.")
    unverified: bool = Field(default=False, description="Whether that it was they is only what somebody wrote.")
    owner: str | None = None
    next: tuple[Next, ...]
    schedule: str
    generated: bool
    troubles: tuple[str, ...]
    hanging: tuple[str, ...] = Field(
        description="Which parts are not where they should be although their time is over."
    )
    waits_for: tuple[str, ...] = Field(description="Which parts are on their way.")
    notes: tuple[str, ...]


class EnvHistory(Model):
    """The last transitions of an env, the newest first."""

    env: str
    entries: tuple[HistoryEntry, ...]


class EnvExplained(Model):
    """When a schedule sleeps and wakes in some time, and why."""

    env: str
    time_zone: str
    state: Literal["Awake", "Asleep", "Paused"]
    why: str
    transitions: tuple[Next, ...]


class WishDone(Model):
    """A wish that was written into the EnvSchedule, which the operator follows; or one that was proposed, for it takes two people."""

    env: str
    wish: str
    outcome: Literal["Done", "Proposed"] = "Done"
    request: str | None = Field(
        default=None, description="Under which name it is to be confirmed, where it was proposed."
    )
    state: Literal["Awake", "Asleep", "Paused"] = Field(
        description="What the env is to be now, or once it is approved."
    )
    until: AtInstant | None = Field(default=None, description="None: until somebody asks for something else.")
    text: str = Field(examples=["awake until 18:00 (in 3h)"])
    dry_run: bool = Field(description="Whether the schedule is a dry run, so that no workload will change.")
    version: str


class Result(Model):
    """What became of a wish in one env: what was written or proposed, or the problem."""

    env: str
    done: WishDone | None = None
    problem: Problem | None = None


class Bulk(Model):
    """What became of a wish in each of the envs that were selected."""

    wish: str
    selected: int
    done: int
    proposed: int = Field(
        default=0, description="So many wait for somebody to confirm and for somebody else to approve them."
    )
    refused: int
    results: tuple[Result, ...]
