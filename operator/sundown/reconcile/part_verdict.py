"""How each part of an env stands to what the env should be: whether it takes part, what to change, what is wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, datetime, timedelta

from sundown.aws import tags
from sundown.errors import Mistake
from sundown.model.cloud import CloudPart
from sundown.model.cutting import clip
from sundown.model.globs import matches
from sundown.model.parts import QUIET, Part, Step, Workload
from sundown.model.record import Record, Restoring
from sundown.model.resources import EXCLUDE
from sundown.model.scalars import parse_instant
from sundown.model.spec import Selection, Wanted, Workloads
from sundown.reconcile.admission import kept_up, woken_otherwise
from sundown.reconcile.fights import Round, Rounds
from sundown.reconcile.held_rollouts import at_risk, is_unobserved, unreadable
from sundown.reconcile.in_cloud import RESTORE, InCloud
from sundown.reconcile.memory import Belief, Memory, believed
from sundown.reconcile.workload_steps import lost, record_of, step_for, still_owed
from sundown.sleepers.kinds import row_of
from sundown.sleepers.patch_kind import LONGEST_RECORD, PatchKind

EXCLUDE_TAG = tags.EXCLUDE

_SHOWN = 60

Tried = tuple[str, str]
"""An object by its uid, and the patch that it was to sleep by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What an env should be at a moment (``now``, UTC).

    ``since`` is when the transition began that is under way, None where this is its beginning. ``timeout`` is what each
    wave may take; zero is for waves that wait for nobody. ``cloud`` is whether parts in the cloud take part, and
    ``holder`` is in whose name they are stopped, ``<cluster>/<namespace>``. ``fights`` is what was written more than once. ``memory`` is
    what is remembered of the sleep that the env is in, ``sleep`` the id of the one that it is brought to. ``unlisted`` are the kinds
    that Sundown may not look at, and why, ``unanswered`` those of which it got no list, ``unserved`` those that the cluster does
    not serve and the schedule names, ``left_hidden`` what is said of those by which another schedule left something asleep that nobody
    can look at; ``keepers`` the objects that sleep with all that they control.
    ``impossible`` is what the API server makes something else of than asleep, and what.
    """

    wanted: Wanted
    now: datetime
    selection: Workloads = field(default_factory=Workloads)
    since: datetime | None = None
    timeout: timedelta = timedelta()
    cloud: bool = True
    holder: str = ""
    fights: Rounds = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    sleep: str = ""
    unlisted: Mapping[str, str] = field(default_factory=dict)
    unanswered: Mapping[str, str] = field(default_factory=dict)
    unserved: Mapping[str, str] = field(default_factory=dict)
    left_hidden: tuple[Mistake, ...] = ()
    keepers: frozenset[str] = frozenset()
    impossible: Mapping[Tried, str] = field(default_factory=dict)

    @property
    def began(self) -> datetime:
        """When the transition began."""
        return self.since if self.since is not None else self.now


NO_BELIEF = Belief()


@dataclass(frozen=True, slots=True)
class Standing:
    """One part, judged.

    ``selected`` says that it is meant to sleep and wake with its env. ``step`` is the change to make; ``hangs`` that it is
    not where it should be although there is nothing to change now. ``refused`` is why it is never touched, and
    ``unreachable`` why a change that is due cannot be tried. ``trouble`` is what is wrong with a part in the cloud, and
    ``lost`` that for this one that Sundown stopped has not come back. ``excluded_until`` is when another look is due.
    ``fought`` is the fight that goes on for it, ``quiet`` that nobody has set it back lately.
    ``belief`` is which record of a workload counts, and ``record`` what the second place has to know of the part.
    ``kept_up`` says that the cluster's admission does not let it have no pods, ``changed`` that it was woken to another count.
    ``owed`` is what the second place has to keep of a workload that runs, until all of it is given back. ``impossible`` says
    that it is refused because it cannot sleep by its patch.
    """

    part: Part
    selected: bool
    step: Step | None = None
    hangs: bool = False
    mistakes: tuple[Mistake, ...] = ()
    refused: str | None = None
    unreachable: str | None = None
    trouble: str | None = None
    lost: bool = False
    excluded_until: datetime | None = None
    fought: Round | None = None
    quiet: bool = False
    belief: Belief = NO_BELIEF
    record: Record | None = None
    kept_up: bool = False
    changed: Mistake | None = None
    owed: Record | None = None
    impossible: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether it is at zero, and nobody knows any more whether it is to be woken."""
        return self.belief.doubt is not None


