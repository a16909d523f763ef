"""What Sundown has stopped by its own word, which no tool that writes tags can reach: the statuses of the EnvSchedules.

Terraform, CloudFormation and their like take tags off that they do not know. What lost all of its tags would not be found
any more, and nobody would start it.
"""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import dataclass, field


@dataclass(slots=True)
class StoppedFor:
    """The ARNs of what was stopped, by env. ``gone`` are those of them that were looked for and do not exist any more."""

    gone: set[str] = field(default_factory=set)
    _by_env: dict[str, frozenset[str]] = field(default_factory=dict)
    _by_arn: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def arns(self) -> Set[str]:
        """All of them."""
        return self._by_arn.keys()

    def envs(self, arn: str) -> tuple[str, ...]:
        """For which envs it was stopped: one, or none; more only where tags were moved from one to the other."""
        return self._by_arn.get(arn, ())

    def put(self, namespace: str, arns: Collection[str]) -> Set[str]:
        """These are those of an env from now on; which of them are new."""
        before, now = self._by_env.get(namespace, frozenset()), frozenset(arns)
        if before == now:
            return frozenset()
        for arn in before - now:
            rest = tuple(name for name in self._by_arn.get(arn, ()) if name != namespace)
            if rest:
                self._by_arn[arn] = rest
            else:
                self._by_arn.pop(arn, None)
                self.gone.discard(arn)
        for arn in now - before:
            self._by_arn[arn] = (*self._by_arn.get(arn, ()), namespace)
        self._by_env[namespace] = now
        if not now:
            del self._by_env[namespace]
        return now - before
