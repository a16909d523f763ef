"""Notices as Slack shows them. What people have written is escaped; Slack shows every time in the reader's own zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sundown import wording
from sundown.frontdesk.alerts.notice import Notice, Others
from sundown.frontdesk.slack.views.blocks import (
    MOST_TEXT,
    Block,
    actions,
    bold,
    button,
    context,
    cut,
    escape,
    section,
    value,
    verb_button,
    when,
)
from sundown.frontdesk.wishes.verbs import Verb, shown
from sundown.model.cutting import clip, some_of
from sundown.model.scalars import format_duration

Counts = Sequence[tuple[str, int]]
"""How many of each kind run."""

_NAMED = 8
_UNITS = {"d": ("day", "days"), "h": ("hour", "hours"), "m": ("minute", "minutes")}


def render(notice: Notice, *, cluster: str, counts: Counts | None = None) -> tuple[str, list[Block]]:
    """The text for notifications, and the blocks, of a notice of the cluster of that name."""
    title = _TITLES[notice.says](notice)
    blocks = [section(title)]
    if notice.says == "stop":
        blocks += _details(notice, counts)
        blocks += _answers(notice, cluster=cluster)
    elif notice.says == "asleep":
        found = [verb_button(verb, notice.standing.namespace, cluster=cluster) for verb in shown("asleep")]
        blocks += [actions(found)] if found else []
    return cut(title, MOST_TEXT), blocks


def at(moment: datetime, notice: Notice) -> str:
    """An instant for the reader; where their Slack cannot show it, in the zone that is known of them."""
    zone = notice.place.time_zone or "UTC"
    return when(moment, f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}")


def in_words(span: timedelta) -> str:
    """``3 hours``, ``1 day``; a span of several units in short."""
    short = format_duration(span)
    count, unit = short[:-1], short[-1]
    if not count.isdecimal() or unit not in _UNITS:
        return short
    return f"{count} {_UNITS[unit][0 if count == '1' else 1]}"


def who(name: str | None) -> str:
    """Who asked for something, as the schedule has it."""
    return bold(clip(name, 100)) if name else "somebody"


def _asker(notice: Notice) -> str:
    """The same of what is in force, with the doubt that there is."""
    asked = notice.standing.asked
    name = who(asked.by if asked is not None else None)
    return f"{name} (unverified)" if notice.standing.doubted else name


def _env(notice: Notice) -> str:
    return bold(notice.standing.namespace)


def _stop(notice: Notice) -> str:
    asked = notice.standing.asked
    if notice.standing.prolonged and asked is not None:
        return (
            f":hourglass: {_env(notice)} was prolonged by {_asker(notice)} until {at(notice.due, notice)}; then it stops, "
            "unless somebody prolongs it again."
        )
    return f":hourglass_flowing_sand: {_env(notice)} stops {at(notice.due, notice)}, unless somebody snoozes it before then."


def _moved(notice: Notice) -> str:
    standing, asked = notice.standing, notice.standing.asked
    text = f":alarm_clock: {_env(notice)} does not stop {at(notice.due, notice)}"
    if asked is not None and asked.state == "Awake":
        text += f": {_asker(notice)} put it off"
        text += f" {at(asked.at, notice)}" if asked.at is not None else ""
    if standing.shutdown_at is None:
        return f"{text}. No other shutdown is in sight."
    text += f". It runs until {at(standing.shutdown_at, notice)}"
    return f"{text}; the next notice comes {at(notice.next_at, notice)}." if notice.next_at is not None else f"{text}."


def _asleep(notice: Notice) -> str:
    standing, asked = notice.standing, notice.standing.asked
    word = "is asleep" if standing.state == "Asleep" else "is falling asleep"
    text = f":zzz: {_env(notice)} {word}: "
    if asked is not None and asked.state == "Asleep":
        text += f"{_asker(notice)} suspended it"
        text += f" {at(asked.at, notice)}" if asked.at is not None else ""
    else:
        text += "nobody answered"
    if standing.wakes_at is not None:
        text += f". It wakes {at(standing.wakes_at, notice)}, or when somebody resumes it."
    else:
        text += ". It sleeps until somebody resumes it."
    if standing.silent is not None:
        text += f" :warning: Its schedule cannot be followed: {escape(clip(standing.silent, 300))}."
    left = standing.still_running
    return f"{text} Still running: {escape(wording.still_running(left))}." if left is not None else text


def _waking(notice: Notice) -> str:
    asked = notice.standing.asked
    by = f", {_asker(notice)} asked for it" if asked is not None and asked.state == "Awake" else ""
    waits = wording.waits_for_database(notice.standing.cloud)
    takes = f"{wording.DATABASES_TAKE[0].upper()}{wording.DATABASES_TAKE[1:]}" if waits else "That can take minutes"
    place = notice.standing.wake_queue
    if place is not None:
        takes = f"It is {wording.line(place)}, as only so many pods start at once; its turn comes about {at(place.at, notice)}"
    return f":sunrise: {_env(notice)} is waking{by}. {takes}; it is said here when it is done."


def _awake(notice: Notice) -> str:
    standing, asked = notice.standing, notice.standing.asked
    text = f":white_check_mark: {_env(notice)} is awake again"
    if asked is not None and asked.state == "Awake":
        text += f", {_asker(notice)} asked for it"
        if asked.at is not None and standing.since is not None and standing.since >= asked.at:
            text += f" and it took {wording.span(standing.since - asked.at)}"
    return f"{text}.{_until(notice)}{_unwell(notice)}"


def _ready(notice: Notice) -> str:
    since, asked_at = notice.standing.since, notice.asked_at
    text = f"<@{notice.asker}> {_env(notice)} is awake again" if notice.asker else f"{_env(notice)} is awake again"
    if since is not None and asked_at is not None and since >= asked_at:
        took = wording.took((since - asked_at).total_seconds())
        text += f": everything is ready, it took {took}" if not notice.standing.degraded else f" after {took}"
    return f":white_check_mark: {text}.{_until(notice)}{_unwell(notice)}"


def _until(notice: Notice) -> str:
    shutdown = notice.standing.shutdown_at
    return f" It runs until {at(shutdown, notice)}." if shutdown is not None else ""


def _unwell(notice: Notice) -> str:
    degraded = notice.standing.degraded
    return f" :warning: Not all is well: {escape(clip(degraded, 300))}" if degraded else ""


def _paused(notice: Notice) -> str:
    why = notice.standing.silent or "it is paused"
    return f":double_vertical_bar: {_env(notice)} is not stopped now: {escape(clip(why, 300))}."


def _idle(notice: Notice) -> str:
    return f":white_circle: Nothing runs in {_env(notice)} any more, so there is nothing to stop."


def _elsewhere(notice: Notice) -> str:
    return (
        f":white_circle: This notice about {_env(notice)} does not stand any more: who is told, or when, has changed."
    )


def _gone(notice: Notice) -> str:
    return f":wastebasket: {_env(notice)} is not there any more: it, or its schedule, was deleted."


_TITLES = {
    "stop": _stop,
    "moved": _moved,
    "asleep": _asleep,
    "waking": _waking,
    "awake": _awake,
    "ready": _ready,
    "paused": _paused,
    "idle": _idle,
    "elsewhere": _elsewhere,
    "gone": _gone,
}


def _details(notice: Notice, counts: Counts | None) -> list[Block]:
    standing = notice.standing
    facts = [f"*Runs:* {_running(notice, counts)}"]
    if standing.cost is not None:
        facts.append(f"*Costs in AWS:* {escape(wording.cost(standing.cost))}")
    if standing.owner:
        facts.insert(0, f"*Owner:* {escape(clip(standing.owner, 200))}")
    if notice.place.time_zone is not None:
        zone = notice.place.time_zone
        facts.append(f"*Stops:* {notice.due.astimezone(ZoneInfo(zone)):%a %H:%M} {escape(zone)}")
    more = (
        f"Reminded again {at(notice.next_at, notice)}." if notice.next_at is not None else "This is the last reminder."
    )
    return [
        section("\n".join(facts)),
        *_others(notice.others, notice),
        context(f"{more} No answer means that it stops."),
    ]


def _running(notice: Notice, counts: Counts | None) -> str:
    """What runs, by kind; where workloads may not be counted, all parts together and those in AWS by kind."""
    parts = wording.parts(notice.standing.parts)
    in_aws = wording.running(notice.standing.cloud)
    if counts is None:
        return f"{parts}, among them {wording.kinds(in_aws)}" if in_aws else parts
    told = wording.kinds([*counts, *in_aws])
    return f"{told} ({parts})" if told else parts


def _others(others: Others, notice: Notice) -> list[Block]:
    lines: list[str] = []
    if others.stopping:
        lines.append(f"*Stop by then too:* {some_of([bold(name) for name in others.stopping], _NAMED)}")
    if others.prolonged:
        told = [f"{bold(name)} until {at(until, notice)} ({who(by)})" for name, until, by in others.prolonged]
        lines.append(f"*Prolonged:* {some_of(told, _NAMED)}")
    return [section("\n".join(lines))] if lines else []


def _answers(notice: Notice, *, cluster: str) -> list[Block]:
    """The buttons, those with spans each in a row of their own."""
    rows: list[list[Block]] = []
    others: list[Block] = []
    for verb in shown("reminder", may_be_deleted=notice.standing.allow_delete):
        spans = verb.offered(notice.place.snooze)
        if spans:
            rows.append([_answer(verb, notice, cluster=cluster, span=span, at=at) for at, span in enumerate(spans)])
        else:
            others.append(_answer(verb, notice, cluster=cluster))
    return [actions(row) for row in (*rows, others) if row]


def _answer(verb: Verb, notice: Notice, *, cluster: str, span: timedelta | None = None, at: int = 0) -> Block:
    """Slack wants another action_id for each element of a row, so the first has the bare one."""
    carried = value(verb.do, namespace=notice.standing.namespace, cluster=cluster, span=span, shutdown=notice.due)
    return button(
        verb.label.format(span=in_words(span)) if span is not None else verb.label,
        action_id=f"{verb.action_id}.{at}" if at else verb.action_id,
        value=carried,
        style=None if at else verb.style,
    )
