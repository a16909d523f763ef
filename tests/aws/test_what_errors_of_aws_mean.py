"""botocore's errors become errors that a caller can tell apart, with a text that says what to do."""

from typing import Any

import pytest
from botocore import exceptions

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
from sundown.aws.refusals import outdated, translated

OWN = Place(None, "", "eu-central-1")
ROLE = "arn:aws:iam::210987654321:role/sundown"
OTHERS = Place(ROLE, "210987654321", "us-east-1")


def answered(
    code: str, message: str = "said so", *, operation: str = "StopInstances", place: Place = OWN, **more: Any
) -> CloudError:
    """What becomes of an answer of AWS's."""
    status = {"HTTPStatusCode": more.pop("status", 400)}
    said = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": status}
    error = exceptions.ClientError(said, operation)
    return translated(error, place=place, service="ec2", operation="StopInstances", **more)


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
        ("OptInRequired", CloudNotEnabled),
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
    assert outdated(missing)
    for code in ("ExpiredToken", "AuthFailure", "InvalidClientTokenId", "SignatureDoesNotMatch"):
        assert outdated(answered(code))
    assert not outdated(answered("UnauthorizedOperation"))


UNKNOWN_THERE = ("UnrecognizedClientException", "AuthFailure", "InvalidClientTokenId")


@pytest.mark.parametrize("region", ["ap-east-1", "eu-south-2", "me-central-1", "mx-central-1", "xx-newest-9"])
@pytest.mark.parametrize("code", [*UNKNOWN_THERE, "OptInRequired"])
@pytest.mark.parametrize("operation", ["DescribeInstances", "AssumeRole"])
def test_a_region_that_the_account_has_to_enable_is_said_to_be_that(region: str, code: str, operation: str) -> None:
    """X3: credentials that are good elsewhere are not to blame, whatever the code says."""
    role = ROLE if operation == "AssumeRole" else None
    error = answered(code, place=Place(role, "", region), operation=operation, elsewhere=True)
    assert isinstance(error, CloudNotEnabled)
    assert str(error).endswith(f"; enable {region} for the account, or take it out of SUNDOWN_AWS_REGIONS")
    assert not outdated(error, elsewhere=True)


@pytest.mark.parametrize("code", UNKNOWN_THERE)
def test_where_no_other_region_knows_the_credentials_either_both_are_said(code: str) -> None:
    """X3"""
    error = answered(code, place=Place(None, "", "ap-east-1"))
    assert "enable ap-east-1 for the account, or take it out of SUNDOWN_AWS_REGIONS; where it is enabled" in str(error)
    assert outdated(error)


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1", "ap-northeast-3", "cn-north-1", "us-gov-west-1"])
@pytest.mark.parametrize("code", UNKNOWN_THERE)
def test_in_a_region_that_everybody_has_it_is_the_credentials(region: str, code: str) -> None:
    """X3"""
    error = answered(code, place=Place(None, "", region))
    assert not isinstance(error, CloudNotEnabled)
    assert "AWS does not know the credentials of who Sundown runs as" in str(error)


def test_credentials_that_expire_in_a_region_that_has_to_be_enabled_have_expired() -> None:
    """X3: whoever was known there once has enabled it."""
    error = answered("ExpiredToken", place=Place(None, "", "ap-east-1"), elsewhere=True)
    assert "have expired" in str(error)
    assert outdated(error, elsewhere=True)


WHO = "User: arn:aws:sts::123456789012:assumed-role/sundown/sundown is not authorized to perform: ec2:StopInstances on"


@pytest.mark.parametrize(
    ("because", "words"),
    [
        (
            "with an explicit deny in a service control policy",
            "a service control policy forbids ec2:StopInstances: whoever",
        ),
        (
            "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/p-1",
            "whoever runs the organization",
        ),
        ("due to an explicit deny in a Service Control Policy", "whoever runs the organization"),
        ("because no service control policy allows the ec2:StopInstances action", "no service control policy allows"),
        ("with an explicit deny in a resource control policy", "a resource control policy forbids"),
        ("with an explicit deny in a permissions boundary", "the permissions boundary of who Sundown runs as forbids"),
        (
            "because no permissions boundary allows the ec2:StopInstances action",
            "runs as has to allow ec2:StopInstances too",
        ),
        ("with an explicit deny in a session policy", "the session policy with which who Sundown runs as"),
        ("because no session policy allows the ec2:StopInstances action", "has to allow ec2:StopInstances too"),
        (
            "with an explicit deny in a VPC endpoint policy",
            "the policy of the VPC endpoint that the call goes through forbids",
        ),
        (
            "because no VPC endpoint policy allows the ec2:StopInstances action",
            "goes through has to allow ec2:StopInstances",
        ),
        ("with an explicit deny in a resource-based policy", "a Deny in the policy of the thing itself"),
        (
            "because no resource-based policy allows the ec2:StopInstances action",
            "the policy of the thing itself has to",
        ),
        ("with an explicit deny in an identity-based policy", "a Deny in the policies of who Sundown runs as"),
        ("with an explicit deny", "look for the Deny among the policies"),
        ("with an explicit deny in a policy of a kind to come", "look for the Deny among the policies"),
    ],
)
def test_the_advice_fits_the_policy_that_says_no(because: str, words: str) -> None:
    """X4: an Allow more is no help where another policy forbids it."""
    unreadable = f"Encoded authorization failure message: {'x' * 900}"
    message = f"{WHO} resource: arn:aws:ec2:eu-central-1:123456789012:instance/i-1 {because}. {unreadable}"
    text = str(answered("UnauthorizedOperation", message))
    assert words in text
    assert "(the one in deploy/ does)" not in text


def test_an_allow_that_is_missing_in_its_own_policy_is_to_be_put_there() -> None:
    """X4"""
    text = str(answered("AccessDenied", f"{WHO} resource: * because no identity-based policy allows the action"))
    assert text.endswith("the policy of who Sundown runs as has to allow ec2:StopInstances (the one in deploy/ does)")


@pytest.mark.parametrize(
    ("because", "trust"),
    [
        ("", True),
        ("because no identity-based policy allows the sts:AssumeRole action", True),
        ("because no resource-based policy allows the sts:AssumeRole action", True),
        ("because no role trust policy allows the sts:AssumeRole action", True),
        ("with an explicit deny in a service control policy", False),
        ("with an explicit deny in the role trust policy", False),
        ("because no permissions boundary allows the sts:AssumeRole action", False),
    ],
)
def test_a_role_that_may_not_be_taken_on_is_a_matter_of_trust_unless_aws_says_otherwise(
    because: str, *, trust: bool
) -> None:
    """X4"""
    text = str(answered("AccessDenied", f"{WHO} resource: {ROLE} {because}", operation="AssumeRole", place=OTHERS))
    assert text.startswith("sts:AssumeRole in us-east-1 of account 210987654321")
    assert ("SUNDOWN_AWS_EXTERNAL_ID" in text) is trust