def stand(goal: Goal, part: Part) -> Standing:
    """Judge one part.

    One that is not selected and carries a record was put to sleep before it was excluded: it is woken, whatever the rest
    of the env does. One without a record that stands at zero, or is stopped, is somebody's wish and stays as it is.
    """
    until, mistake = excluded(part, now=goal.now)
    mistakes: tuple[Mistake, ...] = (mistake,) if mistake is not None else ()
    excluded_until = until if until is not None and until.year < MAXYEAR else None
    if isinstance(part, CloudPart):
        mine = until is None and goal.cloud and part.enabled
        return _cloud(goal, part, mine=mine, mistakes=mistakes, excluded_until=excluded_until)
    if part.leaving:
        # Its controller follows no count any more, whatever is written.
        return Standing(part, selected=False)
    mine = until is None and selected(part, selection=goal.selection) and part.controller not in goal.keepers
    belief = believed(part, goal.memory)
    if belief.doubt is not None:
        mistakes += (lost(part, belief.doubt),)
    impossible = goal.impossible.get(tried_as(part)) if mine and goal.wanted == "Asleep" else None
    wanted: Wanted = goal.wanted if mine and impossible is None else "Awake"
    step = step_for(wanted, part, belief, memory=goal.memory, sleep=goal.sleep)
    falls_asleep = step is not None and step.action == "Sleep" and part.replicas > 0
    if falls_asleep:
        wrong = unreadable(part)
        mistakes += (wrong,) if wrong is not None else ()
    refused = at_risk(part) if falls_asleep else None
    if refused is not None:
        return Standing(part, mine, mistakes=mistakes, refused=refused, excluded_until=excluded_until, belief=belief)
    if falls_asleep and is_unobserved(part):
        step = None
    record = record_of(part, belief, step, memory=goal.memory)
    if falls_asleep and step is not None and step.restoring is not None and _is_too_long(part, step.restoring):
        too_long = f"what it would have to be given back has more than {LONGEST_RECORD:,} characters"
        return Standing(part, mine, mistakes=mistakes, refused=too_long, excluded_until=excluded_until)
    in_place = part.at_zero if wanted == "Asleep" else part.is_ready
    return Standing(
        part,
        mine,
        step=step,
        hangs=mine and not in_place and (step is None or step.action in QUIET) and impossible is None,
        mistakes=mistakes,
        refused=impossible,
        impossible=impossible is not None,
        excluded_until=excluded_until,
        belief=belief,
        record=record,
        kept_up=wanted == "Asleep" and kept_up(part, belief, goal.memory),
        changed=woken_otherwise(part, goal.memory) if wanted == "Awake" else None,
        owed=still_owed(part, step, goal.memory),
    )


def _cloud(
    goal: Goal, part: CloudPart, *, mine: bool, mistakes: tuple[Mistake, ...], excluded_until: datetime | None
) -> Standing:
    second = goal.memory.records.get((part.kind, part.identifier, part.arn))
    remembered = second is not None and second.restore == RESTORE
    if remembered and part.namespace != goal.holder.partition("/")[2]:
        mine = False  # its tag names another env by now, so it is given back
    seen = InCloud(
        part=part,
        wanted=goal.wanted if mine else "Awake",
        mine=mine,
        remembered=remembered,
        holder=goal.holder,
        now=goal.now,
    )
    disputed, refused = seen.disputed, seen.refused
    if disputed is not None:
        return Standing(part, mine, trouble=disputed, lost=True, excluded_until=excluded_until, record=second)
    if refused is not None:
        told = refused if mine or seen.ours else None
        return Standing(part, mine, refused=told, excluded_until=excluded_until, record=second)
    if part.record is not None and not seen.ours:
        mistakes += (_unknown_record(part),)
        if part.record != RESTORE:
            return Standing(part, mine, mistakes=mistakes, excluded_until=excluded_until)
    step, hangs, unreachable = seen.step, seen.hangs, None
    if step is not None and part.unreachable:
        if step.action not in QUIET:
            unreachable = f"cannot be {'stopped' if step.action == 'Sleep' else 'started'}: {part.unreachable}"
            hangs = True
        step = None
    return Standing(
        part,
        mine,
        step=step,
        hangs=hangs,
        mistakes=mistakes,
        unreachable=unreachable,
        trouble=seen.trouble,
        lost=seen.lost,
        excluded_until=excluded_until,
        record=seen.record,
    )


