"""What people answer to a request: a click, a check mark, a typed word and a call of the API are one path."""

from __future__ import annotations

import structlog

from sundown.cluster.client import Cluster
from sundown.cluster.errors import Busy, Unreachable
from sundown.errors import SundownError
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.people.rights import Rights, groups_of
from sundown.frontdesk.requests.live import waits_for
from sundown.frontdesk.wishes.actions import ClusterAway
from sundown.model.action_request import Way
from sundown.model.addresses import same_person
from sundown.schedule.clock import Clock
from sundown.settings import Settings
from sundown.usecases.requests import Human, Word, answer, one

log = structlog.get_logger(__name__)


class Answers:
    """Writes down what somebody answers, by the rights that they have; ``via`` is the way that they come by."""

    def __init__(self, cluster: Cluster, *, rights: Rights, clock: Clock, settings: Settings, via: Way) -> None:
        self._cluster = cluster
        self._rights = rights
        self._clock = clock
        self._home = settings.namespace
        self._via = via

    async def give(self, person: Person, name: str, word: Word | None = None, *, reason: str | None = None) -> None:
        """Answer a request; without a word what it waits for. Whoever says the same twice has said it once.

        Raises:
            NotFound, TooLate: there is nothing to answer any more.
            NotAllowed: not by this person.
            ClusterAway, ApiError: the cluster could not be asked.
        """
        try:
            await self._give(person, name, word, reason)
        except (Unreachable, Busy) as error:
            raise ClusterAway.before_anything(name) from error
        except SundownError as error:
            log.info("answer-refused", user=person.email, request=name, word=word, via=self._via, outcome=error.reason)
            raise
        log.info("answer-given", user=person.email, request=name, word=word, via=self._via, outcome="Done")

    async def _give(self, person: Person, name: str, word: Word | None, reason: str | None) -> None:
        asked = await one(self._cluster, self._home, name)
        word = word or waits_for(asked)
        if word is None or asked.spec is None:
            return
        own = next((each for each in person.spellings if same_person(each, asked.spec.requested_by)), None)
        by = own or person.email
        # Who asked is told so, whatever rights they have: a right more would not help them.
        if word == "reject" or (word == "approve" and own is None):
            by = await self._rights.spelling(person, "approve", asked.spec.target.namespace)
        human = Human(by, groups_of(person), self._via)
        await answer(self._cluster, self._home, name, word, human=human, now=self._clock.now(), reason=reason)
