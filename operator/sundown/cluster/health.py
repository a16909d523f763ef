"""Pods, nodes and Deployments from their JSON, with only what alerts look at: the rest is skipped where it stands."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from itertools import islice

import msgspec

from sundown.cluster.pods import Maker, maker
from sundown.model.cutting import clip, clip_bytes
from sundown.model.health import ContainerHealth, NodeHealth, PodHealth, RolloutHealth

_MOST_CONTAINERS = 32
"""Of one pod so many are kept of which there is something to say, wherever among the others they stand."""
_LONGEST_REASON = 60
_LONGEST_KIND, _LONGEST_OWNER = 63, 120
_MOST_IMAGES = 4
_LONGEST_IMAGE = 200
_REVISION = "deployment.kubernetes.io/revision"
_LEAVING = frozenset(
    {
        "ToBeDeletedByClusterAutoscaler",
        "DeletionCandidateOfClusterAutoscaler",
        "karpenter.sh/disrupted",
        "karpenter.sh/disruption",
        "node.kubernetes.io/out-of-service",
    }
)
"""Taints of nodes that are about to be taken away.

Sources: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md, https://karpenter.sh/docs/concepts/disruption/,
https://kubernetes.io/docs/reference/labels-annotations-taints/.
"""
_OF_A_CRON_JOB = re.compile(r"-\d{8,}$")
"""What a CronJob puts behind its own name for each of its Jobs."""


class _Read(msgspec.Struct, rename="camel", gc=False):
    """Base of what is read: camelCase on the wire, other fields skipped."""


class _Metadata(Maker):
    creation_timestamp: datetime | None = None
    deletion_timestamp: str | None = None
    generation: int = 0
    annotations: dict[str, str] | None = None


class _Condition(_Read):
    type: str
    status: str
    reason: str = ""
    last_transition_time: datetime | None = None
    last_update_time: datetime | None = None


class _Waiting(_Read):
    reason: str = ""


class _Ended(_Read):
    reason: str = ""
    finished_at: datetime | None = None


class _State(_Read):
    waiting: _Waiting | None = None
    terminated: _Ended | None = None


class _Container(_Read):
    name: str
    restart_count: int = 0
    state: _State | None = None
    last_state: _State | None = None


class _PodSpec(_Read):
    node_name: str = ""


class _PodStatus(_Read):
    phase: str = ""
    conditions: list[_Condition] | None = None
    container_statuses: list[_Container] | None = None
    init_container_statuses: list[_Container] | None = None


class _Pod(_Read):
    metadata: _Metadata
    spec: _PodSpec
    status: _PodStatus


class _Taint(_Read):
    key: str = ""


class _NodeSpec(_Read):
    unschedulable: bool = False
    taints: list[_Taint] | None = None


class _NodeStatus(_Read):
    conditions: list[_Condition] | None = None


class _Node(_Read):
    metadata: _Metadata
    spec: _NodeSpec
    status: _NodeStatus


class _Image(_Read):
    image: str = ""


class _TemplateSpec(_Read):
    containers: list[_Image] | None = None


class _Template(_Read):
    spec: _TemplateSpec


class _DeploymentSpec(_Read):
    template: _Template
    replicas: int = 1


class _DeploymentStatus(_Read):
    observed_generation: int = 0
    replicas: int = 0
    updated_replicas: int = 0
    available_replicas: int = 0
    conditions: list[_Condition] | None = None


class _Deployment(_Read):
    metadata: _Metadata
    spec: _DeploymentSpec
    status: _DeploymentStatus


_pods = msgspec.json.Decoder(_Pod)
_nodes = msgspec.json.Decoder(_Node)
_deployments = msgspec.json.Decoder(_Deployment)


def pod(wire: msgspec.Raw) -> PodHealth:
    """A pod. Raises ValueError: it is none."""
    raw = _pods.decode(wire)
    metadata, status = raw.metadata, raw.status
    kind, owner = maker(metadata)
    if kind == "Job" and _OF_A_CRON_JOB.search(owner):
        kind, owner = "CronJob", _OF_A_CRON_JOB.sub("", owner)
    containers = [*(status.init_container_statuses or ()), *(status.container_statuses or ())]
    return PodHealth(
        namespace=sys.intern(metadata.namespace),
        name=metadata.name,
        owner_kind=sys.intern(_plain(kind, _LONGEST_KIND)),
        owner=sys.intern(_plain(owner, _LONGEST_OWNER)),
        node=sys.intern(raw.spec.node_name),
        ready=_condition(status.conditions, "Ready").status == "True",
        over=metadata.deletion_timestamp is not None or status.phase in {"Succeeded", "Failed"},
        containers=tuple(islice(filter(None, map(_container, containers)), _MOST_CONTAINERS)),
    )


def _plain(text: str, most: int) -> str:
    """What whoever makes a pod may write there, whatever and as long as they like."""
    return clip_bytes("".join(each if each.isprintable() else "?" for each in text[:most]), most)


def _container(raw: _Container) -> ContainerHealth | None:
    now, before = raw.state or _State(), raw.last_state or _State()
    ended = now.terminated or before.terminated
    waiting = clip(now.waiting.reason, _LONGEST_REASON) if now.waiting is not None else ""
    if not raw.restart_count and ended is None and waiting in {"", "ContainerCreating", "PodInitializing"}:
        return None
    return ContainerHealth(
        name=sys.intern(raw.name),
        restarts=raw.restart_count,
        waiting=sys.intern(waiting),
        ended=sys.intern(clip(ended.reason, _LONGEST_REASON)) if ended is not None else "",
        ended_at=ended.finished_at if ended is not None else None,
    )


def node(wire: msgspec.Raw) -> NodeHealth:
    """A node. Raises ValueError: it is none."""
    raw = _nodes.decode(wire)
    ready = _condition(raw.status.conditions, "Ready")
    taints = {taint.key for taint in raw.spec.taints or ()}
    return NodeHealth(
        name=raw.metadata.name,
        ready=ready.status,
        since=ready.last_transition_time,
        created_at=raw.metadata.creation_timestamp,
        leaves=raw.spec.unschedulable or raw.metadata.deletion_timestamp is not None or bool(taints & _LEAVING),
        reason=clip(ready.reason, _LONGEST_REASON),
    )


def rollout(wire: msgspec.Raw) -> RolloutHealth:
    """A Deployment. Raises ValueError: it is none."""
    raw = _deployments.decode(wire)
    metadata, spec, status = raw.metadata, raw.spec, raw.status
    progress = _condition(status.conditions, "Progressing")
    revision = (metadata.annotations or {}).get(_REVISION, "")
    # As `kubectl rollout status` has it: https://github.com/kubernetes/kubectl/blob/master/pkg/polymorphichelpers/rollout_status.go
    complete = (
        status.observed_generation >= metadata.generation
        and progress.reason != "ProgressDeadlineExceeded"
        and status.updated_replicas >= spec.replicas
        and status.replicas <= status.updated_replicas
        and status.available_replicas >= status.updated_replicas
    )
    images = [clip(one.image, _LONGEST_IMAGE) for one in spec.template.spec.containers or ()]
    return RolloutHealth(
        namespace=sys.intern(metadata.namespace),
        name=metadata.name,
        revision=int(revision) if revision.isascii() and revision.isdecimal() and len(revision) < 10 else 0,
        replicas=spec.replicas,
        complete=complete,
        completed_at=progress.last_update_time if progress.reason == "NewReplicaSetAvailable" else None,
        images=tuple(images[:_MOST_IMAGES]),
    )


_NOT_SAID = _Condition("", "")


def _condition(conditions: list[_Condition] | None, wanted: str) -> _Condition:
    return next((one for one in conditions or () if one.type == wanted), _NOT_SAID)
