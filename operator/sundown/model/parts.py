"""The things of an env that can sleep, as the plan sees them: plain, immutable, free of any API's form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sundown.model import managers
from sundown.model.cloud import CloudPart
from sundown.model.record import Restoring, read_count
from sundown.model.switch import Switch

Action = Literal["Sleep", "Wake", "Forget", "Remember", "GiveBack"]
"""Put to zero, or stop; give back the recorded count, or start; only drop the record, because it has served its time or
somebody else has set a count since; write the record again that somebody took off; give back whose fields were taken."""

QUIET: frozenset[Action] = frozenset({"Forget", "Remember", "GiveBack"})
"""What changes nothing that runs: nobody waits for it, and it waits for nobody."""


Hold = Literal["Paused", "Partition", "OnDelete", "Supervised", "Unobserved"]
"""How a rollout is held back that is not finished; ``Unobserved``: one may be, and the status is of before."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns fields that Sundown writes, by an entry in ``managedFields``.

    ``fields`` are their names: ``replicas``, ``whenScaled``, ``mark``. Whoever applies the object counts with none of them too.
    ``shared`` says that the name is Sundown's, and that somebody else has made or changed the object under it.
    """

    manager: str
    applies: bool
    fields: frozenset[str]
    api_version: str = "apps/v1"
    time: str = ""
    subresource: str = ""
    shared: bool = False

    @property
    def ours(self) -> bool:
        """Whether it is Sundown itself, which applies no workload: the operator, its command line, its frontdesk."""
        return self.manager in managers.OURS and not self.applies and not self.shared


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment, a StatefulSet or another object that can sleep, at the moment it was read.

    ``record`` is the raw annotation that remembers the count to wake to, ``rest`` the one of what else wakes it, ``mark`` the
    one that says in which sleep and on which object they were written; ``taken_from``, ``exclude`` and ``wave`` are raw too.
    ``unheard`` says that a wish to wake is left on it, which a policy should have followed.
    ``aside`` is the field that its kind changes beside the count (a StatefulSet's ``whenScaled``), None where it has none;
    ``aside_applied`` is what the last client-side apply asks it to be, empty where it says nothing, None where nobody knows.
    ``terminating`` counts pods that are on their way out, None where the API server does not tell. ``owners`` are those of
    the fields that Sundown writes, None where nobody owns anything.
    ``ready`` counts the pods that are available: ready for ``minReadySeconds``.
    ``cpu`` (cores) and ``memory`` (GiB) are the requests of one pod; unknown requests count as zero. ``hindrance`` is why its
    pods do not come, where its conditions say so. ``hold`` is how its rollout is held back, ``rollout`` the raw annotation that
    allows to finish it. ``leaving`` says that it is being deleted, and only waits for whoever has to agree. ``controller`` is
    the title of the object that controls it, None where none does. ``switch`` says how it stands where its kind sleeps by a patch,
    ``row`` is the row of the table that it was read with then. ``generation`` counts the changes of its spec, 0 where it is unknown.
    """

    kind: str
    namespace: str
    name: str
    resource_version: str
    replicas: int
    pods: int
    ready: int
    settled: bool
    record: str | None = None
    exclude: str | None = None
    wave: str | None = None
    labels: Mapping[str, str] | None = None
    cpu: float = 0.0
    memory: float = 0.0
    uid: str = ""
    hindrance: str | None = None
    rest: str | None = None
    mark: str | None = None
    taken_from: str | None = None
    aside: str | None = None
    aside_applied: str | None = None
    terminating: int | None = None
    owners: tuple[Owner, ...] | None = None
    unheard: bool = False
    hold: Hold | None = None
    rollout: str | None = None
    leaving: bool = False
    controller: str | None = None
    switch: Switch | None = None
    row: object = field(default=None, repr=False, compare=False)
    generation: int = 0

    @property
    def previous(self) -> int | None:
        """The recorded count, or None where there is no record or one that cannot be read."""
        return read_count(self.record)

    @property
    def carries(self) -> bool:
        """Whether anything of Sundown's stands on it."""
        return self.unheard or not (self.record is self.mark is self.rest is self.taken_from is None)

    @property
    def is_applied(self) -> bool:
        """Whether somebody applies it server-side: whose apply is refused where another owns what they change."""
        return any(one.applies for one in self.owners or ())

    @property
    def written_by_us(self) -> frozenset[str]:
        """The fields that Sundown owns on it."""
        return frozenset(name for one in self.owners or () if one.ours for name in one.fields)

    @property
    def written_in_our_name(self) -> frozenset[str]:
        """The fields that Sundown owns, or who shares a name with it."""
        return frozenset(name for one in self.owners or () if one.ours or one.shared for name in one.fields)

    @property
    def at_zero(self) -> bool:
        """Whether it wants no pods and has none left, on their way out or not."""
        return self.replicas == 0 and self.pods == 0 and not self.terminating and self.settled

    @property
    def is_ready(self) -> bool:
        """Whether every pod that it wants is there, and has been ready for as long as its ``minReadySeconds`` ask for."""
        return self.settled and self.ready >= self.replicas

    @property
    def title(self) -> str:
        """``Deployment/web``."""
        return f"{self.kind}/{self.name}"


Part = Workload | CloudPart
"""Whatever of an env can sleep."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change to one part. ``replicas`` is what a workload goes to, and says nothing of a part in the cloud.

    ``restoring`` is what wakes a workload: written down where it falls asleep or is remembered, done where it wakes.
    ``sleep`` is the id of the sleep that this is written for, ``edition`` which record of it this is.
    """

    action: Action
    part: Part
    replicas: int = 0
    restoring: Restoring | None = None
    sleep: str = ""
    edition: int = 0

    @property
    def workload(self) -> Workload:
        """The part of a step that is known to be about a workload.

        Raises:
            TypeError: when it is about something in the cloud.
        """
        if isinstance(self.part, Workload):
            return self.part
        raise TypeError(f"{self.part.title} is no workload")

    def __str__(self) -> str:
        if isinstance(self.part, Workload):
            # What only is or is not asleep has no count to tell.
            counted = self.part.switch is None or max(self.part.replicas, self.replicas) > 1
            told = f": {self.part.replicas} -> {self.replicas}" if counted else ""
            return f"{self.action} {self.part.title}{told}"
        return f"{self.action} {self.part.title}, which is {self.part.phase}"
