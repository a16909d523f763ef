"""Whether the cluster has the policies by which the API server itself puts to sleep and wakes, as this version brings them.

The operator may read them and no more, for whoever may write policies may do anything. They are optional: whatever is wrong
with them is said, and Sundown writes everything itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

import structlog
import yaml

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied, Missing
from sundown.metrics import POLICIES
from sundown.model.scalars import parse_instant
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

Json = dict[str, Any]

GROUP_VERSION = "/apis/admissionregistration.k8s.io/v1"
PLURALS = {
    "MutatingAdmissionPolicy": "mutatingadmissionpolicies",
    "MutatingAdmissionPolicyBinding": "mutatingadmissionpolicybindings",
    "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
}
POLICY_VERSION = "sundown.dev/policy-version"

_SETTLING = timedelta(seconds=2)
"""The API server looks for new policies every second."""
_LATELY = timedelta(seconds=10)
_AGAIN = timedelta(seconds=15)
_INSTALL = "kubectl apply -k deploy/components/hold"
_RETIRED: tuple[Json, ...] = ({"kind": "MutatingAdmissionPolicy", "metadata": {"name": "sundown-wake"}},)
"""Those of older versions, whose part another has now. ``kubectl apply`` leaves them there, where they cost and do nothing."""
# What the API server adds, or cluster owners choose: with `Fail` an owner's request fails where a policy does not work.
_DEFAULTS: Json = {"reinvocationPolicy": "Never", "matchConditions": [], "variables": []}
_MATCHING = ("matchConstraints", "matchResources")
"""What a policy is about, and what of that a binding."""
_CONSTRAINTS: Json = {
    "namespaceSelector": {},
    "objectSelector": {},
    "matchPolicy": "Equivalent",
    "excludeResourceRules": [],
}
_THEIR_CHOICE = frozenset({"failurePolicy"})


class State(Enum):
    """How the policies stand; where several are true of them, the first."""

    UNKNOWN = "unknown"
    NOT_SERVED = "not-served"
    MISSING = "missing"
    CHANGED = "changed"
    OLD = "old"
    NEWER = "newer"
    IDLE = "idle"
    CURRENT = "current"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at the policies came to, for a program and for people."""

    state: State
    text: str


UNSEEN = Finding(State.UNKNOWN, "not looked at yet")
CURRENT = Finding(State.CURRENT, "in force")
NOT_SERVED = Finding(
    State.NOT_SERVED, "not served by this cluster, Kubernetes 1.36 and later do; all works without them"
)


@cache
def shipped() -> tuple[Json, ...]:
    """The policies and bindings of this version, as ``deploy/components/hold`` has them."""
    text = (files("sundown.cluster") / "data" / "policies.yaml").read_text()
    return tuple(yaml.safe_load_all(text))


def title(policy: Json) -> str:
    """``MutatingAdmissionPolicy sundown-sleep``."""
    return f"{policy['kind']} {policy['metadata']['name']}"


def path(policy: Json) -> str:
    """Where the API server has it."""
    return f"{GROUP_VERSION}/{PLURALS[policy['kind']]}/{policy['metadata']['name']}"


def judge(found: Mapping[str, Json | None], left: Sequence[Json] = ()) -> Finding:
    """What is to be thought of what was found in the cluster, by title; None for what is missing. Pure.

    ``left`` are those of older versions that nobody needs any more.
    """
    missing = [name for name, theirs in found.items() if theirs is None]
    if missing:
        return Finding(State.MISSING, f"missing ({', '.join(missing)}): {_INSTALL}")
    there = [(ours, theirs) for ours in shipped() if (theirs := found[title(ours)]) is not None]
    different = {title(ours): changes for ours, theirs in there if (changes := differences(ours, theirs))}
    if not different:
        return _beside(left) if left else CURRENT
    versions = {title(ours): _version(theirs) - _version(ours) for ours, theirs in there}
    changed = [f"{name}: {', '.join(different[name])}" for name in different if versions[name] == 0]
    if changed:
        return Finding(State.CHANGED, f"not as this version brings them ({'; '.join(changed)}): {_INSTALL}")
    if any(versions[name] < 0 for name in different):
        return Finding(State.OLD, f"of an older version ({', '.join(different)}): {_INSTALL}")
    return Finding(State.NEWER, f"of a newer version than this operator ({', '.join(different)}): bring it up to date")


def _beside(left: Sequence[Json]) -> Finding:
    names = [each["metadata"]["name"] for each in left]
    kinds = sorted({kind.lower() for each in left for kind in (each["kind"], f"{each['kind']}Binding")})
    remove = f"kubectl delete --ignore-not-found {','.join(kinds)} {' '.join(names)}"
    return Finding(State.CURRENT, f"in force; {', '.join(map(title, left))} of an older version only costs: {remove}")


