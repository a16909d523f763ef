"""What the frontdesk writes where others can write too is sealed, so that it believes nothing there but its own word.

The key is made from the bot's token: no tenant can read that, every replica has it, and a restart does not lose it. With
another token the seals are none any more; what was sealed has to be asked for in Slack again, or is done without.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode

from sundown.model.resources import GROUP, Metadata
from sundown.model.scalars import format_instant
from sundown.model.spec import Override


class Seal:
    """Seals words on one EnvSchedule of one cluster. On another, or changed by a letter, they are not sealed."""

    def __init__(self, secret: str, *, cluster: str) -> None:
        self._key = hmac.digest(secret.encode(), b"sundown.dev/slack", "sha256")
        self._cluster = cluster

    def of(self, metadata: Metadata, *words: str) -> str:
        """The seal of these words."""
        sealed = json.dumps([self._cluster, metadata.namespace, metadata.uid, *words]).encode()
        return urlsafe_b64encode(hmac.digest(self._key, sealed, "sha256")).decode().rstrip("=")

    def fits(self, seal: str, metadata: Metadata, *words: str) -> bool:
        """Whether this is the seal of these words."""
        return bool(metadata.uid) and hmac.compare_digest(self.of(metadata, *words).encode(), seal.encode())


ASKED = f"{GROUP}/slack-asked"
"""Vouches that somebody asked for the override in Slack, for whoever edits an EnvSchedule can write that anybody did."""


def vouch(seal: Seal, metadata: Metadata, asked: Override) -> dict[str, str]:
    """The annotation that goes with what somebody has asked for."""
    return {ASKED: seal.of(metadata, ASKED, *_words(asked))}


def is_vouched_for(seal: Seal, metadata: Metadata, asked: Override | None) -> bool:
    """Whether this was asked for in Slack, by that person at that time."""
    return asked is not None and seal.fits(metadata.annotations.get(ASKED, ""), metadata, ASKED, *_words(asked))


def _words(asked: Override) -> tuple[str, str, str]:
    return asked.state, asked.by or "", format_instant(asked.at) if asked.at is not None else ""
