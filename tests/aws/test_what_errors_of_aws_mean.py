"""botocore's errors become errors that a caller can tell apart, with a text that says what to do."""

import pytest
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
from sundown.aws.refusals import OUTDATED, translated

OWN = Place(None, "", "eu-central-1")
ROLE = "arn:aws:iam::210987654321:role/sundown"
OTHERS = Place(ROLE, "210987654321", "us-east-1")


def answered(
    code: str, message: str = "said so", *, status: int = 400, operation: str = "StopInstances", place: Place = OWN
) -> CloudError:
    """What becomes of an answer of AWS's."""
    said = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return translated(exceptions.ClientError(said, operation), place=place, service="ec2", operation="StopInstances")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("UnauthorizedOperation", CloudDenied),
        ("AccessDenied", CloudDenied),
        ("AccessDeniedException", CloudDenied),
        ("AuthFailure", CloudDenied),
        ("ExpiredToken", CloudDenied),
        ("ExpiredTokenException", CloudDenied),
        ("RequestExpired", CloudDenied),
        ("InvalidClientTokenId", CloudDenied),
        ("OptInRequired", CloudDenied),
        ("RequestLimitExceeded", CloudThrottled),
        ("Throttling", CloudThrottled),
        ("ThrottlingException", CloudThrottled),
        ("ProvisionedThroughputExceededException", CloudThrottled),
        ("IncorrectInstanceState", CloudBusy),
        ("InvalidDBInstanceState", CloudBusy),
        ("InvalidDBClusterStateFault", CloudBusy),
        ("InsufficientInstanceCapacity", CloudFull),
        ("InsufficientDBInstanceCapacity", CloudFull),
        ("VcpuLimitExceeded", CloudFull),
        ("InvalidInstanceID.NotFound", CloudGone),
        ("DBInstanceNotFound", CloudGone),
        ("DBClusterNotFoundFault", CloudGone),
        ("ResourceNotFoundException", CloudGone),
        ("InternalError", CloudUnreachable),
        ("ServiceUnavailable", CloudUnreachable),
        ("OperationNotPermitted", CloudError),
        ("SomethingNew", CloudError),
    ],
)
def test_each_code_has_its_kind(code: str, kind: type[CloudError]) -> None:
    error = answered(code)
    assert type(error) is kind
    assert error.code == code
    assert str(error).startswith(f"ec2:StopInstances in eu-central-1: said so ({code})")


def test_a_fault_of_aws_is_none_of_the_request_even_where_its_code_is_new() -> None:
    assert isinstance(answered("Strange", status=500), CloudUnreachable)
    assert isinstance(answered("InsufficientInstanceCapacity", status=500), CloudFull)
    assert isinstance(answered("RequestLimitExceeded", status=503), CloudThrottled)


def test_who_lacks_a_permission_is_told_which_and_where() -> None:
    assert "the policy of who Sundown runs as has to allow ec2:StopInstances" in str(answered("UnauthorizedOperation"))
    text = str(answered("UnauthorizedOperation", place=OTHERS))
    assert "in us-east-1 of account 210987654321" in text
    assert f"the policy of the role {ROLE} has to allow ec2:StopInstances" in text


def test_the_tagging_api_has_another_name_in_policies() -> None:
    said = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
    error = exceptions.ClientError(said, "GetResources")
    text = str(translated(error, place=OWN, service="resourcegroupstaggingapi", operation="GetResources"))
    assert "has to allow tag:GetResources" in text


def test_who_cannot_assume_a_role_is_told_what_both_sides_have_to_say() -> None:
    text = str(answered("AccessDenied", operation="AssumeRole", place=OTHERS))
    assert "sts:AssumeRole" in text
    assert f"the trust policy of {ROLE}" in text
    assert "SUNDOWN_AWS_EXTERNAL_ID" in text


def test_a_region_that_is_not_enabled_is_said_to_be() -> None:
    assert "enable eu-central-1 for the account" in str(answered("OptInRequired"))


def test_what_nobody_can_read_is_left_out_of_the_text() -> None:
    message = "You are not authorized. Encoded authorization failure message: " + "x" * 900
    text = str(answered("UnauthorizedOperation", message))
    assert "You are not authorized (UnauthorizedOperation)" in text
    assert "xxx" not in text
    assert len(str(answered("SomethingNew", "y" * 5000))) < 600


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (exceptions.NoCredentialsError(), CloudDenied, "AWS_ACCESS_KEY_ID"),
        (exceptions.CredentialRetrievalError(provider="web-identity", error_msg="x"), CloudDenied, "web-identity"),
        (exceptions.EndpointConnectionError(endpoint_url="https://e"), CloudUnreachable, "no answer"),
        (exceptions.ReadTimeoutError(endpoint_url="https://e"), CloudUnreachable, "no answer"),
        (exceptions.ConnectTimeoutError(endpoint_url="https://e"), CloudUnreachable, "no answer"),
        (exceptions.ConnectionClosedError(endpoint_url="https://e"), CloudUnreachable, "no answer"),
        (OSError("network is down"), CloudUnreachable, "network is down"),
        (exceptions.ParamValidationError(report="Missing"), CloudError, "Missing"),
    ],
)
def test_what_never_got_an_answer(error: Exception, kind: type[CloudError], words: str) -> None:
    became = translated(error, place=OWN, service="ec2", operation="StopInstances")
    assert type(became) is kind
    assert words in str(became)


def test_credentials_that_are_missing_or_over_are_looked_for_anew() -> None:
    missing = translated(exceptions.NoCredentialsError(), place=OWN, service="ec2", operation="StopInstances")
    assert missing.code in OUTDATED
    assert answered("ExpiredToken").code in OUTDATED
    assert answered("UnauthorizedOperation").code not in OUTDATED
