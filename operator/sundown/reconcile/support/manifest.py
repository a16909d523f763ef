"""The pod of a SupportPod as it is sent to the API server. Pure."""

from __future__ import annotations

from typing import Any

from sundown.model.resources import API_VERSION, MANAGED_BY, OWNER
from sundown.model.support_pod import Wanted
from sundown.settings import Settings

CONTAINER = "support"
_NOBODY = 65532
_TMP = {"name": "tmp", "mountPath": "/tmp"}  # noqa: S108 - of the container, and the only place where it may write


def manifest(wanted: Wanted, *, memory: str, settings: Settings) -> dict[str, Any]:
    """A pod that goes with its SupportPod, and that the strictest rules for pods let in: no root, no token, no privileges."""
    resources = {"cpu": settings.support_cpu, "memory": memory}
    annotations = {"kubectl.kubernetes.io/default-container": CONTAINER}
    if wanted.owner:
        annotations[OWNER] = wanted.owner
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": wanted.name,
            "namespace": wanted.metadata.namespace,
            "labels": {
                "app.kubernetes.io/name": "sundown",
                "app.kubernetes.io/component": "support-pod",
                MANAGED_BY: "sundown",
            },
            "annotations": annotations,
            "ownerReferences": [
                {
                    "apiVersion": API_VERSION,
                    "kind": "SupportPod",
                    "name": wanted.name,
                    "uid": wanted.metadata.uid,
                    "controller": True,
                }
            ],
        },
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "nodeSelector": dict(settings.support_node_selector),
            "restartPolicy": "Always",
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": _NOBODY,
                "runAsGroup": _NOBODY,
                "fsGroup": _NOBODY,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "terminationGracePeriodSeconds": 5,
            "containers": [
                {
                    "name": CONTAINER,
                    "image": settings.support_image,
                    "command": list(settings.support_command),
                    "env": [{"name": "HOME", "value": _TMP["mountPath"]}],
                    "resources": {"requests": resources, "limits": resources},
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "capabilities": {"drop": ["ALL"]},
                        "readOnlyRootFilesystem": True,
                    },
                    "volumeMounts": [_TMP],
                }
            ],
            "volumes": [{"name": _TMP["name"], "emptyDir": {"sizeLimit": memory}}],
        },
    }
