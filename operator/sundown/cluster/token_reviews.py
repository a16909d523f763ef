"""Who it is that a token was given to, asked of the cluster by a TokenReview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sundown.cluster.client import Cluster
from sundown.cluster.errors import Denied, Missing
from sundown.cluster.reviews import NotAsked

AUDIENCE = "sundown"
"""Tokens that are meant for Sundown alone, and open no other door, have this audience."""
REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews"


@dataclass(frozen=True, slots=True)
class TokenUser:
    """Somebody as the API server knows them; ``extra`` is what an authenticator says besides, such as scopes."""

    name: str
    uid: str
    groups: tuple[str, ...]
    extra: tuple[tuple[str, tuple[str, ...]], ...]


async def user_of(cluster: Cluster, token: str, *, audiences: Sequence[str] = ()) -> TokenUser | None:
    """Whose token it is, None where it is nobody's; without ``audiences`` one for the API server itself.

    Raises:
        NotAsked: Sundown itself lacks the right to ask.
        ApiError: the cluster could not be asked.
    """
    spec = {"token": token, **({"audiences": list(audiences)} if audiences else {})}
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": spec}
    try:
        reply = await cluster.create(REVIEWS, body)
    except (Denied, Missing) as error:
        raise NotAsked(f"Sundown may not ask the cluster who you are ({error}); tell whoever runs it") from error
    status = reply.get("status") or {}
    user = status.get("user") or {}
    name = user.get("username")
    if status.get("authenticated") is not True or not isinstance(name, str) or not name:
        return None
    extra = user.get("extra") or {}
    return TokenUser(
        name=name,
        uid=str(user.get("uid") or ""),
        groups=tuple(str(group) for group in user.get("groups") or ()),
        extra=tuple((str(key), tuple(str(one) for one in values or ())) for key, values in sorted(extra.items())),
    )
