"""An env whose night lasts a minute, so that nobody has to wait for the evening to see one."""

from datetime import datetime, timedelta

from sundown.model.spec import EnvScheduleSpec
from sundown_lab.demo import samples
from sundown_lab.demo.view import View
from sundown_lab.load import env_schedules
from sundown_lab.wire import MERGE_PATCH, Json, Wire

NAME, OWNER = "demo-nap", "ana@example.com"
PROGRAM = "ci"
"""An account that may ask by the REST API what people may ask in Slack."""
# Without summer time: windows are times of day, and no clock change shall fall between them.
ZONE = "Asia/Tokyo"
NIGHT, DAY = timedelta(minutes=1), timedelta(minutes=2)
# How long it stays awake at least between waking up and being told when to fall asleep next.
YAWN = timedelta(seconds=10)
REMINDERS = ["1m", "30s"]


class Nap:
    """The env and its next night, which begins at `asleep_at` (aware, a full minute)."""

    def __init__(self, asleep_at: datetime) -> None:
        self.asleep_at = asleep_at

    @property
    def awake_at(self) -> datetime:
        """When the night is over."""
        return self.asleep_at + NIGHT

    @property
    def spec(self) -> Json:
        """Its schedule: awake every day but for this minute (and some hours on the other side of the clock)."""
        windows = (
            samples.window(self.asleep_at - timedelta(hours=1), self.asleep_at, zone=ZONE),
            samples.window(self.awake_at, self.awake_at + timedelta(hours=11), zone=ZONE),
        )
        return {"timeZone": ZONE, "awake": list(windows), "notify": {"before": REMINDERS}, "allowDelete": True}

    def objects(self) -> list[Json]:
        """The namespace, the EnvSchedule, three workloads, and the right of its owner to do with it what she likes."""
        return [
            *samples.env(NAME, owner=OWNER, spec=self.spec),
            samples.ownership(OWNER, NAME),
            *samples.program(PROGRAM, NAME),
            samples.workload("Deployment", NAME, "web", replicas=3),
            samples.workload("Deployment", NAME, "worker", replicas=2),
            samples.workload("StatefulSet", NAME, "db", replicas=1),
        ]

    async def again(self, wire: Wire, view: View, *, now: datetime) -> None:
        """Moves the night two minutes on once one is over, unless somebody has given the env other hours meanwhile.

        Raises:
            LabError: the API server refuses it.
        """
        env = view.env(NAME)
        if now < self.awake_at + YAWN or env is None or env.schedule is None or env.schedule.schedule is None:
            return
        if env.schedule.schedule.spec.awake != EnvScheduleSpec.model_validate(self.spec).awake:
            return
        self.asleep_at = samples.full_minute(now + DAY - NIGHT)
        path = f"{env_schedules(NAME)}/{env.schedule.metadata.name}"
        await wire.ask("PATCH", path, body={"spec": self.spec}, content_type=MERGE_PATCH, fine=(404,))
