"""What a person may do: the cluster's own RBAC, asked for every single wish by a SubjectAccessReview."""

from __future__ import annotations

from typing import Any

from sundown.asking.finding import NotAllowed
from sundown.cluster.client import Cluster
from sundown.cluster.errors import Denied, Missing
from sundown.errors import SundownError
from sundown.frontdesk.people import Person
from sundown.model.resources import GROUP

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
EVERYBODY = "sundown:slack"
"""The group that everybody who comes by Slack belongs to."""

VERBS = ("get", "wake", "suspend", "extend", "snooze", "delete", "approve")
"""What can be granted on ``envschedules.sundown.dev``."""

_SAID = {"get": "look at", "wake": "wake", "suspend": "suspend", "extend": "extend", "snooze": "snooze"}


class NotAsked(SundownError):
    """Sundown's own account may not ask the cluster what people may do."""

    reason = "Misconfigured"


class Rights:
    """Asks the cluster. Nothing is cached: a right that was taken away is gone at once."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    async def require(self, person: Person, verb: str, namespace: str) -> None:
        """Return if the person may.

        Raises:
            NotAllowed: with the name of the right that is missing.
            ApiError: the cluster could not be asked.
        """
        if not await self.may(person, verb, namespace):
            raise NotAllowed(
                f'you ({person.email}) may not {_SAID.get(verb, verb)} "{namespace}": ask its owner, or whoever runs the '
                f'cluster, for the right to "{verb}" envschedules.sundown.dev there'
            )

    async def may(self, person: Person, verb: str, namespace: str) -> bool:
        """Whether the person has this right in the namespace; in all namespaces where it is empty.

        Each spelling of their address that is theirs is asked about, unless the cluster says outright that they may not.

        Raises:
            NotAsked: Sundown itself lacks the right to ask.
            ApiError: the cluster could not be asked.
        """
        for name in person.spellings:
            status = await self._review(name, groups_of(person), verb, namespace)
            if status.get("denied") is True:
                return False
            if status.get("allowed") is True:
                return True
        return False

    async def _review(self, name: str, groups: list[str], verb: str, namespace: str) -> dict[str, Any]:
        attributes = {"group": GROUP, "resource": "envschedules", "verb": verb}
        if namespace:
            attributes["namespace"] = namespace
        spec = {"user": name, "groups": groups, "resourceAttributes": attributes}
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        try:
            review = await self._cluster.create(REVIEWS, body)
        except (Denied, Missing) as error:
            raise NotAsked(
                f"Sundown may not ask the cluster what you may do ({error}); tell whoever runs it"
            ) from error
        return review.get("status") or {}


def groups_of(person: Person) -> list[str]:
    """The groups that RBAC sees: everybody's, and one for each of the person's Slack groups."""
    return ["system:authenticated", EVERYBODY, *(f"slack:{handle}" for handle in person.groups)]
