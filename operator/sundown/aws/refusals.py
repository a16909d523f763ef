"""What botocore's errors mean: which kind of CloudError, and in words what to do about it.

The codes are those of "Error codes for the Amazon EC2 API", of the errors of each action in the "Amazon RDS API
Reference", and of "Common Error Types" in the references of the tagging API, DynamoDB and STS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore import exceptions

from sundown.aws import denials
from sundown.aws.account_regions import Place
from sundown.aws.errors import (
    CloudBusy,
    CloudDenied,
    CloudError,
    CloudFull,
    CloudGone,
    CloudNotEnabled,
    CloudThrottled,
    CloudUnreachable,
)
from sundown.aws.regions import has_to_be_enabled


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a set of codes means; ``advice`` knows {action} and {who}, and is empty where AWS's words decide it."""

    kind: type[CloudError]
    codes: str
    advice: str


_MEANINGS = (
    _Meaning(
        CloudDenied,
        "ExpiredToken ExpiredTokenException RequestExpired",
        "the credentials of {who} have expired, or the clock here is wrong: renew them, and restart the operator where they "
        "come from environment variables",
    ),
    _Meaning(
        CloudDenied,
        "AuthFailure InvalidAccessKeyId InvalidClientTokenId UnrecognizedClientException",
        "AWS does not know the credentials of {who}: give valid ones, and restart the operator where they come from "
        "environment variables",
    ),
    _Meaning(
        CloudDenied,
        "IncompleteSignature InvalidIdentityToken MissingAuthenticationToken SignatureDoesNotMatch",
        "AWS cannot tell from the signature that it is {who}: see to it that key, secret and token belong together, and that "
        "the clock here is right",
    ),
    _Meaning(CloudNotEnabled, "OptInRequired RegionDisabledException", ""),
    _Meaning(
        CloudDenied,
        "Blocked PendingVerification",
        "the account itself is held by AWS: its owner has to clear that with AWS",
    ),
    _Meaning(CloudDenied, "AccessDenied AccessDeniedException NotAuthorized UnauthorizedOperation", ""),
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
_UNKNOWN = frozenset(_MEANINGS[1].codes.split())
"""Codes that mean that nobody there knows who calls, as in every region that the account has not enabled."""
_OUTDATED = frozenset(_MEANINGS[0].codes.split()) | _UNKNOWN | frozenset(_MEANINGS[2].codes.split()) | {_NO_CREDENTIALS}

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
_TRUST = (
    "the trust policy of {role} has to name who Sundown runs as (with the external id of SUNDOWN_AWS_EXTERNAL_ID if it asks "
    "for one), and that one's own policy has to allow sts:AssumeRole on the role"
)


def translated(error: Exception, *, place: Place, service: str, operation: str, elsewhere: bool = False) -> CloudError:
    """The error that stands for one of botocore's.

    ``elsewhere`` says that the same credentials are good in another region, so that they are not to blame.
    """
    action = f"{_SERVICES_IN_POLICIES.get(service, service)}:{operation}"
    if isinstance(error, exceptions.ClientError):
        return _answered(error, action=action, place=place, elsewhere=elsewhere)
    said = _short(str(error) or type(error).__name__)
    kind, code, text = next((kind, code, text) for ours, kind, code, text in _UNANSWERED if isinstance(error, ours))
    return kind(f"{action} in {place}: {text.format(said=said)}", code=code)


def outdated(error: CloudError, *, elsewhere: bool = False) -> bool:
    """Whether credentials are to be looked for anew after this."""
    if isinstance(error, CloudNotEnabled):
        return not elsewhere
    return error.code in _OUTDATED


def _answered(error: Any, *, action: str, place: Place, elsewhere: bool) -> CloudError:
    """``error`` is a ClientError, which has AWS's answer."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    whole = str(error.response.get("Error", {}).get("Message") or code)
    said = _short(whole)
    meaning = _meaning(code, status=int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)))
    who = f"the role {place.role}" if place.role else "who Sundown runs as"
    assuming = error.operation_name == "AssumeRole"
    if code in _UNKNOWN and has_to_be_enabled(place.region):
        meaning = _Meaning(CloudNotEnabled, code, "" if elsewhere else meaning.advice)
    if meaning.kind is CloudNotEnabled:
        advice = f"enable {place.region} for the account, or take it out of SUNDOWN_AWS_REGIONS"
        advice += f"; where it is enabled, {meaning.advice}" if meaning.advice else ""
    elif assuming and meaning.kind is CloudDenied and (meaning.advice or denials.is_about_trust(whole)):
        action = "sts:AssumeRole"
        advice = meaning.advice or _TRUST
    else:
        action = "sts:AssumeRole" if assuming else action
        advice = meaning.advice or (denials.advice(whole) if meaning.kind is CloudDenied else "")
    advice = advice.format(action=action, who=who, role=place.role)
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
