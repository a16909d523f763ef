"""What is seen of the cluster at one moment, and of one thing by one kind of alert. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sundown.model.health import ContainerHealth, NodeHealth, PodHealth, RolloutHealth


@dataclass(frozen=True, slots=True)
class Group:
    """The pods of one owner. ``hidden`` are on nodes that are lost: what their last status says is no news."""

    pods: tuple[PodHealth, ...]
    hidden: tuple[PodHealth, ...] = ()


Thing = Group | NodeHealth | RolloutHealth


@dataclass(frozen=True, slots=True)
class Sight:
    """Something that an alert watches for, seen at one part of a thing (a container).

    ``times`` are the moments at which it happened, where it is something that happens, and ``count`` how much of it there is,
    where that is known (restarts). ``ripe_at``: it counts only from then on. ``held``: it is told later, when it can be seen.
    """

    part: str = ""
    count: int = 1
    times: tuple[datetime, ...] = ()
    ripe_at: datetime | None = None
    held: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """All that one kind of alert sees of one thing. ``well``: nothing is wrong with it; ``gone``: it is not there.

    Between the two, and between well and ill, nothing is known: a container that has just been started again, say.
    ``inhibited`` are the parts of which something would be seen, were there not a greater trouble that is told already.
    """

    sights: Mapping[str, Sight] = field(default_factory=dict)
    well: bool = False
    gone: bool = False
    inhibited: frozenset[str] = frozenset()


GONE = View(gone=True)

See = Callable[[Thing, datetime], View]
OfContainer = Callable[[PodHealth, ContainerHealth], Sight | None]


def by_container(see: OfContainer) -> See:
    """Looks at each container of each pod of an owner; what is seen at the same container of several is one sight."""

    def look(thing: Thing, now: datetime) -> View:
        assert isinstance(thing, Group)
        live = [pod for pod in thing.pods if not pod.over]
        return View(
            _seen(see, thing.pods),
            well=bool(live) and not thing.hidden and all(pod.ready for pod in live),
            gone=not live and not thing.hidden,
            inhibited=frozenset(_seen(see, thing.hidden)),
        )

    return look


def _seen(see: OfContainer, pods: Iterable[PodHealth]) -> dict[str, Sight]:
    sights: dict[str, Sight] = {}
    for pod in pods:
        for container in pod.containers:
            sight = see(pod, container)
            if sight is None:
                continue
            before = sights.get(container.name)
            sights[container.name] = sight if before is None else _merged(before, sight)
    return sights


def _merged(one: Sight, other: Sight) -> Sight:
    """Of two pods; people are shown the one that is worse, or newer."""
    worse = max(one, other, key=lambda sight: (sight.count, max(sight.times, default=_NEVER)))
    times = tuple(sorted((*one.times, *other.times)))  # the cluster tells whole seconds, in which there may be several
    return Sight(part=worse.part, count=max(one.count, other.count), times=times, facts=worse.facts)


_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
