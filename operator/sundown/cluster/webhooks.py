"""Whether the admission webhook does what policies do elsewhere, by what its two configurations say. Pure.

It is asked by the API server, never by the operator. Whether its process runs is not seen here: while it does not, everything
passes, and its configurations are there all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

Json = dict[str, Any]

GROUP = "/apis/admissionregistration.k8s.io/v1"
CONFIGURATIONS = {
    "MutatingWebhookConfiguration": f"{GROUP}/mutatingwebhookconfigurations",
    "ValidatingWebhookConfiguration": f"{GROUP}/validatingwebhookconfigurations",
}
"""Where the API server has those of each kind."""
VERSION = "sundown.dev/policy-version"
"""Annotation of each: which version of Sundown's it is."""
_HOOK = ".admission.sundown.dev"


@dataclass(frozen=True, slots=True)
class StandIn:
    """The policies that the webhook does the same as, and why not those of all; empty where it does."""

    policies: frozenset[str]
    hindrance: str = ""


@cache
def shipped() -> tuple[Json, ...]:
    """The configurations of this version, as ``deploy/components/admission-webhook`` has them."""
    return tuple(yaml.safe_load_all((files("sundown.cluster") / "data" / "webhooks.yaml").read_text()))


def path(configuration: Json) -> str:
    """Where the API server has it."""
    return f"{CONFIGURATIONS[configuration['kind']]}/{configuration['metadata']['name']}"


def judge(found: Mapping[str, Json | None]) -> StandIn:
    """What the webhook does instead of policies, by the configurations that were found, by kind; None for what is missing.

    Its owner fits them to what they have; one that is of this version, and is trusted by the API server, counts.
    """
    hindered: dict[str, str] = {}
    policies: set[str] = set()
    for ours in shipped():
        theirs = found.get(ours["kind"])
        for policy in _policies(ours):
            why = "is not there" if theirs is None else _hindrance(policy, ours, theirs)
            if why:
                hindered[f"{ours['kind']} {why}"] = why
            else:
                policies.add(policy)
    if not policies and set(hindered.values()) == {"is not there"}:
        return StandIn(frozenset(), "is not there")
    return StandIn(frozenset(policies), "; ".join(hindered))


def _hindrance(policy: str, ours: Json, theirs: Json) -> str:
    versions = ((each["metadata"].get("annotations") or {}).get(VERSION) for each in (ours, theirs))
    if len(set(versions)) > 1:
        return "is not of this version: apply it anew"
    hook = next((each for each in theirs.get("webhooks") or () if each.get("name") == _hook_of(policy)), None)
    if hook is None:
        return f"has no {_hook_of(policy)}: apply it anew"
    if not (hook.get("clientConfig") or {}).get("caBundle"):
        return "names no authority that signs its certificates: does sundown-admission run?"
    return ""


def _policies(configuration: Json) -> Iterator[str]:
    for hook in configuration["webhooks"]:
        yield f"sundown-{hook['name'].removesuffix(_HOOK)}"


def _hook_of(policy: str) -> str:
    return policy.removeprefix("sundown-") + _HOOK
