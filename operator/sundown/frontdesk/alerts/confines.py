"""Who may be told at all, whatever a schedule or an annotation names: whoever edits these could have anybody written to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Confines:
    """As the settings have them; what is empty confines nothing.

    ``channels`` says by name or id (``*`` and ``?`` allowed) which envs may name a channel, ``owner_domains`` of which
    domains the addresses of owners are.
    """

    channels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    owner_domains: Sequence[str] = ()

    def lets_name(self, channel: str, *, id_: str, namespace: str) -> bool:
        """Whether an env may name this channel."""
        if not self.channels:
            return True
        return any(
            fnmatchcase(namespace, pattern)
            for named, namespaces in self.channels.items()
            if named == id_ or fnmatchcase(channel, named.removeprefix("#"))
            for pattern in namespaces
        )

    def lets_own(self, email: str) -> bool:
        """Whether somebody with this address may be told as an owner."""
        domain = email.rpartition("@")[2].lower()
        return not self.owner_domains or domain in {one.removeprefix("@").lower() for one in self.owner_domains}


NONE = Confines()
