"""From what somebody typed to the pod or workload that they mean: ``deploy/web``, ``logs web-1 dev1 app previous``. Pure.

Names stand in kubectl's order or behind its options; what is left over is a mistake with a text of its own.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace

from sundown.frontdesk.commands.parsing import Asked, HowMany, Mistyped, WhichThing, maybe_env
from sundown.model.cutting import clip
from sundown.reconcile.workload_changes import MOST_REPLICAS
from sundown.sleepers.kinds import KINDS, ReplicaKind, kind_named
from sundown.usecases.find import NAME

_ECHO = 60

_POD = frozenset({"pod", "pods", "po"})
_COUNT = re.compile(r"[+-]?[0-9][0-9_.,]*(?:e[+-]?[0-9]+)?", re.IGNORECASE)
_WHOLE = re.compile(r"\+?0*[0-9]{1,9}")
_CONTAINER = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

_DASHES = re.compile(r"^[\u2013\u2014](?=[a-z])")

_NAMESPACE = ("-n", "--namespace", "namespace", "in", "from")
_REPLICAS = ("--replicas", "replicas")
_TO = ("to", "auf")
_IN_CONTAINER = ("-c", "--container", "container")
_PREVIOUS = frozenset({"-p", "--previous", "previous"})
_HERE = "here"


def of_namespace(words: Sequence[str], *, verb: str) -> Asked:
    """Perhaps a namespace: ``dev1``, ``-n dev1``, ``in dev1@eu-west``; without one it is the person's own."""
    space, rest = _option(words, _NAMESPACE, verb=verb)
    return maybe_env([space, *rest] if space is not None else rest, verb=verb)


def of_pod(words: Sequence[str], *, verb: str) -> Asked:
    """A pod, perhaps its namespace and one of its containers, and how: ``web-1 dev1 app previous here``."""
    left = [word for word in words if word.lower() not in _PREVIOUS | {_HERE}]
    flags = {word.lower() for word in words} - {word.lower() for word in left}
    space, left = _option(left, _NAMESPACE, verb=verb)
    container, left = _option(left, _IN_CONTAINER, verb=verb)
    name, left = _one_of(_POD, left)
    if not name:
        raise WhichThing("say which pod you mean", verb=verb)
    if not NAME.fullmatch(name):
        raise WhichThing(f'"{clip(name, _ECHO)}" is no name of a pod', verb=verb)
    if space is None and left:
        space, left = left[0], left[1:]
    if container is None and left:
        container, left = left[0], left[1:]
    _nothing_left(left, verb=verb)
    if container is not None and not _CONTAINER.fullmatch(container.lower()):
        raise WhichThing(f'"{clip(container, _ECHO)}" is no name of a container', verb=verb)
    return replace(
        _in(space, verb=verb),
        pod=name,
        container=(container or "").lower(),
        previous=bool(flags & _PREVIOUS),
        here=_HERE in flags,
    )


def of_workload(words: Sequence[str], *, verb: str) -> Asked:
    """A workload and perhaps its namespace: ``deployment web dev1``, ``deploy/web -n dev1``."""
    space, left = _option(words, _NAMESPACE, verb=verb)
    row, name, left = _workload(left, verb=verb)
    if space is None and left:
        space, left = left[0], left[1:]
    _nothing_left(left, verb=verb)
    return replace(_in(space, verb=verb), parameters={"kind": row.kind, "name": name})


def of_workload_and_count(words: Sequence[str], *, verb: str) -> Asked:
    """The same, and how many pods it is to have: ``deployment web dev1 3``, ``sts/db in dev1 to 0``, ``--replicas=2``."""
    space, left = _option(words, _NAMESPACE, verb=verb)
    count, left = _option(left, _REPLICAS, verb=verb)
    if count is None:
        _workload(left, verb=verb)
        *left, count = left
        left = left[:-1] if left[-1:] in ([each] for each in _TO) else left
    known = [*left, *(("-n", space) if space is not None else ())]
    if not _COUNT.fullmatch(count):
        raise HowMany(f'say how many pods it is to have: "{clip(count, _ECHO)}" is no number', verb=verb)
    if not _WHOLE.fullmatch(count) or int(count) > MOST_REPLICAS:
        raise HowMany(f'a whole number between 0 and {MOST_REPLICAS:,}, please, not "{clip(count, _ECHO)}"', verb=verb)
    asked = of_workload(known, verb=verb)
    return replace(asked, parameters={**asked.parameters, "replicas": str(int(count))})


def _workload(words: Sequence[str], *, verb: str) -> tuple[ReplicaKind, str, list[str]]:
    if not words:
        raise WhichThing(f"say what to {verb}: its kind and its name", verb=verb)
    word, slash, behind = words[0].partition("/")
    row = kind_named(word)
    if row is None:
        raise WhichThing(_no_kind(word), verb=verb)
    name = (behind if slash else next(iter(words[1:2]), "")).lower()
    if not name:
        raise WhichThing(f"say which {row.kind} you mean", verb=verb)
    if not NAME.fullmatch(name):
        raise WhichThing(f'"{clip(name, _ECHO)}" is no name of a {row.kind}', verb=verb)
    return row, name, list(words[1 if slash else 2 :])


def _no_kind(word: str) -> str:
    spelled = sorted({spelling for row in KINDS.values() for spelling in row.spellings})
    close = difflib.get_close_matches(word.lower(), spelled, n=1, cutoff=0.7)
    known = " and ".join(row.kind.lower() for row in KINDS.values())
    return f'I know no kind "{clip(word, _ECHO)}"' + (
        f"; did you mean {close[0]}?" if close else f"; there are {known}"
    )


def _one_of(kinds: frozenset[str], words: Sequence[str]) -> tuple[str, list[str]]:
    """A name, before which its kind may stand, and what comes behind it."""
    if not words:
        return "", []
    kind, slash, name = words[0].lower().partition("/")
    if slash and kind in kinds:
        return name, list(words[1:])
    if kind in kinds and len(words) > 1:
        return words[1].lower(), list(words[2:])
    return words[0].lower(), list(words[1:])


def _option(words: Sequence[str], names: tuple[str, ...], *, verb: str) -> tuple[str | None, list[str]]:
    """What stands behind an option of one of these names, and the other words; a word without a dash that stands alone is none."""
    for index, typed in enumerate(words):
        word = _DASHES.sub("--", typed)  # what phones and Macs make of two of them
        name, equals, behind = word.partition("=")
        if name.lower() not in names or (index == 0 and not word.startswith("-") and len(words) == 1):
            continue
        value = behind if equals else next(iter(words[index + 1 : index + 2]), "")
        if not value:
            raise Mistyped(f'after "{clip(name, _ECHO)}" something is missing', verb=verb)
        return value, [*words[:index], *words[index + (1 if equals else 2) :]]
    return None, list(words)


def _in(space: str | None, *, verb: str) -> Asked:
    return maybe_env([space] if space is not None else [], verb=verb)


def _nothing_left(words: Sequence[str], *, verb: str) -> None:
    if words:
        raise Mistyped(f'I do not understand "{clip(" ".join(words), _ECHO)}" at the end', verb=verb)
