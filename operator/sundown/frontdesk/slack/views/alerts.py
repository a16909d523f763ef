"""Alerts as Slack shows them: a line, and an attachment in the colour of how bad it is with what is known of it (I2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sundown import wording
from sundown.frontdesk.incidents.incident import Incident
from sundown.frontdesk.incidents.kinds import AlertKind, Severity
from sundown.frontdesk.incidents.telling import Alert, Message, Summary
from sundown.frontdesk.slack.views.blocks import MOST_TEXT, Block, bold, code, context, cut, escape, when

COLOURS: Mapping[Severity, str] = {"critical": "#FF0000", "warning": "#FFA500", "info": "#36A64F"}
_SIGNS: Mapping[Severity, str] = {
    "critical": ":red_circle:",
    "warning": ":large_orange_circle:",
    "info": ":large_green_circle:",
}
_WELL = ":white_check_mark: OK:"
_ENDED = {
    "recovered": "{over}",
    "gone": "what it was about is not there any more ({title})",
    "asleep": "the environment sleeps ({title})",
    "off": "nobody watches for it any more ({title})",
}
_CODE = frozenset({"pod", "container", "image", "owner"})
_LONGEST_FIELD = 300


def render(message: Message, *, cluster: str) -> dict[str, Any]:
    """Text and attachments of a message of the cluster of that name."""
    return _alert(message, cluster) if isinstance(message, Alert) else _summary(message, cluster)


def log_lines(lines: str) -> dict[str, Any]:
    """Log lines, as they stand under a message."""
    plain = lines.replace("```", "ˋˋˋ").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": cut(f"The last lines before it ended:\n```{plain}", MOST_TEXT - 3) + "```"}


def _alert(alert: Alert, cluster: str) -> dict[str, Any]:
    row, incident = alert.row, alert.incident
    title = _sentence(row.title, incident.facts)
    if incident.ended:
        over = _sentence(row.over, incident.facts)
        text = f"{_WELL} {_ENDED[incident.ended].format(over=over, title=title)}."
    else:
        text = f"{_SIGNS[row.severity]} {title}{_times(row, incident)}."
    severity: Severity = "info" if incident.ended else row.severity
    known = {**incident.facts, **({"restarts": str(incident.count)} if row.news_for is None else {})}
    fields = [_field(name, known[name]) for name in row.fields if name in known]
    return _said(text, severity, fields, _history(incident.opened_at, incident.ended_at, cluster))


def _times(row: AlertKind, incident: Incident) -> str:
    """How often, from the first count on that is told."""
    level = row.level(incident.count)
    if not level:
        return ""
    return f", {level} times" if row.news_for is not None else f", {level} restarts"


def _summary(summary: Summary, cluster: str) -> dict[str, Any]:
    digest, rows = summary.digest, summary.rows
    total = sum(digest.total.values())
    kinds = _kinds(digest.total, rows)
    severity: Severity
    if digest.ended:
        text, severity = f"{_WELL} {total} alerts are over: {kinds}.", "info"
    else:
        severity = _worst(digest.total, rows)
        text = (
            f"{_SIGNS[severity]} {total} alerts at once: {kinds}."
            if total
            else f"{_SIGNS[severity]} Many alerts at once."
        )
    fields = []
    if not digest.ended:
        fields.append(_field("still", _kinds(summary.still, rows) or "none"))
    if summary.more:
        fields.append(_field("besides", f"{summary.more} more than can be kept apart"))
    if digest.namespaces:
        named = ", ".join(digest.namespaces[:_NAMED])
        fields.append(_field("namespaces", f"{named} and more" if len(digest.namespaces) > _NAMED else named))
    return _said(text, severity, fields, _history(digest.opened_at, digest.ended_at, cluster))


_NAMED = 8


def _said(text: str, severity: Severity, fields: list[Block], history: str) -> dict[str, Any]:
    blocks: list[Block] = [{"type": "section", "fields": fields[:10]}] if fields else []
    line = cut(text, MOST_TEXT)
    attachment = {"color": COLOURS[severity], "fallback": line, "blocks": [*blocks, context(history)]}
    return {"text": line, "attachments": [attachment]}


def _field(name: str, text: str) -> Block:
    shown = code(text) if name in _CODE else escape(text)
    return {"type": "mrkdwn", "text": cut(f"*{name.capitalize()}*\n{shown}", _LONGEST_FIELD), "verbatim": True}


def _history(opened_at: datetime, ended_at: datetime | None, cluster: str) -> str:
    began = when(opened_at, f"{opened_at:%Y-%m-%d %H:%M} UTC")
    if ended_at is None:
        return f"Since {began}, cluster {escape(cluster)}"
    return f"From {began} on, for {wording.span(ended_at - opened_at)}, cluster {escape(cluster)}"


def _sentence(text: str, facts: Mapping[str, str]) -> str:
    known = {
        name: code(value) if name in _CODE else bold(value) if name != "said" else escape(value)
        for name, value in facts.items()
    }
    return text.format_map(_Known(known))


class _Known(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "?"


def _kinds(counts: Mapping[str, int], rows: Mapping[str, AlertKind]) -> str:
    said = [(count, rows[kind].label) for kind, count in sorted(counts.items()) if count and kind in rows]
    return ", ".join(f"{count} {one if count == 1 else many}" for count, (one, many) in said)


def _worst(counts: Mapping[str, int], rows: Mapping[str, AlertKind]) -> Severity:
    there: set[Severity] = {rows[kind].severity for kind in counts if kind in rows}
    return "critical" if "critical" in there or not there else "warning" if "warning" in there else "info"
