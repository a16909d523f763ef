"""The node's network as data: its addresses, and the commands that lay it out. Nothing of the machine's own network changes; one
link and one route are added to it, and are gone with the node.
"""

import ipaddress
import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sundown_lab.errors import LabError

# Of the range that is set aside for benchmarks (RFC 2544): hardly any network has it.
HOST = "198.18.245.2"
NODE = "198.18.245.1"
LINK = f"{HOST}/30"
PODS = "198.19.245.0/24"
API_SERVER = "10.96.0.1"
HOST_END = "sundown-lab0"
NODE_END = "lab0"
BRIDGE = "pods0"


@dataclass(frozen=True)
class Step:
    """A command, and whether it runs inside the node's network."""

    inside: bool
    command: tuple[str, ...]


def plan(pid: int) -> tuple[Step, ...]:
    """What joins the network of the process `pid` with this machine's: API server and kubelet reach each other, and pods
    reach what listens on this machine's end.
    """

    def ip(text: str, *, inside: bool) -> Step:
        return Step(inside, ("ip", *text.split()))

    return (
        ip(f"link add {HOST_END} type veth peer name {NODE_END} netns {pid}", inside=False),
        ip(f"addr add {LINK} dev {HOST_END}", inside=False),
        ip(f"link set {HOST_END} up", inside=False),
        ip("link set lo up", inside=True),
        ip(f"addr add {NODE}/30 dev {NODE_END}", inside=True),
        ip(f"addr add {API_SERVER}/32 dev {NODE_END}", inside=True),
        ip(f"link set {NODE_END} up", inside=True),
        ip(f"route add default via {HOST}", inside=True),
        ip(f"route add {PODS} via {NODE}", inside=False),
    )


def lay(pid: int) -> None:
    """Carries the plan out. Raises LabError: a command failed."""
    for step in plan(pid):
        enter = ("nsenter", f"--target={pid}", "--net") if step.inside else ()
        done = subprocess.run([*enter, *step.command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise LabError(f"{' '.join(step.command)}: {done.stderr.strip()}")


def exists() -> bool:
    """Whether this machine has its end of a node's link."""
    return Path("/sys/class/net", HOST_END).exists()


def remove() -> None:
    """Takes the link away where the kernel has not done it with the node's end yet; the route goes with it."""
    if exists():
        subprocess.run(["ip", "link", "del", HOST_END], capture_output=True, check=False)


def require_free() -> None:
    """Returns where no route of this machine has these addresses. Raises LabError: one has."""
    answer = subprocess.run(
        ["ip", "-json", "route", "show", "table", "all"], capture_output=True, text=True, check=False
    )
    taken = overlapping(str(route.get("dst", "")) for route in json.loads(answer.stdout or "[]"))
    if taken:
        raise LabError(
            f"the addresses of a real node ({LINK}, {PODS}) are in use on this machine: {', '.join(taken)}",
            hint="If that is a VPN, disconnect it while the node is up.",
        )


def overlapping(destinations: Iterable[str]) -> list[str]:
    """Those routes that lead to one of our addresses; the default route does not count."""
    ours = [ipaddress.ip_network(LINK, strict=False), ipaddress.ip_network(PODS)]
    found = []
    for destination in destinations:
        try:
            network = ipaddress.ip_network(destination, strict=False)
        except ValueError:  # "default", or a kind of route in front
            continue
        if network.version == ours[0].version and any(network.overlaps(own) for own in ours):
            found.append(destination)
    return found