def differences(ours: Json, theirs: Json) -> list[str]:
    """The fields of the spec in which the two differ, what the API server adds and cluster owners choose aside."""
    mine, yours = _plain(ours.get("spec") or {}), _plain(theirs.get("spec") or {})
    return sorted(key for key in mine.keys() | yours.keys() if mine.get(key) != yours.get(key))


class HoldPolicies:
    """The policies as they were seen last. Whoever leaves a write to them looks at ``current`` first."""

    def __init__(self, cluster: Cluster, *, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock
        self.finding = UNSEEN

    @property
    def current(self) -> bool:
        """Whether the API server can be left to write."""
        return self.finding.state is State.CURRENT

    def doubt(self) -> None:
        """Do without them until the next look: a write that was left to them came to nothing."""
        self._say(Finding(State.IDLE, "they did nothing when they should have; not relied upon until the next look"))

    async def look(self) -> bool:
        """See what there is; False where the API server did not answer, which leaves everything as it was seen last."""
        try:
            found = await self._found()
            finding = NOT_SERVED if found is None else judge(found)
            if finding is CURRENT and found is not None:
                finding = judge(found, await self._left())
        except Denied as error:
            finding = Finding(State.UNKNOWN, f"may not be looked at, so they are not relied upon: {error}")
        except ApiError as error:
            log.warning("policies-not-seen", error=str(error))
            return False
        if finding.state is State.CURRENT and not self.current and found is not None:
            await self._let_it_settle(filter(None, found.values()))
        self._say(finding)
        return True

    async def run(self, period: timedelta) -> None:
        """Look again and again, until cancelled."""
        seen = self.finding is not UNSEEN
        while True:
            await asyncio.sleep((period if seen else _AGAIN).total_seconds())
            seen = await self.look()

    async def _found(self) -> dict[str, Json | None] | None:
        """What the cluster has of ours, by title, up to the first that is missing; None where it knows no such kind."""
        found: dict[str, Json | None] = {}
        for ours in shipped():
            try:
                found[title(ours)] = await self._cluster.get(path(ours))
            except Missing:
                found[title(ours)] = None
                return found if await self._served() else None
        return found

    async def _left(self) -> list[Json]:
        """Those of older versions that are there still; what may not be looked for is not told of."""
        left: list[Json] = []
        for each in _RETIRED:
            with suppress(Missing, Denied):
                await self._cluster.get(path(each))
                left.append(each)
        return left

    async def _served(self) -> bool:
        try:
            listed = await self._cluster.get(GROUP_VERSION)
        except Missing:
            return False
        return {PLURALS[ours["kind"]] for ours in shipped()} <= {each["name"] for each in listed.get("resources") or ()}

    async def _let_it_settle(self, policies: Iterable[Json]) -> None:
        """What was written only just may not be in force yet."""
        written = max(max(_times(each)) for each in policies)
        if parse_instant(written) > self._clock.now() - _LATELY:
            await asyncio.sleep(_SETTLING.total_seconds())

    def _say(self, finding: Finding) -> None:
        if finding != self.finding:
            tell = log.info if finding in {CURRENT, NOT_SERVED} else log.warning
            tell("policies", state=finding.state.value, text=finding.text)
        self.finding = finding
        for state in State:
            POLICIES.labels(state.value).set(state is finding.state)


def _plain(spec: Json) -> Json:
    """A spec with all that may be left out, in one spelling."""
    plain = {**_DEFAULTS, **{key: value for key, value in spec.items() if value and key not in _THEIR_CHOICE}}
    return plain | {key: _matching(plain.get(key) or {}) for key in _MATCHING}


def _matching(constraints: Json) -> Json:
    whole = {**_CONSTRAINTS, **constraints}
    rules = [{"scope": "*", **rule} for rule in whole.get("resourceRules") or ()]
    return {**whole, "resourceRules": rules}


def _version(policy: Json) -> int:
    """Which version of Sundown's policies it says that it is; 0 where it says nothing readable."""
    text = (policy["metadata"].get("annotations") or {}).get(POLICY_VERSION, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _times(policy: Json) -> list[str]:
    """When it was made, and when it was written since."""
    metadata = policy["metadata"]
    written = [entry["time"] for entry in metadata.get("managedFields") or () if "time" in entry]
    return [metadata.get("creationTimestamp") or "1970-01-01T00:00:00Z", *written]
