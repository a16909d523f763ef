"""Makes the EnvSchedule of a namespace that a ClusterEnvSchedule covers, and keeps it in step with the template.

One that a person has edited is the person's from then on. Server-side apply without force would see a field that was
changed, but put back one that was taken out; so the generated one carries a digest of what it was made to say.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import structlog

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import Conflict
from sundown.model import managers
from sundown.model.env import Env, Known
from sundown.model.resources import API_VERSION, GENERATED_NAME, GROUP, MANAGED_BY, ClusterEnvSchedule
from sundown.model.spec import EnvScheduleSpec

log = structlog.get_logger(__name__)

TEMPLATE = f"{GROUP}/template"
"""Annotation of a generated EnvSchedule: which template it was made from, and what that said, as two digests."""
_WISHES = {"override", "paused"}
"""What people ask of an env from day to day; it is no edit of the schedule."""


def manifest(namespace: str, cover: ClusterEnvSchedule) -> dict[str, Any]:
    """The EnvSchedule that a template asks for in a namespace."""
    spec = cover.spec.template.to_json()
    return {
        "apiVersion": API_VERSION,
        "kind": "EnvSchedule",
        "metadata": {
            "name": GENERATED_NAME,
            "namespace": namespace,
            "labels": {MANAGED_BY: "sundown"},
            "annotations": {TEMPLATE: template_hash(cover)},
            "ownerReferences": [
                {
                    "apiVersion": API_VERSION,
                    "kind": "ClusterEnvSchedule",
                    "name": cover.metadata.name,
                    "uid": cover.metadata.uid,
                }
            ],
        },
        "spec": spec,
    }


def template_hash(cover: ClusterEnvSchedule) -> str:
    """Changes whenever the template or the object that it stands in does."""
    return f"{_digest([cover.metadata.uid, cover.spec.template.to_json()])}.{_saying(cover.spec.template)}"


def generated(env: Env) -> Known | None:
    """The EnvSchedule of the name that generated ones have, whoever made it."""
    return next((known for known in env.schedules if known.metadata.name == GENERATED_NAME), None)


def is_current(env: Env, cover: ClusterEnvSchedule) -> bool:
    """Whether the namespace has an EnvSchedule from this very template, or of the same name from somebody else."""
    known = generated(env)
    if known is None:
        return False
    return not known.generated or known.metadata.annotations.get(TEMPLATE) == template_hash(cover)


def is_edited(known: Known) -> bool:
    """Whether a generated EnvSchedule says something else than it was made to say."""
    if known.schedule is None:
        return True
    _, _, said = known.metadata.annotations.get(TEMPLATE, "").partition(".")
    return said != _saying(known.schedule.spec)


def _saying(spec: EnvScheduleSpec) -> str:
    return _digest({key: value for key, value in spec.to_json().items() if key not in _WISHES})


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


async def generate(cluster: Cluster, env: Env, cover: ClusterEnvSchedule) -> bool:
    """Apply the manifest; false when a person's edit stands in the way, which then stays.

    Raises:
        ApiError: when the API server cannot be asked or refuses.
    """
    path = paths.env_schedule(env.name, GENERATED_NAME)
    try:
        await cluster.apply(path, manifest(env.name, cover), manager=managers.OPERATOR)
    except Conflict as conflict:
        log.info("generated-schedule-edited", namespace=env.name, template=cover.metadata.name, error=str(conflict))
        return False
    return True
