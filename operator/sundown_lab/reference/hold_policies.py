"""The components by which the API server keeps the kinds of one project asleep, a folder beside the rights on them: made of the catalogue."""

from collections.abc import Mapping
from typing import Any

import yaml

from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.hold_policy import binding, is_held, policy

_MADE = "`make docs` writes this file from the catalogue (`sleepers/hold_policy.py`)."
_COMPONENT = """\
# Keeps objects of {kinds} asleep at night, whoever writes them (docs/policies.md), on Kubernetes 1.36 and later.
# {made}
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources:
  - policies.yaml
"""
_WIDTH = 4096
"""Nothing but an expression is long, and its lines are where it has them."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, _data: object) -> bool:
        """Each label where it belongs."""
        return True


def _written(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _written)


def hold_manifests() -> Mapping[str, str]:
    """Each file by its path below `deploy/`, as it has to be."""
    made: dict[str, str] = {}
    for component in dict.fromkeys(row.component for row in ROWS if is_held(row)):
        rows = [row for row in ROWS if row.component == component and is_held(row)]
        folder = f"components/kinds/{component}/hold"
        documents = [each for row in rows for each in (policy(row), binding(row))]
        made[f"{folder}/policies.yaml"] = f"# {_MADE}\n{_dumped(documents)}"
        kinds = ", ".join(row.kind for row in rows)
        made[f"{folder}/kustomization.yaml"] = _COMPONENT.format(kinds=kinds, made=_MADE)
    return made


def _dumped(documents: list[dict[str, Any]]) -> str:
    return yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, width=_WIDTH)
