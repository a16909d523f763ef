"""What the policies cost the API server: its CPU for the same writes with all of them in force and with none, in turn."""

import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sundown.model.resources import ASLEEP, ASLEEP_SINCE, STATE_LABEL
from sundown_lab.bench import catalogued
from sundown_lab.bench.cpu import Spent, at_rest, cpu_seconds, evened, total
from sundown_lab.bench.interleaved import Sides, turns
from sundown_lab.bench.nightly import TONIGHT, Evening
from sundown_lab.bench.others import Others, Write
from sundown_lab.bench.policies import Policies
from sundown_lab.bench.rows import Row, Scale, bar
from sundown_lab.bench.stage import ACCOUNT, Stage
from sundown_lab.bench.subject import samples
from sundown_lab.errors import LabError
from sundown_lab.load import NAMESPACES, PLURALS, Load, collection, fill
from sundown_lab.wire import MANAGER, MERGE_PATCH, METADATA, PLAIN, Json, Wire, each

IN_A_NAMESPACE = 10
AT_ONCE = 16
KNOWN = 0.5
"""After so many seconds the API server knows what has been written about a namespace."""
WAYS = {"applied": "of what somebody applies", "made": "of what nobody applies"}
SECOND = "second"
_COLLECTING = "go_cpu_classes_gc_total_cpu_seconds_total"
_ALLOCATED = "go_memstats_alloc_bytes_total"


@dataclass
class Measured:
    """What the API server had for 1,000 writes, or 1,000 workloads, round by round, without policies and with."""

    without: list[Spent] = field(default_factory=list)
    having: list[Spent] = field(default_factory=list)

    def add(self, spent: Spent, *, having: bool) -> None:
        """One round more."""
        (self.having if having else self.without).append(spent)

    @property
    def sides(self) -> Sides:
        """Seconds of CPU."""
        everything = [*self.without, *self.having]
        return Sides(evened(self.without, by=everything), evened(self.having, by=everything))


@dataclass
class Weighed:
    """What was measured by day, and at night of each way. ``second`` is what of that without policies was the write that gives
    back what is somebody's."""

    day: Measured = field(default_factory=Measured)
    night: dict[str, Measured] = field(default_factory=lambda: {way: Measured() for way in WAYS})
    second: list[Spent] = field(default_factory=list)


async def hold(stage: Stage, scale: Scale) -> list[Row]:
    """The row by day and the rows at night.

    Raises:
        LabError: the policies do not come and go, a write is refused, or something does not sleep that has been put to sleep.
    """
    workloads, rounds, days = scale.hold
    loads = [
        Load(
            envs=workloads // 2 // IN_A_NAMESPACE, workloads=IN_A_NAMESPACE, replicas=2, name=f"bench-{name}", spec=None
        )
        for name in ("made", "applied")
    ]
    others = Others(*loads)
    async with Wire(stage.identity) as operator:
        scales = Scales(stage, operator, others)
        with stage.progress.step(f"serving all kinds, and making {workloads} workloads"):
            await asyncio.to_thread(catalogued.serve, stage.control_plane)
            await scales.load()
        policies = Policies(stage.wire, operator)
        weighed = Weighed()
        await scales.round(Weighed(), days=1, policies=False)  # the first is dearer, and is not counted
        for number, there in enumerate(turns(rounds)):
            what = f"{policies.count} policies" if there else "no policies"
            with stage.progress.step(f"{what}, round {number // 2 + 1} of {rounds}"):
                await policies.set_to(there)
                await scales.round(weighed, days=days, policies=there)
    return rows_of(weighed, size=f"{workloads * days:,} x {rounds}", policies=policies.count)


