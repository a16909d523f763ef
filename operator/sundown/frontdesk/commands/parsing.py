"""From what somebody typed to what they ask for. Pure; every mistake has a text of its own, which says how it is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sundown.errors import SundownError
from sundown.model.cutting import clip
from sundown.model.support_pod import safe_name
from sundown.schedule.wishes import LONGEST_PROLONGATION, LONGEST_SNOOZE, SHORTEST
from sundown.usecases.find import NAME
from sundown.usecases.spans import parse_span
from sundown.usecases.times import NoTimes, read_times

LONGEST_TEXT = 1000
"""Characters of a command that are looked at; more is refused, nobody types that."""
_ECHO = 60

_CLUSTER = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")
_MAIL_LINK = re.compile(r"<mailto:[^|>]*\|([^>]*)>")
_WEB_LINK = re.compile(r"<(https?://[^|>]*)(?:\|([^>]*))?>")
_ESCAPED = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
"""What Slack sends for these characters, wherever somebody has typed one."""
_MARKS = "`*_~“”„\"'‘’‹›«»"
_ENDS = "?!.…"
_BECAUSE = frozenset({"because", "weil"})
_UNITS = (
    (re.compile(r"(?<=\d)\s*(?:hours?|hrs?|stunden?|std\.?)(?![a-z])"), "h"),
    (re.compile(r"(?<=\d)\s*(?:minutes?|mins?|minuten?)(?![a-z])"), "m"),
    (re.compile(r"(?<=\d)\s*(?:days?|tage?)(?![a-z])"), "d"),
)
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?\s*[dhms]?", re.ASCII)
_DECIMAL = re.compile(r"(\d{1,4})[.,](\d{1,2})\s*(h|d)", re.ASCII)


class Mistyped(SundownError):
    """A command that cannot be understood. ``verb`` is the row whose usage and example help, if one was meant."""

    reason = "Mistyped"

    def __init__(self, text: str, *, verb: str = "") -> None:
        super().__init__(text)
        self.verb = verb


class UnknownCommand(Mistyped):
    """No such verb."""

    reason = "UnknownCommand"


class WhichEnv(Mistyped):
    """The env is missing, or its name is none."""

    reason = "WhichEnv"


class HowLong(Mistyped):
    """The length of time is missing, or is none."""

    reason = "HowLong"


class WhichThing(Mistyped):
    """The pod or workload is missing, or its name or kind is none."""

    reason = "WhichThing"


class HowMany(Mistyped):
    """The number is missing, is none, or is out of range."""

    reason = "HowMany"


class TooLong(Mistyped):
    """A length of time that is out of range."""

    reason = "OutOfRange"


@dataclass(frozen=True, slots=True)
class EnvName:
    """``env@cluster`` as typed; ``cluster`` is empty where none was named, ``namespace`` where all are meant."""

    namespace: str
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, after the verb. ``topic`` is the command that help is wanted on, ``parameters`` what an action takes.

    ``pod`` and ``container`` are the one whose log is wanted, ``previous`` the one from before it was restarted; ``here``: for
    everybody in the conversation to see. ``name`` is that of a support pod, for which ``topic`` was typed.
    """

    env: EnvName = EnvName("")
    span: timedelta = timedelta()
    reason: str | None = None
    topic: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    pod: str = ""
    container: str = ""
    previous: bool = False
    here: bool = False
    name: str = ""
    size: str | None = None


def words_of(text: str) -> tuple[str, ...]:
    """The words of a command, without the marks that Slack or people put around them, or at the end of a sentence.

    A reason is what its author has written: of its words nothing is taken.

    Raises:
        Mistyped: there are too many.
    """
    if len(text) > LONGEST_TEXT:
        raise Mistyped(f"that is too long to be a command ({len(text)} characters)")
    typed = _as_typed(text).split()
    bare = [_bare(word) for word in typed]
    end = next((index for index, word in enumerate(bare) if word.lower() in _BECAUSE), len(bare)) + 1
    said = [word for word in bare[:end] if word]
    return (*said[:1], *(word for word in said[1:] if word not in {"?", "!"}), *typed[end:])


def _bare(word: str) -> str:
    """The word alone; one of nothing but such marks is a word, as the question mark that asks for help."""
    plain = word.strip(f"{_MARKS},;:")
    return plain.rstrip(_ENDS).strip(_MARKS) or plain


def _as_typed(text: str) -> str:
    """What somebody has typed, from what Slack makes of it, and without what nobody sees: who copies a name often takes some along."""
    plain = _WEB_LINK.sub(lambda link: link[2] or link[1], _MAIL_LINK.sub(r"\1", text))
    plain = re.sub("|".join(_ESCAPED), lambda found: _ESCAPED[found[0]], plain)
    return "".join(each for each in plain if unicodedata.category(each) != "Cf")


def one_topic(words: Sequence[str], *, verb: str) -> Asked:
    """Perhaps the name of a command."""
    if len(words) > 1:
        raise Mistyped(f'help is given on one command at a time, not on "{_shown(words)}"', verb=verb)
    return Asked(topic=words[0].lower() if words else "")


def maybe_env(words: Sequence[str], *, verb: str) -> Asked:
    """Perhaps an env, or the cluster of which all envs are meant: ``dev1``, ``dev1@eu-west``, ``@eu-west``."""
    return one_env(words, verb=verb, may_be_all=True) if words else Asked()


