"""Errors in the forms in which AWS sends them: EC2's XML, that of the query protocol, and JSON.

Codes and statuses: "Error codes for the Amazon EC2 API", "Common Errors" of the RDS, STS and tagging API references, "Error
handling with DynamoDB".
"""

import json
import secrets
from dataclasses import dataclass
from xml.sax.saxutils import escape

from sundown_lab.aws.asked import Asked

UNREADABLE = f"Encoded authorization failure message: {'x' * 600}"
"""What EC2 adds to a refusal; only the owner of the account can have it decoded."""


@dataclass(frozen=True)
class Refusal:
    """What AWS says instead of doing something."""

    code: str
    message: str
    status: int = 400


@dataclass(frozen=True)
class Answer:
    """A reply over HTTP."""

    status: int
    content_type: str
    body: bytes


def refused(asked: Asked, refusal: Refusal) -> Answer:
    """The refusal as the service of the call would put it."""
    code, message = escape(refusal.code), escape(refusal.message)
    request_id = secrets.token_hex(16)
    if asked.is_json:
        said = {"__type": f"com.amazonaws.{asked.service}#{refusal.code}", "message": refusal.message}
        return Answer(refusal.status, "application/x-amz-json-1.1", json.dumps(said).encode())
    if asked.service == "ec2":
        body = (
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
    else:
        whose = "Sender" if refusal.status < 500 else "Receiver"
        body = (
            f"<ErrorResponse><Error><Type>{whose}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    return Answer(refusal.status, "text/xml;charset=UTF-8", f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode())


def throttled(asked: Asked) -> Refusal:
    """Too many calls."""
    match asked.service:
        case "ec2":
            return Refusal("RequestLimitExceeded", "Request limit exceeded.", 503)
        case "dynamodb":
            return Refusal("ThrottlingException", "Rate of requests exceeds the allowed throughput.")
        case "tagging":
            return Refusal("ThrottledException", "Rate exceeded")
        case _:
            return Refusal("Throttling", "Rate exceeded")


def broken(asked: Asked) -> Refusal:
    """Something is wrong inside AWS."""
    codes = {"ec2": "InternalError", "dynamodb": "InternalServerError", "tagging": "InternalServiceException"}
    return Refusal(codes.get(asked.service, "InternalFailure"), "An internal error has occurred", 500)


def unavailable(asked: Asked) -> Refusal:
    """Overload or a failure of a part of AWS."""
    code = "Unavailable" if asked.service == "ec2" else "ServiceUnavailable"
    return Refusal(code, "The service is unavailable. Please try again shortly.", 503)


def expired(asked: Asked) -> Refusal:
    """The session's credentials are over."""
    if asked.service == "ec2":
        return Refusal("RequestExpired", "Request has expired.")
    if asked.is_json:
        return Refusal("ExpiredTokenException", "The security token included in the request is expired")
    return Refusal("ExpiredToken", "The security token included in the request is expired", 403)


def denied(asked: Asked, *, because: str = "") -> Refusal:
    """No policy allows it, or as ``because`` says: "with an explicit deny in a service control policy"."""
    action = f"{asked.service if asked.service != 'tagging' else 'tag'}:{asked.operation}"
    said = f"User: arn:aws:iam::{asked.account}:user/lab is not authorized to perform: {action}"
    said += f" on resource: * {because}" if because else ""
    if asked.service == "ec2":
        told = f"You are not authorized to perform this operation. {said if because else ''}".rstrip()
        return Refusal("UnauthorizedOperation", f"{told} {UNREADABLE}" if because else told, 403)
    return Refusal("AccessDeniedException", said) if asked.is_json else Refusal("AccessDenied", said, 403)


def not_enabled(asked: Asked) -> Refusal:
    """The account has not enabled the region: nobody's keys are known there."""
    if asked.service == "ec2":
        return Refusal("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
    said = "The security token included in the request is invalid."
    return Refusal("UnrecognizedClientException" if asked.is_json else "InvalidClientTokenId", said, 403)


def no_capacity(asked: Asked) -> Refusal:
    """Nothing is free where it should start."""
    if asked.service == "ec2":
        where = (
            f"We currently do not have sufficient capacity in the Availability Zone you requested ({asked.region}a)."
        )
        return Refusal("InsufficientInstanceCapacity", where, 500)
    return Refusal("InsufficientDBInstanceCapacity", "The DB instance class isn't available in the Availability Zone.")
