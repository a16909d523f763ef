"""How a call of the command line ended, and how tests spell such a call."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class Called:
    """How a call ended: exit code, and what it printed where."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


class Sundown(Protocol):
    """``sundown("list", "-o", "json")``, with ``who`` a kubeconfig other than the administrator's."""

    def __call__(self, *arguments: str, who: Path | None = None) -> Called: ...
