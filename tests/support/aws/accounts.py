"""An account of AWS without the network, for tests of when and how often it is asked: it answers as AWS does."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sundown.aws.account_regions import Place
from sundown.aws.describing import Context
from sundown.aws.errors import CloudError, CloudGone
from sundown.aws.fresh_look import Looking
from sundown.aws.kind_calls import VERBS
from sundown.aws.stop_start import Acting
from sundown.model.cloud import CloudKind, CloudPart
from sundown.model.parts import Step
from sundown.model.spec import Wanted
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import reconsider
from support.virtualtime import START, LoopClock

NUMBER = "123456789012"
FRANKFURT = Place(None, "", "eu-central-1")
DUBLIN = Place(None, "", "eu-west-1")
_STOPPING = {"StopInstances": "stopping", "StopDBInstance": "stopping", "StopDBCluster": "stopping"}
_STARTING = {"StartInstances": "pending", "StartDBInstance": "starting", "StartDBCluster": "starting"}


@dataclass
class Thing:
    """An instance, a database or a cluster of databases."""

    kind: CloudKind
    identifier: str
    phase: str
    tags: dict[str, str]
    region: str = FRANKFURT.region

    @property
    def arn(self) -> str:
        """What the RDS API calls it."""
        sort = {"EC2Instance": "ec2", "RDSInstance": "db", "AuroraCluster": "cluster"}[self.kind]
        return f"arn:aws:rds:{self.region}:{NUMBER}:{sort}:{self.identifier}"

    def described(self) -> dict[str, Any]:
        """As its Describe call has it."""
        tags = [{"Key": key, "Value": value} for key, value in self.tags.items()]
        if self.kind == "EC2Instance":
            return {"InstanceId": self.identifier, "State": {"Name": self.phase}, "Tags": tags}
        noun, word = ("DBInstance", "DBInstanceStatus") if self.kind == "RDSInstance" else ("DBCluster", "Status")
        names = {f"{noun}Identifier": self.identifier, f"{noun}Arn": self.arn, word: self.phase}
        return {**names, "Engine": "aurora-mysql" if noun == "DBCluster" else "postgres", "TagList": tags}


@dataclass(frozen=True)
class Asked:
    """One call."""

    region: str
    operation: str
    about: tuple[str, ...]


@dataclass
class Account:
    """What there is, what was asked, and what goes wrong: ``refuse`` is asked about each call before it is answered."""

    things: dict[str, Thing] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    refuse: Callable[[Asked], CloudError | None] = lambda _: None
    slow: dict[str, float] = field(default_factory=dict)

    def add(
        self,
        identifier: str,
        *,
        kind: CloudKind = "EC2Instance",
        phase: str | None = None,
        namespace: str = "dev1",
        region: str = FRANKFURT.region,
    ) -> Thing:
        """A thing that runs unless ``phase`` says otherwise."""
        phase = phase or ("running" if kind == "EC2Instance" else "available")
        thing = Thing(kind, identifier, phase, {"namespace": namespace, "scheduler": "enabled"}, region)
        self.things[identifier] = thing
        return thing

    def operations(self) -> list[str]:
        """What was asked, in order."""
        return [each.operation for each in self.asked]

    def about(self, operation: str) -> list[tuple[str, ...]]:
        """What each call of an operation was about."""
        return [each.about for each in self.asked if each.operation == operation]

    async def call(self, account_region: Place, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """As ``Sessions.call``."""
        asked = Asked(account_region.region, operation, tuple(_about(arguments)))
        self.asked.append(asked)
        await asyncio.sleep(self.slow.get(account_region.region, 0))
        error = self.refuse(asked)
        if error is not None:
            raise error
        there = [thing for one in asked.about if (thing := self.things.get(one)) and thing.region == asked.region]
        missing = sorted(set(asked.about) - {thing.identifier for thing in there})
        if missing and not operation.startswith("DescribeDB"):
            raise CloudGone(f"{', '.join(missing)} does not exist", code="InvalidInstanceID.NotFound")
        for thing in there:
            thing.phase = {**_STOPPING, **_STARTING}.get(operation, thing.phase)
            if operation in {"CreateTags", "AddTagsToResource"}:
                thing.tags |= {tag["Key"]: tag["Value"] for tag in arguments["Tags"]}
            if operation in {"DeleteTags", "RemoveTagsFromResource"}:
                for key in arguments.get("TagKeys", [tag["Key"] for tag in arguments.get("Tags", [])]):
                    thing.tags.pop(key, None)
        return _answer(operation, there)


def _about(arguments: dict[str, Any]) -> Iterator[str]:
    for name, value in arguments.items():
        if name in {"InstanceIds", "Resources"}:
            yield from value
        elif name == "Filters":
            yield from value[0]["Values"]
        elif name in {"DBInstanceIdentifier", "DBClusterIdentifier", "ResourceName"}:
            yield value.rpartition(":")[2]


def _answer(operation: str, things: list[Thing]) -> dict[str, Any]:
    described = [thing.described() for thing in things]
    if operation == "DescribeInstances":
        return {"Reservations": [{"OwnerId": NUMBER, "Instances": described}]}
    return {operation.removeprefix("Describe"): described}


class Memory:
    """What is known of parts, and what was taken in, in order."""

    def __init__(self) -> None:
        self.known: dict[str, CloudPart] = {}
        self.taken: list[CloudPart] = []
        self.dropped: list[str] = []

    @property
    def parts(self) -> list[CloudPart]:
        """All that is known."""
        return list(self.known.values())

    def put(self, parts: Iterable[CloudPart]) -> None:
        """Take them in."""
        found = list(parts)
        self.taken += found
        self.known |= {part.arn: part for part in found}

    def get(self, arn: str) -> CloudPart | None:
        """One of them."""
        return self.known.get(arn)

    def drop(self, arns: Iterable[str]) -> None:
        """Forget them."""
        found = list(arns)
        self.dropped += found
        for arn in found:
            self.known.pop(arn, None)

    def of(self, identifier: str) -> CloudPart:
        """What is known of one."""
        return next(part for part in self.known.values() if part.identifier == identifier)


@dataclass
class World:
    """An account, what is remembered of it, and what acts on it."""

    account: Account = field(default_factory=Account)
    memory: Memory = field(default_factory=Memory)
    clock: LoopClock = field(default_factory=LoopClock)

    def __post_init__(self) -> None:
        self.looking = Looking(self.account, Context(stores={"": ""}))
        self.places = (FRANKFURT, DUBLIN)
        self.acting = Acting(self.looking, self.memory, places=self.places, cluster_name="default", clock=self.clock)

    def learn(self) -> None:
        """Take in how things are, as the inventory does."""
        for thing in self.account.things.values():
            place = next(place for place in self.places if place.region == thing.region)
            verbs = VERBS[thing.kind]
            self.memory.put(verbs.read(_answer(verbs.describe, [thing]), place, self.looking.context))

    async def want(self, wanted: Wanted, *identifiers: str) -> list[int | BaseException]:
        """Have the step made that each needs, all at once, whatever is thought of them by now; what comes of each."""
        if not self.memory.known:
            self.learn()
        parts = [self.memory.of(each) for each in identifiers or self.account.things]
        return await asyncio.gather(*(self._carry_out(wanted, part) for part in parts), return_exceptions=True)

    def _carry_out(self, wanted: Wanted, part: CloudPart) -> Awaitable[int]:
        goal = Goal(wanted=wanted, now=START, holder=f"default/{part.namespace}")
        step = reconsider(goal, part) or Step("Sleep" if wanted == "Asleep" else "Wake", part)
        return self.acting.carry_out(replace(step, part=part), partial(reconsider, goal))
