"""What of a machine a node could leave traces in."""

import json
import os
import subprocess
from pathlib import Path

import psutil

from sundown_lab.node import cgroups
from sundown_lab.node.keeper import HIDDEN

OURS = ("sundown-lab", "kubepods", "k8s.io")


def state() -> dict[str, list[str]]:
    """Links, routes, mounts, network namespaces, folders, control groups and programs, each as sorted lines."""
    return {
        "links": _ip("link", "ifname"),
        "routes": _ip("route", "dst"),
        "forwarding": [Path("/proc/sys/net/ipv4/ip_forward").read_text()],
        "mounts": sorted(Path("/proc/self/mounts").read_text().splitlines()),
        "namespaces": sorted(
            subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout.split()
        ),
        "folders": sorted(str(path) for folder in (*HIDDEN, "/etc/cni/net.d") for path in Path(folder).glob("*")),
        "control groups": _groups(),
    }


def programs(folder: Path) -> list[str]:
    """The programs that have to do with this folder, or run in a node's control groups."""
    found = []
    for process in psutil.process_iter(["pid", "name", "cmdline"]):
        arguments = " ".join(process.info["cmdline"] or [])
        if str(folder) in arguments and process.info["pid"] != os.getpid():
            found.append(f"{process.info['name']} {arguments}")
    return sorted(found)


def _ip(thing: str, key: str) -> list[str]:
    done = subprocess.run(["ip", "-json", thing, "show"], capture_output=True, text=True, check=True)
    return sorted(str(one[key]) for one in json.loads(done.stdout))


def _groups() -> list[str]:
    # Groups of others come and go while we look.
    folders = (folder for hierarchy in cgroups.hierarchies() for folder, _, _ in os.walk(hierarchy))
    return sorted(folder for folder in folders if any(word in folder for word in OURS))
