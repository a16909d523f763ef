"""Who it is that calls: the token in the request, asked about by a TokenReview and believed for some seconds."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import json
import re
from datetime import datetime, timedelta

from cachetools import TTLCache

from sundown.cluster.client import Cluster
from sundown.cluster.token_reviews import AUDIENCE, TokenUser, user_of
from sundown.frontdesk.api.problems import Overloaded, Unauthenticated
from sundown.frontdesk.people.people import Login, Person
from sundown.schedule.clock import Clock

LONGEST_TOKEN = 16 * 2**10
BELIEVED = timedelta(seconds=10)
_MOST_KEPT = 1_000
_AT_ONCE = 16
_MOST_WAITING = 128
_BEARER = re.compile(r"(?i:bearer) +([A-Za-z0-9._~+/=-]+)", re.ASCII)
_HOW = "send a token of the cluster in the header Authorization: Bearer ...; `sundown api token` makes one"


class Logins:
    """Those who have been asked about lately, by a digest of their token: neither the token nor much else is kept."""

    def __init__(self, cluster: Cluster, *, clock: Clock) -> None:
        self._cluster = cluster
        self._kept: TTLCache[bytes, TokenUser | None, datetime] = TTLCache(_MOST_KEPT, ttl=BELIEVED, timer=clock.now)
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def person(self, authorization: str | None) -> Person:
        """The person of the header.

        Raises:
            Unauthenticated: there is no token, or one that the cluster does not know.
            Overloaded: too many are being asked about.
            NotAsked, ApiError: the cluster could not be asked.
        """
        if authorization is None:
            raise Unauthenticated(f"nobody knows who you are: {_HOW}")
        match = _BEARER.fullmatch(authorization)
        if match is None or len(match[1]) > LONGEST_TOKEN:
            raise Unauthenticated(f"the header Authorization holds no bearer token: {_HOW}")
        user = await self._look_up(match[1])
        if user is None:
            raise Unauthenticated(f"the cluster does not know this token, or not any more: {_HOW}")
        return person_of(user)

    async def _look_up(self, token: str) -> TokenUser | None:
        key = hashlib.sha256(token.encode()).digest()
        if key in self._kept:
            return self._kept[key]
        if self._waiting >= _MOST_WAITING:
            raise Overloaded(
                "so many ask at this moment that it cannot be found out who you are: try again in a second"
            )
        self._waiting += 1
        try:
            async with self._turns:
                user = await self._ask(token)
        finally:
            self._waiting -= 1
        self._kept[key] = user
        return user

    async def _ask(self, token: str) -> TokenUser | None:
        """Whose it is: one for Sundown, or one for the API server itself."""
        if AUDIENCE in _claimed_audiences(token):
            return await user_of(self._cluster, token, audiences=(AUDIENCE,))
        return await user_of(self._cluster, token)


def person_of(user: TokenUser) -> Person:
    """The person, as every room of the frontdesk knows people."""
    login = Login(groups=user.groups, uid=user.uid, extra=user.extra)
    return Person(id=user.name, email=user.name, name=user.name, time_zone="", login=login)


def _claimed_audiences(token: str) -> tuple[str, ...]:
    """What a token says that it is for, which only tells which question to ask: the cluster checks it."""
    parts = token.split(".")
    if len(parts) != 3:
        return ()
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return ()
    audiences = claims.get("aud") if isinstance(claims, dict) else None
    if isinstance(audiences, str):
        return (audiences,)
    return tuple(one for one in audiences if isinstance(one, str)) if isinstance(audiences, list) else ()
