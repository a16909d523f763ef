"""What a request to AWS asks for: read off the signature, the headers and the body, whatever the service's protocol."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from moto.iam.models import get_account_id_from

from sundown_lab.aws.keys import account_of

SCOPE = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


@dataclass(frozen=True)
class Asked:
    """One call. ``service`` is the name that signatures say (``ec2``, ``rds``, ``dynamodb``, ``tagging``, ``sts``)."""

    service: str
    operation: str
    region: str
    account: str
    fields: Mapping[str, Any]

    @property
    def is_json(self) -> bool:
        """Whether the service speaks JSON instead of XML."""
        return self.service in {"dynamodb", "tagging"}

    @property
    def values(self) -> frozenset[str]:
        """Everything that is said in it, and the last part of every ARN."""
        said = set(_leaves(self.fields))
        return frozenset(said | {re.split("[:/]", value)[-1] for value in said if value.startswith("arn:")})

    def listed(self, name: str) -> list[str]:
        """The values of a list of EC2's: InstanceId.1, InstanceId.2, ..."""
        return [str(value) for key, value in self.fields.items() if key.rpartition(".")[0] == name]

    def said(self, name: str) -> str:
        """The value of a field, or nothing."""
        return str(self.fields.get(name, ""))


def asked(headers: Mapping[str, str], body: bytes) -> Asked | None:
    """What a signed call asks for, or None where nobody can tell.

    The names of the headers are in lower case. The account is that of a key of the lab, else moto's.
    """
    scope = SCOPE.search(headers.get("authorization", ""))
    if scope is None:
        return None
    target = headers.get("x-amz-target", "")
    try:
        fields = json.loads(body or b"{}") if target else dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError:
        return None
    operation = target.rpartition(".")[2] or fields.get("Action", "")
    return Asked(scope["service"], operation, scope["region"], _account(scope["key"]), fields)


def _account(key: str) -> str:
    return account_of(key) or str(get_account_id_from(key))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield str(value)
