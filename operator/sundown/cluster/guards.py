"""Whether the API server confines what people and Sundown's own accounts write, by the policies of this version.

They are optional, and Sundown does nothing differently with or without them: it says what is not guarded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files

import structlog
import yaml

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied, Missing
from sundown.cluster.policies import Json, differences, path, title
from sundown.metrics import GUARDS

log = structlog.get_logger(__name__)

FILES = ("guards.yaml", "who.yaml")
UNGUARDED = "sundown.dev/unguarded"
"""Annotation of each guard: what is open in a cluster that does not have it, in words."""

WHO = "sundown-who"
"""The guard that proves who asked for an override."""

_INSTALL = "kubectl apply -k deploy/components/policies"
_AGAIN = timedelta(seconds=15)


@cache
def shipped() -> tuple[Json, ...]:
    """The policies and bindings of this version, as ``deploy/components/policies`` has them."""
    texts = [(files("sundown.cluster") / "data" / name).read_text() for name in FILES]
    return tuple(each for text in texts for each in yaml.safe_load_all(text))


@cache
def unguarded() -> Mapping[str, str]:
    """What is not guarded without each guard, by its name."""
    policies = [each["metadata"] for each in shipped() if "policyName" not in each["spec"]]
    return {each["name"]: each["annotations"][UNGUARDED] for each in policies}


def lacking(found: Mapping[str, Json | None]) -> tuple[str, ...]:
    """The guards that are not in force, of what was found in the cluster by title; None for what is missing. Pure.

    One counts where policy and binding both are as this version brings them; whether an expression that fails refuses the
    request is the cluster owner's choice.
    """
    wrong = {
        ours["spec"].get("policyName", ours["metadata"]["name"])
        for ours in shipped()
        if (theirs := found[title(ours)]) is None or differences(ours, theirs)
    }
    return tuple(name for name in unguarded() if name in wrong)


def in_words(wanting: tuple[str, ...]) -> str:
    """What that means."""
    if not wanting:
        return "complete"
    return f"without {', '.join(wanting)} ({'; '.join(unguarded()[name] for name in wanting)}): {_INSTALL}"


class Guards:
    """The guards as they were seen last, in ``text``.

    ``askers_proved``: whether the API server sees to it that who asked for an override is who they say; None while that is not
    known. ``changed`` is called when it is another.
    """

    def __init__(self, cluster: Cluster, *, changed: Callable[[], None] = lambda: None) -> None:
        self._cluster = cluster
        self.text = "not looked at yet"
        self.askers_proved: bool | None = None
        self._changed = changed

    async def look(self) -> bool:
        """See which there are; False where the API server did not answer, which leaves everything as it was seen last."""
        try:
            found = {title(ours): await self._find(ours) for ours in shipped()}
        except Denied as error:
            self._say(f"may not be looked at: {error}")
            return True
        except ApiError as error:
            log.warning("guards-not-seen", error=str(error))
            return False
        wanting = lacking(found)
        for name in unguarded():
            GUARDS.labels(name).set(name not in wanting)
        before, self.askers_proved = self.askers_proved, WHO not in wanting
        if self.askers_proved != before:
            self._changed()
        self._say(in_words(wanting))
        return True

    async def run(self, period: timedelta) -> None:
        """Look at once and again and again, until cancelled."""
        while True:
            seen = await self.look()
            await asyncio.sleep((period if seen else _AGAIN).total_seconds())

    async def _find(self, ours: Json) -> Json | None:
        try:
            return await self._cluster.get(path(ours))
        except Missing:  # or a kind that this cluster does not know
            return None

    def _say(self, text: str) -> None:
        if text != self.text:
            log.info("guards", text=text)
        self.text = text
