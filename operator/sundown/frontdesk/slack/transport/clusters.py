"""Several clusters behind one Slack app: who is meant, and what is said when they cannot be asked.

Slack posts to one cluster's HTTP door. A request about another is passed on as it came, raw body and headers, to the address
that ``SUNDOWN_CLUSTERS`` has for it, and that cluster verifies Slack's signature itself; it trusts whoever passed it on in
nothing. Passing on therefore needs the HTTP door: what comes by Socket Mode carries no signature that another could verify,
and none is made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sundown.errors import SundownError


class Elsewhere(SundownError):
    """A request about another cluster that could not be passed on to it."""

    reason = "OtherCluster"


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters that this one knows: its own name, the doors of all by name, and whether it can pass requests on."""

    own: str
    doors: Mapping[str, str]
    passes_on: bool

    def is_elsewhere(self, cluster: str) -> bool:
        """Whether a request is about another cluster than this; no name means this one."""
        return cluster not in {"", self.own}

    def door_of(self, cluster: str) -> str | None:
        """Where a request about another cluster is passed to; None where it cannot be."""
        return self.doors.get(cluster) if self.passes_on and self.is_elsewhere(cluster) else None

    def refusal(self, cluster: str, *, passed_on: bool) -> Elsewhere:
        """Why a request about another cluster ends here; ``passed_on``: it came from one that took this for the other."""
        if passed_on:
            return Elsewhere(
                f'a request about the cluster "{cluster}" was passed on to the one that calls itself "{self.own}": whoever '
                "runs them has to make SUNDOWN_CLUSTERS and SUNDOWN_CLUSTER_NAME agree"
            )
        if not self.passes_on and (cluster in self.doors or not self.doors):
            return Elsewhere(
                f'I speak for the cluster "{self.own}" and cannot pass anything on to "{cluster}": I am connected by Socket '
                "Mode, which hands over nothing that another cluster could verify. With Slack's requests by HTTP it works"
            )
        known = ", ".join(sorted({self.own, *self.doors}))
        return Elsewhere(f'I know no cluster "{cluster}", only {known}')

    def silence(self, cluster: str, *, late: bool) -> Elsewhere:
        """What is said when the other cluster does not answer; ``late``: it has the request, but did not answer in time."""
        if late:
            return Elsewhere(
                f'the cluster "{cluster}" did not answer in time, so it may be done or not: ask it for the status'
            )
        return Elsewhere(
            f'the cluster "{cluster}" cannot be reached at the moment, so nothing was done: try again in a minute'
        )

    def rejection(self, cluster: str, status: int) -> Elsewhere:
        """What is said when the other cluster will not have the request."""
        return Elsewhere(
            f'the cluster "{cluster}" did not accept the request ({status}), so nothing was done: whoever runs it should see '
            "whether it has the same signing secret and the right time"
        )
