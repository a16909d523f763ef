"""What was planned to be put to sleep and was not: known for certain only to the process that did not write it.

What stands in the second place speaks for Sundown, and from there until the write an owner can put a workload to 0 themselves,
for minutes where its wave waits for another. A zero of ``kubectl scale`` looks like one that Sundown has given back, to
nobody, so nothing in the cluster tells whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sundown.model.parts import Step, Workload
from sundown.reconcile.memory import Carried, carried
from sundown.reconcile.plan import Plan
from sundown.sleepers.patch_kind import PatchKind

_NOTHING: Mapping[str, Carried] = MappingProxyType({})


class Unwritten:
    """Knows it of all envs: by uid, with what each workload carried when it was planned."""

    def __init__(self) -> None:
        self._known: dict[str, Mapping[str, Carried]] = {}

    def of(self, namespace: str) -> Mapping[str, Carried]:
        """What of an env is at zero, if it is, by its owner's wish."""
        return self._known.get(namespace, _NOTHING)

    def planned(self, namespace: str, the_plan: Plan, workloads: Iterable[Workload], *, at_rest: bool) -> None:
        """Note what a plan puts to sleep, before it is told; of earlier plans what its owner has put to zero since."""
        earlier = self.of(namespace) if not at_rest else _NOTHING
        kept = {one.uid: earlier[one.uid] for one in workloads if one.uid in earlier and one.replicas == 0}
        self._note(namespace, {**kept, **_planned(the_plan.to_come)})

    def tried(self, namespace: str, the_plan: Plan) -> None:
        """Forget what is written from now on: who does not see the answer cannot know."""
        written = _planned(the_plan.steps).keys()
        self._note(namespace, {uid: one for uid, one in self.of(namespace).items() if uid not in written})

    def left(self, namespace: str, unwritten: Mapping[str, Carried]) -> None:
        """Note what was tried and surely not written."""
        self._note(namespace, {**self.of(namespace), **unwritten})

    def forget(self, namespace: str) -> None:
        """Nothing is planned any more for an env that is not governed."""
        self._known.pop(namespace, None)

    def _note(self, namespace: str, known: Mapping[str, Carried]) -> None:
        if known:
            self._known[namespace] = known
        else:
            self._known.pop(namespace, None)


def _planned(steps: Iterable[Step]) -> Mapping[str, Carried]:
    workloads = (step.part for step in steps if step.action == "Sleep" and isinstance(step.part, Workload))
    return {one.uid: carried(one) for one in workloads if one.replicas > 0 and not isinstance(one.row, PatchKind)}
