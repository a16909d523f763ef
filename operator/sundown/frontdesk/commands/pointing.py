"""From what somebody typed to the pod or workload that they mean: ``deploy/web``, ``logs web-1 dev1 app previous``. Pure.

Names stand in kubectl's order or behind its options; what is left over is a mistake with a text of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sundown.frontdesk.commands.parsing import Asked, Mistyped, WhichThing, maybe_env
from sundown.model.cutting import clip
from sundown.usecases.find import NAME

_ECHO = 60

_POD = frozenset({"pod", "pods", "po"})
_CONTAINER = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

_NAMESPACE = ("-n", "--namespace", "namespace", "in", "from")
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
    """What stands behind an option of one of these names, and the other words. The first word is never one."""
    for index, word in enumerate(words):
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
