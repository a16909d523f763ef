"""Whether the API server confines what people and Sundown's own accounts write, by the policies of this version.

They are optional, and Sundown does nothing differently with or without them: it says what is not guarded. The same of those by
which the API server tells people of slips while they write, for which a webhook may stand in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files

import structlog
import yaml

from sundown.cluster import webhooks
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied, Missing
from sundown.cluster.policies import POLICY_VERSION, Json, differences, path, title
from sundown.cluster.webhooks import StandIn
from sundown.metrics import GUARDS

log = structlog.get_logger(__name__)

UNGUARDED = "sundown.dev/unguarded"
"""Annotation of each guard: what is open in a cluster that does not have it, in words."""

WHO = "sundown-who"
"""The guard that proves who asked for an override."""

_AGAIN = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A component of policies: its files, as they are in ``data`` too. ``exact``: one that was changed does not count.

    ``webhook`` is the component that does the same without them, if there is one.
    """

    component: str
    files: tuple[str, ...]
    exact: bool = True
    webhook: str = ""


GUARDING = Bundle("policies", ("guards.yaml", "accounts.yaml", "who.yaml"))
TELLING = Bundle(
    "admission",
    ("refusals.yaml", "default-label.yaml"),
    exact=False,
    webhook="admission-webhook",
)
"""Its owner fits it to the label and the names that they have."""


@cache
def shipped(bundle: Bundle = GUARDING) -> tuple[Json, ...]:
    """The policies and bindings of this version, as ``deploy/components`` has them."""
    texts = [(files("sundown.cluster") / "data" / name).read_text() for name in bundle.files]
    return tuple(each for text in texts for each in yaml.safe_load_all(text))


@cache
def unguarded(bundle: Bundle = GUARDING) -> Mapping[str, str]:
    """What is not guarded without each guard, by its name."""
    policies = [each["metadata"] for each in shipped(bundle) if "policyName" not in each["spec"]]
    return {each["name"]: each["annotations"][UNGUARDED] for each in policies}


def lacking(found: Mapping[str, Json | None], bundle: Bundle = GUARDING) -> tuple[str, ...]:
    """The guards that are not in force, of what was found in the cluster by title; None for what is missing. Pure.

    One counts where policy and binding both are as this version brings them; whether an expression that fails refuses the
    request is the cluster owner's choice.
    """
    differ = differences if bundle.exact else _of_another_version
    wrong = {
        ours["spec"].get("policyName", ours["metadata"]["name"])
        for ours in shipped(bundle)
        if (theirs := found[title(ours)]) is None or differ(ours, theirs)
    }
    return tuple(name for name in unguarded(bundle) if name in wrong)


def _of_another_version(ours: Json, theirs: Json) -> bool:
    versions = ((each["metadata"].get("annotations") or {}).get(POLICY_VERSION) for each in (ours, theirs))
    return len(set(versions)) > 1


def in_words(wanting: tuple[str, ...], bundle: Bundle = GUARDING, *, stand_in: StandIn | None = None) -> str:
    """What that means, where the webhook has been looked for too if there is one."""
    by_webhook = [name for name in wanting if stand_in is not None and name in stand_in.policies]
    left = [name for name in wanting if name not in by_webhook]
    by = f"by the webhook {', '.join(by_webhook)}" if by_webhook else ""
    if not left:
        return f"complete, {by}" if by else "complete"
    without = "; ".join(unguarded(bundle)[name] for name in left)
    install = f"kubectl apply -k deploy/components/{bundle.component}"
    if stand_in is not None:
        install += f"; the webhook (deploy/components/{bundle.webhook}) {stand_in.hindrance}"
    return f"{by}{', and ' if by else ''}without {', '.join(left)} ({without}): {install}"


class Guards:
    """The guards as they were seen last, in ``text``.

    ``askers_proved``: whether the API server sees to it that who asked for an override is who they say; None while that is not
    known. ``changed`` is called when it is another.
    """

    def __init__(
        self, cluster: Cluster, bundle: Bundle = GUARDING, *, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._cluster = cluster
        self._bundle = bundle
        self.text = "not looked at yet"
        self.askers_proved: bool | None = None
        self._changed = changed

    async def look(self) -> bool:
        """See which there are; False where the API server did not answer, which leaves everything as it was seen last."""
        try:
            found = {title(ours): await self._find(path(ours)) for ours in shipped(self._bundle)}
            stand_in = await self._stand_in()
        except Denied as error:
            self._say(f"may not be looked at: {error}")
            return True
        except ApiError as error:
            log.warning("guards-not-seen", component=self._bundle.component, error=str(error))
            return False
        wanting = lacking(found, self._bundle)
        open_still = {*wanting} - (stand_in.policies if stand_in is not None else frozenset())
        for name in unguarded(self._bundle):
            GUARDS.labels(name).set(name not in open_still)
        before, self.askers_proved = self.askers_proved, WHO not in wanting
        if self.askers_proved != before:
            self._changed()
        self._say(in_words(wanting, self._bundle, stand_in=stand_in))
        return True

    async def run(self, period: timedelta) -> None:
        """Look at once and again and again, until cancelled."""
        while True:
            seen = await self.look()
            await asyncio.sleep((period if seen else _AGAIN).total_seconds())

    async def _stand_in(self) -> StandIn | None:
        """What the webhook does instead, None where there is none for these policies."""
        if not self._bundle.webhook:
            return None
        try:
            there = {ours["kind"]: await self._find(webhooks.path(ours)) for ours in webhooks.shipped()}
        except Denied as error:
            return StandIn(frozenset(), f"may not be looked for: {error}")
        return webhooks.judge(there)

    async def _find(self, where: str) -> Json | None:
        try:
            return await self._cluster.get(where)
        except Missing:  # or a kind that this cluster does not know
            return None

    def _say(self, text: str) -> None:
        if text != self.text:
            log.info("guards", component=self._bundle.component, text=text)
        self.text = text
