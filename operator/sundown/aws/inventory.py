"""What is known of AWS, in memory: read by every visit, filled by the looks at each place and by whoever acts and watches.

Each part has the number of the moment at which it was last described. A look takes long, so what was described since it
began counts more than what it brings: a part that was just stopped must not run again because an older page says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import structlog

from sundown.aws import tags
from sundown.aws.account_regions import Place, place_of
from sundown.aws.describing import Context, Pricing
from sundown.aws.discovery import KINDS, Listing, kind_of
from sundown.aws.eligibility import Claim, protection, refusal_of_claim
from sundown.aws.errors import CloudError, CloudThrottled
from sundown.aws.problems import Problem, problem_of
from sundown.aws.remembered import StoppedFor
from sundown.aws.settings import AwsSettings
from sundown.aws.starts import Attempts, attempts_after, overlaid
from sundown.metrics import AWS_PARTS, AWS_PROBLEMS
from sundown.model.cloud import CloudKind, CloudPart
from sundown.model.cloud_refusal import Cause
from sundown.schedule.clock import Clock, SystemClock

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What of the cluster the inventory has to know: its name, which namespaces there are, and whom changes concern."""

    cluster_name: str
    known: Callable[[str], bool]
    changed: Callable[[Iterable[str]], None]
    clock: Clock = field(default_factory=SystemClock)


