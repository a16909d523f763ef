"""Where Sundown looks: in the whole cluster, or in named namespaces and its own only (J3)."""

from __future__ import annotations

from dataclasses import dataclass

from sundown.cluster import paths

_OF_THE_CLUSTER = frozenset({paths.NAMESPACES, paths.NODES, paths.CLUSTER_ENV_SCHEDULES})
_GROUP = "/apis/sundown.dev/"


@dataclass(frozen=True, slots=True)
class Scope:
    """Without ``namespaces`` everywhere. In ``home``, its own, are none but objects of Sundown's own kinds."""

    namespaces: tuple[str, ...] = ()
    home: str = ""

    @property
    def watched(self) -> tuple[str, ...]:
        """The namespaces in which something is watched; none means all."""
        return tuple(dict.fromkeys((*self.namespaces, self.home))) if self.namespaces else ()

    def lists(self, path: str) -> tuple[str, ...]:
        """What is to be listed for all that there is at a path: by namespace where not all of them may be seen.

        In the order of the API server, which sorts by ``namespace/name``, so that a list in parts reads as a whole one.
        """
        prefix, _, plural = path.rpartition("/")
        if not self.namespaces or path in _OF_THE_CLUSTER or "/namespaces/" in path:
            return (path,)
        names = self.watched if path.startswith(_GROUP) else self.namespaces
        return tuple(f"{prefix}/namespaces/{name}/{plural}" for name in sorted(names, key=lambda name: name + "/"))


EVERYWHERE = Scope()
