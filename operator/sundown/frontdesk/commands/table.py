"""The table of commands. A new command is a row: how it is typed, the right it takes, its help, and who answers."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace

from sundown.cluster.errors import Busy, Unreachable
from sundown.frontdesk.commands import auditing, logs, looking, pods, requesting, supporting, wishing
from sundown.frontdesk.commands.command import Command
from sundown.frontdesk.commands.own_env import own_env
from sundown.frontdesk.commands.parsing import (
    Asked,
    Mistyped,
    UnknownCommand,
    env_and_extension,
    env_and_reason,
    env_and_snooze,
    env_and_times,
    maybe_env,
    one_env,
    one_topic,
    words_of,
)
from sundown.frontdesk.commands.pointing import of_namespace, of_pod, of_workload, of_workload_and_count
from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.people.rights import Rights
from sundown.frontdesk.requests.table import REQUESTS
from sundown.frontdesk.wishes.actions import ClusterAway
from sundown.model.actions import DELETE, Right
from sundown.model.cutting import clip
from sundown.reconcile.env_edit import EDIT
from sundown.reconcile.workload_changes import RESTART, SCALE, OfWorkload, ScaleTo
from sundown.sleepers.kinds import KINDS
from sundown.usecases.wish import WISHES


def _topic(words: Sequence[str], *, verb: str) -> Asked:
    """Perhaps the name of a command, which may have two words."""
    named = len(words) == 2 and bool(members_of(words[0]))
    return one_topic((" ".join(words),) if named else words, verb=verb)


COMMANDS: dict[str, Command] = {
    row.verb: row
    for row in (
        Command(
            verb="status",
            usage="status [<env>]",
            summary="What an environment does now, part by part; without a name: all of them.",
            details="Asleep, falling asleep, waking, awake or paused, what is not well, and when that changes next.",
            examples=("status dev1", "status"),
            parse=maybe_env,
            handle=looking.status,
            right="get",
            looks_by_itself=True,
        ),
        Command(
            verb="list",
            usage="list",
            summary="All environments that you may see, yours first.",
            details="Each with its state, what comes next and its owner. list @eu-west lists those of another cluster.",
            examples=("list",),
            parse=maybe_env,
            handle=looking.listing,
            right="get",
            looks_by_itself=True,
            aliases=("ls", "envs"),
        ),
        Command(
            verb="why",
            usage="why <env>",
            summary="Why it is in this state, who did it, and what comes next.",
            details="With it: what is not well, which parts hang, and what happened before.",
            examples=("why dev1",),
            parse=one_env,
            handle=looking.why,
            right="get",
        ),
        Command(
            verb="start",
            usage="start <env>",
            summary="Wake it until its next scheduled shutdown.",
            details="Where no shutdown is scheduled it stays awake until somebody stops it. Say why with: because ...",
            examples=("start dev1", "start dev1 because release test"),
            parse=env_and_reason,
            handle=wishing.wish("start"),
            right=WISHES["start"].right,
            aliases=("wake", "resume"),
        ),
        Command(
            verb="stop",
            usage="stop <env>",
            summary="Put it to sleep until its next scheduled start.",
            details="Where no start is scheduled it sleeps until somebody starts it.",
            examples=("stop dev1",),
            parse=env_and_reason,
            handle=wishing.wish("stop"),
            right=WISHES["stop"].right,
            aliases=("suspend", "sleep"),
        ),
        Command(
            verb="extend",
            usage="extend <env> for <time>",
            summary="Put off its next shutdown by a time.",
            details=(
                "The time is added to the shutdown in force, so that asking twice adds twice; one that is asleep is woken for "
                "that long. Between 1 minute and 24 hours, as in 2h, 90m or 1h30m; a bare number is hours. The daily reset ends it."
            ),
            examples=("extend dev1 for 2h", "extend dev1 90m", "prolongate dev1 for 1h30m"),
            parse=env_and_extension,
            handle=wishing.wish("extend"),
            right=WISHES["extend"].right,
            aliases=("prolongate", "prolong"),
        ),
        Command(
            verb="snooze",
            usage="snooze <env> for <time>",
            summary="Keep it awake for a time from now.",
            details=(
                "The time counts from now and takes the place of whatever was asked for before. Between 1 minute and 30 days, "
                "as in 3h, 1d or 90m; a bare number is hours."
            ),
            examples=("snooze dev1 for 3h", "snooze dev1 3d"),
            parse=env_and_snooze,
            handle=wishing.wish("snooze"),
            right=WISHES["snooze"].right,
        ),
        Command(
            verb="reset",
            usage="reset <env>",
            summary="Give it back to its schedule.",
            details=(
                "Takes back whatever was asked for, by you or by others: a prolongation, a snooze, a start, a stop. It sleeps and "
                "wakes when its schedule says so."
            ),
            examples=("reset dev1",),
            parse=env_and_reason,
            handle=wishing.wish("reset"),
            right=WISHES["reset"].right,
        ),
        Command(
            verb="edit",
            usage="edit <env> <field>=<value> ...",
            summary="Change when it sleeps and wakes, after you have confirmed what changes.",
            details=(
                "Each field takes the place of what its schedule says there, none takes it away, and what is left out stays: awake, "
                "timeZone, holidays, exceptions, dailyReset, spread, paused. Where it takes two people to stop it, somebody else "
                "has to approve."
            ),
            examples=(
                "edit dev1 awake=Mon-Fri 08:00-18:00 Sat 10:00-14:00 timeZone=Europe/Berlin",
                "edit dev1 exceptions=2026-12-24T12:00 to 2027-01-04T00:00 asleep",
                "edit dev1 holidays=DE BE paused=false",
            ),
            parse=env_and_times,
            handle=requesting.request("Edit"),
            right=REQUESTS["Edit"].right,
            proposed_by=(EDIT.asks(),),
        ),
        Command(
            verb="pods",
            usage="pods [<env>]",
            summary="What runs in it, pod by pod, what is not well first.",
            details="As kubectl get pods shows it. Without a name: in your own environment, if you have just one.",
            examples=("pods dev1", "pods"),
            parse=of_namespace,
            handle=pods.pods,
            right="get",
            of_own_env=True,
            own_right=logs.LIST_PODS,
            aliases=("pod", "po", "ps"),
        ),
        Command(
            verb="logs",
            usage="logs <pod> [<env>] [<container>] [previous] [here]",
            summary="The last 50 lines that a pod has written, for you alone.",
            details=(
                "At most 3,000 characters, with what looks like a secret masked. previous: from before it was restarted; here: for "
                "everybody in the conversation to see. The beginning of a pod's name is enough where only one begins so; without an "
                "environment yours is meant, if you have just one."
            ),
            examples=(
                "logs web-7d9c5b8f4-x2x9k dev1",
                "logs web dev1 sidecar",
                "logs web previous",
                "logs web dev1 here",
            ),
            parse=of_pod,
            handle=logs.logs,
            right="get",
            of_own_env=True,
            own_right=Right("get", "pods", subresource="log"),
            aliases=("log", "tail"),
        ),
        Command(
            verb="scale",
            usage="scale <kind> <name> [<env>] <count>",
            summary="Have a workload run so many pods, after you have confirmed what changes.",
            details=(
                "Kinds as kubectl has them: deployment, deploy, sts, deployment/web. Of an environment that is asleep it changes what it "
                "wakes to. Without an environment yours is meant, if you have just one."
            ),
            examples=("scale deployment web dev1 3", "scale deploy/web 0", "scale sts/db in dev1 to 2"),
            parse=of_workload_and_count,
            handle=requesting.request("Scale"),
            right=REQUESTS["Scale"].right,
            of_own_env=True,
            proposed_by=tuple(SCALE.asks(ScaleTo(kind=kind, name="any", replicas=0)) for kind in KINDS),
        ),
        Command(
            verb="restart",
            usage="restart <kind> <name> [<env>]",
            summary="Replace the pods of a workload one after the other, after you have confirmed it.",
            details="As kubectl rollout restart does. Without an environment yours is meant, if you have just one.",
            examples=("restart deployment web dev1", "restart sts/db"),
            parse=of_workload,
            handle=requesting.request("Restart"),
            right=REQUESTS["Restart"].right,
            of_own_env=True,
            proposed_by=tuple(RESTART.asks(OfWorkload(kind=kind, name="any")) for kind in KINDS),
        ),
        Command(
            verb="delete",
            usage="delete <env>",
            summary="Delete it for good, after you have typed its name once more.",
            details=(
                "The namespace goes, and everything in it; there is no way back. Only where its schedule says allowDelete: true, "
                "and for who has the right to delete."
            ),
            examples=("delete dev1",),
            parse=one_env,
            handle=requesting.request("Delete"),
            right="delete",
            proposed_by=(DELETE.asks(),),
        ),
        Command(
            verb="audit",
            usage="audit [<env>]",
            summary="What people have asked for and done, the newest first.",
            details="Who, what, where, who approved it, and what came of it, in the environments that you may see.",
            examples=("audit dev1", "audit"),
            parse=maybe_env,
            handle=auditing.audit,
            right="get",
            looks_by_itself=True,
        ),
        *supporting.ROWS,
        Command(
            verb="help",
            usage="help [<command>]",
            summary="What you can ask for, or all about one command.",
            details="Environments of another cluster are named with it: dev1@eu-west.",
            examples=("help", "help extend"),
            parse=_topic,
            handle=None,
            aliases=("?", "hilfe", "-h", "--help"),
        ),
    )
}


async def with_env(row: Command, asked: Asked, person: Person, desk: Desk) -> Asked:
    """What was asked for, of the person's own env where none was named and the row says so.

    Raises:
        WhichEnv: nobody can say which.
        ApiError: the cluster could not be asked what they may see.
    """
    if not row.of_own_env or asked.env.namespace:
        return asked
    return replace(asked, env=replace(asked.env, namespace=await own_env(desk, person, verb=row.verb)))


async def require_right(row: Command, asked: Asked, person: Person, rights: Rights) -> None:
    """Return if the person may have this row carried out.

    Raises:
        NotAllowed: they may not.
        ClusterAway: the cluster could not be asked, and something was to be changed.
        ApiError: it could not be asked by somebody who wants to look.
    """
    env = asked.env.namespace or asked.name
    if row.right is None or (row.looks_by_itself and not env):
        return
    try:
        await rights.require(person, row.right, env, on=row.on)
        if row.own_right is not None:
            await rights.require_own(person, row.own_right, env)
    except (Unreachable, Busy) as error:
        if row.right in {"get", "list"}:
            raise
        raise ClusterAway.before_anything(env) from error


def row_of(word: str) -> Command | None:
    """The row of a verb or an alias of it."""
    return _by_word().get(word.lower())


def members_of(word: str) -> tuple[Command, ...]:
    """The commands of two words that begin with this one."""
    return tuple(row for row in COMMANDS.values() if row.verb.startswith(f"{word.lower()} "))


def _by_word() -> dict[str, Command]:
    return {word: row for row in COMMANDS.values() for word in (row.verb, *row.aliases)}


def _nearest(words: Sequence[str]) -> str | None:
    """What somebody may have meant: a verb rather than another word for it; of ``rollout restart`` the word that is one."""
    for known in (COMMANDS, _by_word()):
        close = difflib.get_close_matches(words[0], known, n=1, cutoff=0.7)
        if close:
            return close[0]
    return next((word for word in words[1:] if word in _by_word()), None)


def parse(text: str) -> tuple[Command, Asked]:
    """What somebody typed after the slash command or the mention; nothing is a cry for help.

    Raises:
        Mistyped: it cannot be understood; the text says why.
    """
    words = words_of(text)
    if not words:
        return COMMANDS["help"], Asked()
    count = 2 if members_of(words[0]) else 1
    typed = " ".join(words[:count]).lower()
    row = row_of(typed)
    if row is None:
        raise _unknown(words, members_of(words[0]))
    return row, row.parse(words[count:], verb=typed if typed in row.aliases else row.verb)


def _unknown(words: Sequence[str], members: Sequence[Command]) -> Mistyped:
    if members and len(words) == 1:
        there = ", ".join(row.verb for row in members)
        return Mistyped(f"say what to do: {there}", verb=members[0].verb)
    lower = [word.lower() for word in words]
    close = _nearest([" ".join(lower[:2])] if members else lower)
    meant = row_of(close) if close else None
    hint = f"; did you mean {close}?" if close else ""
    typed = " ".join(words[:2]) if members else words[0]
    return UnknownCommand(f'I do not know "{clip(typed, 60)}"{hint}', verb=meant.verb if meant else "")