def tried_as(workload: Workload) -> Tried:
    """By what it is known that an object cannot be put to sleep."""
    row = workload.row
    return workload.uid, row.patch if isinstance(row, PatchKind) else ""


def _is_too_long(workload: Workload, restoring: Restoring) -> bool:
    return len(row_of(workload).written(restoring)) > LONGEST_RECORD


def selected(workload: Workload, *, selection: Workloads) -> bool:
    """Whether the spec's lists say that this workload sleeps: of its kinds, included, and not excluded."""
    own = isinstance(workload.row, PatchKind) and workload.row.own
    if workload.kind not in selection.kinds and not own:
        return False
    include, exclude = selection.include, selection.exclude
    matches = _matches(workload, include)
    if any(match is False for match in matches):
        return False
    return not any(_matches(workload, exclude))


def keepers(workloads: Iterable[Workload], *, selection: Workloads, now: datetime) -> frozenset[str]:
    """The objects whose own controller puts all to sleep that they control, where they sleep themselves."""
    rows = ((one, one.row) for one in workloads if isinstance(one.row, PatchKind) and not one.row.with_owned)
    return frozenset(
        f"{row.api_kind}/{one.name}"
        for one, row in rows
        if selected(one, selection=selection) and excluded(one, now=now)[0] is None
    )


def _matches(workload: Workload, chosen: Selection) -> tuple[bool | None, ...]:
    """For each list whether the workload is on it; None where the list is empty."""
    labels = workload.labels or {}
    return (
        any(kind in chosen.kinds for kind in (workload.kind, workload.kind.partition(".")[0]))
        if chosen.kinds
        else None,
        any(matches(workload.name, name) for name in chosen.names) if chosen.names else None,
        all(labels.get(key) == value for key, value in chosen.labels.items()) if chosen.labels else None,
    )


def excluded(part: Part, *, now: datetime) -> tuple[datetime | None, Mistake | None]:
    """Until when an annotation or a tag keeps the part out of it (the end of time for ``"true"``), and what is wrong with it.

    A value that cannot be read keeps the part out: leaving something running is the mistake that harms nobody.
    """
    text = part.exclude
    if text is None:
        return None, None
    for_ever = datetime.max.replace(tzinfo=now.tzinfo)
    if text.strip().lower() in {"", "false"}:
        return None, None
    if text.strip().lower() == "true":
        return for_ever, None
    try:
        until = parse_instant(text.strip())
    except ValueError:
        where = f"tag {EXCLUDE_TAG}" if isinstance(part, CloudPart) else f"annotation {EXCLUDE}"
        return for_ever, Mistake(
            f"{part.title}: {where}",
            f'must be "true" or a timestamp such as "2026-12-24T12:00:00Z", got "{shortened(text)}"; it is left running',
        )
    return (until, None) if until > now else (None, None)


def shortened(text: str) -> str:
    """What somebody wrote, short enough to be repeated in a sentence."""
    return clip(text, _SHOWN + 1)


def _unknown_record(part: CloudPart) -> Mistake:
    if part.record == RESTORE:
        return Mistake(
            f"{part.title}: tag {tags.HOLDER}",
            f"is missing beside {tags.PREVIOUS_STATE}, so nobody knows who stopped it and it counts for nothing: take "
            f"{tags.PREVIOUS_STATE} off, and start it by hand if it is to run",
        )
    return Mistake(
        f"{part.title}: tag {tags.PREVIOUS_STATE}",
        f'must be "running", got "{shortened(part.record or "")}"; nobody knows what it was: it is left as it is until '
        "the tag is gone",
    )
