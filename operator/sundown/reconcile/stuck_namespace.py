"""Why a namespace that is being deleted is still there: what its own conditions say, in words, with what to do about it. Pure.

The namespace controller writes them (https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1/); it
tries again by itself, so what is named here is what somebody else has to let go of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sundown.model.action_request import MOST_HOLDING
from sundown.model.cutting import clip
from sundown.model.env import Namespace

PATIENCE = timedelta(seconds=30)
"""So long a namespace may take to go before it is told what holds it: pods have half a minute to end."""
SILENCE = timedelta(minutes=2)
"""So long after which a namespace whose conditions say nothing is worth a word."""
SOONEST, LATEST = timedelta(seconds=10), timedelta(minutes=5)
"""How long until the next look at one that hangs: a tenth of its age, within these, and at once when it changes."""

_LONGEST = 900


@dataclass(frozen=True, slots=True)
class Held:
    """What holds a namespace: a word for machines, and a sentence for each thing."""

    reason: str
    by: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.by)


_ADVICE = {
    "NamespaceFinalizersRemaining": (
        "what has set these finalizers has to take them off; if it is gone, take them off yourself"
    ),
    "NamespaceDeletionDiscoveryFailure": (
        "an API that is registered does not answer (`kubectl get apiservices`): mend it, or delete its APIService"
    ),
    "NamespaceDeletionGroupVersionParsingFailure": "an API is registered under a name that cannot be read",
    "NamespaceDeletionContentFailure": "a webhook, a policy or a failing API may refuse the deletion",
    "NamespaceContentRemaining": "",
}
"""By the type of the condition, what helps most first; types that are not known here are told as they are."""


def held(namespace: Namespace, *, now: datetime) -> Held | None:
    """What holds a namespace that has been going for a while; None where it does not hang (yet)."""
    since = namespace.deleted_at
    if since is None or now - since < PATIENCE:
        return None
    order = [*_ADVICE]
    by = sorted(namespace.holding, key=lambda one: order.index(one[0]) if one[0] in _ADVICE else len(order))
    told = [(type_ if type_ in _ADVICE else "OtherCondition", _told(type_, text)) for type_, text in by]
    if namespace.finalizers:
        names = ", ".join(namespace.finalizers[:MOST_HOLDING])
        told.append(
            ("NamespaceFinalizers", f"finalizers of the namespace itself: {names}: their owners have to take them off")
        )
    if not told and now - since >= SILENCE:
        silent = "nothing says why: is the kube-controller-manager running?"
        told.append(("NothingSaid", silent))
    if not told:
        return None
    return Held(told[0][0], tuple(clip(text, _LONGEST) for _, text in told[:MOST_HOLDING]))


def look_again(namespace: Namespace, *, now: datetime) -> datetime:
    """When to look at it again, should nobody tell that it has changed."""
    age = now - namespace.deleted_at if namespace.deleted_at is not None else SOONEST
    return now + max(SOONEST, min(age / 10, LATEST))


def _told(type_: str, text: str) -> str:
    advice = _ADVICE.get(type_, "")
    said = text.rstrip(". ") or type_
    return f"{said} ({advice})" if advice else said
