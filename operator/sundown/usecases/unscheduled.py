"""What is missing where a namespace has no EnvSchedule, and what to do: its label alone does nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from sundown.model.env import Namespace
from sundown.model.resources import ClusterEnvSchedule
from sundown.reconcile.governance import covering, is_new

_APPLY = "apply one (examples/01-office-hours.yaml)"


def unscheduled(space: Namespace, defaults: Iterable[ClusterEnvSchedule] | None, *, key: str) -> str:
    """Why nothing happens there, and what to do; ``defaults`` are None where they may not be seen, ``key`` is the label's."""
    told, label = "the namespace has no EnvSchedule", space.labels.get(key)
    if label == "disabled":
        return f"{told}, and its label {key}=disabled keeps it out"
    cover = covering(space, defaults) if defaults is not None else None
    if cover is not None and (label == "enabled" or (label is None and is_new(space, cover))):
        return (
            f'{told} yet, although ClusterEnvSchedule "{cover.metadata.name}" covers it: is the operator running, and is '
            f"that one in order? (kubectl describe clusterenvschedule {cover.metadata.name})"
        )
    if cover is not None and label is None:
        return (
            f'{told}, and is older than ClusterEnvSchedule "{cover.metadata.name}", which covers it: label it '
            f"{key}=enabled, or {_APPLY}"
        )
    if label == "enabled":
        return (
            f"{told}, and its label {key}=enabled alone does nothing: {_APPLY}, or a ClusterEnvSchedule that selects it"
        )
    return f"{told}: {_APPLY}"
