"""What the cluster's own RBAC says that somebody may do, asked by a SubjectAccessReview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sundown.cluster.client import Cluster
from sundown.cluster.errors import Denied, Missing
from sundown.errors import SundownError

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
AUTHENTICATED = "system:authenticated"


class NotAsked(SundownError):
    """Sundown's own account may not ask the cluster what people may do."""

    reason = "Misconfigured"


@dataclass(frozen=True, slots=True)
class Review:
    """The answer; ``denied`` says outright that no other rule can allow it."""

    allowed: bool
    denied: bool


async def review(
    cluster: Cluster,
    user: str,
    groups: Sequence[str],
    attributes: Mapping[str, str],
    *,
    uid: str = "",
    extra: Mapping[str, Sequence[str]] | None = None,
) -> Review:
    """Ask the cluster. Nothing is cached: a right that was taken away is gone at once.

    Raises:
        NotAsked: Sundown itself lacks the right to ask.
        ApiError: the cluster could not be asked.
    """
    spec: dict[str, Any] = {"user": user, "groups": list(groups), "resourceAttributes": dict(attributes)}
    if uid:
        spec["uid"] = uid
    if extra:
        spec["extra"] = {key: list(values) for key, values in extra.items()}
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    try:
        reply = await cluster.create(REVIEWS, body)
    except (Denied, Missing) as error:
        raise NotAsked(f"Sundown may not ask the cluster what you may do ({error}); tell whoever runs it") from error
    status = reply.get("status") or {}
    return Review(allowed=status.get("allowed") is True, denied=status.get("denied") is True)
