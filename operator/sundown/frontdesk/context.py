"""What the rooms of the frontdesk work with, whichever way people come: the services of a person's wish, and the tasks.

Nothing here knows Slack. What Slack's room needs besides is in ``slack.transport.desk``; who starts and stops it all is
``process``.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

from kubernetes_asyncio.client import Configuration

from sundown.cluster.client import Cluster
from sundown.cluster.scope import Scope
from sundown.frontdesk.envs.feed import Feed
from sundown.frontdesk.envs.mirror import Board
from sundown.frontdesk.people.people import People
from sundown.frontdesk.people.preferences import PreferenceBook
from sundown.frontdesk.people.rights import Rights
from sundown.frontdesk.people.sight import Sight
from sundown.frontdesk.requests.answering import Answers
from sundown.frontdesk.requests.asking import Requests
from sundown.frontdesk.requests.live import LiveMessages
from sundown.frontdesk.requests.outcomes import Outcomes
from sundown.frontdesk.seal import Seal, vouch
from sundown.frontdesk.settings import FrontdeskSettings
from sundown.frontdesk.support.ends import Ends
from sundown.frontdesk.wishes.actions import Actions
from sundown.frontdesk.wishes.pace import Pace
from sundown.model import managers
from sundown.process.supervisor import Supervisor
from sundown.schedule.clock import Clock, SystemClock
from sundown.usecases.doors import Door
from sundown.usecases.support import Place

_RELISTING = timedelta(minutes=10)
_ATTEMPTS = 3
_PATIENCE = 10.0


class Desk:
    """The services of one frontdesk.

    ``settings``, ``clock``, ``cluster`` (writes name their field manager themselves), ``door`` and ``api_door``, ``board``,
    ``people``, ``rights``, ``sight``, ``pace``, ``seal``, ``preferences``, ``actions``, ``requests``, ``outcomes``, ``live``,
    ``answers`` (both also as ``api_requests`` and ``api_answers``), ``support`` and ``ends`` (of support pods) are for every room above. A room plugs in by ``board.changed.append(...)``, by
    ``actions.carried_out.append(...)``, by ``start_task`` for what runs as long as the process, by ``work`` for what answers
    one delivery, and by ``remarks.append(...)`` for what ``/readyz`` says besides, empty where there is nothing to say.
    """

    people: People

    def __init__(
        self, configuration: Configuration, settings: FrontdeskSettings, *, clock: Clock | None = None
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.cluster = Cluster(
            configuration,
            request_timeout=min(settings.request_timeout_seconds, _PATIENCE),
            attempts=_ATTEMPTS,
            manager=managers.FRONTDESK,
            scope=Scope(settings.namespaces, home=settings.namespace),
        )
        self.seal = Seal(settings.slack_bot_token.get_secret_value(), cluster=settings.cluster_name)
        self.door = Door(
            manager=managers.FRONTDESK,
            via="slack",
            program=settings.slack_command,
            own_rights=False,
            vouch=partial(vouch, self.seal),
        )
        self.api_door = Door(manager=managers.FRONTDESK, via="api", program="sundown", own_rights=False)
        self.board = Board(rules=settings)
        self.feed = Feed(self.cluster, self.board, period=_RELISTING, covers=settings.covers)
        self.rights = Rights(self.cluster, support=settings.support_namespace)
        self.support = Place(self.cluster, settings.support_namespace, self.door)
        self.ends = Ends(configuration, self.cluster, seal=self.seal, clock=self.clock, settings=settings)
        self.sight = Sight(self.rights, clock=self.clock, good_for=timedelta(seconds=settings.sight_seconds))
        self.pace = Pace(at_most=settings.person_requests, clock=self.clock)
        self.preferences = PreferenceBook(self.cluster, namespace=settings.namespace)
        self.actions = Actions(self.cluster, board=self.board, rights=self.rights, clock=self.clock, door=self.door)
        self.requests = Requests(self.cluster, rights=self.rights, clock=self.clock, settings=settings, door=self.door)
        self.outcomes = Outcomes(self.cluster, settings=settings)
        self.live = LiveMessages(self.cluster, settings=settings)
        self.answers = Answers(self.cluster, rights=self.rights, clock=self.clock, settings=settings, via="slack")
        self.api_requests = Requests(
            self.cluster, rights=self.rights, clock=self.clock, settings=settings, door=self.api_door
        )
        self.api_answers = Answers(self.cluster, rights=self.rights, clock=self.clock, settings=settings, via="api")
        self.tasks = Supervisor()
        self.remarks: list[Callable[[], str]] = []

    def action_request_event(self, kind: str | None, raw: dict[str, Any]) -> None:
        """A request came, changed or went: who has to hear of it, and which message is behind."""
        self.outcomes.event(kind, raw)
        self.live.event(kind, raw)

    def start_task(self, name: str, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run something for as long as the process; if it ends, ``/livez`` says so and the process is restarted."""
        self.tasks.start(name, coroutine)

    def work(self, name: str, coroutine: Coroutine[Any, Any, None]) -> None:
        """Do something that a delivery asked for, after it was acknowledged; what it raises is logged."""
        self.tasks.work(name, coroutine)
