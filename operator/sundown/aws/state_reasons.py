"""Why EC2 has put an instance into the state that it is in: its StateReason, as a table.

Codes: "StateReason" (Amazon EC2 API Reference). That a code stands for a start that failed is told by AWS's own sentence about
it, and for ``Client.InternalError`` by "Troubleshoot Amazon EC2 instance launch issues" (EC2 User Guide).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StateReason:
    """What a code means. ``failed`` says that the instance was to run and could not."""

    means: str
    helps: str = ""
    failed: bool = False


_SPOT = StateReason("AWS took the spot capacity back", "it comes back when there is spot capacity again", failed=True)

_REASONS: dict[str, StateReason] = {
    "Client.UserInitiatedShutdown": StateReason(
        "somebody stopped it by a call", "CloudTrail (StopInstances) says who did"
    ),
    "Client.UserInitiatedHibernate": StateReason(
        "somebody had it hibernate by a call", "CloudTrail (StopInstances) says who did"
    ),
    "Client.InstanceInitiatedShutdown": StateReason(
        "it was shut down from inside", "see in its own log what shuts it down: a timer, an agent, its user data"
    ),
    "Client.InstanceTerminated": StateReason("it ended while an image was made of it", "see what came of the image"),
    "Client.InternalError": StateReason(
        "it cannot start with what it was given, mostly an encrypted volume whose KMS key whoever starts it may not use",
        "enable the key, and allow the role of Sundown kms:CreateGrant on it, as deploy/aws says",
        failed=True,
    ),
    "Client.InvalidSnapshot.NotFound": StateReason(
        "a snapshot that it needs is gone", "give it another volume, or make it anew", failed=True
    ),
    "Client.VolumeLimitExceeded": StateReason(
        "the account's limit for EBS volumes or storage is reached",
        "delete volumes, or have the limit raised",
        failed=True,
    ),
    "Server.InsufficientInstanceCapacity": StateReason(
        "AWS has no room for its type in its zone", "wait, or give it another type or zone", failed=True
    ),
    "Server.InternalError": StateReason(
        "an error inside AWS", "where it lasts, ask AWS, and see whether its volumes are well", failed=True
    ),
    "Server.ScheduledStop": StateReason("AWS retired the hardware under it", "it starts on other hardware"),
    "Server.SpotInstanceShutdown": _SPOT,
    "Server.SpotInstanceTermination": _SPOT,
}


def failed_start(raw: Mapping[str, Any]) -> str:
    """What to tell of a stopped instance that was to run and could not; empty of one that somebody wanted to stop.

    ``raw`` is AWS's StateReason.
    """
    code = str(raw.get("Code") or "")
    known = _REASONS.get(code)
    if known is not None:
        return told(raw) if known.failed else ""
    return told(raw) if code.startswith(("Client.", "Server.")) else ""


def told(raw: Mapping[str, Any]) -> str:
    """The reason in words: AWS's own code, what it means, and what helps. Empty where AWS gives none."""
    code, message = str(raw.get("Code") or ""), " ".join(str(raw.get("Message") or "").split())
    known = _REASONS.get(code)
    if known is not None:
        return f"{code}: {known.means}; {known.helps}"
    said = message.removeprefix(f"{code}:").strip().rstrip(".")
    return f"{code}: {said}" if code and said else code or said
