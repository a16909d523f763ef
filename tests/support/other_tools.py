"""What tests of other tools say to an env, and read of it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from support.apiserver import Json
from support.envs import Env

Kubectl = Callable[..., subprocess.CompletedProcess[str]]

MARK, NOTE = "sundown.dev/asleep-since", "sundown.dev/taken-from"


def sleep(env: Env, *, why: str = "night") -> None:
    env.wish("Asleep", reason=why)
    env.until("Asleep")


def wake(env: Env) -> None:
    env.wish("Awake")
    env.until("Awake")


def notes(env: Env, name: str = "web", *, kind: str = "Deployment") -> dict[str, str]:
    """What Sundown has written on a workload."""
    found = env.workload(name, kind=kind)["metadata"].get("annotations", {})
    return {key: text for key, text in found.items() if key.startswith("sundown.dev/")}


def owners(env: Env, name: str = "web", *, kind: str = "Deployment", field: str = "f:replicas") -> set[str]:
    """Who owns the count, or another field of the spec."""
    entries = env.workload(name, kind=kind)["metadata"]["managedFields"]
    spec = {one["manager"]: one["fieldsV1"].get("f:spec", {}) for one in entries if one.get("subresource") != "status"}
    return {manager for manager, fields in spec.items() if field in json.dumps(fields)}


def applied(kubectl: Kubectl, env: Env, body: Json, *options: str) -> None:
    """Server-side apply without force, as Helm 4 does; raises where there is a conflict."""
    line = ("apply", "--server-side", "--field-manager=helm", "-n", env.name, *options, "-f", "-")
    kubectl(*line, input=json.dumps(body))


def editor(directory: Path, change: str) -> str:
    """What ``KUBE_EDITOR`` may name: a program that does this, in the words of sed, to what ``kubectl edit`` opens."""
    program = directory / "editor"
    program.write_text(f"#!/bin/sh\nsed -i '{change}' \"$1\"\n")
    program.chmod(0o700)
    return str(program)


def undo(env: Env, kubectl: Kubectl) -> None:
    kubectl("-n", env.name, "rollout", "undo", "deployment/web")


def set_image(image: str) -> Json:
    """The patch of somebody who rolls out another image."""
    return {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": image}]}}}}


def when_scaled(env: Env) -> str:
    found = env.workload("db", kind="StatefulSet")["spec"]["persistentVolumeClaimRetentionPolicy"]
    return str(found["whenScaled"])


def retention(value: str) -> Json:
    return {"spec": {"persistentVolumeClaimRetentionPolicy": {"whenScaled": value}}}
