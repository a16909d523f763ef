"""What a generated EnvSchedule was made from and made to say, as its annotation has it. Pure.

Who owns which field tells nothing of what somebody has taken out, so the mark has a digest of the whole. What people ask
of an env from day to day, ``override`` and ``paused``, is no part of that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from sundown.model.resources import ClusterEnvSchedule

WISHES = frozenset({"override", "paused"})
"""Fields of a spec that are no part of the schedule."""

_PAUSED = {None: "x", True: "y", False: "n"}


@dataclass(frozen=True, slots=True)
class TemplateMark:
    """``made_from`` is the template with the object that it stands in, ``origin`` that object, ``says`` the schedule.

    ``paused`` is what the template said of it: what an env says otherwise, a person has said. An older Sundown wrote
    neither ``origin`` nor ``paused``, and reads a mark that has them.
    """

    made_from: str
    says: str
    origin: str = ""
    paused: str = ""

    @classmethod
    def of(cls, cover: ClusterEnvSchedule) -> Self:
        """The mark of what is made from this one."""
        spec = cover.spec.template.to_json()
        return cls(
            made_from=_digest([cover.metadata.uid, spec]),
            says=schedule_digest(spec),
            origin=origin_of(cover.metadata.uid),
            paused=_PAUSED[spec.get("paused")],
        )

    @classmethod
    def read(cls, text: str) -> Self:
        """The mark that an annotation has; of a text that is none, one that fits nothing."""
        first, _, says = text.partition(".")
        made_from, _, rest = first.partition("-")
        origin, _, paused = rest.partition("-")
        return cls(made_from=made_from, says=says, origin=origin, paused=paused)

    def __str__(self) -> str:
        return f"{self.made_from}-{self.origin}-{self.paused}.{self.says}"

    def left_paused_as_made(self, spec: Mapping[str, Any]) -> bool:
        """Whether nobody has said otherwise of ``paused`` than the template did."""
        return self.paused == _PAUSED.get(spec.get("paused"))


def origin_of(uid: str) -> str:
    """Which ClusterEnvSchedule it is, whatever it says; another of the same name is another."""
    return _digest(uid)


def schedule_digest(spec: Mapping[str, Any]) -> str:
    """What a spec says, less what people ask of an env from day to day."""
    return _digest({key: value for key, value in spec.items() if key not in WISHES})


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
