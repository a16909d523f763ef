"""Which regions an account has to enable before anything can be there.

The regions that AWS had on 20 March 2019, those of China and those of GovCloud are always enabled; every later one has to
be enabled by each account ("Enable or disable AWS Regions in your account", AWS Account Management Reference Guide). The
list is closed: a region that is new is never among them.
"""

from __future__ import annotations

_ALWAYS_ENABLED = frozenset(
    {
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    }
)
_OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")


def has_to_be_enabled(region: str) -> bool:
    """Whether an account has the region only after somebody has enabled it."""
    return region not in _ALWAYS_ENABLED and not region.startswith(_OTHER_PARTITIONS)
