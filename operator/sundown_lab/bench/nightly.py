"""The operator's own writes that put workloads to sleep, made by its own code for it is they that are weighed. Pure."""

from dataclasses import dataclass

from sundown.model.parts import Step
from sundown.model.resources import ASLEEP_SINCE, PREVIOUS, PREVIOUS_REPLICAS, TAKEN_FROM
from sundown.sleepers.kinds import KINDS
from sundown.sleepers.notes import at_night
from sundown.sleepers.replicas import Debt
from sundown.sleepers.ways import by_policy, direct, is_for_policy, note_for, noting, owed
from sundown_lab.bench.others import Write
from sundown_lab.bench.stage import ACCOUNT
from sundown_lab.load import collection
from sundown_lab.wire import Json

TONIGHT = "2026-11-23T18:00:00.123456Z"
NOTES = (ASLEEP_SINCE, PREVIOUS_REPLICAS, PREVIOUS, TAKEN_FROM)
"""What stands on a workload that sleeps."""


@dataclass(frozen=True)
class Evening:
    """One workload as it is before it is put to sleep."""

    kind: str
    raw: Json

    @property
    def path(self) -> str:
        """Where it is."""
        metadata = self.raw["metadata"]
        return f"{collection(self.kind, metadata['namespace'])}/{metadata['name']}"

    @property
    def count(self) -> int:
        """How many replicas it has."""
        return int(self.raw["spec"]["replicas"])

    @property
    def _step(self) -> Step:
        row = KINDS[self.kind]
        found = row.read(self.raw)
        return Step("Sleep", found, 0, row.restoring(found), TONIGHT)

    def first(self, *, policies: bool) -> Write:
        """The write that puts it to sleep, where the policies are in force and where they are not."""
        step = self._step
        note = note_for(step, owed(step))
        if policies and is_for_policy(step):
            body = noting(step, by_policy(step), at_night(note))
        else:
            body = noting(step, direct(step), note)
        return Write(f"{self.path}?fieldManager={ACCOUNT}", body)

    def second(self, metadata: Json) -> Write | None:
        """The write that gives the fields back to who applies them, as a first without policies has left it; None where none is due."""
        step = self._step
        whose = owed(step)
        patch = Debt(self.path, step, whose, note_for(step, whose), metadata).patch
        return Write(f"{self.path}?fieldManager={ACCOUNT}", patch) if patch is not None else None

    def is_asleep(self, now: Json) -> bool:
        """Whether it is as it has to be at night."""
        notes = now["metadata"].get("annotations") or {}
        marked = str(notes.get(ASLEEP_SINCE, "")).startswith(TONIGHT)
        return bool(now["spec"]["replicas"] == 0 and notes.get(PREVIOUS_REPLICAS) == str(self.count) and marked)

    def morning(self, *, manager: str) -> Write:
        """Have it as it was, in one write of that field manager."""
        body: Json = {
            "metadata": {"annotations": dict.fromkeys(NOTES)},
            "spec": {"replicas": self.count},
        }
        return Write(f"{self.path}?fieldManager={manager}", body)
