"""One list of all workloads of a kind, page by page: whoever waits for a namespace has it as soon as the list is past it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from sundown.cluster.client import Cluster
from sundown.cluster.errors import Expired
from sundown.model.parts import Workload
from sundown.sleepers.kinds import ReplicaKind
from sundown.sleepers.patch_kind import PatchKind

_PAGE = 1000
_FIRST_PAGE = 200


@dataclass(slots=True)
class Question:
    """What an env has; answered when every kind has been looked through, by lists that ``began`` then or later."""

    answer: asyncio.Future[tuple[Workload, ...]]
    _kinds_to_go: int
    began: float = 0.0
    _found: list[Workload] = field(default_factory=list)

    def kind_done(self, found: list[Workload]) -> None:
        """Take in all that there is of one kind."""
        self._found += found
        self._kinds_to_go -= 1
        if self._kinds_to_go == 0 and not self.answer.done():
            self.answer.set_result(tuple(self._found))

    def failed(self, error: BaseException) -> None:
        """Give up."""
        if not self.answer.done():
            self.answer.set_exception(error)
            # Whoever asked may have gone since; then nobody would look at the error, which is fine.
            self.answer.exception()


@dataclass(slots=True)
class _Expected:
    questions: list[Question]
    found: list[Workload] = field(default_factory=list)


class Passing:
    """A list under way, whose first page is a short one where there is a ``hurry``. ``seen`` counts its workloads; ``strays`` holds the namespaces of records that nobody asked about.

    ``everything`` has all that it found, by namespace, where ``all_of_it`` is wanted.
    """

    def __init__(self, row: ReplicaKind | PatchKind, *, hurry: bool = False, all_of_it: bool = False) -> None:
        self._row = row
        self.everything: dict[str, list[Workload]] | None = {} if all_of_it else None
        self._first_page = _FIRST_PAGE if hurry else None
        self._expected: dict[str, _Expected] = {}
        self._asked_about: set[str] = set()
        self._position = ""
        self._over = False
        self.seen = 0
        self.strays: set[str] = set()

    def is_ahead(self, namespace: str) -> bool:
        """Whether the list has still to come to this namespace."""
        return not self._over and _place(namespace) > self._position

    def expect(self, namespace: str, question: Question) -> None:
        """Answer for a namespace that is ahead."""
        self._asked_about.add(namespace)
        self._expected.setdefault(namespace, _Expected([])).questions.append(question)

    async def run(self, cluster: Cluster) -> None:
        """Go through the whole list; from the start again, for those who still wait, when a page has expired.

        Raises:
            ApiError: when the API server cannot be asked.
        """
        while not self._over:
            try:
                pages = cluster.pages_as(
                    self._row.collection(), self._row.read_page, limit=_PAGE, first=self._first_page
                )
                async for page in pages:
                    self._take(page)
            except Expired:
                self._position, self.seen = "", 0
                if self.everything is not None:
                    self.everything.clear()
                for expected in self._expected.values():
                    expected.found.clear()
            else:
                self._over = True
                self._hand_over(list(self._expected))

    def fail(self, error: BaseException) -> None:
        """Tell all who still wait."""
        self._over = True
        for expected in self._expected.values():
            for question in expected.questions:
                question.failed(error)

    def _take(self, page: Iterable[Workload]) -> None:
        namespace = ""
        for workload in page:
            self.seen += 1
            namespace = workload.namespace
            if self.everything is not None:
                self.everything.setdefault(namespace, []).append(workload)
            expected = self._expected.get(namespace)
            if expected is not None:
                expected.found.append(workload)
            elif workload.carries and not workload.leaving and namespace not in self._asked_about:
                self.strays.add(namespace)
        if namespace:
            self._position = _place(namespace)
            self._hand_over([one for one in self._expected if _place(one) < self._position])

    def _hand_over(self, namespaces: Iterable[str]) -> None:
        for namespace in namespaces:
            expected = self._expected.pop(namespace)
            for question in expected.questions:
                question.kind_done(expected.found)


def _place(namespace: str) -> str:
    """To sort by as the API server does: by its keys, ``namespace/name``, so that the slash counts."""
    return namespace + "/"
