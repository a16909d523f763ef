"""People, their conversations and an env of theirs, without Slack: it is a small book here."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sundown.cluster import reading
from sundown.errors import NotFound
from sundown.frontdesk.alerts.channel_backoff import SlackTrouble
from sundown.frontdesk.people.people import Person, UnknownPerson
from sundown.model.env import Namespace
from sundown.usecases.find import Found

NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
ZONES = {"ana": "Europe/Berlin", "bo": "America/New_York", "chen": "Asia/Kolkata", "dina": ""}


def person(name: str) -> Person:
    zone = ZONES.get(name, "UTC")
    return Person(id=f"U{name.upper():0<6}", email=f"{name}@example.com", name=name, time_zone=zone)


@dataclass
class Book:
    """People, groups, channels; ``away`` raises instead."""

    known: dict[str, Person] = field(default_factory=lambda: {name: person(name) for name in ZONES})
    away: Exception | None = None
    closed: SlackTrouble | None = None
    asked: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        return NOW

    async def of(self, user_id: str) -> Person:
        self._maybe()
        found = next((one for one in self.known.values() if one.id == user_id), None)
        if found is None:
            raise UnknownPerson("nobody")
        return found

    async def by_email(self, email: str) -> Person:
        self._maybe()
        name = email.partition("@")[0]
        if name not in self.known:
            raise NotFound(f"nobody has {email}")
        return self.known[name]

    async def groups(self) -> dict[str, frozenset[str]]:
        self._maybe()
        return {"platform": frozenset({person("ana").id, person("chen").id})}

    async def members_of(self, group: str) -> tuple[str, ...]:
        return tuple(one.id for one in self.known.values())

    async def channels(self) -> dict[str, str]:
        self.asked.append("channels")
        return {"dev": "C00000DEV", "ops": "C00000OPS"}

    async def fates(self) -> dict[str, str]:
        self.asked.append("fates")
        return {"old": "is archived", "before": "was renamed to #dev"}

    async def conversation_with(self, user: str) -> str:
        if self.closed is not None:
            raise self.closed
        self.asked.append(user)
        return f"D{user}"

    def _maybe(self) -> None:
        if self.away is not None:
            raise self.away


def env(owner: str | None = "ana@example.com", *, notify: dict[str, Any] | None = None, **spec: Any) -> Found:
    raw = {
        "metadata": {"name": "default", "namespace": "dev1", "uid": "u", "annotations": spec.pop("annotations", {})},
        "spec": {"notify": notify or {}, **spec},
    }
    annotations = {"email": owner} if owner is not None else {}
    space = Namespace(name="dev1", created=NOW, labels={}, annotations=annotations)
    return Found("dev1", reading.env_schedule(raw), trouble=None, paused_by=None, space=space)