class Scales:
    """Weighs writes on the control plane of a stage."""

    def __init__(self, stage: Stage, operator: Wire, others: Others) -> None:
        self._wire = stage.wire
        self._operator = operator
        self._others = others
        self._api = stage.control_plane.processes["kube-apiserver"]
        self._number = 0
        self._nights = 0

    async def load(self) -> None:
        """Make everything that is written to."""
        others = self._others
        await fill(self._wire, others.made)
        namespaces = Load(envs=others.applied.envs, workloads=0, name=others.applied.name, spec=None)
        await fill(self._wire, namespaces)
        await self._send(self._wire, others.applies(0))

        async def make(thing: tuple[str, Json]) -> None:
            await self._wire.ask("POST", thing[0], body=thing[1], accept=METADATA)

        await each(others.makes(), make)

    async def round(self, weighed: Weighed, *, days: int, policies: bool) -> None:
        """Weigh so many days' writes and as many nights', and have all as it was before."""
        writes: list[Write] = []
        for _ in range(days):
            self._number += 1
            writes += self._others.day(self._number)
        spent, _ = await self._weigh(self._wire, writes, accept=PLAIN)
        weighed.day.add(spent, having=policies)
        nights = [await self._night(policies=policies) for _ in range(days)]
        for way in WAYS:
            weighed.night[way].add(total([night[way] for night in nights], times=1 / days), having=policies)
        if not policies:
            weighed.second.append(total([night[SECOND] for night in nights], times=1 / days))

    async def _night(self, *, policies: bool) -> dict[str, Spent]:
        """What it takes to put everything to sleep, by way; all is awake again at the end."""
        evening = {"made": await self._evening(self._others.made), "applied": await self._evening(self._others.applied)}
        costs: dict[str, Spent] = {}
        await self._say_asleep(TONIGHT)
        self._nights += 1
        # Who is first pays for the garbage of the lists.
        for way in sorted(WAYS, reverse=bool(self._nights % 2)):
            some = evening[way]
            firsts = [one.first(policies=policies) for one in some]
            costs[way], answers = await self._weigh(self._operator, firsts, accept=METADATA)
            if way == "applied" and not policies:
                metadata = [answer["metadata"] for answer in answers]
                seconds = [write for one, now in zip(some, metadata, strict=True) if (write := one.second(now))]
                if len(seconds) != len(some):
                    raise LabError(
                        "without policies what somebody applies was put to sleep in one write, and takes two"
                    )
                costs[SECOND], _ = await self._weigh(self._operator, seconds, accept=METADATA)
                costs[way] = total([costs[way], costs[SECOND]])
        await self._check(evening)
        await self._say_asleep(None)
        for way, manager in (("made", MANAGER), ("applied", ACCOUNT)):
            await self._send(self._wire, [one.morning(manager=manager) for one in evening[way]])
        await self._send(self._wire, self._others.applies(self._number))
        return costs

    async def _weigh(self, wire: Wire, writes: Sequence[Write], *, accept: str) -> tuple[Spent, list[Json]]:
        """What the API server has for 1,000 of these writes, and its answers."""
        before = await self._heap()
        await at_rest(self._api, quiet=0.5, share=0.1)
        cpu = cpu_seconds(self._api)
        answers = await self._send(wire, writes, accept=accept)
        await at_rest(self._api, quiet=0.5, share=0.1)
        cpu = cpu_seconds(self._api) - cpu
        after = await self._heap()
        collecting, allocated = (now - then for now, then in zip(after, before, strict=True))
        return total([Spent(cpu, collecting, allocated)], times=1000 / len(writes)), answers

    async def _heap(self) -> tuple[float, float]:
        """CPU seconds that went into collecting garbage, and bytes allocated, since the API server started."""
        found = samples(await self._wire.text("/metrics"), only="go_")
        return found[_COLLECTING][""], found[_ALLOCATED][""]

    async def _send(self, wire: Wire, writes: Sequence[Write], *, accept: str = METADATA) -> list[Json]:
        answers: list[Json] = [{}] * len(writes)

        async def send(thing: tuple[int, Write]) -> None:
            number, write = thing
            answers[number] = await wire.ask(
                "PATCH", write.path, body=write.body, content_type=write.content_type, accept=accept
            )

        await each(enumerate(writes), send, at_once=AT_ONCE)
        return answers

    async def _evening(self, load: Load) -> list[Evening]:
        namespaces = frozenset(load.namespaces)
        return [
            Evening(kind, raw)
            for kind in PLURALS
            for raw in (await self._wire.listed(collection(kind)))[0]
            if raw["metadata"]["namespace"] in namespaces
        ]

    async def _say_asleep(self, since: str | None) -> None:
        """Mark the namespaces as the operator marks those that sleep."""

        async def say(namespace: str) -> None:
            label = ASLEEP if since is not None else None
            body: Json = {"metadata": {"labels": {STATE_LABEL: label}, "annotations": {ASLEEP_SINCE: since}}}
            await self._wire.ask("PATCH", f"{NAMESPACES}/{namespace}", body=body, content_type=MERGE_PATCH)

        await each([*self._others.made.namespaces, *self._others.applied.namespaces], say)
        await asyncio.sleep(KNOWN)

    async def _check(self, evening: dict[str, list[Evening]]) -> None:
        now = {
            one.path: one.raw for load in (self._others.made, self._others.applied) for one in await self._evening(load)
        }
        awake = [one.path for some in evening.values() for one in some if not one.is_asleep(now[one.path])]
        if awake:
            raise LabError(f"{len(awake)} workloads were put to sleep and do not, such as {awake[0]}")


def rows_of(weighed: Weighed, *, size: str, policies: int) -> list[Row]:
    """The rows of what was weighed."""
    by_day = weighed.day.sides
    day = Row(
        bar("hold-day"),
        size,
        by_day.ratio,
        said=_said(by_day),
        detail={"policies": policies, **_detail(by_day)},
    )
    nights = {way: measured.sides for way, measured in weighed.night.items()}
    applied, made = (
        Row(
            bar("hold-night"),
            size,
            sides.ratio,
            way=WAYS[way],
            said=_said(sides, what=what),
            detail={"policies": policies, **_detail(sides)},
        )
        for (way, sides), what in zip(nights.items(), ("workloads", "writes"), strict=True)
    )
    seconds = evened(weighed.second, by=weighed.second)
    told = f"{applied.said}; of that without, {statistics.median(seconds):.2f} s are the second writes"
    detail = {**applied.detail, "second_write_without": _rounded(seconds)}
    return [day, replace(applied, said=told, detail=detail), made]


def _said(sides: Sides, *, what: str = "writes") -> str:
    without, having = sides.medians
    return (
        f"{without:.2f} s of API server CPU per 1,000 {what} without policies, {having:.2f} s with; "
        f"the ratio is uncertain by {100 * sides.noise:.0f} %"
    )


def _detail(sides: Sides) -> dict[str, object]:
    return {
        "ratio": round(sides.ratio, 3),
        "uncertain_by": round(sides.noise, 3),
        "cpu_per_1000_without": _rounded(sides.without),
        "cpu_per_1000_with": _rounded(sides.having),
    }


def _rounded(figures: Sequence[float]) -> list[float]:
    return [round(figure, 3) for figure in figures]
