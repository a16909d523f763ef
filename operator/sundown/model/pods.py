"""Pods as far as anybody here asks: where each runs and who made it, and what its containers are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod by who owns it; a pod that nobody owns is its own owner, of kind ``Pod``. ``leaves`` while it terminates."""

    namespace: str
    kind: str
    name: str
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Container:
    """``waiting`` is why it does not run yet or again, empty where nobody says, None while it runs or has ended.

    ``ended_before``: it was started anew since, so that there is a log from before.
    """

    name: str
    waiting: str | None = None
    ended_before: bool = False
    restarts: int = 0

    @property
    def has_written(self) -> bool:
        """Whether there can be a log: a container that waits to be started again has the one of its last run."""
        return self.waiting is None or self.ended_before


@dataclass(frozen=True, slots=True)
class PodContainers:
    """The containers of a pod, those that prepare it or look into it among ``others``; ``chosen`` is the one that its owners
    say is meant where none is named. ``phase`` is how the pod stands as a whole."""

    pod: str
    usual: tuple[Container, ...]
    others: tuple[Container, ...] = ()
    chosen: str | None = None
    phase: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Of all of them, those that do the pod's work first."""
        return tuple(one.name for one in (*self.usual, *self.others))

    def container(self, name: str) -> Container | None:
        """The one that is named, or meant where none is; None where there is no such."""
        wanted = name or self.chosen or (self.usual[0].name if self.usual else "")
        return next((one for one in (*self.usual, *self.others) if one.name == wanted), None)


@dataclass(frozen=True, slots=True)
class PodLine:
    """One pod as ``kubectl get pods`` shows it, in the API server's own words.

    ``is_well``: all of it runs, or it is over as it should be.
    """

    name: str
    ready: str
    status: str
    restarts: str
    age: str
    node: str = ""

    @property
    def is_well(self) -> bool:
        """Whether all of it runs, or it is over as it should be."""
        ready, _, wanted = self.ready.partition("/")
        return self.status in {"Completed", "Succeeded"} or (self.status == "Running" and ready == wanted)


@dataclass(frozen=True, slots=True)
class Maker:
    """Who made a pod, and so takes it along when it goes."""

    kind: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a pod from becoming ready: a word of Kubernetes' own, and its text. ``times``: how often its container has ended."""

    word: str
    text: str = ""
    times: int = 0

    @property
    def counted(self) -> str:
        """The text with how often, which is another at each look."""
        times = {0: "", 1: "once"}.get(self.times, f"{self.times} times")
        return ", ".join(filter(None, (self.text, times)))


@dataclass(frozen=True, slots=True)
class UnreadyPod:
    """A pod that is not ready. ``trouble`` is what is wrong with it, where it says so; ``state`` how it stands all the same."""

    name: str
    uid: str
    trouble: Trouble | None = None
    state: Trouble | None = None


@dataclass(frozen=True, slots=True)
class SeenPod:
    """One pod and how it is. ``trouble`` is what keeps it from becoming ready: a word of Kubernetes' own, and its text."""

    name: str
    uid: str
    maker: Maker | None = None
    phase: str = ""
    ready: bool = False
    leaves: bool = False
    image: str = ""
    trouble: tuple[str, str] | None = None
