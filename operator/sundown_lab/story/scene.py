"""What a chapter can see and do: counts and statuses, commands typed by the envs' owners, a line for the reader."""

import asyncio
import json
import os
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime

import aiohttp
from rich.console import Console
from rich.markup import escape

from sundown_lab.demo import samples
from sundown_lab.demo.nap import PROGRAM
from sundown_lab.demo.stage import Stage
from sundown_lab.errors import LabError
from sundown_lab.load import PLURALS, collection, env_schedules
from sundown_lab.progress import Progress
from sundown_lab.slack.remote import Workspace
from sundown_lab.story.chat import Chat
from sundown_lab.story.skies import Skies
from sundown_lab.wire import Json, Wire
from sundown_lab.workloads import RECORD, Count, Key, counts

POLL = 0.1
PATIENCE = 60.0


class Scene:
    """A stage on which the teams' envs are, seen through requests of its own; `owners` says whose each env is."""

    def __init__(self, stage: Stage, wire: Wire, *, console: Console, progress: Progress) -> None:
        self.stage = stage
        self.progress = progress
        self.owners = samples.owners()
        self.skies = Skies(stage.aws)
        self._wire = wire
        self._console = console

    def say(self, text: str) -> None:
        """Tells the reader, with the time of this machine."""
        self._console.print(f"[dim]{datetime.now().astimezone():%H:%M:%S}[/]  {text}", soft_wrap=True)
        self._console.file.flush()

    async def counts(self) -> dict[Key, Count]:
        """Every workload of the teams as it is now."""
        found = await counts(self._wire)
        return {key: count for key, count in found.items() if key.namespace in self.owners}

    async def until(
        self, what: str, right: Callable[[dict[Key, Count]], bool], *, within: float = PATIENCE
    ) -> dict[Key, Count]:
        """The counts once they are right. Raises LabError: they are not in time; the hint says what they are."""
        deadline = time.monotonic() + within
        while not right(found := await self.counts()):
            if time.monotonic() > deadline:
                listed = "\n".join(f"  {key}: {count}" for key, count in sorted(found.items()))
                raise LabError(f"{what}: not after {within:g} s", hint=f"The workloads are:\n{listed}")
            await asyncio.sleep(POLL)
        return found

    async def schedule(self, namespace: str) -> Json:
        """The env's EnvSchedule as it is now."""
        return await self._wire.ask("GET", f"{env_schedules(namespace)}/default")

    async def until_status(
        self, what: str, namespaces: Iterable[str], right: Callable[[Json], bool], *, within: float = PATIENCE
    ) -> None:
        """Returns once the status of each env is right. Raises LabError: one is not in time; the hint says what it is."""
        deadline = time.monotonic() + within
        for namespace in namespaces:
            while not right(status := (await self.schedule(namespace)).get("status") or {}):
                if time.monotonic() > deadline:
                    raise LabError(f"{namespace} {what}: not after {within:g} s", hint=f"Its status is: {status}")
                await asyncio.sleep(POLL)

    def chat(self, owner: str) -> Chat:
        """Slack as an owner has it open."""
        return Chat(Workspace(self.stage.companions["slack"].url), owner)

    async def kubectl(self, namespace: str, *arguments: str) -> None:
        """Types a kubectl command (`sundown` is one) as the env's owner. Raises LabError: it failed."""
        await self._type(namespace, "kubectl", *arguments)

    async def helm(self, namespace: str, *arguments: str) -> None:
        """Types a Helm command as the env's owner, in their namespace. Raises LabError: it failed."""
        await self._type(namespace, "helm", *arguments, "-n", namespace)

    async def _type(self, namespace: str, program: str, *arguments: str) -> None:
        directory = self.stage.control_plane.directory
        owner = self.owners[namespace]
        typed = " ".join((program, *(each.removeprefix(f"{directory}/") for each in arguments)))
        self.say(f"{owner} types: [bold]{escape(typed)}[/]")
        environment = {
            **os.environ,
            **{f"HELM_{what}_HOME": str(directory / "helm" / what.lower()) for what in ("CACHE", "CONFIG", "DATA")},
            "KUBECONFIG": str(self.stage.control_plane.user_kubeconfig(owner)),
            "PATH": f"{self.stage.commands}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        }
        try:
            done = await asyncio.to_thread(
                subprocess.run,
                [str(self.stage.commands / program), *arguments],
                env=environment,
                capture_output=True,
                text=True,
                timeout=2 * PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise LabError(f"{owner} typed {typed}: no end after {2 * PATIENCE:g} s") from error
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip()
            raise LabError(f"{owner} typed {typed}: it ended with code {done.returncode}: {said}")
        for line in filter(str.strip, done.stdout.splitlines()):
            self._console.print(f"            [dim]{escape(line.strip())}[/]", soft_wrap=True)
        self._console.file.flush()

    async def call(self, namespace: str, path: str, body: Json) -> Json:
        """Calls the REST API as a program that may do in the namespace what everybody may by Slack.

        Raises:
            LabError: the answer is none of 200.
        """
        self.say(f"a pipeline of {namespace} calls: [bold]POST {escape(path)}[/] {escape(json.dumps(body))}")
        await asyncio.to_thread(self.stage.apply, samples.program(PROGRAM, namespace))
        asked = ("create", "token", PROGRAM, "-n", namespace, "--audience=sundown")
        token = (await asyncio.to_thread(self.stage.control_plane.kubectl, *asked)).stdout.strip()
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            aiohttp.ClientSession(self.stage.api, headers=headers) as session,
            session.post(path, json=body) as answer,
        ):
            found: Json = await answer.json(content_type=None)
        if answer.status != 200:
            raise LabError(f"POST {path} was answered with {answer.status}: {found.get('detail')}")
        return found

    def first_asleep(self) -> AbstractAsyncContextManager[asyncio.Event]:
        """An event that is set as soon as any workload is put to sleep."""
        return self._first(lambda metadata: RECORD in (metadata.get("annotations") or {}))

    def first_awake(self, namespace: str) -> AbstractAsyncContextManager[asyncio.Event]:
        """An event that is set as soon as a workload of an env that sleeps is woken."""
        return self._first(
            lambda metadata: metadata["namespace"] == namespace and RECORD not in (metadata.get("annotations") or {})
        )

    @asynccontextmanager
    async def _first(self, right: Callable[[Json], bool]) -> AsyncIterator[asyncio.Event]:
        """An event that is set as soon as the metadata of any workload is right: by a watch, because milliseconds count."""
        first = asyncio.Event()

        async def watch(kind: str) -> None:
            _, since = await self._wire.listed(collection(kind))
            async for news in self._wire.watch(collection(kind), since=since):
                if right(news["object"]["metadata"]):
                    first.set()

        watches = [asyncio.create_task(watch(kind)) for kind in PLURALS]
        try:
            yield first
        finally:
            for one in watches:
                one.cancel()
            await asyncio.gather(*watches, return_exceptions=True)
