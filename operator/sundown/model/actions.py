"""What can be asked for with an ActionRequest, as far as both processes have to agree on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sundown.model.base import Model, parse


@dataclass(frozen=True, slots=True)
class Right:
    """A right of the cluster's own, asked for the person in the namespace that is meant: no right of Sundown's."""

    verb: str
    resource: str
    group: str = ""
    version: str = "v1"
    subresource: str = ""
    name: str = ""

    def __str__(self) -> str:
        """As whoever can grant it knows it: ``"delete" namespaces``."""
        return f'"{self.verb}" {self.what}.{self.group}' if self.group else f'"{self.verb}" {self.what}'

    @property
    def what(self) -> str:
        """The resource with the part of it that is meant: ``pods/log``."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource

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
        name = namespace if (self.group, self.resource) == ("", "namespaces") else self.name
        return {**asked, "name": name} if name else asked


class Parameters(Model):
    """What an action takes besides a namespace: here, nothing."""


Asked = Callable[[Any], Right]
"""The right that is asked for, where it depends on the parameters."""


@dataclass(frozen=True, slots=True)
class Action:
    """``name`` is what ``spec.action`` says; ``deed`` what it is in a sentence, with ``{namespace}`` and the parameters in it.

    ``parameters`` is the model that ``spec.parameters`` is read by. It takes a second person where the action that it
    ``counts_as`` does, if it is named here.
    """

    name: str
    deed: str
    right: Right | Asked
    parameters: type[Parameters] = Parameters
    counts_as: str = ""

    def read(self, given: Mapping[str, str]) -> Parameters:
        """What was given for it.

        Raises:
            InvalidObject: it takes no such thing, or not that much of it; each mistake has its path.
        """
        return parse(self.parameters, given, prefix="spec.parameters")

    def of(self, namespace: str, parameters: Parameters | None = None) -> str:
        """What is done, to this namespace: what somebody may do, or may not."""
        return self.deed.format(**said(parameters), namespace=namespace)

    def asks(self, parameters: Parameters | None = None) -> Right:
        """The right that it takes of the person."""
        return self.right if isinstance(self.right, Right) else self.right(parameters)


def said(parameters: Parameters | None) -> dict[str, Any]:
    """Parameters by their names, for sentences."""
    return {} if parameters is None else {name: getattr(parameters, name) for name in type(parameters).model_fields}


DELETE = Action("Delete", 'delete the namespace "{namespace}"', Right("delete", "namespaces"))
