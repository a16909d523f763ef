"""kubernetes-asyncio with only the part of it that is used: configuration and credentials.

Whatever is imported of it brings 850 generated models along: 35 MB and half a second, in every operator and before every
command that somebody types. Sundown reads JSON and uses none of them, and Kopf does without where they are not there.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_PACKAGE = "kubernetes_asyncio"
_CLIENT = f"{_PACKAGE}.client"


class _Hollow(Loader):
    """Runs nothing of a package's own; its submodules are found where they are."""

    def create_module(self, spec: ModuleSpec) -> None:
        """The usual kind of module."""

    def exec_module(self, module: ModuleType) -> None:
        """Give the client the two names that its configuration asks for; of one of them only the name is used."""
        if module.__name__ == _CLIENT:
            module.ApiClient = object  # type: ignore[attr-defined]
            module.Configuration = importlib.import_module(f"{_CLIENT}.configuration").Configuration  # type: ignore[attr-defined]


class _Lean(MetaPathFinder):
    """Finds the two packages that import everything, and leaves them hollow."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        found = PathFinder.find_spec(fullname, path, target) if fullname in {_PACKAGE, _CLIENT} else None
        if found is None:
            return None
        hollow = ModuleSpec(fullname, _Hollow(), is_package=True)
        hollow.submodule_search_locations = found.submodule_search_locations
        return hollow


def spare_the_models() -> None:
    """Have whoever imports the package from now on get the lean one; nothing changes where somebody has imported it."""
    if _PACKAGE not in sys.modules:
        sys.meta_path.insert(0, _Lean())