def one_env(words: Sequence[str], *, verb: str, may_be_all: bool = False) -> Asked:
    """Exactly one env, and nothing more."""
    env, rest = _env(words, verb=verb, may_be_all=may_be_all)
    if rest:
        raise Mistyped(f'one environment at a time: I do not understand "{_shown(rest)}" after its name', verb=verb)
    return Asked(env=env)


def env_and_reason(words: Sequence[str], *, verb: str) -> Asked:
    """An env, and perhaps ``because`` with a reason after it."""
    said, reason = _reason(words)
    return replace(one_env(said, verb=verb), reason=reason)


def env_and_times(words: Sequence[str], *, verb: str) -> Asked:
    """``dev1 awake=Mon-Fri 08:00-18:00 timeZone=UTC``: an env, and what is to be another of when it sleeps."""
    env, rest = _env(words, verb=verb)
    try:
        return Asked(env=env, parameters=read_times(rest))
    except NoTimes as error:
        raise Mistyped(str(error), verb=verb) from None


def one_support_pod(words: Sequence[str], *, verb: str) -> Asked:
    """``tool``: the name of a support pod, made safe."""
    asked, rest = _support_pod(words, verb=verb)
    if rest:
        raise Mistyped(f'one support pod at a time: I do not understand "{_shown(rest)}" after its name', verb=verb)
    return asked


def support_pod_and_size(words: Sequence[str], *, verb: str) -> Asked:
    """``tool`` or ``tool L``: a name, and perhaps a size."""
    asked, rest = _support_pod(words, verb=verb)
    if len(rest) > 1:
        raise Mistyped(f'a name and a size, and nothing more: I do not understand "{_shown(rest[1:])}"', verb=verb)
    return replace(asked, size=clip(rest[0].upper(), _ECHO) if rest else None)


def _support_pod(words: Sequence[str], *, verb: str) -> tuple[Asked, Sequence[str]]:
    if not words:
        raise Mistyped("say which support pod you mean, by a name", verb=verb)
    typed, at, cluster = words[0].rpartition("@") if "@" in words[0] else (words[0], "", "")
    if at and not _CLUSTER.fullmatch(cluster.lower()):
        raise Mistyped(f'"{clip(cluster, _ECHO)}" is no name of a cluster', verb=verb)
    name = safe_name(typed)
    if not name:
        raise Mistyped(f'"{clip(typed, _ECHO)}" is no name: one has a letter or a digit at least', verb=verb)
    return Asked(env=EnvName("", cluster.lower()), name=name, topic=typed), words[1:]


def env_and_extension(words: Sequence[str], *, verb: str) -> Asked:
    """``dev1 for 2h``; up to 24 hours."""
    return _env_and_span(words, verb=verb, longest=LONGEST_PROLONGATION)


def env_and_snooze(words: Sequence[str], *, verb: str) -> Asked:
    """``dev1 for 3d``; up to 30 days."""
    return _env_and_span(words, verb=verb, longest=LONGEST_SNOOZE)


def _env_and_span(words: Sequence[str], *, verb: str, longest: timedelta) -> Asked:
    said, reason = _reason(words)
    env, rest = _env(said, verb=verb)
    if rest and rest[0].lower() in {"for", "by", "um", "für"}:
        rest = rest[1:]
    if not rest:
        raise HowLong(f'say for how long "{env.namespace}" shall stay awake', verb=verb)
    return Asked(env=env, span=_span(rest, verb=verb, longest=longest), reason=reason)


def _reason(words: Sequence[str]) -> tuple[Sequence[str], str | None]:
    for index, word in enumerate(words):
        if word.lower() in _BECAUSE:
            return words[:index], " ".join(words[index + 1 :]).strip(f"{_MARKS} ") or None
    return words, None


def _env(words: Sequence[str], *, verb: str, may_be_all: bool = False) -> tuple[EnvName, Sequence[str]]:
    if not words:
        raise WhichEnv("say which environment you mean", verb=verb)
    namespace, at, cluster = words[0].lower().partition("@")
    if at and not _CLUSTER.fullmatch(cluster):
        raise WhichEnv(f'"{clip(cluster, _ECHO)}" is no name of a cluster', verb=verb)
    if not namespace and at and may_be_all:
        return EnvName("", cluster), words[1:]
    if not NAME.fullmatch(namespace):
        raise WhichEnv(f'"{clip(words[0], _ECHO)}" is no name of an environment', verb=verb)
    return EnvName(namespace, cluster), words[1:]


def _span(words: Sequence[str], *, verb: str, longest: timedelta) -> timedelta:
    typed = " ".join(words)
    plain = typed.lower().replace(" and ", " ")
    for unit, letter in _UNITS:
        plain = unit.sub(letter, plain)
    decimal = _DECIMAL.fullmatch(plain)
    if decimal is not None:
        whole, part, unit_letter = decimal.groups()
        minutes = round(float(f"{whole}.{part}") * (60 if unit_letter == "h" else 24 * 60))
        plain = f"{minutes}m"
    try:
        span = parse_span(plain)
    except ValueError:
        if _NUMBER.fullmatch(plain):
            raise TooLong(_range(typed, longest), verb=verb) from None
        raise HowLong(f'"{clip(typed, _ECHO)}" is no length of time', verb=verb) from None
    if not SHORTEST <= span <= longest:
        raise TooLong(_range(typed, longest), verb=verb)
    return span


def _range(typed: str, longest: timedelta) -> str:
    most = "24 hours" if longest == LONGEST_PROLONGATION else f"{longest.days} days"
    return f'between 1 minute and {most}, please, not "{clip(typed, _ECHO)}"'


def _shown(words: Sequence[str]) -> str:
    return clip(" ".join(words), _ECHO)
