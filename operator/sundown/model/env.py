"""An env as it is known: its namespace, the schedules in it, and those of the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sundown.errors import Mistake
from sundown.model.record import is_sleep_id
from sundown.model.resources import (
    ASLEEP,
    ASLEEP_BY,
    ASLEEP_SINCE,
    MANAGED_BY,
    OWNER,
    OWNER_EMAIL,
    STATE_LABEL,
    TEMPLATE,
    URL,
    ClusterEnvSchedule,
    EnvSchedule,
    EnvScheduleStatus,
    Metadata,
)
from sundown.model.spec import EnvScheduleSpec


@dataclass(frozen=True, slots=True)
class Namespace:
    """The part of a namespace that Sundown reads.

    Of one that is being deleted also since when, which finalizers it has itself, and which of its conditions hold it, by
    type and message.
    """

    name: str
    created: datetime
    labels: dict[str, str]
    annotations: dict[str, str]
    terminating: bool = False
    resource_version: str = ""
    uid: str = ""
    deleted_at: datetime | None = None
    finalizers: tuple[str, ...] = ()
    holding: tuple[tuple[str, str], ...] = ()

    @property
    def owner(self) -> str | None:
        """Whose env it is: annotation ``sundown.dev/owner``, else ``email``; cut to 256 characters."""
        text = self.annotations.get(OWNER) or self.annotations.get(OWNER_EMAIL)
        return text.strip()[:256] or None if text else None

    @property
    def url(self) -> str | None:
        """Where people find the env: annotation ``sundown.dev/url``, if it is a web address of at most 1024 characters."""
        text = self.annotations.get(URL, "").strip()
        return text if text.startswith(("https://", "http://")) and len(text) <= 1024 else None

    @property
    def marked_asleep(self) -> bool:
        """Whether it says that Sundown put it to sleep: by label, or by the id of the sleep."""
        return STATE_LABEL in self.labels or self.asleep_since is not None

    @property
    def asleep_since(self) -> str | None:
        """The id of its sleep; None where it has none, or one that no Sundown wrote."""
        text = self.annotations.get(ASLEEP_SINCE, "")
        return text if is_sleep_id(text) else None

    @property
    def asleep_by(self) -> str:
        """By which kinds something sleeps there by a patch, as it stands there; empty where it does not say."""
        return self.annotations.get(ASLEEP_BY, "")

    def is_marked(self, sleep: str) -> bool:
        """Whether it says all that it has to say of this sleep."""
        return self.labels.get(STATE_LABEL) == ASLEEP and self.annotations.get(ASLEEP_SINCE) == sleep


_NOTHING_LEFT = EnvScheduleSpec()


@dataclass(frozen=True, slots=True)
class Known:
    """An EnvSchedule as far as it can be read; ``mistakes`` says why ``schedule`` is not there, ``salvaged`` is what is left.

    ``taken_over`` says that Sundown made it, and that it has become somebody's.
    """

    metadata: Metadata
    status: EnvScheduleStatus
    schedule: EnvSchedule | None = None
    mistakes: tuple[Mistake, ...] = ()
    salvaged: EnvScheduleSpec = _NOTHING_LEFT
    taken_over: bool = False

    @property
    def legible_spec(self) -> EnvScheduleSpec:
        """The spec, or what is left of it: a person's wish to wake, and whether it is paused."""
        return self.schedule.spec if self.schedule is not None else self.salvaged

    @property
    def slept(self) -> bool:
        """Whether its env was asleep when it was looked at last, by the schedule as it is."""
        return self.status.state == "Asleep" and self.status.observed_generation == self.metadata.generation

    @property
    def generated(self) -> bool:
        """Whether Sundown made it from a ClusterEnvSchedule, rather than a person, and no person has taken it over."""
        marked = self.metadata.labels.get(MANAGED_BY) == "sundown" and TEMPLATE in self.metadata.annotations
        return marked and not self.taken_over

    @property
    def age(self) -> tuple[datetime, str]:
        """To sort by: the oldest first, by name where the second is the same."""
        return self.metadata.creation_timestamp or datetime.min.replace(tzinfo=UTC), self.metadata.name


@dataclass(frozen=True, slots=True)
class Env:
    """Everything that is known of one namespace, at one moment."""

    name: str
    namespace: Namespace | None
    schedules: tuple[Known, ...] = ()
    defaults: tuple[ClusterEnvSchedule, ...] = ()
    unreadable_defaults: frozenset[str] = frozenset()
    """The uids of ClusterEnvSchedules that cannot be read, so that nobody knows what they cover."""


MOST_SCHEDULES = 20
"""So many EnvSchedules of one namespace are known; one of them is in force."""


def crowd_out(there: dict[str, Known]) -> None:
    """Forget one EnvSchedule of a namespace, by name, where there are too many: the last that could come into force."""
    if len(there) > MOST_SCHEDULES:
        last = max(
            there.values(), key=lambda one: (one.metadata.deletion_timestamp is not None, one.generated, one.age)
        )
        del there[last.metadata.name]
