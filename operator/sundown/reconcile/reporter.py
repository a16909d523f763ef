"""Tells of envs: their statuses to the API server, what happened as Events, how long it took as metrics."""

from __future__ import annotations

import structlog

from sundown.cluster.errors import ApiError
from sundown.cluster.events import EventRecorder, Notice, Regarding
from sundown.metrics import TRANSITION_SECONDS, TRANSITIONS
from sundown.model.env import Env, Known
from sundown.model.resources import API_VERSION, EnvScheduleStatus
from sundown.reconcile.report import Word, words, worth_a_write
from sundown.reconcile.revisits import MOVING
from sundown.reconcile.statuses import StatusWriter
from sundown.reconcile.store import Store
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)


class Reporter:
    """What is said of an env goes through here, so that the store knows it before anybody else does."""

    def __init__(self, store: Store, statuses: StatusWriter, recorder: EventRecorder, clock: Clock) -> None:
        self._store = store
        self._statuses = statuses
        self._recorder = recorder
        self._clock = clock
        self._unwritten: set[str] = set()

    def report(self, env: Env, known: Known, status: EnvScheduleStatus) -> None:
        """Have the status written where it differs, and tell what happened."""
        old, metadata = known.status, known.metadata
        if status == old:
            return
        self._store.said(env.name, metadata.name, status, uid=metadata.uid)
        write = self._statuses.offer if worth_a_write(old, status) else self._statuses.carry
        write(env.name, metadata.name, uid=metadata.uid, status=status, before=old)
        for word in words(old, status):
            self.say(known, word)
        if status.state != old.state and status.state in {"Awake", "Asleep"} and old.state in MOVING:
            TRANSITIONS.labels(status.state).inc()
            if old.since is not None and status.since is not None:
                TRANSITION_SECONDS.labels(status.state).observe((status.since - old.since).total_seconds())

    async def acknowledged(self, env: Env, known: Known, status: EnvScheduleStatus) -> None:
        """Return when the status that was reported stands in the API server: until then nothing may rest on it.

        Raises:
            ApiError: when it could not be written, which is said once.
        """
        metadata = known.metadata
        try:
            await self._statuses.acknowledged(env.name, metadata.name, uid=metadata.uid, status=status)
        except ApiError as error:
            if env.name not in self._unwritten:
                self._unwritten.add(env.name)
                text = f"nothing sleeps or is let go while the status that remembers it cannot be written: {error}"
                self.say(known, Word("StatusNotWritten", text, warning=True))
            raise
        self._unwritten.discard(env.name)

    def say(self, known: Known, word: Word) -> None:
        """Post an Event about an EnvSchedule."""
        metadata = known.metadata
        log.info("said", namespace=metadata.namespace, reason=word.reason, note=word.note)
        self._post(Regarding(API_VERSION, "EnvSchedule", metadata.name, metadata.namespace, metadata.uid), word)

    def say_of_namespace(self, namespace: str, word: Word) -> None:
        """Post one about a namespace that no EnvSchedule governs."""
        self._post(Regarding("v1", "Namespace", namespace, namespace), word)

    def _post(self, regarding: Regarding, word: Word) -> None:
        self._recorder.post(
            Notice(
                regarding,
                word.reason,
                word.note,
                action="Reconcile",
                at=self._clock.now(),
                type="Warning" if word.warning else "Normal",
            )
        )
