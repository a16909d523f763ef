"""Where Sundown looks in AWS: a region of an account, and the role that leads into the account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sundown.aws.settings import AwsSettings
from sundown.model.cloud import CloudPart


@dataclass(frozen=True, slots=True)
class Place:
    """One region of one account. Without a ``role`` it is the account of Sundown's own credentials.

    ``account`` is then empty: only AWS knows its number, and nothing needs it.
    """

    role: str | None
    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.region} of account {self.account}" if self.account else self.region


def places(settings: AwsSettings) -> tuple[Place, ...]:
    """Every place that is to be looked at: each region of each account."""
    roles: tuple[str | None, ...] = settings.roles or (None,)
    return tuple(dict.fromkeys(Place(role, _account(role), region) for role in roles for region in settings.regions))


def numbers(places: Iterable[Place]) -> dict[str, str]:
    """What metrics call each account: 1, 2 and so on, for whoever may read them need not know whose accounts these are.

    The account of Sundown's own credentials has no number, and stays without one.
    """
    accounts = dict.fromkeys(place.account for place in places if place.account)
    return {"": "", **{account: str(number) for number, account in enumerate(accounts, start=1)}}


def place_of(part: CloudPart, among: Iterable[Place]) -> Place | None:
    """The place that a part is in; None where that is not looked at any more."""
    for place in among:
        if place.region == part.region and place.account in {"", part.account}:
            return place
    return None


def _account(role: str | None) -> str:
    return role.split(":")[4] if role is not None else ""
