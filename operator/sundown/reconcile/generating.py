"""Makes the EnvSchedule of a namespace that a ClusterEnvSchedule covers, and keeps it in step with the template.

By server-side apply without force: a field that a person has taken over is a conflict, and is left to the person.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import structlog

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import Conflict
from sundown.model.env import Env
from sundown.model.resources import API_VERSION, GENERATED_NAME, GROUP, MANAGED_BY, ClusterEnvSchedule

log = structlog.get_logger(__name__)

FIELD_MANAGER = "sundown-operator"
TEMPLATE = f"{GROUP}/template"
"""Annotation of a generated EnvSchedule: which template it was made from, as a hash."""


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
    text = json.dumps([cover.metadata.uid, cover.spec.template.to_json()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_current(env: Env, cover: ClusterEnvSchedule) -> bool:
    """Whether the namespace has an EnvSchedule from this very template, or of the same name from somebody else."""
    for known in env.schedules:
        if known.metadata.name == GENERATED_NAME:
            return not known.generated or known.metadata.annotations.get(TEMPLATE) == template_hash(cover)
    return False


async def generate(cluster: Cluster, env: Env, cover: ClusterEnvSchedule) -> bool:
    """Apply the manifest; false when a person's edit stands in the way, which then stays.

    Raises:
        ApiError: when the API server cannot be asked or refuses.
    """
    path = paths.env_schedule(env.name, GENERATED_NAME)
    try:
        await cluster.apply(path, manifest(env.name, cover), manager=FIELD_MANAGER)
    except Conflict as conflict:
        log.info("generated-schedule-edited", namespace=env.name, template=cover.metadata.name, error=str(conflict))
        return False
    return True
