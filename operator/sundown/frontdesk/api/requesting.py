"""Answers what is asked of requests: propose, look at, confirm, approve, reject, withdraw. The same rules as in Slack."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from sundown.errors import InvalidObject, Mistake
from sundown.frontdesk.api.operation import Call, Nothing, Operation, Outcome
from sundown.frontdesk.api.records import RequestItem, item
from sundown.frontdesk.api.shapes import EnvName, Reason
from sundown.frontdesk.requests.table import REQUESTS
from sundown.frontdesk.requests.writing import token_of
from sundown.model.action_request import MOST_PARAMETERS, Asked, ParameterName, ParameterValue
from sundown.model.base import Model
from sundown.usecases.requests import Word, name_of, one


def _known(action: str) -> str:
    if action not in REQUESTS:
        raise ValueError(f"must be one of {', '.join(sorted(REQUESTS))}")
    return action


Action = Annotated[
    str,
    StringConstraints(max_length=63),
    AfterValidator(_known),
    WithJsonSchema({"type": "string", "enum": sorted(REQUESTS)}),
]


class Proposal(Model):
    """What has to be confirmed before it is done."""

    action: Action
    parameters: Annotated[dict[ParameterName, ParameterValue], Field(max_length=MOST_PARAMETERS)] = Field(
        default_factory=dict,
        description=(
            "What the action takes, as text: kind, name and replicas for Scale, kind and name for Restart; for Edit the fields of "
            "the schedule that are to be others, such as awake and timeZone, as JSON, null for one that is to go."
        ),
    )


class Confirmation(Model):
    """That it is meant."""

    confirmation: EnvName = Field(description="The name of the environment, letter by letter.", examples=["dev1"])


class No(Model):
    """Why not, perhaps."""

    reason: Reason | None = Field(default=None, description="Why, for the one who asked.")


async def propose(call: Call) -> Outcome:
    """Written down as it would be, to be confirmed."""
    asked = call.asked(Proposal)
    made = await call.desk.api_requests.propose(
        call.person,
        REQUESTS[asked.action],
        call.env,
        parameters=asked.parameters,
        token=token_of(call.key, asked.parameters),
    )
    return Outcome(_legible(made), status=HTTPStatus.CREATED)


async def get(call: Call) -> Outcome:
    """One request, about an env that the person may see."""
    return Outcome(_legible(await _found(call)))


async def confirm(call: Call) -> Outcome:
    """By the one who has asked, with the name of the env."""
    found = await _found(call)
    said, meant = call.asked(Confirmation).confirmation, _legible(found).env
    if said != meant:
        raise InvalidObject(
            (Mistake("confirmation", f'must be "{meant}", letter by letter, so nothing was confirmed'),)
        )
    return await _answer(call, "confirm", found)


async def approve(call: Call) -> Outcome:
    """By somebody else than the one who has asked."""
    return await _answer(call, "approve", await _found(call, right="approve"))


async def reject(call: Call) -> Outcome:
    """By whoever may approve it."""
    return await _answer(call, "reject", await _found(call, right="approve"), reason=call.asked(No).reason)


async def withdraw(call: Call) -> Outcome:
    """By the one who has asked."""
    return await _answer(call, "withdraw", await _found(call), reason=call.asked(No).reason)


async def _answer(call: Call, word: Word, found: Asked, *, reason: str | None = None) -> Outcome:
    desk, name = call.desk, found.metadata.name
    await desk.api_answers.give(call.person, name, word, reason=reason or None)
    return Outcome(_legible(await one(desk.cluster, desk.settings.namespace, name)))


async def _found(call: Call, *, right: str = "get") -> Asked:
    """The request that is named, about an env in which the person has this right.

    Raises:
        NotFound: there is none of that name.
        NotAllowed: they have not.
        ApiError: the cluster could not be asked.
    """
    desk = call.desk
    found = await one(desk.cluster, desk.settings.namespace, name_of(call.path["request"]))
    await desk.rights.require(call.person, right, found.spec.target.namespace if found.spec is not None else "")
    return found


def _legible(asked: Asked) -> RequestItem:
    found = item(asked)
    if found is None:
        raise InvalidObject(asked.mistakes)
    return found


def operations(root: str) -> tuple[Operation, ...]:
    """Propose, look at, and one row for each answer."""
    where = f"{root}/requests/{{request}}"
    return (
        Operation(
            id="proposeRequest",
            method="POST",
            path=f"{root}/envs/{{env}}/requests",
            summary="Propose what has to be confirmed: to scale, restart, delete, or edit when it sleeps.",
            details=(
                "Nothing is done yet: the answer says what would change, and has the name under which it is confirmed within five "
                "minutes. What it takes besides is said by the action: to patch deployments/scale, say."
            ),
            tag="requests",
            right="get",
            body=Proposal,
            answer=RequestItem,
            example={"action": "Scale", "parameters": {"kind": "Deployment", "name": "web", "replicas": "3"}},
            handle=propose,
            made=True,
        ),
        Operation(
            id="getRequest",
            method="GET",
            path=where,
            summary="What has become of a request.",
            details="With who asked, what would change, who approved, and what the operator says.",
            tag="requests",
            right="get",
            where="request",
            answer=RequestItem,
            handle=get,
        ),
        Operation(
            id="confirmRequest",
            method="POST",
            path=f"{where}/confirm",
            summary="Confirm what you have proposed.",
            details="With the name of the environment. Where it takes a second person, it waits for them then.",
            tag="requests",
            right="get",
            where="request",
            body=Confirmation,
            answer=RequestItem,
            example={"confirmation": "dev1"},
            handle=confirm,
        ),
        Operation(
            id="approveRequest",
            method="POST",
            path=f"{where}/approve",
            summary="Approve what somebody else has asked for.",
            details="Nobody approves a request of their own, by whatever login: that is told by the e-mail address in it.",
            tag="requests",
            right="approve",
            where="request",
            body=Nothing,
            answer=RequestItem,
            handle=approve,
        ),
        Operation(
            id="rejectRequest",
            method="POST",
            path=f"{where}/reject",
            summary="Say no to what somebody has asked for.",
            details="It is not done then.",
            tag="requests",
            right="approve",
            where="request",
            body=No,
            answer=RequestItem,
            example={"reason": "not during the release"},
            handle=reject,
        ),
        Operation(
            id="withdrawRequest",
            method="POST",
            path=f"{where}/withdraw",
            summary="Take back what you have asked for.",
            details="Unless it is being done.",
            tag="requests",
            right="get",
            where="request",
            body=No,
            answer=RequestItem,
            example={"reason": "a slip"},
            handle=withdraw,
        ),
    )
