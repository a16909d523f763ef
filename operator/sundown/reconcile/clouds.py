"""What a visit needs of a cloud, whichever it is: to know what an env has there, and to have it stopped and started."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from sundown.model.cloud import CloudPart
from sundown.model.parts import Step


class Clouds(Protocol):
    """Knows the parts of envs that are not in the cluster. Both only touch memory where an env has none."""

    def of(self, namespace: str) -> tuple[CloudPart, ...]:
        """The parts of one env as far as they are known; asks nobody."""
        ...

    def meant_for(self, namespace: str) -> tuple[str, ...]:
        """What was likely meant for one env and is left alone, because its tags are not written as they should be."""
        ...

    def remember(self, namespace: str, arns: Collection[str]) -> None:
        """Keep these parts of one env in sight, whatever becomes of their tags: Sundown stopped them, or is about to."""
        ...

    def is_gone(self, arn: str) -> bool:
        """Whether something that was to be kept in sight was looked for and does not exist any more."""
        ...

    async def carry_out(self, step: Step, again: Callable[[CloudPart], Step | None]) -> int:
        """Stop, start, or forget one part, and say how many changes were made (0 or 1).

        The part is described anew before it is changed, and ``again`` thinks anew about one that is different by then.
        Returns when AWS has accepted it; the state that follows is watched, and whoever it concerns is told.

        Raises:
            CloudError: when it was not accepted.
        """
        ...
