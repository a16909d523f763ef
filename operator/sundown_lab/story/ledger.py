"""What every workload's owner wanted, what was found while it slept and after it woke, and the verdict."""

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


@dataclass
class Ledger:
    """All workloads of the story; `woken` says for each env how it was woken."""

    lines: dict[Key, Line] = field(default_factory=dict)
    woken: dict[str, str] = field(default_factory=dict)

    @property
    def faults(self) -> list[str]:
        """All that is not as it should be."""
        return [f"{key} {fault}" for key, line in self.lines.items() for fault in line.faults]

    def table(self) -> Table:
        """The table at the story's end."""
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for column in ("ENV", "WORKLOAD", "BEFORE", "ASLEEP", "AFTER", "WOKEN", "VERDICT"):
            table.add_column(column, justify="right" if column in {"BEFORE", "AFTER"} else "left")
        told = ""
        for key, line in sorted(self.lines.items()):
            new = key.namespace != told
            told = key.namespace
            verdict = Text("; ".join(line.faults), "red") if line.faults else Text(f"ok{line.remark}", "green")
            table.add_row(
                key.namespace if new else "",
                f"{key.kind}/{key.name}",
                str(line.before.replicas),
                _asleep(line.asleep),
                str(line.after.replicas) if line.after is not None else "?",
                self.woken.get(key.namespace, "?") if new else "",
                verdict,
            )
        return table


def _asleep(count: Count | None) -> str:
    if count is None:
        return "?"
    return f"{count.replicas}, {f'{count.record} recorded' if count.record is not None else 'no record'}"
