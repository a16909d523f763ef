"""Answers logs: the last lines that a container has written, with its secrets masked, to the one who asked alone."""

from __future__ import annotations

from sundown.cluster.errors import Busy, Missing
from sundown.cluster.pod_containers import containers_of
from sundown.cluster.pod_logs import RawLog, read_log
from sundown.cluster.pod_table import pods_of
from sundown.errors import NotFound, SundownError
from sundown.frontdesk.commands.own_env import env_of
from sundown.frontdesk.commands.parsing import Asked, WhichThing
from sundown.frontdesk.commands.reply import Bold, Code, Line, Place, Reply
from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.people import Person
from sundown.model.actions import Right
from sundown.model.cutting import some_of
from sundown.model.log_tail import MOST_LINES, log_tail
from sundown.model.pods import Container, PodContainers

LIST_PODS = Right("list", "pods")
_NAMED = 10


class NoLog(SundownError):
    """There is no log to show, for a reason that the pod itself tells."""

    reason = "NoLog"


async def logs(desk: Desk, person: Person, asked: Asked, place: Place) -> Reply:
    """The end of a log, the container's before it was restarted (``previous``) or its own."""
    namespace = (await env_of(desk, asked.env.namespace)).namespace
    pod = await _pod(desk, person, asked)
    container = chosen(pod, asked, program=desk.settings.slack_command)
    try:
        found = await read_log(
            desk.cluster, namespace, pod.pod, container=container.name, lines=MOST_LINES, previous=asked.previous
        )
    except Busy as error:
        if error.status != 500:
            raise
        raise NoLog(f'the node on which "{pod.pod}" runs does not answer, and it keeps the log') from error
    return told(found, pod, container, asked, program=desk.settings.slack_command)


async def _pod(desk: Desk, person: Person, asked: Asked) -> PodContainers:
    """The pod of that name, or the only one whose name begins with it: nobody types what a Deployment makes of its own."""
    namespace, name = asked.env.namespace, asked.pod
    try:
        return await containers_of(desk.cluster, namespace, name)
    except Missing:
        pass
    missing = f'there is no pod "{name}" in "{namespace}"'
    if not await desk.rights.has(person, LIST_PODS, namespace):
        raise NotFound(missing).naming(namespace)
    meant = [one.name for one in (await pods_of(desk.cluster, namespace)).lines if one.name.startswith(f"{name}-")]
    if not meant:
        raise NotFound(
            f"{missing}: `{desk.settings.slack_command} pods {namespace}` shows those that there are"
        ).naming(namespace)
    if len(meant) > 1:
        raise WhichThing(f"{missing}; say which one you mean, there are {some_of(meant, _NAMED)}", verb="logs")
    return await containers_of(desk.cluster, namespace, meant[0])


def chosen(pod: PodContainers, asked: Asked, *, program: str) -> Container:
    """The container that is meant, if there can be a log of it.

    Raises:
        WhichThing: there is none of that name.
        NoLog: it has not written anything yet, or there is none from before.
    """
    container = pod.container(asked.container)
    if container is None and not pod.names:
        raise NoLog(f'"{pod.pod}" has no container')
    if container is None:
        raise WhichThing(
            f'"{pod.pod}" has no container "{asked.container}"; there are {", ".join(pod.names)}', verb="logs"
        )
    if asked.previous and not container.ended_before:
        raise NoLog(f'"{container.name}" in "{pod.pod}" was not restarted, so there is nothing from before')
    if not asked.previous and not container.has_written:
        why = container.waiting or pod.phase
        begun = next((one.name for one in (*pod.others, *pod.usual) if one.has_written), None)
        other = f"; what has is `{program} logs {pod.pod} {asked.env.namespace} {begun}`" if begun is not None else ""
        raise NoLog(f'"{container.name}" in "{pod.pod}" has not begun yet' + (f" ({why})" if why else "") + other)
    return container


def told(found: RawLog, pod: PodContainers, container: Container, asked: Asked, *, program: str) -> Reply:
    """What there is to say of a log."""
    tail = log_tail(found.raw)
    whose: Line = (Bold(f"{pod.pod}/{container.name}"), " in ", Bold(asked.env.namespace))
    before = ", before it was restarted" if asked.previous else ""
    if tail.text is None:
        title: Line = (*whose, f" writes what is no text{before}.")
    elif not tail.text:
        title = (*whose, f" has written nothing{before}.")
    else:
        count = tail.text.count("\n") + 1
        title = ("The last line of " if count == 1 else f"The last {count} lines of ", *whose, before)
    return Reply(
        title=title,
        lines=(*_notes(found, is_cut=tail.is_cut), *_others(pod, container, asked, program)),
        block=tail.text or "",
        public=asked.here,
        private=not asked.here,
    )


def _notes(found: RawLog, *, is_cut: bool) -> list[Line]:
    notes: list[Line] = []
    if found.goes_on:
        notes.append(("The last line is so long that only its beginning was read.",))
    elif is_cut:
        notes.append(("What was before does not fit here.",))
    return notes


def _others(pod: PodContainers, container: Container, asked: Asked, program: str) -> list[Line]:
    others = [name for name in pod.names if name != container.name]
    lines: list[Line] = []
    if others and not asked.container:
        command = f"{program} logs {pod.pod} {asked.env.namespace} {others[0]}"
        lines.append((f"It has {', '.join(others[:_NAMED])} too: ", Code(command)))
    if container.ended_before and not asked.previous:
        count = f"{container.restarts} times" if container.restarts > 1 else "once"
        named = f"{pod.pod} {asked.env.namespace} {container.name}"
        lines.append((f"It was restarted {count}; what it wrote before: ", Code(f"{program} logs {named} previous")))
    return lines
