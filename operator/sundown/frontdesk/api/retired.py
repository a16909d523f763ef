"""The paths of the system that some come from: they name the env in the body, and mean what the paths of today mean."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, Field

from sundown.frontdesk.api import envs, wishing
from sundown.frontdesk.api.operation import Call, Handle, Operation, Outcome
from sundown.frontdesk.api.shapes import Asking, AskingFor, EnvList, EnvName, EnvWhy, Hours, Page, WishDone
from sundown.model.base import Model
from sundown.usecases.wish import WISHES

_DETAILS = "As in the system that some come from; the same as {path}."


class Named(Asking):
    """A wish for the env of this namespace."""

    namespace: EnvName


class NamedHours(Named):
    """A wish for so many hours, for the env of this namespace."""

    hours: Annotated[Hours, Field(le=24)]


class Which(Model):
    """The env of this namespace."""

    namespace: EnvName


def operations(root: str) -> list[Operation]:
    """The rows, under the root of all paths."""
    wishes: tuple[tuple[str, str, type[BaseModel], dict[str, Any], Handle], ...] = (
        ("start", "start", Named, {}, wishing.wish("start")),
        ("stop", "stop", Named, {}, wishing.wish("stop")),
        ("prolongate", "extend", NamedHours, {"hours": 2}, _prolongate),
        ("schedule/reset", "reset", Named, {}, wishing.wish("reset")),
    )
    return [
        *(
            Operation(
                id=f"{verb}Namespace",
                method="POST",
                path=f"{root}/{path}",
                summary=f"{verb.capitalize()} the environment of a namespace.",
                details=_DETAILS.format(path=f"{root}/envs/{{env}}/{path}"),
                tag="retired",
                right=WISHES[verb].right,
                body=body,
                answer=WishDone,
                example={"namespace": "dev1", **more},
                handle=handle,
                proposes=bool(WISHES[verb].action),
                retired=True,
            )
            for path, verb, body, more, handle in wishes
        ),
        Operation(
            id="statusOfNamespace",
            method="GET",
            path=f"{root}/status",
            summary="The state of the environment of a namespace.",
            details=_DETAILS.format(path=f"{root}/envs/{{env}}/why"),
            tag="retired",
            right="get",
            query=Which,
            answer=EnvWhy,
            handle=envs.why,
            retired=True,
        ),
        Operation(
            id="listNamespaces",
            method="GET",
            path=f"{root}/namespace",
            summary="All environments that you may see, page by page.",
            details=_DETAILS.format(path=f"{root}/envs"),
            tag="retired",
            right="get",
            where="each",
            query=Page,
            answer=EnvList,
            handle=envs.listing,
            retired=True,
        ),
    ]


async def _prolongate(call: Call) -> Outcome:
    asked = call.asked(NamedHours)
    minutes = timedelta(minutes=round(asked.hours * 60))
    given = AskingFor(span=minutes, reason=asked.reason)
    return await wishing.wish("extend")(
        Call(desk=call.desk, person=call.person, path={"env": asked.namespace}, query=call.query, body=given)
    )
