"""What botocore's errors mean: which kind of CloudError, and in words what to do about it.

The codes are those of "Error codes for the Amazon EC2 API", of the errors of each action in the "Amazon RDS API
Reference", and of "Common Error Types" in the references of the tagging API, DynamoDB and STS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore import exceptions

from sundown.aws.errors import (
    CloudBusy,
    CloudDenied,
    CloudError,
    CloudFull,
    CloudGone,
    CloudThrottled,
    CloudUnreachable,
)
from sundown.aws.places import Place


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a set of codes means; ``advice`` knows {action}, {who} and {region}."""

    kind: type[CloudError]
    codes: str
    advice: str


_MEANINGS = (
    _Meaning(
        CloudDenied,
        "ExpiredToken ExpiredTokenException InvalidClientTokenId RequestExpired UnrecognizedClientException",
        "the credentials of {who} have expired or are not valid: renew them, and restart the operator where they come "
        "from environment variables",
    ),
    _Meaning(CloudDenied, "OptInRequired", "enable {region} for the account, or take it out of SUNDOWN_AWS_REGIONS"),
    _Meaning(
        CloudDenied,
        "AccessDenied AccessDeniedException AuthFailure Blocked IncompleteSignature InvalidAccessKeyId "
        "InvalidIdentityToken MissingAuthenticationToken NotAuthorized PendingVerification SignatureDoesNotMatch "
        "UnauthorizedOperation",
        "the policy of {who} has to allow {action} (the one in deploy/ does)",
    ),
    _Meaning(
        CloudThrottled,
        "BandwidthLimitExceeded EC2ThrottledException LimitExceededException PriorRequestNotComplete "
        "ProvisionedThroughputExceededException RequestLimitExceeded RequestThrottled RequestThrottledException "
        "SlowDown Throttling ThrottledException ThrottlingException TooManyRequestsException "
        "TransactionInProgressException",
        "AWS asks to slow down; tried again later",
    ),
    _Meaning(
        CloudFull,
        "InstanceLimitExceeded InstanceQuotaExceeded InsufficientAddressCapacity InsufficientCapacityOnHost "
        "InsufficientDBClusterCapacityFault InsufficientDBInstanceCapacity InsufficientHostCapacity "
        "InsufficientInstanceCapacity InsufficientReservedInstanceCapacity InsufficientStorageClusterCapacity "
        "VcpuLimitExceeded",
        "AWS has no room for it now, or the account's quota is used up; tried again later",
    ),
    _Meaning(
        CloudBusy,
        "IncorrectInstanceState IncorrectSpotRequestState IncorrectState InvalidDBClusterStateFault "
        "InvalidDBInstanceState InvalidDBInstanceStateFault ResourceInUseException",
        "its state does not allow it now; tried again later",
    ),
)
_BY_CODE = {code: meaning for meaning in _MEANINGS for code in meaning.codes.split()}
_GONE = _Meaning(CloudGone, "", "")
_DOWN = _Meaning(CloudUnreachable, "", "AWS has a fault; tried again later")
_OTHER = _Meaning(CloudError, "", "")
_DOWN_CODES = frozenset(
    {"InternalError", "InternalFailure", "InternalServerError", "ServiceUnavailable", "Unavailable"}
)

_NO_CREDENTIALS = "NoCredentials"
OUTDATED = frozenset(_MEANINGS[0].codes.split()) | {_NO_CREDENTIALS}
"""Codes after which credentials are to be looked for anew."""

_UNANSWERED: tuple[tuple[tuple[type[Exception], ...], type[CloudError], str, str], ...] = (
    (
        (exceptions.NoCredentialsError, exceptions.PartialCredentialsError),
        CloudDenied,
        _NO_CREDENTIALS,
        "there are no AWS credentials: give the pod an IAM role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ),
    (
        (exceptions.CredentialRetrievalError, exceptions.MetadataRetrievalError),
        CloudDenied,
        _NO_CREDENTIALS,
        "no credentials to be had: {said}",
    ),
    ((exceptions.ParamValidationError,), CloudError, "ParamValidation", "{said}"),
    ((exceptions.BotoCoreError, OSError), CloudUnreachable, "", "no answer: {said}"),
    ((Exception,), CloudError, "", "{said}"),
)

_SERVICES_IN_POLICIES = {"resourcegroupstaggingapi": "tag"}
_LONGEST = 400


def translated(error: Exception, *, place: Place, service: str, operation: str) -> CloudError:
    """The error that stands for one of botocore's."""
    action = f"{_SERVICES_IN_POLICIES.get(service, service)}:{operation}"
    if isinstance(error, exceptions.ClientError):
        return _answered(error, action=action, place=place)
    said = _short(str(error) or type(error).__name__)
    kind, code, text = next((kind, code, text) for ours, kind, code, text in _UNANSWERED if isinstance(error, ours))
    return kind(f"{action} in {place}: {text.format(said=said)}", code=code)


def _answered(error: Any, *, action: str, place: Place) -> CloudError:
    """``error`` is a ClientError, which has AWS's answer."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    said = _short(str(error.response.get("Error", {}).get("Message") or code))
    meaning = _meaning(code, status=int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)))
    if error.operation_name == "AssumeRole" and meaning.kind is CloudDenied:
        return CloudDenied(
            f"sts:AssumeRole in {place}: {said} ({code}); the trust policy of {place.role} has to name who Sundown runs as "
            "(with the external id of SUNDOWN_AWS_EXTERNAL_ID if it asks for one), and that one's own policy has to allow "
            "sts:AssumeRole on the role",
            code=code,
        )
    who = f"the role {place.role}" if place.role else "who Sundown runs as"
    advice = meaning.advice.format(action=action, who=who, region=place.region)
    return meaning.kind(f"{action} in {place}: {said} ({code}){'; ' if advice else ''}{advice}", code=code)


def _meaning(code: str, *, status: int) -> _Meaning:
    known = _BY_CODE.get(code)
    if known is not None:
        return known
    if code.endswith(("NotFound", "NotFoundFault", "NotFoundException")):
        return _GONE
    return _DOWN if code in _DOWN_CODES or status >= 500 else _OTHER


def _short(text: str) -> str:
    """Without the encoded message that EC2 adds, which nobody can read, and no longer than a condition bears."""
    text = " ".join(text.partition("Encoded authorization failure message")[0].split()).rstrip(". ")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
