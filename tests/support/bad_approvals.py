"""Approvals that must have nothing done: one table, for every door and for whoever writes them by hand (I7 J5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ANA, BO, CHEN = (f"{name}@example.com" for name in ("ana", "bo", "chen"))
AT = "2026-11-23T12:00:00Z"
BY_CHEN = {"by": CHEN, "at": AT}

OWN_LOGINS = (
    ANA,
    " ANA@example.com",
    "oidc:ana@example.com",
    "OIDC:Ana@Example.com",
    "https://sso.example.com/realms/dev#ana@example.com",
)
"""Names by which Ana may log in."""

Verdict = tuple[str, str]


@dataclass(frozen=True)
class BadApproval:
    """Somebody approves what Ana has asked for, in an env that takes two people.

    ``door`` is the reason by which each of the doors refuses it; empty where none can tell. ``verdict`` is what the operator makes of
    it where it stands there all the same; None where nobody can write it.
    """

    name: str
    by: str = BO
    spec: Mapping[str, Any] = field(default_factory=dict)
    state: str | None = None
    minutes: int = 0
    may: bool = True
    door: str = ""
    verdict: Verdict | None = None


BAD_APPROVALS: tuple[BadApproval, ...] = (
    *(
        BadApproval(
            f"by the asker as {login.strip()}",
            by=login,
            door="Forbidden",
            verdict=("Refused", "InvalidSpec" if login.strip().lower() == ANA else "OwnApproval"),
        )
        for login in OWN_LOGINS
    ),
    BadApproval(
        "by the asker, who asked under another login",
        spec={"requestedBy": "oidc:bo@example.com"},
        door="Forbidden",
        verdict=("Refused", "OwnApproval"),
    ),
    BadApproval("by a name without an address", by="admin", door="Forbidden", verdict=("Refused", "NoAddress")),
    BadApproval(
        "of a name without an address",
        spec={"requestedBy": "admin"},
        door="Forbidden",
        verdict=("Refused", "NoAddress"),
    ),
    BadApproval("after it has expired", minutes=60, door="TooLate", verdict=("Expired", "Expired")),
    BadApproval(
        "of what was never confirmed",
        spec={"confirmation": None},
        minutes=5,
        verdict=("Timeout", "Unconfirmed"),
    ),
    BadApproval("twice at once", spec={"approval": {**BY_CHEN, "via": "kubectl"}}, door="TooLate"),
    BadApproval("of what was rejected", spec={"rejected": BY_CHEN}, door="TooLate", verdict=("Rejected", "Rejected")),
    BadApproval(
        "of what was withdrawn",
        spec={"withdrawn": {"by": ANA, "at": AT}},
        door="TooLate",
        verdict=("Withdrawn", "Withdrawn"),
    ),
    BadApproval("of what is done", state="Done", door="TooLate"),
    BadApproval("of what is being done", state="Approved", door="TooLate"),
    BadApproval(
        "on an object that has changed",
        spec={"seen": {"uid": "uid-web", "change": "3 -> 5"}},
        verdict=("Refused", "Changed"),
    ),
    BadApproval(
        "on an object that was made anew",
        spec={"seen": {"uid": "another", "change": "2 -> 5"}},
        verdict=("Refused", "Changed"),
    ),
    BadApproval(
        "on a cluster that is not meant",
        spec={"target": {"namespace": "dev", "uid": "of-another-cluster"}},
        verdict=("Refused", "NewerNamespace"),
    ),
    BadApproval("by somebody whose right was taken away", may=False, door="Forbidden"),
)