class Inventory:
    """The parts of all envs. Whatever takes them in calls ``changed`` with the namespaces whose parts are different now."""

    def __init__(
        self,
        settings: AwsSettings,
        places: Collection[Place],
        surroundings: Surroundings,
        *,
        prices: Pricing | None = None,
    ) -> None:
        self._places = places
        self._surroundings = surroundings
        self._parts: dict[str, CloudPart] = {}
        self._envs: dict[str, dict[str, CloudPart]] = {}
        self._where: dict[str, set[str]] = {}
        self._stopped_for = StoppedFor()
        self._described: dict[str, int] = {}
        self._starts: dict[str, Attempts] = {}
        self._slips: dict[tuple[Place, str], tuple[Problem, ...]] = {}
        self._meant: dict[str, list[Problem]] = {}
        self._stores: dict[str, str] = {}
        self._moment = 0
        self._protected: dict[str, bool] = {}
        self._classes: dict[str, str] = {}
        self._clusters: dict[str, str] = {}
        self._told: dict[str, str] = {}
        self._failing: dict[tuple[Place, CloudKind], tuple[str, str]] = {}
        self._unsaved: set[str] = set()
        self.context = Context(
            namespace_tag=settings.namespace_tag,
            scheduler_tag=settings.scheduler_tag,
            cluster_name=surroundings.cluster_name,
            prices=prices,
            stores=self._stores,
            kept=self._stopped_for.arns,
            protected=self._protected,
            classes=self._classes,
            clusters=self._clusters,
        )

    def of(self, namespace: str) -> tuple[CloudPart, ...]:
        """The parts of one env, databases and instances each in the order of their names."""
        parts = self._envs.get(namespace)
        return tuple(sorted(parts.values(), key=lambda part: (part.kind, part.identifier))) if parts else ()

    def get(self, arn: str) -> CloudPart | None:
        """One part as it is known."""
        return self._parts.get(arn)

    @property
    def parts(self) -> Collection[CloudPart]:
        """All of them, also those that belong to no env."""
        return self._parts.values()

    def at(self, place: Place) -> list[CloudPart]:
        """Those in one place."""
        return [part for part in self._parts.values() if place_of(part, (place,)) is not None]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is left alone because of how it is tagged."""
        found = {problem.arn: problem for slips in self._slips.values() for problem in slips}
        for part in self._parts.values():
            found.pop(part.arn, None)
            problem = problem_of(part, known=self._surroundings.known)
            if problem is not None:
                found[part.arn] = problem
        return tuple(found[arn] for arn in sorted(found))

    def remember_stopped(self, namespace: str, arns: Collection[str]) -> list[Place]:
        """Keep these parts of an env whatever becomes of their tags; where there are some that nobody has seen yet."""
        new = self._stopped_for.put(namespace, arns)
        for part in [self._parts[arn] for arn in new if arn in self._parts]:
            self._tell(self._remove(part.arn) | self._set(part))
        unseen = new - self._parts.keys()
        return [place for place in self._places if any(_is_in(arn, place) for arn in unseen)]

    def is_gone(self, arn: str) -> bool:
        """Whether one of these was looked for and does not exist any more."""
        return arn in self._stopped_for.gone

    def to_describe(self, place: Place) -> list[str]:
        """What a look at a place has to ask for beside what is tagged: the ARNs of what is known, or was stopped."""
        known = {part.arn for part in self.at(place)}
        return sorted(known | {arn for arn in self._stopped_for.arns if _is_in(arn, place)})

    def meant_for(self, namespace: str) -> tuple[Problem, ...]:
        """What was likely meant for an env, and is left alone because of how it is tagged."""
        return tuple(
            problem for problem in self._meant.get(namespace, ()) if problem.arn not in self._envs.get(namespace, {})
        )

    @property
    def failing(self) -> dict[tuple[Place, CloudKind], str]:
        """What could not be looked at when it was tried last, and why."""
        return {where: text for where, (_, text) in self._failing.items()}

    def put(self, parts: Iterable[CloudPart]) -> None:
        """Take these as they were just described, or as they will be described next."""
        self._moment += 1
        touched: set[str] = set()
        for part in parts:
            self._described[part.arn] = self._moment
            touched |= self._set(part)
        self._tell(touched)

    def drop(self, arns: Iterable[str]) -> None:
        """Forget what does not exist any more."""
        self._moment += 1
        touched: set[str] = set()
        for arn in arns:
            self._described[arn] = self._moment
            touched |= self._remove(arn)
            if arn in self._stopped_for.arns:
                self._stopped_for.gone.add(arn)
        self._tell(touched)

    def protect(self, arn: str, *, protected: bool) -> None:
        """Remember whether an instance is protected against being stopped."""
        self._protected[arn] = protected
        part = self._parts.get(arn)
        if part is not None and part.record is None:
            self._tell(self._set(replace(part, refused=protection(part.refused, protected=protected))))

    def begin(self) -> int:
        """The moment at which a look begins; it is handed to ``take`` with what the look has brought."""
        self._moment += 1
        return self._moment

    def take(self, place: Place, listing: Listing, *, begun: int, asked: Collection[str] = ()) -> None:
        """Take in a look at a place: what it does not hold is gone, except of a kind that it could not look at.

        ``asked`` are the ARNs that it asked for beside what is tagged.
        """
        self._classes.update(listing.classes)
        if not {"RDSInstance", "AuroraCluster"} & listing.failures.keys():
            self._forget_clusters(place)
        self._clusters.update(listing.clusters)
        self._note_failures(place, listing)
        before = {part.arn for part in self.at(place)}
        brought = {part.arn: part for part in listing.parts}
        touched: set[str] = set()
        for part in self.at(place):
            error = listing.failures.get(part.kind)
            if isinstance(error, CloudThrottled):
                continue  # it is there, it has only been asked too much
            if error is not None:
                touched |= self._set(replace(part, unreachable=self.failing[place, part.kind]))
            elif part.arn not in brought and self._described.get(part.arn, 0) <= begun:
                touched |= self._remove(part.arn)
        self._stopped_for.gone |= {
            arn for arn in asked if arn not in brought and kind_of(arn) not in listing.failures
        } & self._stopped_for.arns
        self._stopped_for.gone -= brought.keys()
        for part in brought.values():
            if self._described.get(part.arn, 0) <= begun:
                touched |= self._set(part)
        after = {part.arn for part in self.at(place)}
        if before != after:
            log.info("cloud-changed", place=str(place), new=len(after - before), gone=len(before - after))
        self._tell(touched)
        self._sort_meant()
        self._warn()

    def note_slips(self, place: Place, slips: tuple[Problem, ...], *, of: Literal["keys", "values"]) -> None:
        """Take in what is misspelt in a place, in the keys of tags or in their values."""
        if self._slips.get((place, of), ()) != slips:
            self._slips[place, of] = slips
            self._sort_meant()
            self._warn()

    def _sort_meant(self) -> None:
        before = self._meant
        self._meant = {}
        for problem in self.problems:
            if problem.namespace:
                self._meant.setdefault(problem.namespace, []).append(problem)
        changed = {name for name in before.keys() | self._meant.keys() if before.get(name) != self._meant.get(name)}
        self._tell(changed)

    def remember(self, parts: Iterable[CloudPart]) -> None:
        """Take in what was known at the end of an earlier run, as far as it is looked at any more."""
        touched: set[str] = set()
        for part in parts:
            if place_of(part, self._places) is None or part.arn in self._parts:
                continue
            part = replace(part, namespace=tags.env_name(part.namespace))  # noqa: PLW2901 - as it is read today
            claim = Claim(part.namespace, self._surroundings.cluster_name, record=part.record, holder=part.holder)
            if part.refused is not None and part.refused.cause is Cause.STOP_PROTECTED:
                self._protected[part.arn] = True
            touched |= self._set(replace(part, refused=refusal_of_claim(claim) or part.refused, recalled=True))
        self._unsaved.clear()
        self._tell(touched)

    def unsaved(self) -> tuple[list[CloudPart], list[str]]:
        """What has changed since this was asked last: the parts, and the ARNs of those that are gone."""
        arns, self._unsaved = self._unsaved, set()
        parts = [self._parts[arn] for arn in arns if arn in self._parts]
        return parts, [arn for arn in arns if arn not in self._parts]

    def count(self) -> None:
        """Set the metrics of what there is."""
        counted = Counter((part.kind, part.state) for part in self._parts.values())
        AWS_PARTS.clear()
        for (kind, state), count in counted.items():
            AWS_PARTS.labels(kind, state).set(count)
        AWS_PROBLEMS.set(len(self.problems))

    def _set(self, part: CloudPart) -> set[str]:
        """Keep a part, unless nobody wants it to sleep and it does not have to be woken either."""
        stopped_for = self._stopped_for.envs(part.arn)
        if not part.enabled and part.record is None and not stopped_for:
            return self._remove(part.arn)
        if not part.namespace and len(stopped_for) == 1:
            part = replace(part, namespace=stopped_for[0])
        before = self._parts.get(part.arn)
        part = self._with_starts(before, part)
        if before == part:
            return set()
        touched = self._remove(part.arn)
        self._parts[part.arn] = part
        self._unsaved.add(part.arn)
        touched |= self._place(part, stopped_for)
        if before is None or (before.state, before.refused) != (part.state, part.refused):
            log.debug(
                "cloud-part",
                namespace=part.namespace,
                part=part.title,
                state=part.state,
                refused=part.refused and part.refused.cause,
            )
        return touched

    def _place(self, part: CloudPart, stopped_for: Iterable[str]) -> set[str]:
        """Put it under the envs that it is tagged for, and that for which it was stopped."""
        names = {*tags.claimed(part.namespace), *stopped_for}
        for namespace in names:
            self._envs.setdefault(namespace, {})[part.arn] = part
        self._where[part.arn] = names
        return set(names)

    def _with_starts(self, before: CloudPart | None, part: CloudPart) -> CloudPart:
        """The part with what its starts so far have come to."""
        starts = attempts_after(self._starts.get(part.arn), before, part, now=self._surroundings.clock.now())
        if starts is None:
            self._starts.pop(part.arn, None)
        else:
            self._starts[part.arn] = starts
        return overlaid(part, starts)

    def _remove(self, arn: str) -> set[str]:
        part = self._parts.pop(arn, None)
        if part is None:
            return set()
        self._unsaved.add(arn)
        touched = self._where.pop(arn, set())
        for namespace in touched:
            there = self._envs.get(namespace, {})
            there.pop(arn, None)
            if not there:
                self._envs.pop(namespace, None)
        return touched

    def _forget_clusters(self, place: Place) -> None:
        for arn in [arn for arn in self._clusters if _is_in(arn, place)]:
            del self._clusters[arn]

    def _note_failures(self, place: Place, listing: Listing) -> None:
        """Say once that something cannot be looked at, once that it is another reason, and once that it can be again."""
        for kind in KINDS:
            error: CloudError | None = listing.failures.get(kind)
            before = self._failing.pop((place, kind), None)
            if error is None:
                if before is not None:
                    log.info("cloud-reachable-again", place=str(place), kind=kind)
                continue
            key = error.code or error.reason
            if before is not None and before[0] == key:
                self._failing[place, kind] = before
                continue
            self._failing[place, kind] = (key, str(error))
            log.warning("cloud-unreachable", place=str(place), kind=kind, reason=error.reason, error=str(error))

    def _warn(self) -> None:
        """Say once of each part that it is left alone because of its tags."""
        problems = {problem.arn: problem for problem in self.problems}
        for arn, problem in problems.items():
            if self._told.get(arn) != problem.text:
                log.warning("cloud-part-skipped", part=problem.title, region=problem.region, problem=problem.text)
        self._told = {arn: problem.text for arn, problem in problems.items()}

    def _tell(self, touched: Collection[str]) -> None:
        if touched:
            self._surroundings.changed(touched)


def _is_in(arn: str, place: Place) -> bool:
    _, _, _, region, account, _ = arn.split(":", 5)
    return region == place.region and place.account in {"", account}
