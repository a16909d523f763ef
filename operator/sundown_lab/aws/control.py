"""The lab's own API, under a path that no service of AWS's uses: ``/_lab/``. JSON both ways."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sundown_lab.aws import making, things
from sundown_lab.aws.answers import Answer
from sundown_lab.aws.door import Door, Request
from sundown_lab.aws.faults import Fault
from sundown_lab.aws.transitions import Ending
from sundown_lab.errors import LabError

PREFIX = "/_lab/"


class Delay(BaseModel):
    """How long the states in between last, in seconds, for a service or for all; None: until they are settled."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seconds: float | None = Field(ge=0, le=86_400)
    service: str | None = None


def control(door: Door, request: Request) -> Answer:
    """The answer to a request under ``PREFIX``; mistakes are answered with 400 and the reason."""
    act = ROUTES.get((request.method, request.path.removeprefix(PREFIX)))
    if act is None:
        return _said({"error": f"no such thing as {request.method} {request.path}"}, HTTPStatus.NOT_FOUND)
    try:
        return _said(act(door, request))
    except (LabError, ValidationError, ValueError) as error:
        return _said({"error": str(error)}, HTTPStatus.BAD_REQUEST)


def _said(what: Any, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(status, "application/json", json.dumps(what).encode())


def _health(_door: Door, _request: Request) -> Any:
    return {"ok": True}


def _reset(door: Door, _request: Request) -> Any:
    door.reset()
    return {}


def _faults(door: Door, _request: Request) -> Any:
    return door.faults.listed()


def _add_fault(door: Door, request: Request) -> Any:
    door.faults.add(Fault.model_validate_json(request.body))
    return {}


def _mend(door: Door, _request: Request) -> Any:
    door.faults.clear()
    return {}


def _delay(door: Door, request: Request) -> Any:
    wanted = Delay.model_validate_json(request.body)
    with door.lock:
        delays = door.transitions.delays.by_service
        if wanted.service is not None and wanted.service not in delays:
            raise LabError(f"{wanted.service} has no states in between; {', '.join(delays)} have")
        for service in delays if wanted.service is None else [wanted.service]:
            delays[service] = wanted.seconds
    return {}


def _settle(door: Door, _request: Request) -> Any:
    with door.lock:
        door.transitions.settle(at_once=True)
    return {}


def _phase(door: Door, request: Request) -> Any:
    mood = making.Mood.model_validate_json(request.body)
    then = Ending(mood.then) if mood.then is not None else None
    with door.lock:
        thing = making.found(mood.id)
        door.transitions.be(thing, mood.phase, then=then, seconds=mood.seconds)
        thing.because(mood.code, mood.message)
    return {}


def _starts_end(door: Door, request: Request) -> Any:
    wanted = making.StartsEnd.model_validate_json(request.body)
    with door.lock:
        door.transitions.starts_end.pop(making.found(wanted.id).name, None)
        if wanted.phase is not None:
            door.transitions.starts_end[wanted.id] = Ending(wanted.phase, wanted.code, wanted.message)
    return {}


def _traffic(door: Door, request: Request) -> Any:
    return door.traffic.since(int(parse_qs(request.query).get("since", ["0"])[0]))


def _state(door: Door, _request: Request) -> Any:
    with door.lock:
        door.transitions.settle()
        return [making.described(thing) for thing in things.everything()]


def _instances(door: Door, request: Request) -> Any:
    wanted = making.Instances.model_validate_json(request.body)
    with door.lock:
        return making.make_instances(wanted)


ROUTES: Mapping[tuple[str, str], Callable[[Door, Request], Any]] = {
    ("GET", "health"): _health,
    ("POST", "reset"): _reset,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _mend,
    ("POST", "delay"): _delay,
    ("POST", "settle"): _settle,
    ("POST", "phase"): _phase,
    ("POST", "starts-end"): _starts_end,
    ("GET", "traffic"): _traffic,
    ("GET", "state"): _state,
    ("POST", "instances"): _instances,
}
