"""Who governs an env: which EnvSchedule is in force, whether it may act, whether one has to be made. Pure.

Source: requirements A8 to A11; a namespace without the scheduler label counts as new when it is younger than the
ClusterEnvSchedule that covers it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sundown.model.env import Env, Known, Namespace
from sundown.model.resources import TEMPLATE, ClusterEnvSchedule
from sundown.model.template_mark import TemplateMark, origin_of
from sundown.settings import Settings

Role = Literal[
    "InForce", "Superseded", "ProtectedNamespace", "InvalidLabel", "InvalidSpec", "NamespaceNotEnabled", "NotCovered"
]

WAKES_ALL_THE_SAME: frozenset[Role] = frozenset({"InvalidSpec", "InvalidLabel"})
"""Troubles in which nothing changes but by the wish of a person to wake it."""


@dataclass(frozen=True, slots=True)
class Governance:
    """What follows from labels, ages and selectors, before any time is looked at.

    ``in_force`` acts, or is the one on which ``trouble`` is reported. ``trouble`` says why nothing may change.
    ``paused_by`` says why the env is woken and then left alone. ``release`` asks to wake what a vanished schedule
    left asleep. ``label_enabled`` and ``generate`` are the two writes that settle a namespace. ``taken_over`` have
    become somebody's, and carry Sundown's marks yet. ``retire`` is a generated one whose template is gone.
    """

    in_force: Known | None = None
    superseded: tuple[Known, ...] = ()
    trouble: tuple[Role, str] | None = None
    paused_by: tuple[Role, str] | None = None
    release: bool = False
    label_enabled: bool = False
    generate: ClusterEnvSchedule | None = None
    taken_over: tuple[Known, ...] = ()
    retire: Known | None = None


def govern(env: Env, *, settings: Settings) -> Governance:
    """Settle who governs."""
    namespace = env.namespace
    if namespace is None or namespace.terminating:
        return Governance()
    chosen, superseded = _in_force(env.schedules)
    if settings.protects(env.name):
        return _protected(env, namespace, chosen=chosen, superseded=superseded)
    key = settings.scheduler_label
    label = namespace.labels.get(key)
    if label not in {None, "enabled", "disabled"}:
        text = f'namespace label {key} must be "enabled" or "disabled", got "{label}": nothing is changed until it is'
        trouble: tuple[Role, str] = ("InvalidLabel", text)
        return Governance(in_force=chosen, superseded=superseded, trouble=trouble, release=chosen is None)
    cover = covering(namespace, env.defaults)
    new = cover is not None and label is None and is_new(namespace, cover)
    theirs = next((known for known in env.schedules if _by_a_person(known)), None)
    generate = cover if cover is not None and (label is not None or new) and theirs is None else None
    if chosen is None:
        return Governance(release=True, label_enabled=new, generate=generate)
    retire = _without_template(env) if generate is None else None
    return Governance(
        in_force=chosen,
        superseded=superseded,
        trouble=_unreadable(chosen),
        paused_by=_paused(
            chosen, label=label, key=key, cover=cover, new=new, unsure=bool(env.unreadable_defaults), retire=retire
        ),
        taken_over=tuple(one for one in env.schedules if one.taken_over and one.metadata.deletion_timestamp is None),
        label_enabled=new,
        generate=generate if chosen.schedule is not None else None,
        retire=retire,
    )


def _protected(env: Env, namespace: Namespace, *, chosen: Known | None, superseded: tuple[Known, ...]) -> Governance:
    """Never touched; but what fell asleep before the settings said so is given back first, or nobody ever would."""
    text = f'namespace "{env.name}" is protected'
    if not _sleeps(env, namespace):
        refusal: tuple[Role, str] = ("ProtectedNamespace", f"{text}: Sundown never touches it")
        return Governance(in_force=chosen, superseded=superseded, trouble=refusal)
    return Governance(
        in_force=chosen,
        superseded=superseded,
        trouble=_unreadable(chosen) if chosen is not None else None,
        paused_by=("ProtectedNamespace", f"{text}: what sleeps there is woken, and then Sundown never touches it"),
        release=chosen is None,
    )


def _unreadable(chosen: Known) -> tuple[Role, str] | None:
    return ("InvalidSpec", "; ".join(str(one) for one in chosen.mistakes)) if chosen.schedule is None else None


def _sleeps(env: Env, namespace: Namespace) -> bool:
    """Whether anything there sleeps by the operator's own word; a label alone, which many may write, says nothing."""
    return namespace.asleep_since is not None or any(one.status.asleep_since is not None for one in env.schedules)


def _without_template(env: Env) -> Known | None:
    """The generated one whose ClusterEnvSchedule is gone, as far as that can be known."""
    uids = {cover.metadata.uid for cover in env.defaults} | env.unreadable_defaults
    origins = {origin_of(uid) for uid in uids}
    for known in env.schedules:
        mark = TemplateMark.read(known.metadata.annotations.get(TEMPLATE, ""))
        if known.generated and known.metadata.deletion_timestamp is None and mark.origin and mark.origin not in origins:
            return known
    return None


def _paused(
    chosen: Known,
    *,
    label: str | None,
    key: str,
    cover: ClusterEnvSchedule | None,
    new: bool,
    unsure: bool,
    retire: Known | None,
) -> tuple[Role, str] | None:
    if label == "disabled":
        return "InForce", f"namespace label {key}=disabled"
    if label is None and cover is not None and not new:
        return "NamespaceNotEnabled", (
            f'the namespace is older than ClusterEnvSchedule "{cover.metadata.name}" and has no label {key}: '
            f"left alone until it is labelled {key}=enabled"
        )
    if retire is not None and retire.metadata.uid == chosen.metadata.uid:
        return "NotCovered", "the ClusterEnvSchedule that this was made from is gone: it is woken, and then deleted"
    if cover is None and not _by_a_person(chosen) and not unsure:
        return "NotCovered", "no ClusterEnvSchedule covers this namespace any more; apply an EnvSchedule of its own"
    return None


def _in_force(schedules: Iterable[Known]) -> tuple[Known | None, tuple[Known, ...]]:
    """The oldest that a person applied, else the oldest generated one; and the others."""
    alive = [known for known in schedules if known.metadata.deletion_timestamp is None]
    ranked = sorted(alive, key=lambda known: (not _by_a_person(known), known.age))
    return (ranked[0], tuple(ranked[1:])) if ranked else (None, ())


def _by_a_person(known: Known) -> bool:
    return known.metadata.deletion_timestamp is None and not known.generated


def covering(namespace: Namespace, defaults: Iterable[ClusterEnvSchedule]) -> ClusterEnvSchedule | None:
    """The ClusterEnvSchedule that counts for a namespace: highest priority, then the oldest, then by name."""
    matching = [one for one in defaults if one.spec.namespace_selector.matches(namespace.labels)]
    return min(
        matching,
        key=lambda one: (-one.spec.priority, one.metadata.creation_timestamp or namespace.created, one.metadata.name),
        default=None,
    )


def is_new(namespace: Namespace, cover: ClusterEnvSchedule) -> bool:
    """Whether the namespace is younger than the default that covers it (to the second, as Kubernetes records it)."""
    created = cover.metadata.creation_timestamp
    return created is not None and namespace.created > created
