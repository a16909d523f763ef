"""Pods that run, from lists of metadata: which there are, and who made each. Nothing else of them is read."""

from __future__ import annotations

import msgspec

from sundown.cluster.body import Body
from sundown.model.pods import Pod

RUNNING = "status.phase!=Succeeded,status.phase!=Failed"
"""The field selector of pods that are not over."""

_MADE_BY = {"pod-template-hash": "Deployment", "rollouts-pod-template-hash": "Rollout"}
"""Who makes ReplicaSets of its own name and a hash, by the label that holds the hash."""


class _Read(msgspec.Struct, rename="camel", gc=False):
    """Base of what is read: camelCase on the wire, other fields skipped."""


class _Owner(_Read):
    kind: str
    name: str
    controller: bool | None = False


class Maker(_Read):
    """Of the metadata of a pod what says who made it."""

    name: str
    namespace: str = ""
    labels: dict[str, str] | None = None
    owner_references: list[_Owner] | None = None


class _Metadata(Maker):
    deletion_timestamp: str | None = None


class _Object(_Read):
    metadata: _Metadata


class _ListMetadata(_Read):
    token: str = msgspec.field(name="continue", default="")


class _List(_Read):
    metadata: _ListMetadata
    # No default: an error that comes with a 200 has no items, and is not an env in which nothing runs.
    items: list[_Object] | None


_lists = msgspec.json.Decoder(_List)


class PodPage:
    """One page of a list of pods.

    Raises:
        ValueError: for what is no such list.
    """

    def __init__(self, answer: Body) -> None:
        page = _lists.decode(answer)
        self.items = [_pod(one.metadata) for one in page.items or ()]
        self.token = page.metadata.token


def _pod(metadata: _Metadata) -> Pod:
    kind, name = maker(metadata)
    return Pod(metadata.namespace, kind, name, leaves=metadata.deletion_timestamp is not None)


def maker(metadata: Maker) -> tuple[str, str]:
    """Kind and name of the controller above a pod, and above its ReplicaSet; of a pod without one its own."""
    owner = next((one for one in metadata.owner_references or () if one.controller), None)
    if owner is None:
        return "Pod", metadata.name
    if owner.kind == "ReplicaSet":
        for label, kind in _MADE_BY.items():
            ending = f"-{(metadata.labels or {}).get(label)}"
            if owner.name.endswith(ending):
                return kind, owner.name.removesuffix(ending)
    return owner.kind, owner.name
