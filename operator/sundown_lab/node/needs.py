"""What a machine must have before it can hold a real node, or build an image: said in plain words where it is missing."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sundown_lab.errors import LabError

DOCUMENT = "docs/real-node.md"


@dataclass(frozen=True)
class Need:
    """A Debian package, and the program by which it is known to be there."""

    package: str
    program: str


NODE = (
    Need("containerd", "containerd"),
    Need("containernetworking-plugins", "/usr/lib/cni/bridge"),
    Need("iproute2", "ip"),
    Need("runc", "runc"),
    Need("util-linux", "nsenter"),
)
IMAGE = (Need("buildah", "buildah"), Need("mmdebstrap", "mmdebstrap"), Need("util-linux", "unshare"))
ALL = tuple(dict.fromkeys((*NODE, *IMAGE)))


@dataclass(frozen=True)
class Machine:
    """What decides: the system, the user, which programs there are (`which` as `shutil.which`), and whether the kernel
    lets this user make namespaces and mounts, which root in a container may lack.
    """

    system: str
    user: int
    which: Callable[[str], str | None]
    allows: Callable[[], bool] = lambda: True

    @classmethod
    def here(cls, environment: Mapping[str, str] | None = None) -> "Machine":
        """This one. Where root's PATH leaves out /sbin, as `su` does, programs are found there all the same."""
        path = (os.environ if environment is None else environment).get("PATH", "")
        everywhere = f"{path}:/usr/local/sbin:/usr/sbin:/sbin"
        return cls(
            platform.system(), os.geteuid(), lambda program: shutil.which(program, path=everywhere), _makes_namespaces
        )

    def missing(self, needs: Iterable[Need]) -> tuple[str, ...]:
        """The packages that are not installed."""
        return tuple(dict.fromkeys(need.package for need in needs if self.which(need.program) is None))


def _makes_namespaces() -> bool:
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install_command(packages: Iterable[str]) -> str:
    """What to type on Debian."""
    return f"apt-get install --no-install-recommends {' '.join(packages)}"


def hindrance(needs: Iterable[Need], *, machine: Machine) -> str | None:
    """Why this machine cannot, as a sentence with what to do; None where it can."""
    if machine.system != "Linux":
        return f"it takes Linux, and this is {machine.system}; use a virtual machine, see {DOCUMENT}"
    if machine.user != 0:
        return "it takes root, for namespaces, mounts and cgroups; run it with sudo"
    if not machine.allows():
        return f"root may not make namespaces and mounts here, as in most containers; see {DOCUMENT}"
    packages = machine.missing(needs)
    if packages:
        return f"packages are missing; on Debian: {install_command(packages)}"
    return None


def require(needs: Iterable[Need], *, what: str) -> None:
    """Returns where this machine can do it. Raises LabError: it cannot; the hint says what to type."""
    why = hindrance(needs, machine=Machine.here())
    if why is not None:
        sentence, _, advice = why.partition("; ")
        raise LabError(f"{what} cannot be had on this machine: {sentence}", hint=advice[:1].upper() + advice[1:])


def main() -> None:
    """`python -m sundown_lab.node.needs`: ends with 0 where a real node can be had; else prints why not, and ends with 1.

    With `--packages`: prints the Debian packages that are missing. With `--machine`: packages do not count.
    """
    machine = Machine.here()
    if sys.argv[1:] == ["--packages"]:
        print(*machine.missing(ALL))
        return
    why = hindrance(() if sys.argv[1:] == ["--machine"] else ALL, machine=machine)
    if why is not None:
        print(why)
        sys.exit(1)


if __name__ == "__main__":
    main()
