"""What moto has in its memory: instances, databases and database clusters, found by what AWS calls them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from moto.backends import get_backend
from moto.ec2.models.instances import StateReason

Kind = Literal["instance", "database", "cluster"]

STATE_CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
"""EC2's numbers for its states ("InstanceState" in its API reference)."""


@dataclass(frozen=True)
class Thing:
    """One of them; ``it`` is moto's own object, and changing it changes what moto answers."""

    kind: Kind
    name: str
    account: str
    region: str
    it: Any
    reservation: str = ""

    @property
    def phase(self) -> str:
        """AWS's word for its state."""
        return str(self.it.state if self.kind == "instance" else self.it.status)

    def be(self, phase: str) -> None:
        """Puts it into a state, the members of a cluster with it."""
        if self.kind == "instance":
            state = self.it._state  # noqa: SLF001  (moto's state has no setter)
            state.name, state.code = phase, STATE_CODES.get(phase, state.code)
            return
        self.it.status = phase
        for member in self.members:
            member.status = phase

    def because(self, code: str, message: str) -> None:
        """Says why it is in its state: EC2's StateReason, which databases do not have."""
        if self.kind == "instance":
            self.it.state_reason = StateReason(message, code)

    @property
    def members(self) -> list[Any]:
        """The instances of a cluster of databases."""
        return list(self.it.members) if self.kind == "cluster" else []

    @property
    def tags(self) -> dict[str, str]:
        """Its tags."""
        if self.kind == "instance":
            return dict(self.it.ec2_backend.tags.get(self.name, {}))
        return {each["Key"]: each["Value"] for each in self.it.get_tags()}


def instances(account: str, region: str, names: Collection[str] | None = None) -> dict[str, Thing]:
    """The EC2 instances of a region by id, all or those of these ids; terminated ones that are still shown included."""
    backend = _backend("ec2", account, region)
    return {
        instance.id: Thing("instance", instance.id, account, region, instance, reservation.id)
        for reservation in (backend.reservations.values() if backend is not None else ())
        for instance in reservation.instances
        if names is None or instance.id in names
    }


def databases(account: str, region: str) -> dict[str, Thing]:
    """All DB instances of a region by identifier."""
    backend = _backend("rds", account, region)
    found = backend.databases if backend is not None else {}
    return {name: Thing("database", name, account, region, each) for name, each in found.items()}


def clusters(account: str, region: str) -> dict[str, Thing]:
    """All DB clusters of a region by identifier."""
    backend = _backend("rds", account, region)
    found = backend.clusters if backend is not None else {}
    return {name: Thing("cluster", name, account, region, each) for name, each in found.items()}


def everything() -> Iterator[Thing]:
    """All there is, in all accounts and regions that anybody has used."""
    used: list[Any] = [get_backend("ec2"), get_backend("rds")]
    places = {(account, region) for each in used for account, regions in list(each.items()) for region in regions}
    for account, region in sorted(places):
        for look in (instances, databases, clusters):
            yield from look(account, region).values()


def forget(thing: Thing) -> None:
    """Takes a terminated instance out of what is described, as AWS does after about an hour."""
    backend = _backend("ec2", thing.account, thing.region)
    for key, reservation in list(backend.reservations.items() if backend is not None else ()):
        reservation.instances = [each for each in reservation.instances if each.id != thing.name]
        if not reservation.instances:
            del backend.reservations[key]


def _backend(service: Literal["ec2", "rds"], account: str, region: str) -> Any:
    try:
        return get_backend(service)[account][region]
    except KeyError:  # no such region
        return None
