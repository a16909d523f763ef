"""The tags that people give in AWS and that Sundown writes there, and the one way to read them.

Only what is written exactly counts as a wish that something sleep: AWS's own filters and policies compare exactly. What
was meant to be one, and is not, is said. What Sundown has stopped is known by its tags however they are spelt by then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sundown.aws.spelling import clean, is_like, plain

WAVE = "sundown:wave"
EXCLUDE = "sundown:exclude"
CLUSTER = "sundown:cluster"
"""Which Sundown a thing is for, where several look at one account; it is that one's SUNDOWN_CLUSTER_NAME."""
INSTANCE_STORE = "sundown:instance-store"
"""``lose`` allows to stop an instance with the loss of all that is on the disks of its host."""
LOSE = "lose"

PREVIOUS_STATE = "sundown:previous-state"
STOPPED_AT = "sundown:stopped-at"
HOLDER = "sundown:holder"
RECORD = (PREVIOUS_STATE, STOPPED_AT, HOLDER)
"""Written before anything is stopped, taken off after it runs again."""

ENABLED = "enabled"
_MEANT_ENABLED = frozenset({"active", "on", "true", "yes", "1"})
_MEANT_DISABLED = frozenset({"", "disable", "disabled", "false", "inactive", "no", "none", "off", "0"})
_RUNNING = "running"

_BETWEEN_NAMES = re.compile(r"[\s,;:/+|&@=]+")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", re.ASCII)
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Keys:
    """What the tags are called that people give to make things sleep."""

    namespace: str = "namespace"
    scheduler: str = "scheduler"

    @property
    def of_people(self) -> tuple[str, ...]:
        """All that people write, those with names of ours too."""
        return (self.namespace, self.scheduler, WAVE, EXCLUDE, CLUSTER, INSTANCE_STORE)


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of one thing, read.

    ``namespace`` is the env that it is for, or what is written where that names none or several. ``misspelt`` says what is
    not written as it should be, and what to write; ``meant_for`` is the env that it was likely meant for then.
    """

    namespace: str = ""
    enabled: bool = False
    record: str | None = None
    stopped_at: datetime | None = None
    holder: str | None = None
    wave: str | None = None
    exclude: str | None = None
    cluster: str | None = None
    misspelt: str = ""
    meant_for: str = ""


def as_mapping(tags: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """AWS's list of Key and Value as a mapping."""
    return {str(tag["Key"]): str(tag.get("Value", "")) for tag in tags}


def read(labels: Mapping[str, str], keys: Keys) -> Tags:
    """Read them."""
    written = labels.get(keys.namespace, "")
    record, holder = labels.get(PREVIOUS_STATE), labels.get(HOLDER)
    misspelt = "; ".join((*_slips_of_keys(labels, keys), *_slips_of_values(labels, keys)))
    return Tags(
        namespace=env_name(written),
        enabled=labels.get(keys.scheduler) == ENABLED,
        record=_RUNNING if record is not None and plain(record) == _RUNNING else record,
        stopped_at=moment(labels.get(STOPPED_AT)),
        holder=(holder_of(holder) or None) if holder is not None else None,
        wave=labels.get(WAVE),
        exclude=labels.get(EXCLUDE),
        cluster=clean(labels[CLUSTER]) if CLUSTER in labels else None,
        misspelt=misspelt,
        meant_for=_meant_for(labels, keys) if misspelt else "",
    )


def claimed(value: str) -> tuple[str, ...]:
    """The namespaces that a namespace tag names: one as it should be, several by mistake, none where it names none."""
    names = tuple(dict.fromkeys(name for name in _BETWEEN_NAMES.split(plain(value)) if name))
    return names if all(_NAMESPACE.fullmatch(name) for name in names) else ()


def env_name(written: str) -> str:
    """The one env that a namespace tag names, however it is spelt; what is written where that is none, or several."""
    names = claimed(written)
    return names[0] if len(names) == 1 else written


def holder_of(written: str) -> str:
    """``<cluster>/<namespace>`` without blanks that nobody sees, the namespace as a namespace is written."""
    cluster, slash, namespace = clean(written).partition("/")
    return f"{cluster.strip()}/{env_name(namespace)}" if slash else clean(written)


