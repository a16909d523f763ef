"""Whose env it is, of the person who asks: as far as can be told from the names alone (B1)."""

from __future__ import annotations

import re

from sundown.frontdesk.people.people import Person
from sundown.model.addresses import same_person
from sundown.model.resources import OWNER
from sundown.usecases.find import Found

_SEPARATORS = re.compile(r"[,;\s]+")
_USER = re.compile(r"<@([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>")


def is_owner(person: Person, found: Found) -> bool:
    """Whether the person is among the owners: by e-mail address, Slack id or the handle of a user group."""
    of_schedule = found.known.metadata.annotations.get(OWNER)
    of_namespace = found.space.owner if found.space is not None else found.known.status.owner
    names = {_USER.sub(r"\1", name) for name in _SEPARATORS.split(of_schedule or of_namespace or "") if name}
    groups = {f"@{handle}" for handle in person.groups}
    return person.id in names or bool(groups & names) or any(same_person(person.email, name) for name in names)
