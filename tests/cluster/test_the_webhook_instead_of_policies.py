"""What the operator says of slips that nobody tells people of while they write: no policies, and a webhook or none (A12)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import REGISTRY

from sundown.cluster import webhooks
from sundown.cluster.guards import TELLING, Guards, in_words, shipped, unguarded
from support.cluster.scripted import Script, door, reply

Json = dict[str, Any]
Change = Callable[[dict[str, Json | None]], object]
GONE: Json = {"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404, "message": "not found"}
REFUSED: Json = {**GONE, "reason": "Forbidden", "code": 403, "message": "not allowed"}
MUTATING, VALIDATING = webhooks.CONFIGURATIONS
NONE_OF_THEM = (*unguarded(TELLING),)


def installed() -> dict[str, Json | None]:
    """Both configurations, as they are once the webhook has written into them by whom its certificates are signed."""
    found: dict[str, Json | None] = {}
    for ours in copy.deepcopy(webhooks.shipped()):
        for hook in ours["webhooks"]:
            hook["clientConfig"]["caBundle"] = "Q0E="
        found[ours["kind"]] = ours
    return found


def _of(found: dict[str, Json | None], kind: str) -> Json:
    configuration = found[kind]
    assert configuration is not None
    return configuration


def version(found: dict[str, Json | None]) -> None:
    _of(found, MUTATING)["metadata"]["annotations"][webhooks.VERSION] = "0"


def no_version(found: dict[str, Json | None]) -> None:
    del _of(found, VALIDATING)["metadata"]["annotations"]


def one_hook(found: dict[str, Json | None]) -> None:
    _of(found, VALIDATING)["webhooks"].pop()


def no_hooks(found: dict[str, Json | None]) -> None:
    _of(found, MUTATING)["webhooks"] = None


def unsigned(found: dict[str, Json | None]) -> None:
    del _of(found, VALIDATING)["webhooks"][0]["clientConfig"]["caBundle"]


def missing(found: dict[str, Json | None]) -> None:
    found[MUTATING] = None


def test_every_policy_that_tells_of_slips_has_its_hook() -> None:
    stand_in = webhooks.judge(installed())
    assert stand_in.policies == frozenset(unguarded(TELLING))
    assert stand_in.hindrance == ""


def test_where_it_stands_in_for_all_nothing_is_open() -> None:
    said = in_words(NONE_OF_THEM, TELLING, stand_in=webhooks.judge(installed()))
    assert said == f"complete, by the webhook {', '.join(NONE_OF_THEM)}"


def test_where_all_policies_are_there_nobody_misses_a_webhook() -> None:
    nothing = webhooks.judge({MUTATING: None, VALIDATING: None})
    assert in_words((), TELLING, stand_in=nothing) == "complete"


@pytest.mark.parametrize(
    ("change", "lost", "why"),
    [
        (missing, {"sundown-default-label"}, "MutatingWebhookConfiguration is not there"),
        (version, {"sundown-default-label"}, "MutatingWebhookConfiguration is not of this version: apply it anew"),
        (no_hooks, {"sundown-default-label"}, "has no default-label.admission.sundown.dev: apply it anew"),
        (no_version, {"sundown-label", "sundown-time-zone"}, "ValidatingWebhookConfiguration is not of this version"),
        (one_hook, {"sundown-time-zone"}, "has no time-zone.admission.sundown.dev"),
        (unsigned, {"sundown-label"}, "names no authority that signs its certificates: does sundown-admission run?"),
    ],
)
def test_what_hinders_it_is_said_with_what_is_open_then(change: Change, lost: set[str], why: str) -> None:
    found = installed()
    change(found)
    said = in_words(NONE_OF_THEM, TELLING, stand_in=webhooks.judge(found))
    assert why in said
    kept = [name for name in NONE_OF_THEM if name not in lost]
    assert said.startswith(f"by the webhook {', '.join(kept)}, and without ")
    for name, words in unguarded(TELLING).items():
        assert (words in said) is (name in lost)


def metric() -> set[float | None]:
    return {REGISTRY.get_sample_value("sundown_guards", {"guard": name}) for name in unguarded(TELLING)}


async def _seen(*answers: tuple[Json, int]) -> str:
    async with door(Script(*(reply(body, status) for body, status in answers)), attempts=1) as cluster:
        admission = Guards(cluster, TELLING)
        assert await admission.look()
        return admission.text


async def test_a_cluster_without_either_says_what_is_told_of_later() -> None:
    text = await _seen(*((GONE, 404) for _ in range(len(shipped(TELLING)) + 2)))
    assert all(words in text for words in unguarded(TELLING).values())
    assert text.endswith(
        ": kubectl apply -k deploy/components/admission; the webhook (deploy/components/admission-webhook) is not there"
    )
    assert metric() == {0}


async def test_a_cluster_with_the_webhook_alone_has_all_of_it() -> None:
    there = [(each, 200) for each in installed().values() if each is not None]
    text = await _seen(*((GONE, 404) for _ in shipped(TELLING)), *there)
    assert text.startswith("complete, by the webhook ")
    assert metric() == {1}


async def test_where_it_may_not_be_looked_for_the_policies_are_told_of_all_the_same() -> None:
    """An operator that is newer than its rights."""
    text = await _seen(*((GONE, 404) for _ in shipped(TELLING)), (REFUSED, 403))
    assert "without sundown-" in text
    assert "(deploy/components/admission-webhook) may not be looked for: " in text
