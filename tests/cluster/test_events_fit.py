"""X9: an Event is within the limits of the API server, whatever the object that it is about, the machine and people are called."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sundown.cluster.client import Cluster
from sundown.cluster.events import EventRecorder, Notice, Regarding
from sundown.cluster.gate import Gate

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
NAMES = st.from_regex(_SUBDOMAIN, fullmatch=True).map(lambda name: name[:253].rstrip("-."))
LONG_NAMES = st.builds(lambda sign, more: "a" * 199 + sign + "b" + more, st.sampled_from(["-", ".", "b"]), NAMES).map(
    lambda name: name[:253].rstrip("-.")
)
NOTES = st.one_of(
    st.text(min_size=300), st.sampled_from(["😴", "é", "👩\u200d💻", "\ud83d"]).map(lambda sign: sign * 1024)
)


class Server(Cluster):
    """Keeps the first Event that comes."""

    def __init__(self) -> None:
        self.came: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    async def create(self, path: str, body: dict[str, Any], **query: str) -> dict[str, Any]:
        self.came.set_result(body)
        return {}


async def posted(notice: Notice, *, instance: str) -> dict[str, Any]:
    server = Server()
    recorder = EventRecorder(server, Gate(width=1), instance=instance)
    recorder.post(notice)
    running = asyncio.create_task(recorder.run())
    event = await server.came
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return event


@given(st.one_of(NAMES, LONG_NAMES), NOTES, st.text(min_size=1, max_size=300))
def test_an_event_is_within_the_limits(name: str, note: str, instance: str) -> None:
    about = Regarding("sundown.dev/v1alpha1", "EnvSchedule", name, "dev1", "uid")
    notice = Notice(about, "Asleep", note, action="Suspend", at=datetime(2026, 11, 23, tzinfo=UTC))
    event = asyncio.run(posted(notice, instance=instance))
    assert len(event["note"].encode()) <= 1024
    assert len(event["reportingInstance"].encode()) <= 128
    assert len(event["metadata"]["name"]) <= 253
    assert _SUBDOMAIN.fullmatch(event["metadata"]["name"])
    assert event["regarding"]["name"] == name
