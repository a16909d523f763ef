"""What can be asked for with an ActionRequest, as far as both processes have to agree on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Right:
    """A right of the cluster's own, asked for the person in the namespace that is meant: no right of Sundown's."""

    verb: str
    resource: str
    group: str = ""
    version: str = "v1"
    subresource: str = ""

    def __str__(self) -> str:
        """As whoever can grant it knows it: ``"delete" namespaces``."""
        resource = f"{self.resource}/{self.subresource}" if self.subresource else self.resource
        return f'"{self.verb}" {resource}.{self.group}' if self.group else f'"{self.verb}" {resource}'

    def within(self, namespace: str) -> dict[str, str]:
        """The ``resourceAttributes`` of a review."""
        asked = {
            "group": self.group,
            "version": self.version,
            "resource": self.resource,
            "verb": self.verb,
            "namespace": namespace,
        }
        if self.subresource:
            asked["subresource"] = self.subresource
        # A Role in the namespace counts for the namespace itself only where it is named.
        return {**asked, "name": namespace} if (self.group, self.resource) == ("", "namespaces") else asked


@dataclass(frozen=True, slots=True)
class Action:
    """``name`` is what ``spec.action`` says; ``deed`` what it is in a sentence, with ``{namespace}`` in it."""

    name: str
    deed: str
    right: Right

    def of(self, namespace: str) -> str:
        """What is done, of this namespace: what somebody may do, or may not."""
        return self.deed.format(namespace=namespace)


DELETE = Action("Delete", 'delete the namespace "{namespace}"', Right("delete", "namespaces"))
