"""What an operation of the API is: a row of ``table``, and what its handler is given and gives."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.people.rights import GRANTED
from sundown.model.base import Model

M = TypeVar("M", bound=BaseModel)

Where = Literal["one", "each", "cluster", "request"]
"""Of which envs a right is asked for: of the one that is named, of each that is met with, of all in the cluster at once, or of
the one that the request is about that is named."""

_PARAMETER = re.compile(r"{([a-z]+)}")


class Nothing(Model):
    """No parameters, no body."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: who asks, of which env, and what was said. ``version`` is what ``If-Match`` says the EnvSchedule has to be, ``key``
    the ``Idempotency-Key``, empty without one.
    """

    desk: Desk
    person: Person
    path: Mapping[str, str]
    query: BaseModel
    body: BaseModel
    version: str = ""
    key: str = ""

    @property
    def env(self) -> str:
        """The env that is meant; empty where none is named."""
        for said in (self.path.get("env"), *(getattr(one, "namespace", None) for one in (self.body, self.query))):
            if said:
                return str(said)
        return ""

    def asked(self, model: type[M]) -> M:
        """The body as the row says that it is."""
        assert isinstance(self.body, model)
        return self.body

    def queried(self, model: type[M]) -> M:
        """The parameters behind the question mark as the row says that they are."""
        assert isinstance(self.query, model)
        return self.query


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is answered, as a model or as the JSON that it makes. ``version`` becomes the ETag."""

    body: BaseModel | bytes
    status: HTTPStatus = HTTPStatus.OK
    version: str = ""


Handle = Callable[[Call], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Operation:
    """A row. Route, authentication, right, checks of what comes in, the page of it, metrics and log come from it.

    ``right`` is the verb on EnvSchedules, or what else it is ``on``, that is asked for, ``where`` in which envs: ``each`` leaves it to
    the handler, which leaves out, or refuses one by one, what the person may not; so does ``request``, for it has to be looked up. ``example`` is a body. ``mixed`` says that some of it may be
    refused, which is answered with 207. ``versioned`` takes ``If-Match``, or gives an ETag.
    """

    id: str
    method: Literal["GET", "POST", "DELETE"]
    path: str
    summary: str
    details: str
    tag: str
    right: str
    answer: type[BaseModel]
    handle: Handle
    where: Where = "one"
    on: str = "envschedules"
    made: bool = False
    """Whether something new is there afterwards, which is answered with 201."""
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    example: Mapping[str, Any] = field(default_factory=dict)
    mixed: bool = False
    proposes: bool = False
    """Whether it may take a second person, so that it is proposed and not done, which is answered with 202."""
    versioned: bool = False
    retired: bool = False
    """Whether it is there for those who used another system before."""

    def __post_init__(self) -> None:
        if self.right not in GRANTED[self.on].verbs:
            raise ValueError(f"{self.id}: who may do that?")
        named = "env" in self.parameters or any(
            model is not None and "namespace" in model.model_fields for model in (self.body, self.query)
        )
        if self.where == "one" and not named:
            raise ValueError(f"{self.id}: in which env is its right asked for?")
        if (self.where == "request") != ("request" in self.parameters):
            raise ValueError(f"{self.id}: about which request is its right asked for?")
        if self.body is not None and self.method == "GET":
            raise ValueError(f"{self.id}: a GET has no body")

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parts of the path that are to be filled in."""
        return tuple(_PARAMETER.findall(self.path))

    @property
    def changes(self) -> bool:
        """Whether something is different afterwards, so that it matters whether it is done once or twice."""
        return self.method != "GET"
