"""GitOps controllers find no drift in what sleeps, and so write nothing (A18, G1).

Flux compares what a forced dry run of its apply answers with what is there; Argo CD applies again what differs.
"""

import pytest

from support.apiserver import Json, eventually
from support.owned import Owned

pytestmark = pytest.mark.lab


def without_times(found: Json) -> Json:
    """The object less what changes with each apply: whose fields were set when."""
    return {**found, "metadata": {key: value for key, value in found["metadata"].items() if key != "managedFields"}}


@pytest.mark.proves("holds", param="owned", against="Flux's dry run")
def test_a_forced_dry_run_sees_what_is_there(owned: Owned) -> None:
    """Flux's kustomize-controller"""
    git = owned.manifest(3)
    owned.api.apply(owned.path, git, manager="kustomize-controller")
    owned.sleep()
    owned.settle()

    def sees_what_is_there() -> bool:
        # A dry run may be answered from the API server's cache, which is a moment behind what it reads from etcd.
        before = owned.api.get(owned.path)
        answer = owned.api.apply(owned.path, git, manager="kustomize-controller", dryRun="All")
        return without_times(answer) == without_times(before)

    eventually(sees_what_is_there, what="a dry run finds no drift")


@pytest.mark.proves("holds", param="owned", against="Argo CD's self-heal")
def test_the_same_apply_again_and_again_writes_nothing(owned: Owned) -> None:
    """Argo CD's self-heal"""
    git = owned.manifest(3)
    owned.api.apply(owned.path, git, manager="argocd-controller")
    owned.sleep()
    owned.api.apply(owned.path, git, manager="argocd-controller")

    def writes_nothing() -> bool:
        before = owned.api.get(owned.path)["metadata"]["resourceVersion"]
        for _ in range(3):
            owned.api.apply(owned.path, git, manager="argocd-controller")
        return bool(owned.api.get(owned.path)["metadata"]["resourceVersion"] == before)

    # Not at the first time: the status of its pods, which are on their way out, is written too.
    eventually(writes_nothing, what="three applies in a row write nothing")


@pytest.mark.proves("holds", param="owned", against="Flux's apply")
def test_a_commit_at_night_is_what_it_wakes_to(owned: Owned) -> None:
    """A18"""
    owned.api.apply(owned.path, owned.manifest(3), manager="kustomize-controller")
    owned.sleep()
    owned.api.apply(owned.path, owned.manifest(6), manager="kustomize-controller")
    assert owned.seen() == owned.asleep("6")
    owned.wake()
    assert owned.seen() == owned.awake(6)
    assert owned.owners() == {"kustomize-controller/Apply"}
