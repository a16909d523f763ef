"""Carries out ActionRequests: what each kind of them does is a row of ``actions.ACTIONS``.

It may be killed at any point. "Approved" is written before anything is done, so that a namespace that is found gone
afterwards was deleted for this request, and what is not done yet is looked at once more before it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

import structlog

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Busy, Conflict, Denied, Missing, Unreachable
from sundown.cluster.events import EventRecorder, Notice, Regarding
from sundown.cluster.gate import Gate, Urgency
from sundown.cluster.reviews import AUTHENTICATED, NotAsked, review
from sundown.metrics import REQUESTS
from sundown.model.action_request import Asked
from sundown.model.env import Env
from sundown.model.resources import API_VERSION, GROUP
from sundown.reconcile.actions import ACTIONS
from sundown.reconcile.approvals import takes_two
from sundown.reconcile.request_judge import meant, understand, verdict_of
from sundown.reconcile.request_status import event_word, is_over, next_status, word
from sundown.reconcile.request_verdict import Case, Reason, Verdict, refused
from sundown.reconcile.store import Store
from sundown.reconcile.stuck_namespace import SOONEST
from sundown.reconcile.workload_changes import Subject
from sundown.reconcile.workload_look import look
from sundown.schedule.clock import Clock
from sundown.settings import Settings

log = structlog.get_logger(__name__)

_AGAIN = timedelta(seconds=1)
"""How long until the next look where the target has changed under our hands: it may do so for ever, and requests expire."""
_UNREADABLE = "Judge"


class Requests:
    """Knows the requests that are not finished; ``visit`` brings one a step further. The scheduler says when.

    ``changed`` is told of envs in which something was done, so that what is remembered of them is renewed.
    """

    def __init__(
        self,
        cluster: Cluster,
        gate: Gate,
        *,
        store: Store,
        recorder: EventRecorder,
        clock: Clock,
        settings: Settings,
        changed: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        self._cluster = cluster
        self._gate = gate
        self._store = store
        self._recorder = recorder
        self._clock = clock
        self._settings = settings
        self._changed = changed
        self._open: dict[str, Asked] = {}
        self._told: set[str] = set()

    def take(self, asked: Asked) -> frozenset[str]:
        """Take in a request; answers with what has to be visited."""
        self._told.add(asked.key)
        before = self._open.get(asked.key)
        if before is not None and before.metadata.uid == asked.metadata.uid and before.status.state == "Approved":
            # Late word from before it was approved must not make a deleted namespace look like somebody else's doing.
            asked = replace(asked, status=asked.status if asked.status.finished else before.status)
        if asked.status.finished:
            self._open.pop(asked.key, None)
            return frozenset()
        self._open[asked.key] = asked
        known = before is not None and before.metadata.uid == asked.metadata.uid
        changed = not known or before is None or before.spec != asked.spec
        return frozenset({asked.key}) if changed else frozenset()

    def drop(self, key: str) -> None:
        """Forget a request that is gone."""
        self._told.add(key)
        self._open.pop(key, None)

    def begin_listing(self) -> None:
        """From now on events are noted, for they know more than a listing that was begun before them."""
        self._told.clear()

    def replace_all(self, requests: Iterable[Asked]) -> frozenset[str]:
        """Take in a complete listing; all that is unfinished is visited, so that nothing hangs on a lost event."""
        there = {asked.key: asked for asked in requests}
        told = frozenset(self._told)
        for key in self._open.keys() - there.keys() - told:
            self.drop(key)
        for asked in there.values():
            if asked.key not in told:
                self.take(asked)
        return frozenset(self._open)

    def about(self, namespace: str) -> frozenset[str]:
        """The unfinished requests whose target is this namespace."""
        return frozenset(
            key
            for key, asked in self._open.items()
            if asked.spec is not None and asked.spec.target.namespace == namespace
        )

    async def visit(self, key: str) -> datetime | None:
        """Bring one request a step further.

        Raises:
            ApiError: when the API server could not be asked; the next visit goes on from what is there then.
        """
        asked = self._open.get(key)
        if asked is None:
            return None
        env, subject = await self._target(asked), await self._subject(asked)
        case = understand(asked, env, settings=self._settings, now=self._clock.now(), subject=subject)
        if isinstance(case, Verdict):
            await self._say(asked, case)
            return None
        verdict = verdict_of(case)
        if not verdict.act:
            return verdict.again if await self._say(asked, verdict) else None
        verdict = await self._by_rights(case, verdict)
        if not await self._say(asked, verdict) or not verdict.act:
            return None
        return await self._carry_out(key, case, verdict)

    async def _carry_out(self, key: str, case: Case, verdict: Verdict) -> datetime | None:
        spec = case.spec
        facts = {"action": spec.action, "namespace": spec.target.namespace, "by": spec.requested_by, "request": key}
        try:
            async with self._gate.slot(Urgency.SLEEP, whose=spec.target.namespace):
                done = await ACTIONS[spec.action].carry_out(self._cluster, case)
        except (Missing, Conflict):
            return self._clock.now() + _AGAIN  # gone, newer, or on its way out: the next look tells which
        except (Busy, Unreachable):
            raise
        except ApiError as error:
            await self._end(key, Verdict("Failed", Reason.REFUSED_BY_API, word=error.reason, detail=str(error)))
            return None
        log.info("request-carried-out", **facts, done=done)
        if not done:
            return self._clock.now() + SOONEST
        await self._end(key, Verdict("Done", Reason.DONE, detail=verdict.detail))
        self._changed({spec.target.namespace})
        return None

    async def _end(self, key: str, verdict: Verdict) -> None:
        asked = self._open.get(key)
        if asked is not None:
            await self._say(asked, verdict)

    async def _by_rights(self, case: Case, verdict: Verdict) -> Verdict:
        """The verdict, if the person may do it themselves; the frontdesk has asked, and may be wrong or another."""
        spec = case.spec
        right = ACTIONS[spec.action].action.asks(case.parameters).within(spec.target.namespace)
        approval, namespace = spec.approval, spec.target.namespace
        approve = {"group": GROUP, "resource": "envschedules", "verb": "approve", "namespace": namespace}
        try:
            if not await self._may(spec.requested_by, groups_of(spec.groups), right):
                return refused(Reason.FORBIDDEN)
            approver = approval.by if approval is not None and takes_two(case) else None
            # The right may have been taken away since the approval was given.
            if approval is None or approver is None or await self._may(approver, groups_of(approval.groups), approve):
                return verdict
            return refused(Reason.APPROVER_FORBIDDEN)
        except NotAsked as error:
            log.error("rights-unasked", error=str(error))
            return refused(Reason.MISCONFIGURED)

    async def _may(self, name: str, groups: Sequence[str], attributes: Mapping[str, str]) -> bool:
        answer = await review(self._cluster, name, groups, attributes)
        return answer.allowed and not answer.denied

    async def prune(self, requests: Iterable[Asked]) -> None:
        """Delete those that were kept long enough after their end; what is not deleted now is found by the next listing."""
        now = self._clock.now()
        for asked in requests:
            metadata = asked.metadata
            if metadata.namespace != self._settings.namespace or not is_over(
                asked, now=now, retention=self._settings.requests_retention
            ):
                continue
            try:
                async with self._gate.slot(Urgency.STATUS):
                    path = paths.action_request(metadata.namespace, metadata.name)
                    await self._cluster.delete(path, uid=metadata.uid)
            except (Missing, Conflict):
                continue
            except Denied as error:
                log.warning("requests-not-pruned", error=str(error))
                return
            log.info("request-pruned", request=asked.key)

    async def _target(self, asked: Asked) -> Env:
        """The target as the API server has it now; what the watches have told may be older than the request."""
        if asked.spec is None or asked.metadata.namespace != self._settings.namespace:
            return Env(name="", namespace=None)
        name = asked.spec.target.namespace
        found = await self._cluster.list_as(paths.NAMESPACES, reading.namespace, fieldSelector=f"metadata.name={name}")
        schedules = await self._cluster.list_as(paths.env_schedules(name), reading.env_schedule)
        known = self._store.env(name)
        return Env(
            name=name,
            namespace=found[0] if found else None,
            schedules=tuple(schedules),
            defaults=known.defaults,
            unreadable_defaults=known.unreadable_defaults,
        )

    async def _subject(self, asked: Asked) -> Subject | None:
        """The workload that is meant, as the API server has it now; None where none is."""
        workload = meant(asked)
        if workload is None or asked.spec is None or asked.metadata.namespace != self._settings.namespace:
            return None
        return await look(self._cluster, asked.spec.target.namespace, workload)

    async def _say(self, asked: Asked, verdict: Verdict) -> bool:
        """Write the verdict where it is news; false when the request is gone, and so nothing may follow.

        Raises:
            ApiError: when it could not be written; Conflict when the request is not what it was judged to be any more.
        """
        status = next_status(asked, verdict, now=self._clock.now(), retention=self._settings.requests_retention)
        if status == asked.status:
            return True
        metadata = asked.metadata
        # By its version: what was finished must not be begun again on late word of it.
        guard = {"uid": metadata.uid, "resourceVersion": metadata.resource_version}
        body = {"metadata": guard, "status": status.model_dump(mode="json", exclude_none=True)}
        try:
            async with self._gate.slot(Urgency.STATUS):
                path = paths.action_request(metadata.namespace, metadata.name)
                reply = await self._cluster.merge_patch(f"{path}/status", body)
        except Missing:
            self.drop(asked.key)
            return False
        if asked.status.state != status.state:
            REQUESTS.labels(_action(asked), status.state).inc()
        if status.finished:
            self.drop(asked.key)
        else:
            self._told.add(asked.key)
            self._open[asked.key] = replace(asked, metadata=reading.metadata(reply), status=status)
        if _news(asked, verdict):
            self._tell(asked, verdict, status.outcome)
        return True

    def _tell(self, asked: Asked, verdict: Verdict, outcome: str) -> None:
        metadata = asked.metadata
        log.info("request-judged", request=asked.key, state=verdict.state, reason=word(asked, verdict), outcome=outcome)
        kind: Literal["Normal", "Warning"] = "Warning" if verdict.in_vain or verdict.held_by else "Normal"
        self._recorder.post(
            Notice(
                Regarding(API_VERSION, "ActionRequest", metadata.name, metadata.namespace, metadata.uid),
                event_word(asked, verdict),
                outcome,
                action=asked.spec.action if asked.spec is not None else _UNREADABLE,
                at=self._clock.now(),
                type=kind,
            )
        )


def groups_of(groups: tuple[str, ...]) -> tuple[str, ...]:
    """The groups that somebody is in, the one of everybody among them."""
    return groups if AUTHENTICATED in groups else (*groups, AUTHENTICATED)


def _action(asked: Asked) -> str:
    """What it asks for, if that is anything: a metric must not grow by whatever people write."""
    return asked.spec.action if asked.spec is not None and asked.spec.action in ACTIONS else "unknown"


def _news(asked: Asked, verdict: Verdict) -> bool:
    """Whether it is worth an Event: one object fewer in a namespace that hangs is not, nor that it goes on as it should."""
    if asked.status.state != verdict.state:
        return True
    reasons = {one.reason for one in asked.status.conditions}
    return bool(verdict.held_by) and word(asked, verdict) not in reasons
