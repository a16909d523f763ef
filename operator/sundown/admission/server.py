"""The webhook as a server: a path for each of the policies that it stands for.

An answer that is none (no review, a cluster that is away) lets the request pass, for ``failurePolicy`` is ``Ignore``.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import structlog
from aiohttp import web
from pydantic import ValidationError

from sundown.admission import judging
from sundown.admission.judging import Judgement, Written
from sundown.admission.metrics import REVIEWS
from sundown.admission.reviews import Review, answer
from sundown.admission.settings import AdmissionSettings
from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.errors import InvalidObject
from sundown.model.base import parse
from sundown.model.cutting import clip
from sundown.model.resources import LabelSelector
from sundown.process.guard import BrokenOff, Crowded, Readings, whole

log = structlog.get_logger(__name__)

PREFIX = "/api/v1/admission"
MOST_BYTES = 4 * 2**20
"""etcd takes objects of 1.5 MiB; where one is changed it comes twice."""

_TIMEOUT = re.compile(r"([0-9]{1,3})s")
_LONGEST = 30
"""An API server waits no longer, whoever it is that says so."""
_SHOWN = 253
"""What somebody sends who is none can be of any length."""
_SOONER = 0.75
"""This share of the time that the API server waits: what is not known by then is said, and let pass."""

Judge = Callable[[Written], Awaitable[Judgement]]


def application(cluster: Cluster, settings: AdmissionSettings) -> web.Application:
    """The paths."""
    server = web.Application(client_max_size=MOST_BYTES)
    readings = Readings()
    for name, judge in judges(cluster, settings).items():
        answered = _answering(name, judge, readings, label=settings.scheduler_label)
        server.router.add_post(f"{PREFIX}/{name}", answered)
    return server


def judges(cluster: Cluster, settings: AdmissionSettings) -> Mapping[str, Judge]:
    """Who answers what, by the last part of the path; the policies of ``components/admission`` have the same names."""

    async def default_label(written: Written) -> Judgement:
        if not judging.wants_default(written, settings):
            return judging.PASSES
        return judging.default_label(written, settings, await _selectors(cluster))

    async def label(written: Written) -> Judgement:
        return judging.label(written, settings)

    async def time_zone(written: Written) -> Judgement:
        return judging.time_zone(written)

    return {"default-label": default_label, "label": label, "time-zone": time_zone}


def _answering(
    name: str, judge: Judge, readings: Readings, *, label: str
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answered(request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(_within(request)):
                with readings.one(request.content_length):
                    body = await whole(request)
                review = Review.model_validate_json(body)
                judgement = await judge(review.written)
        except (ValidationError, BrokenOff):
            REVIEWS.labels(name, "no review").inc()
            return web.Response(status=HTTPStatus.BAD_REQUEST, text="that is no AdmissionReview\n")
        except (ApiError, Crowded, TimeoutError) as error:
            REVIEWS.labels(name, "not judged").inc()
            why = str(error) or type(error).__name__
            log.warning("review-not-judged", what=name, error=why)
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, text=f"not judged: {why}\n")
        said = "refused" if judgement.refused else "labelled" if judgement.labelled else "passed"
        REVIEWS.labels(name, said).inc()
        if said != "passed":
            about, told = clip(review.written.name, _SHOWN), clip(judgement.refused, _SHOWN)
            log.info("review-answered", what=name, answer=said, name=about, told=told)
        return web.Response(body=answer(review, judgement, label=label), content_type="application/json")

    return answered


def _within(request: web.Request) -> float:
    """So many seconds: the API server says with each request how long it waits."""
    said = _TIMEOUT.fullmatch(request.query.get("timeout", ""))
    return _SOONER * (min(int(said[1]), _LONGEST) if said is not None else 2)


async def _selectors(cluster: Cluster) -> list[LabelSelector]:
    """What the ClusterEnvSchedules select, as they are in this moment; one that cannot be read selects nothing.

    Namespaces are made seldom: to watch for ever what is asked for now and then costs more.
    """
    found: list[LabelSelector] = []
    for raw in await cluster.list_all(paths.CLUSTER_ENV_SCHEDULES):
        try:
            found.append(parse(LabelSelector, raw.get("spec", {}).get("namespaceSelector") or {}))
        except InvalidObject as error:
            log.warning("selector-unreadable", name=raw["metadata"]["name"], error=str(error))
    return found