def env_of(tags: Tags, *, cluster_name: str) -> str:
    """The env that a thing belongs to; where its namespace tag names none any more, that for which this cluster stopped it."""
    cluster, _, namespace = (tags.holder or "").partition("/")
    held = namespace if tags.record == _RUNNING and cluster == cluster_name else ""
    return tags.namespace if claimed(tags.namespace) else held or tags.namespace


def record(*, holder: str, now: datetime) -> dict[str, str]:
    """The tags that remember that Sundown stopped a thing that was running; ``holder`` is ``<cluster>/<namespace>``."""
    at = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {PREVIOUS_STATE: _RUNNING, STOPPED_AT: at, HOLDER: holder}


def moment(value: str | None) -> datetime | None:
    """When a tag says that it was (UTC); None where it says nothing that can be read."""
    try:
        at = datetime.fromisoformat(clean(value)) if value else None
    except ValueError:
        return None
    return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None


def keys_like(keys: Iterable[str], wanted: str) -> list[str]:
    """Those keys that are not the wanted one, and were likely meant to be."""
    return sorted(key for key in keys if key != wanted and is_like(key, wanted))


def is_meant_to_sleep(labels: Mapping[str, str], keys: Keys) -> bool:
    """Whether somebody wanted it to sleep with its env and has written something else.

    A ``scheduler`` tag that says anything but yes or no counts where a namespace tag stands beside it: other tools have tags
    of that name too.
    """
    said = labels.get(keys.scheduler)
    if said is not None:
        if said == ENABLED or plain(said) in _MEANT_DISABLED:
            return False
        return _says_enabled(said) or len(claimed(labels.get(keys.namespace, ""))) == 1
    return any(_says_enabled(labels[key]) for key in keys_like(labels, keys.scheduler))


def _says_enabled(value: str) -> bool:
    return plain(value) in _MEANT_ENABLED or is_like(value, ENABLED)


def _slips_of_keys(labels: Mapping[str, str], keys: Keys) -> Iterable[str]:
    """Keys that are nearly ours. That of the scheduler counts only with a value that says so: others have such keys."""
    for wanted, key in _nearly(tuple(labels), keys):
        write = f"call it {wanted}"
        if wanted == keys.scheduler:
            if not _says_enabled(labels[key]):
                continue
            write = f"write {wanted}={ENABLED}"
        elif wanted == keys.namespace and _NAMESPACE.fullmatch(env_name(labels[key])):
            write = f"write {wanted}={env_name(labels[key])}"
        yield f"its tag {_quoted(key)} is not {_quoted(wanted)}: {write}"


@lru_cache(maxsize=256)
def _nearly(written: tuple[str, ...], keys: Keys) -> tuple[tuple[str, str], ...]:
    """What is missing, and what stands there instead: kept, for thousands of things have the same keys."""
    missing = (wanted for wanted in keys.of_people if wanted not in written)
    return tuple((wanted, key) for wanted in missing for key in keys_like(written, wanted))


def _slips_of_values(labels: Mapping[str, str], keys: Keys) -> Iterable[str]:
    said = labels.get(keys.scheduler)
    if said is not None and said != ENABLED and plain(said) not in _MEANT_DISABLED:
        also = "" if _says_enabled(said) else ', or "disabled"'
        yield f'its {keys.scheduler} tag is {_quoted(said)}: write "{ENABLED}"{also}'
    written = labels.get(keys.namespace, "")
    names = claimed(written)
    if len(names) == 1 and names[0] != written:
        yield f"its {keys.namespace} tag is {_quoted(written)}: write {_quoted(names[0])}"


def _meant_for(labels: Mapping[str, str], keys: Keys) -> str:
    for key in (keys.namespace, *keys_like(labels, keys.namespace)):
        names = claimed(labels.get(key, ""))
        if len(names) == 1:
            return names[0]
    return ""


def _quoted(text: str) -> str:
    """What somebody wrote, so that blanks and letters that only look right can be seen."""
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f'"{shown}"' if shown.isascii() else f'"{shown}" ({shown.encode("ascii", "backslashreplace").decode()})'
