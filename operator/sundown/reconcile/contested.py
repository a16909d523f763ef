"""How a part stands that somebody else sets back again and again: it waits for its time, and nobody waits for it. Pure."""

from __future__ import annotations

from dataclasses import replace

from sundown.reconcile.part_verdict import Goal, Standing


def contested(goal: Goal, standing: Standing) -> Standing:
    """The same part in the light of the fight for it, where there is one.

    For as long as that lasts the part does not count as where it should be, even at moments at which it is.
    """
    one = goal.fights.get(standing.part.title)
    if one is None or not standing.selected or standing.refused is not None:
        return standing
    resumed = one.rests and standing.step is not None and standing.step.action == one.action
    if not (one.is_fight or resumed):
        return standing
    quiet = standing.step is None and not standing.hangs
    too_early = standing.step is not None and standing.step.action == one.action and goal.now < one.due
    return replace(standing, step=None if too_early else standing.step, hangs=True, fought=one, quiet=quiet)
