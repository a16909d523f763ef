"""One thing measured with and without another, in rounds that take turns, so that a machine that gets slower is slower for both. Pure."""

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


def turns(rounds: int) -> Iterator[bool]:
    """Whether each measurement is one with it: each round has one of both, and the order changes from round to round."""
    for number in range(rounds):
        yield from (False, True) if number % 2 == 0 else (True, False)


@dataclass(frozen=True)
class Sides:
    """The figures of the rounds without and with."""

    without: Sequence[float]
    having: Sequence[float]

    @property
    def medians(self) -> tuple[float, float]:
        """Without and with."""
        return statistics.median(self.without), statistics.median(self.having)

    @property
    def ratio(self) -> float:
        """How much more it is with: of the medians."""
        without, having = self.medians
        return having / without

    @property
    def noise(self) -> float:
        """By how much the ratio is uncertain, as a share of it: the standard errors of both medians together.

        0 where a round has no other to be compared with.
        """
        return math.hypot(*(_uncertainty(figures) for figures in (self.without, self.having)))


_OF_A_MEDIAN = math.sqrt(math.pi / 2)
"""So much more uncertain than a mean it is."""


def _uncertainty(figures: Sequence[float]) -> float:
    if len(figures) < 2:
        return 0.0
    return _OF_A_MEDIAN * statistics.stdev(figures) / math.sqrt(len(figures)) / statistics.median(figures)
