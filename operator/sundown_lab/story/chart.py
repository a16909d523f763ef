"""A chart of one of the teams: its owner upgrades it at night with Helm, and again by day."""

import json

from sundown_lab.demo import samples
from sundown_lab.errors import LabError
from sundown_lab.story.closing import BERLIN
from sundown_lab.story.ledger import Ledger
from sundown_lab.story.scene import Scene
from sundown_lab.workloads import Key

NAME = "reports"
KEY = Key(BERLIN, "Deployment", NAME)
FIRST, AT_NIGHT, BY_DAY = 1, 4, 2
_COUNT = "count"


async def installed(scene: Scene) -> None:
    """The release as it is before the story begins."""
    await scene.helm(BERLIN, "install", NAME, _chart(scene))


async def upgraded_at_night(scene: Scene, ledger: Ledger) -> None:
    """Helm is content, no pod starts, and what it asked for is what the morning brings."""
    await _upgrade(scene, AT_NIGHT)
    found = (await scene.counts())[KEY]
    if (found.replicas, found.pods, found.record) != (0, 0, str(AT_NIGHT)):
        raise LabError(f"{KEY} was upgraded at night and is {found}, with {found.pods} pods")
    line = ledger.lines[KEY]
    line.wanted, line.remark = AT_NIGHT, f", upgraded to {AT_NIGHT} at night"
    scene.say(
        f"Helm is content, and nothing has started: the API server holds {NAME} at 0, and it wakes to {AT_NIGHT}."
    )


async def upgraded_by_day(scene: Scene, ledger: Ledger) -> None:
    """The night has taken nothing from Helm: neither is there a conflict, nor another count than its own."""
    line = ledger.lines[KEY]
    if line.after is None or line.after.replicas != AT_NIGHT:
        raise LabError(f"{KEY} woke as {line.after}, not with the {AT_NIGHT} that Helm asked for at night")
    scene.say(f"It has woken with the {AT_NIGHT} of the night's upgrade.")
    await _upgrade(scene, BY_DAY)
    found = await scene.until(f"{KEY} has {BY_DAY}", lambda now: now[KEY].runs and now[KEY].replicas == BY_DAY)
    line.wanted, line.after, line.remark = BY_DAY, found[KEY], f"{line.remark}, to {BY_DAY} by day"
    scene.say(f"By day Helm goes on as ever: {BY_DAY}, and no conflict over the count.")


async def _upgrade(scene: Scene, count: int) -> None:
    await scene.helm(BERLIN, "upgrade", NAME, _chart(scene), "--set", f"{_COUNT}={count}")


def _chart(scene: Scene) -> str:
    """The folder of the chart, which is written at the first time."""
    folder = scene.stage.control_plane.directory / "charts" / NAME
    if not folder.is_dir():
        (folder / "templates").mkdir(parents=True)
        (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: {NAME}\nversion: 1.0.0\n")
        (folder / "values.yaml").write_text(f"{_COUNT}: {FIRST}\n")
        manifest = json.dumps(samples.workload("Deployment", BERLIN, NAME, replicas=FIRST))
        template = manifest.replace(f'"replicas": {FIRST}', f'"replicas": {{{{ .Values.{_COUNT} }}}}')
        (folder / "templates" / "deployment.yaml").write_text(template)
    return str(folder)
