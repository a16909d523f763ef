"""What can go wrong with AWS, in words for people and a reason for machines. Knows nothing of boto3."""

from __future__ import annotations

from sundown.errors import SundownError


class CloudError(SundownError):
    """AWS did not do what it was asked to. ``code`` is AWS's own word for why, empty where it gave none."""

    reason = "CloudFailed"

    def __init__(self, text: str, *, code: str = "") -> None:
        super().__init__(text)
        self.code = code


class CloudDenied(CloudError):
    """The credentials do not allow it, or have expired."""

    reason = "CloudDenied"


class CloudNotEnabled(CloudDenied):
    """The region is not enabled for the account, so nobody's credentials are known there."""

    reason = "CloudNotEnabled"


class CloudBusy(CloudError):
    """Not now: throttled, in a state in which it cannot be done, or no capacity. Another try may help."""

    reason = "CloudBusy"


class CloudThrottled(CloudBusy):
    """Too many calls, whatever they are about."""


class CloudFull(CloudBusy):
    """No capacity for it, or no quota: not over within seconds."""


class CloudGone(CloudError):
    """There is no such thing any more."""

    reason = "CloudGone"


class CloudUnreachable(CloudError):
    """No answer, or one that makes no sense: the region, the network or the service is down."""

    reason = "CloudUnreachable"
