"""What the envs of the story have in AWS, read from the simulator without the operator's code."""

import asyncio
import time
from collections.abc import Callable, Mapping

from sundown_lab.aws.remote import Aws, Seen
from sundown_lab.errors import LabError
from sundown_lab.story.ledger import RUNS, CloudLine
from sundown_lab.workloads import Key

KINDS = {"instance": "EC2Instance", "database": "RDSInstance", "cluster": "AuroraCluster"}
RECORD = "sundown:previous-state"
POLL = 0.2


class Skies:
    """The simulated AWS as it is now; calls that block go to threads."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    async def seen(self) -> dict[Key, Seen]:
        """Everything that is tagged for an env."""
        found = await asyncio.to_thread(lambda: self._aws.everything)
        return {_key(each): each for each in found.values() if "namespace" in each.tags}

    async def phase(self, name: str) -> str:
        """AWS's word for the state of something."""
        return await asyncio.to_thread(self._aws.state, name)

    async def until(
        self, what: str, right: Callable[[Seen], bool], *, within: float, namespace: str | None = None
    ) -> dict[Key, Seen]:
        """Everything (of an env, or of all) once each of it is right. Raises LabError: it is not in time."""
        deadline = time.monotonic() + within
        while True:
            every = await self.seen()
            found = {key: each for key, each in every.items() if namespace in {None, key.namespace}}
            if found and all(right(each) for each in found.values()):
                return found
            if time.monotonic() > deadline:
                listed = "\n".join(f"  {key}: {each.phase}, {dict(each.tags)}" for key, each in sorted(found.items()))
                raise LabError(f"{what}: not after {within:g} s", hint=f"In AWS there is:\n{listed}")
            await asyncio.sleep(POLL)


def first_lines(found: Mapping[Key, Seen]) -> dict[Key, CloudLine]:
    """The lines of the table, as the story begins."""
    return {key: CloudLine(before=each.phase) for key, each in found.items()}


def sleeps(one: Seen) -> bool:
    """Whether it is stopped, and says that it was running."""
    return one.phase == "stopped" and one.tags.get(RECORD) == "running"


def runs(one: Seen) -> bool:
    """Whether it is in use again, and nothing is left of the record."""
    return one.phase in RUNS and RECORD not in one.tags


def _key(one: Seen) -> Key:
    return Key(one.tags["namespace"], KINDS[one.kind], one.tags.get("Name", one.id))
