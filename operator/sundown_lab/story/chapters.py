"""What happens in the story, chapter by chapter; each says what it found, and ends the story where that is wrong."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.markup import escape

from sundown_lab.demo import cloud, samples
from sundown_lab.errors import LabError
from sundown_lab.story import chart, closing, helping, skies
from sundown_lab.story.chat import APPROVE, CONFIRM, RESUME, SNOOZE, SUSPEND, Chat
from sundown_lab.story.closing import AUCKLAND, BERLIN, KOLKATA, NEW_YORK, TEAMS
from sundown_lab.story.ledger import Ledger, Line
from sundown_lab.story.scene import PATIENCE, Scene
from sundown_lab.story.texts import plain
from sundown_lab.wire import Json
from sundown_lab.workloads import Key

NOTICE = timedelta(seconds=12)
AWAY = 3.0
LATE = 30.0
WEB, SEARCH = Key(AUCKLAND, "Deployment", "web"), Key(AUCKLAND, "Deployment", "search")
PARKED = Key(BERLIN, "Deployment", closing.PARKED)
MORE = 5
NEW_IMAGE = "registry.k8s.io/pause:3.9"


class Story:
    """The chapters; what they find about every workload goes into `ledger`."""

    def __init__(self, scene: Scene, ledger: Ledger) -> None:
        self._scene = scene
        self._lines = ledger.lines
        self._ledger = ledger
        self._closing = datetime.max.replace(tzinfo=UTC)

    async def tell(self) -> None:
        """All of them, in order. Raises LabError: what should have happened did not; the text says what."""
        await self._at_work()
        await helping.something_breaks(self._scene)
        await self._hours_are_set()
        await self._closing_time()
        await self._operator_is_back()
        await chart.upgraded_at_night(self._scene, self._ledger)
        await self._edited_while_asleep()
        await self._woken_by_owner(NEW_YORK)
        await self._held_by_a_program(NEW_YORK)
        await self._looked_inside(NEW_YORK)
        await self._schedule_deleted(KOLKATA)
        await self._in_slack(AUCKLAND)
        await self._by_two(AUCKLAND, SEARCH, more=3)
        await helping.a_pod_to_work_in(self._scene)
        await helping.it_is_over(self._scene)
        await self._woken_by_schedule(BERLIN)
        await chart.upgraded_by_day(self._scene, self._ledger)

    async def _at_work(self) -> None:
        scene = self._scene
        bindings = [samples.ownership(owner, namespace) for namespace, owner in scene.owners.items()]
        await asyncio.to_thread(scene.stage.apply, [*closing.workloads(), *bindings])
        await chart.installed(scene)
        found = await scene.until("all pods run", lambda now: all(count.runs for count in now.values()))
        self._lines.update({key: Line(count, count.replicas, count.image) for key, count in found.items()})
        self._lines[PARKED].remark = ", still at 0"
        pods = sum(count.ready for count in found.values())
        scene.say(f"Four teams are at work: {len(found)} workloads, {pods} pods ready.")
        self._ledger.clouds.update(skies.first_lines(await scene.skies.seen()))
        listed = ", ".join(f"{key.kind}/{key.name}" for key in self._ledger.clouds)
        scene.say(f"{NEW_YORK} has more than pods; in AWS there is {listed}.")

    async def _hours_are_set(self) -> None:
        scene = self._scene
        self._closing = samples.full_minute(datetime.now(UTC) + NOTICE)
        schedules = closing.schedules(self._closing)
        await asyncio.to_thread(scene.stage.apply, schedules)
        clocks = [
            f"{self._closing.astimezone(ZoneInfo(zone)):%H:%M} in {zone.rpartition('/')[2].replace('_', ' ')}"
            for zone in (each["spec"]["timeZone"] for each in schedules)
        ]
        scene.say(f"All of them go home at the same minute: {', '.join(clocks)}.")
        told = {"at": f"{self._closing:%Y-%m-%dT%H:%M:%SZ}", "to": "Asleep"}
        await scene.until_status("knows its closing time", TEAMS, lambda status: status.get("nextTransition") == told)
        for namespace, owner in scene.owners.items():
            await scene.chat(owner).wait_for(namespace, "stops", button=SNOOZE, within=NOTICE.total_seconds())
        names = [scene.chat(owner).name for owner in scene.owners.values()]
        scene.say(f"Slack reminds {', '.join(names[:-1])} and {names[-1]}, each of their own env.")

    async def _closing_time(self) -> None:
        scene = self._scene
        operator = scene.stage.companions["operator"].process
        async with scene.first_asleep() as first:
            with scene.progress.step(f"waiting for closing time, {self._closing.astimezone():%H:%M:%S}"):
                patience = (self._closing - datetime.now(UTC)).total_seconds() + LATE
                try:
                    await asyncio.wait_for(first.wait(), timeout=patience)
                except TimeoutError:
                    raise LabError(f"nothing went to sleep at {self._closing.astimezone():%H:%M:%S}") from None
            operator.kill()
        late = (datetime.now(UTC) - self._closing).total_seconds()
        if late < 0:
            raise LabError(f"something went to sleep {-late:.1f} s before closing time")
        found = await scene.counts()
        down = sum(count.replicas == 0 for key, count in found.items() if key != PARKED)
        scene.say(
            f"Closing time: [bold red]kill -9[/] of the operator as soon as one workload is at 0; {down} of {len(found) - 1} are."
        )
        for key, count in found.items():
            before = self._lines[key].before.replicas
            if (count.replicas, count.record) not in {(before, None), (0, str(before) if before else None)}:
                raise LabError(f"{key} is neither awake nor asleep: {count}")
        scene.say("None is between awake and asleep: whatever is at 0 has its count recorded.")
        await asyncio.sleep(AWAY)

    async def _operator_is_back(self) -> None:
        scene, began = self._scene, time.monotonic()
        await asyncio.to_thread(scene.stage.companions["operator"].start)
        found = await scene.until(
            "all workloads are at 0, without pods",
            lambda now: not any(one.replicas or one.pods for one in now.values()),
        )
        for key, count in found.items():
            self._lines[key].asleep = count
        await scene.until_status("is Asleep", TEAMS, lambda status: status.get("state") == "Asleep")
        scene.say(f"The operator is started again; {time.monotonic() - began:.1f} s later all four envs are asleep.")
        wrong = [f"{key} {fault}" for key, line in self._lines.items() for fault in line.asleep_faults]
        if wrong:
            raise LabError("; ".join(wrong))
        scene.say(f"All {len(found)} workloads are at 0, and every count is recorded.")
        for key, seen in (await scene.skies.until("all in AWS is stopped", skies.sleeps, within=PATIENCE)).items():
            self._ledger.clouds[key].asleep, self._ledger.clouds[key].record = seen.phase, seen.tags.get(skies.RECORD)
        scene.say("What is in AWS is stopped, and its tags say that it was running.")

    async def _edited_while_asleep(self) -> None:
        scene = self._scene
        await scene.kubectl(AUCKLAND, "-n", AUCKLAND, "scale", "deployment", WEB.name, f"--replicas={MORE}")
        await scene.kubectl(
            AUCKLAND, "-n", AUCKLAND, "set", "image", f"deployment/{SEARCH.name}", f"{SEARCH.name}={NEW_IMAGE}"
        )
        self._lines[WEB].wanted = MORE
        self._lines[WEB].remark = f", {MORE} asked for meanwhile"
        self._lines[SEARCH].image = NEW_IMAGE
        self._lines[SEARCH].remark = ", image set meanwhile"
        with scene.progress.step("waiting until the operator comes by and sees it"):
            await scene.until(
                f"{WEB} is at 0 again with {MORE} recorded",
                lambda now: (now[WEB].replicas, now[WEB].pods, now[WEB].record) == (0, 0, str(MORE)),
            )
        scene.say(f"It is night in {AUCKLAND}: {WEB.name} is at 0 again, and {MORE} is what it will wake to.")

    async def _woken_by_owner(self, namespace: str) -> None:
        scene = self._scene
        owner = scene.owners[namespace]
        async with scene.first_awake(namespace) as first:
            ready = asyncio.create_task(self._database_at(first, namespace))
            await scene.kubectl(namespace, "sundown", "start", namespace, "--wait", "--timeout=60s")
            await self._awake(namespace, how=f"by {owner}")
            phase = await asyncio.wait_for(ready, PATIENCE)
        if phase != "available":
            raise LabError(f"the first workload of {namespace} was woken while its database was {phase}")
        again = await scene.skies.until(f"all of {namespace} in AWS runs", skies.runs, within=PATIENCE)
        for key, seen in again.items():
            self._ledger.clouds[key].after, self._ledger.clouds[key].left = seen.phase, seen.tags.get(skies.RECORD)
        scene.say("The database was available before the first workload was woken; the EC2 instance runs, too.")
        by = (await scene.schedule(namespace))["spec"]["override"].get("by")
        if by != owner:
            raise LabError(f"{namespace} was started by {owner}, but its schedule says by {by}")

    async def _looked_inside(self, namespace: str) -> None:
        """Pods and a log, in Slack and with the owner's own rights."""
        scene = self._scene
        chat = scene.chat(scene.owners[namespace])
        said = await chat.ask(f"pods {namespace}", "all well")
        scene.say(
            f"{chat.name} types in Slack: [bold]/devenv pods {namespace}[/]: {escape(plain(said.splitlines()[0]))}."
        )
        pod = next(line.split()[0] for line in said.splitlines() if line.startswith("shop-"))
        said = await chat.ask(f"logs {pod} {namespace}", "nothing runs here")
        scene.say(f"And [bold]/devenv logs {pod} {namespace}[/], for {chat.name} alone: [dim]{escape(_log(said))}[/]")

    async def _database_at(self, first: asyncio.Event, namespace: str) -> str:
        """The state of the env's database at the moment of the event."""
        await first.wait()
        return await self._scene.skies.phase(cloud.database(namespace))

    async def _in_slack(self, namespace: str) -> None:
        """Resumed, snoozed, suspended and resumed again, with nothing but clicks and a slash command."""
        scene = self._scene
        chat = scene.chat(scene.owners[namespace])
        asleep = await chat.wait_for(namespace, "asleep", button=RESUME)
        await self._resumed(namespace, chat, asleep)
        reminder = await self._reminded(namespace, chat)
        scene.say(f"{chat.name} needs longer: a click on [bold]Snooze 1 hour[/].")
        await chat.click(reminder, SNOOZE)
        later = datetime.now(UTC) + timedelta(minutes=59)
        await scene.until_status(
            "stops an hour later", [namespace], lambda status: _instant(status.get("shutdownAt")) > later
        )
        reminder = await self._reminded(namespace, chat)
        scene.say(f"{chat.name} has finished: a click on [bold]Suspend now[/].")
        await chat.click(reminder, SUSPEND)
        await scene.until_status("is Asleep", [namespace], lambda status: status.get("state") == "Asleep")
        asleep = await chat.wait_for(namespace, "asleep", button=RESUME)
        await self._resumed(namespace, chat, asleep)

    async def _by_two(self, namespace: str, workload: Key, *, more: int) -> None:
        """Scaled in Slack, where the owner's word is not enough: somebody else has to approve it."""
        scene, other = self._scene, self._scene.owners[NEW_YORK]
        asker, approver = scene.chat(scene.owners[namespace]), scene.chat(other)
        await asyncio.to_thread(scene.stage.apply, samples.approving(other, namespace))
        label = ("label", "namespace", namespace, "sundown.dev/guarded=true")
        await asyncio.to_thread(scene.stage.control_plane.kubectl, *label)
        named = f"deploy/{workload.name}"
        scene.say(
            f"{namespace} is guarded now. {asker.name} types in Slack: [bold]/devenv scale {named} {namespace} {more}[/]."
        )
        await asker.command(f"scale {named} {namespace} {more}")
        proposal = await asker.proposed(namespace, workload.name, button=CONFIRM)
        scene.say(f"Slack says: [dim]{escape(plain(proposal['text']))}[/] {asker.name} clicks [bold]Confirm[/].")
        await asker.click(proposal, CONFIRM)
        waiting = await approver.proposed(namespace, workload.name, button=APPROVE)
        before = (await scene.counts())[workload].replicas
        if before == more:
            raise LabError(f"{workload} was scaled before anybody had approved it")
        scene.say(f"{before} pods still, for it takes a second person: {approver.name} clicks [bold]Approve[/].")
        await approver.click(waiting, APPROVE)
        line = self._lines[workload]
        line.wanted, line.remark = more, f"{line.remark}, then {more} by two people"
        found = await scene.until(
            f"{workload} has {more}", lambda now: now[workload].runs and now[workload].replicas == more
        )
        line.after = found[workload]
        scene.say(f"The operator has scaled it to {more}; the ActionRequest says who asked and who approved.")

    async def _reminded(self, namespace: str, chat: Chat) -> Json:
        """Brings the shutdown so near that Slack reminds of it at once."""
        self._scene.say(f"{chat.name} types in Slack: [bold]/devenv snooze {namespace} for 1m[/]; it reminds at once.")
        await chat.command(f"snooze {namespace} for 1m")
        return await chat.wait_for(namespace, "stops", button=SUSPEND)

    async def _resumed(self, namespace: str, chat: Chat, message: Json) -> None:
        self._scene.say(f"Slack says that {namespace} is asleep; {chat.name} clicks [bold]Resume[/].")
        await chat.click(message, RESUME)
        awake = await chat.wait_for(namespace, "is awake again", after=message["ts"])
        await self._awake(namespace, how=f"in Slack, by {chat.name}")
        self._scene.say(f"Slack says: [dim]{escape(plain(awake['text']))}[/]")

    async def _held_by_a_program(self, namespace: str) -> None:
        scene = self._scene
        done = await scene.call(namespace, f"/api/v1/envs/{namespace}/snooze", {"for": "1h", "reason": "release test"})
        asked = (await scene.schedule(namespace))["spec"].get("override") or {}
        if (asked.get("via"), asked.get("reason")) != ("api", "release test"):
            raise LabError(f"{namespace}: what was asked for by the API is not in its schedule: {asked}")
        scene.say(f"The API says that {namespace} is {escape(done['text'])}.")

    async def _schedule_deleted(self, namespace: str) -> None:
        await self._scene.kubectl(namespace, "-n", namespace, "delete", "envschedule", "default")
        await self._awake(namespace, how="its schedule was deleted")
        self._scene.say(
            f"{namespace} has no schedule any more, so it was woken: nothing stays asleep without an owner."
        )

    async def _woken_by_schedule(self, namespace: str) -> None:
        scene, opens = self._scene, self._closing + closing.NIGHT
        with scene.progress.step(f"waiting for the morning of {namespace}, {opens.astimezone():%H:%M:%S}"):
            await scene.until_status(
                "is Awake", [namespace], lambda now: now.get("state") == "Awake", within=2 * PATIENCE
            )
        since = datetime.fromisoformat((await scene.schedule(namespace))["status"]["since"])
        if since < opens:
            raise LabError(f"{namespace} woke {(opens - since).total_seconds():g} s too early")
        await self._awake(namespace, how="by its schedule")
        scene.say(f"{namespace} is awake by its schedule.")

    async def _awake(self, namespace: str, *, how: str) -> None:
        """Waits until the counts are what the owner wanted; whatever they are is noted for the table."""
        self._ledger.woken[namespace] = how
        lines = {key: line for key, line in self._lines.items() if key.namespace == namespace}
        try:
            await self._scene.until(
                f"{namespace} has its counts back and all pods are ready",
                lambda now: all(now[key].runs and now[key].replicas == line.wanted for key, line in lines.items()),
            )
        finally:
            found = await self._scene.counts()
            for key, line in lines.items():
                line.after = found.get(key)


def _instant(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else datetime.min.replace(tzinfo=UTC)


def _log(said: str) -> str:
    """The last line of the log in an answer."""
    return next(line for line in reversed(said.splitlines()) if line.strip("`"))
