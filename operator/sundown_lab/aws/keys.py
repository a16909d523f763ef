"""Who is who in the lab's AWS: the accounts, the keys that say which, and what a client's environment has to say."""

import re

ACCOUNT = "123456789012"
"""The account of keys that say nothing else, as in moto."""

REGION = "eu-central-1"
"""The region of clients that name none."""

KEY = "AKIALAB"
"""What the access keys of the lab begin with; their account follows."""


def access_key(account: str) -> str:
    """A key of the lab for an account."""
    return f"{KEY}{account}"


def account_of(key: str) -> str | None:
    """The account that a key of the lab says, or None: it is somebody else's."""
    own = re.fullmatch(rf"{KEY}(\d{{12}})", key)
    return own[1] if own is not None else None


def environment(base: str, account: str = ACCOUNT) -> dict[str, str]:
    """What a process needs to find AWS at a URL, as an account."""
    return {
        "AWS_ENDPOINT_URL": base,
        "AWS_ACCESS_KEY_ID": access_key(account),
        "AWS_SECRET_ACCESS_KEY": "lab",
        "AWS_DEFAULT_REGION": REGION,
        # Credentials and settings of the person at this machine are not for the lab.
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
