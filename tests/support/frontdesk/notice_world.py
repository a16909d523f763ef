"""A model of Slack, of the cluster and of the clock, on which the frontdesk's promises about notices are tried."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sundown.cluster.errors import Conflict
from sundown.frontdesk.alerts import marks as remembering
from sundown.frontdesk.alerts.marks import Marks
from sundown.frontdesk.alerts.notice import Notice
from sundown.frontdesk.seal import Seal
from sundown.model.env import Known
from sundown.model.resources import EnvScheduleStatus, Metadata
from sundown.usecases.find import Found
from support.frontdesk.fault_plan import FaultPlan
from support.frontdesk.notice_samples import STOP

SEAL = Seal("xoxb-of-the-model", cluster="default")


@dataclass
class Message:
    """One message of the model's Slack."""

    ts: str
    channel: str
    key: str
    says: str
    digest: str


@dataclass
class World(FaultPlan):
    """Slack, the cluster, the clock, and what is to go wrong next."""

    time: datetime = STOP - timedelta(minutes=70)
    annotation: str = ""
    seen: Found | None = None
    """What the watches, or a frontdesk's own reading and writing, brought last."""
    messages: list[Message] = field(default_factory=list)
    posted: Counter[tuple[str, int]] = field(default_factory=Counter)
    cycle: int = 0

    def now(self) -> datetime:
        return self.time

    # The voice.

    async def post(self, notice: Notice, *, key: str) -> str:
        await asyncio.sleep(0)
        fault = self.fault()
        ts = f"{len(self.messages)}.1"
        self.messages.append(Message(ts, notice.place.channel, key, notice.says, notice.digest))
        self.posted[key, self.cycle] += 1
        self.after(fault)
        return ts

    async def update(self, notice: Notice, *, ts: str, key: str) -> None:
        await asyncio.sleep(0)
        fault = self.fault()
        message = next(one for one in self.messages if one.ts == ts)
        assert message.key == key
        message.says, message.digest = notice.says, notice.digest
        self.after(fault)

    async def find(self, channel: str, *, key: str, what: str, since: datetime) -> str | None:
        await asyncio.sleep(0)
        fault = self.fault()
        found = [one.ts for one in self.messages if (one.channel, one.key, one.says) == (channel, key, what)]
        self.after(fault)
        return found[-1] if found else None

    async def stands(self, channel: str, *, ts: str, key: str) -> bool:
        await asyncio.sleep(0)
        fault = self.fault()
        self.after(fault)
        return any((one.channel, one.ts, one.key) == (channel, ts, key) for one in self.messages)

    # The ledger.

    @property
    def board(self) -> Found:
        """What a frontdesk knows, which may be behind."""
        return self.seen or self.found()

    def watches_catch_up(self) -> None:
        self.seen = None

    def watches_fall_behind(self) -> None:
        self.seen = self.board

    def found(self) -> Found:
        annotations = {remembering.MARKS: self.annotation} if self.annotation else {}
        metadata = Metadata(
            name="default",
            namespace="dev1",
            uid="uid-1",
            resource_version=str(self.version),
            annotations=annotations,
        )
        return Found("dev1", Known(metadata=metadata, status=EnvScheduleStatus()), trouble=None, paused_by=None)

    async def read(self, found: Found) -> Found:
        await asyncio.sleep(0)
        return self._learnt()

    async def write(self, found: Found, marks: Marks) -> Found:
        await asyncio.sleep(0)
        fault = self.fault(writes=True)
        if found.known.metadata.resource_version != str(self.version):
            raise Conflict("409", status=409)
        body = remembering.manifest(found.known, marks, SEAL)
        self.annotation = body["metadata"]["annotations"].get(remembering.MARKS, "")
        self.version += 1
        self.after(fault, writes=True)
        return self._learnt()

    def put(self, marks: Marks) -> None:
        """The marks as a frontdesk writes them."""
        body = remembering.manifest(self.found().known, marks, SEAL)
        self.annotation = body["metadata"]["annotations"].get(remembering.MARKS, "")
        self.version += 1

    def marks(self) -> tuple[Marks, str | None]:
        """What is remembered, and what is wrong with it."""
        return remembering.read(self.found().known.metadata, SEAL)

    def _learnt(self) -> Found:
        if self.seen is not None:
            self.seen = self.found()
        return self.found()
