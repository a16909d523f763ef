"""What every workload's owner wanted, what was found while it slept and after it woke, and the verdict; likewise in AWS."""

from dataclasses import dataclass, field

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from sundown_lab.workloads import Count, Key


@dataclass
class Line:
    """One workload through the story. `wanted` is its owner's latest word, `remark` (", 5 ...") what is special about it."""

    before: Count
    wanted: int
    image: str
    remark: str = ""
    asleep: Count | None = None
    after: Count | None = None

    @property
    def asleep_faults(self) -> list[str]:
        """What was wrong while it slept, in plain words; not having looked is a fault too."""
        record = str(self.before.replicas) if self.before.replicas else None
        if self.asleep is None:
            return ["was not seen asleep"]
        if self.asleep.replicas or self.asleep.pods:
            return [f"did not sleep: {self.asleep}"]
        if self.asleep.record != record:
            return [f"had {self.asleep.record} recorded instead of {record}"]
        return []

    @property
    def awake_faults(self) -> list[str]:
        """What is wrong after it woke, likewise."""
        if self.after is None:
            return ["was not seen awake again"]
        found: list[str] = []
        if (self.after.replicas, self.after.ready) != (self.wanted, self.wanted):
            found.append(f"its owner wanted {self.wanted}, it has {self.after}")
        if self.after.record is not None:
            found.append(f"the record {self.after.record} was left behind")
        if self.after.image != self.image:
            found.append(f"its owner wanted {self.image}, it runs {self.after.image}")
        return found

    @property
    def faults(self) -> list[str]:
        """All that is not as it should be."""
        return [*self.asleep_faults, *self.awake_faults]


RUNS = frozenset({"running", "available"})
"""AWS's words for what is in use."""


@dataclass
class CloudLine:
    """Something in AWS through the story, in AWS's words for its state; `record` is the tag that it had while it slept."""

    before: str
    asleep: str | None = None
    record: str | None = None
    after: str | None = None
    left: str | None = None

    @property
    def faults(self) -> list[str]:
        """All that is not as it should be; not having looked is a fault too."""
        found = []
        if (self.asleep, self.record) != ("stopped", "running"):
            found.append(f"was {self.asleep} with {self.record} recorded while its env slept")
        if self.after not in RUNS:
            found.append(f"is {self.after} after its env woke")
        if self.left is not None:
            found.append(f"the record {self.left} was left behind")
        return found


@dataclass
class Ledger:
    """All workloads of the story, and all in AWS; `woken` says for each env how it was woken."""

    lines: dict[Key, Line] = field(default_factory=dict)
    clouds: dict[Key, CloudLine] = field(default_factory=dict)
    woken: dict[str, str] = field(default_factory=dict)

    @property
    def faults(self) -> list[str]:
        """All that is not as it should be."""
        every: dict[Key, Line | CloudLine] = {**self.lines, **self.clouds}
        return [f"{key} {fault}" for key, line in every.items() for fault in line.faults]

    def table(self) -> Table:
        """The table at the story's end."""
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for column in ("ENV", "PART", "BEFORE", "ASLEEP", "AFTER", "WOKEN", "VERDICT"):
            table.add_column(column, justify="right" if column in {"BEFORE", "AFTER"} else "left")
        told = ""
        for key in sorted({*self.lines, *self.clouds}):
            line = self.lines.get(key) or self.clouds[key]
            new = key.namespace != told
            told = key.namespace
            before, asleep, after, remark = _workload(line) if isinstance(line, Line) else _cloud(line)
            verdict = Text("; ".join(line.faults), "red") if line.faults else Text(f"ok{remark}", "green")
            env, woken = (key.namespace, self.woken.get(key.namespace, "?")) if new else ("", "")
            table.add_row(env, f"{key.kind}/{key.name}", before, asleep, after, woken, verdict)
        return table


def _workload(line: Line) -> tuple[str, str, str, str]:
    after = str(line.after.replicas) if line.after is not None else "?"
    return str(line.before.replicas), _asleep(line.asleep), after, line.remark


def _cloud(line: CloudLine) -> tuple[str, str, str, str]:
    asleep = f"{line.asleep}, {'recorded' if line.record else 'no record'}" if line.asleep else "?"
    return line.before, asleep, line.after or "?", ""


def _asleep(count: Count | None) -> str:
    if count is None:
        return "?"
    return f"{count.replicas}, {f'{count.record} recorded' if count.record is not None else 'no record'}"
