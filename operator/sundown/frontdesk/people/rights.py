"""What a person may do: the cluster's own RBAC, asked for every single wish by a SubjectAccessReview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sundown.cluster.client import Cluster
from sundown.cluster.reviews import AUTHENTICATED, review
from sundown.frontdesk.people.people import Login, Person
from sundown.model.actions import Action, Parameters, Right
from sundown.model.resources import GROUP
from sundown.usecases.find import NotAllowed

EVERYBODY = "sundown:slack"
"""The group that every member of the workspace who comes by Slack belongs to."""
GUESTS = "sundown:slack-guests"
"""The group of its guests instead. The install binds nothing to it."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What rights can be granted on: the verbs, what such things are called, and whether they have a ``home`` of their own."""

    verbs: tuple[str, ...]
    called: str
    home: bool = False


GRANTED: Mapping[str, Granted] = {
    "envschedules": Granted(("get", "wake", "suspend", "extend", "snooze", "delete", "approve"), "environments"),
    # The last two are asked for what somebody else has started.
    "supportpods": Granted(("list", "create", "patch", "delete"), "support pods", home=True),
}
"""By the plural of a resource of Sundown's. A row of the commands or the API names one of them."""

_SAID = {
    "get": "look at",
    "wake": "wake",
    "suspend": "suspend",
    "extend": "extend",
    "snooze": "snooze",
    "approve": "approve what others ask for in",
}


class Rights:
    """Asks the cluster. Nothing is cached: a right that was taken away is gone at once. ``support`` is where support pods are."""

    def __init__(self, cluster: Cluster, *, support: str = "") -> None:
        self._cluster = cluster
        self._support = support

    async def require(self, person: Person, verb: str, namespace: str, *, on: str = "envschedules") -> None:
        """Return if the person may; where there is no home for such things, nobody is refused what is not there.

        Raises:
            NotAllowed: with the name of the right that is missing.
            ApiError: the cluster could not be asked.
        """
        granted = GRANTED[on]
        if granted.home and not self._support:
            return
        place = self._support if granted.home else namespace
        if await self._known_as(person, _asked(verb, place, on=on)) is not None:
            return
        if granted.home:
            what, whom, there = granted.called, "whoever runs the cluster", f'in "{place}"'
        else:
            what = f'"{namespace}"' if namespace else "all environments"
            whom, there = "its owner, or whoever runs the cluster,", "there"
        raise NotAllowed(
            f'you ({person.email}) may not {_SAID.get(verb, verb)} {what}: ask {whom} for the right to "{verb}" '
            f"{on}.{GROUP} {there}"
        ).naming(namespace)

    async def require_action(
        self, person: Person, verb: str, action: Action, namespace: str, *, parameters: Parameters | None = None
    ) -> str:
        """The spelling of the person by which they may do this to the namespace themselves, besides ``verb`` on its EnvSchedules.

        The right to "delete" an EnvSchedule is not enough: whoever edits a namespace has it, and may not end it.

        Raises:
            NotAllowed: they may not.
            ApiError: the cluster could not be asked.
        """
        await self.require(person, verb, namespace)
        right = action.asks(parameters)
        name = await self._known_as(person, right.within(namespace))
        if name is None:
            raise NotAllowed(
                f"you ({person.email}) may not {action.of(namespace, parameters)}: ask whoever runs the cluster for the right to "
                f"{right} there"
            ).naming(namespace)
        return name

    async def require_own(self, person: Person, right: Right, namespace: str) -> None:
        """Return if the person has a right of the cluster's own, as they would need it for kubectl.

        Raises:
            NotAllowed: they lack it.
            ApiError: the cluster could not be asked.
        """
        if not await self.has(person, right, namespace):
            raise NotAllowed(
                f'you ({person.email}) may not {right.verb} {right.what} in "{namespace}": ask its owner, or whoever runs the '
                f"cluster, for the right to {right} there"
            ).naming(namespace)

    async def has(self, person: Person, right: Right, namespace: str) -> bool:
        """Whether the person has a right of the cluster's own in the namespace.

        Raises:
            ApiError: the cluster could not be asked.
        """
        return await self._known_as(person, right.within(namespace)) is not None

    async def spelling(self, person: Person, verb: str, namespace: str) -> str:
        """The spelling of the person that has this right.

        Raises:
            NotAllowed, ApiError: as with ``require``.
        """
        await self.require(person, verb, namespace)
        return await self._known_as(person, _asked(verb, namespace)) or person.email

    async def may(self, person: Person, verb: str, namespace: str) -> bool:
        """Whether the person has this right in the namespace; in all namespaces where it is empty.

        Each spelling of their address that is theirs is asked about, unless the cluster says outright that they may not.

        Raises:
            NotAsked: Sundown itself lacks the right to ask.
            ApiError: the cluster could not be asked.
        """
        return await self._known_as(person, _asked(verb, namespace)) is not None

    async def _known_as(self, person: Person, attributes: Mapping[str, str]) -> str | None:
        for name in person.spellings:
            answer = await review(self._cluster, name, groups_of(person), attributes, **_beside(person.login))
            if answer.denied:
                return None
            if answer.allowed:
                return name
        return None


def _asked(verb: str, namespace: str, *, on: str = "envschedules") -> dict[str, str]:
    asked = {"group": GROUP, "resource": on, "verb": verb}
    return {**asked, "namespace": namespace} if namespace else asked


def groups_of(person: Person) -> list[str]:
    """The groups that RBAC sees: that of all members or of all guests, and one for each of the person's Slack groups.

    Of somebody who came with a token of the cluster those that it says: the workspace vouches for no token.
    """
    if person.login is not None:
        return list(person.login.groups)
    return [AUTHENTICATED, GUESTS if person.guest else EVERYBODY, *(f"slack:{handle}" for handle in person.groups)]


def _beside(login: Login | None) -> dict[str, Any]:
    """What an authoriser may judge by besides name and groups, such as the scopes that a token is confined to."""
    return {} if login is None else {"uid": login.uid, "extra": dict(login.extra)}
