"""What the story shows beside the nights: an alert that opens and closes, and a pod for management work."""

import asyncio
import json
import re

from rich.markup import escape

from sundown_lab.demo import samples
from sundown_lab.demo.companions import ALERTS, SUPPORT
from sundown_lab.errors import LabError
from sundown_lab.story.closing import BERLIN
from sundown_lab.story.scene import Scene
from sundown_lab.story.texts import plain

POD, SIZE = "cleanup", "S"
_WORKLOAD = f"deployment/{samples.IMPORTER}"


async def something_breaks(scene: Scene) -> None:
    """A container crashes again and again; a channel is told, and what it had written stands below."""
    owner = scene.owners[BERLIN]
    await asyncio.to_thread(scene.stage.apply, samples.tools(owner))
    await scene.kubectl(BERLIN, "-n", samples.TOOLS, "rollout", "status", _WORKLOAD, "--timeout=60s")
    await asyncio.to_thread(scene.stage.apply, samples.tools(owner, fault="Error"))
    alert = await scene.chat(owner).told(ALERTS, samples.IMPORTER, "crashes again and again")
    scene.say(f"A release of {samples.TOOLS} is broken. Slack says in {ALERTS}: [dim]{escape(plain(alert['text']))}[/]")
    await scene.kubectl(BERLIN, "-n", samples.TOOLS, "rollout", "undo", _WORKLOAD)


async def it_is_over(scene: Scene) -> None:
    """The same message says OK; there is no second one."""
    chat = scene.chat(scene.owners[BERLIN])
    over = await chat.told(ALERTS, samples.IMPORTER, "runs again")
    scene.say(f"What was told in {ALERTS} says now: [dim]{escape(plain(over['text']))}[/]")
    about = [each for each in await chat.seen(ALERTS) if samples.IMPORTER in each["text"] and each["ts"] != over["ts"]]
    if again := [each["text"] for each in about if "crashes" in each["text"]]:
        raise LabError(f"the crash was told more than once: {again}")


async def a_pod_to_work_in(scene: Scene) -> None:
    """Started and stopped in Slack; its owner is who asked for it."""
    owner = scene.owners[BERLIN]
    chat = scene.chat(owner)
    said = await chat.ask(f"support start {POD} {SIZE}", POD, "exec")
    line = re.search(r"kubectl [^`]*exec[^`]*", said)
    if line is None:
        raise LabError(f"the answer has no line to work in the pod with: {said}")
    scene.say(
        f"{chat.name} types in Slack: [bold]/devenv support start {POD} {SIZE}[/], and is told: {escape(line[0])}"
    )
    kubectl = scene.stage.control_plane.kubectl
    await asyncio.to_thread(kubectl, "-n", SUPPORT, "wait", "--for=condition=Ready", f"pod/{POD}", "--timeout=60s")
    found = json.loads((await asyncio.to_thread(kubectl, "-n", SUPPORT, "get", "spod", POD, "-o", "json")).stdout)
    if found["spec"].get("owner") != owner:
        raise LabError(f"the support pod was started by {owner}, but it is {found['spec'].get('owner')}'s")
    await chat.ask(f"support stop {POD}", POD, "is stopped")
    await asyncio.to_thread(kubectl, "-n", SUPPORT, "wait", "--for=delete", f"pod/{POD}", "--timeout=60s")
    scene.say(f"It runs, and is {chat.name}'s; [bold]/devenv support stop {POD}[/], and it is gone.")
