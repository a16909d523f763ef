"""How many of what starts fall together, of the moments at which it was seen to start. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Start:
    """So many ``pods`` of one workload were started ``at`` this Unix time."""

    at: float
    pods: int


def most_within(starts: Iterable[Start], *, seconds: float) -> int:
    """The most pods in any window of so many seconds; what starts at the end of one is in the next."""
    ordered = sorted(starts)
    most = inside = first = 0
    for start in ordered:
        inside += start.pods
        while start.at - ordered[first].at >= seconds:
            inside -= ordered[first].pods
            first += 1
        most = max(most, inside)
    return most


def full_windows(starts: Iterable[Start], *, seconds: float) -> list[int]:
    """The pods of each window of so many seconds, one after the other from the first start; the last is left out, which is cut."""
    ordered = sorted(starts)
    if not ordered:
        return []
    began = ordered[0].at
    counts = [0] * int((ordered[-1].at - began) // seconds)
    for start in ordered:
        number = int((start.at - began) // seconds)
        if number < len(counts):
            counts[number] += start.pods
    return counts


def span(starts: Iterable[Start]) -> float:
    """The seconds from the first to the last."""
    times = [start.at for start in starts]
    return max(times, default=0.0) - min(times, default=0.0)


def a_minute(starts: Iterable[Start]) -> float:
    """How many pods a minute from the first start to the last; that which began it is none of what came in that time.

    Raises:
        ValueError: they are not two moments.
    """
    ordered = sorted(starts)
    took = span(ordered)
    if took <= 0:
        raise ValueError("a rate takes two moments")
    return 60 * sum(start.pods for start in ordered[1:]) / took
