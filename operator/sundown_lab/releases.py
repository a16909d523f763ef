"""Which releases of Kubernetes the lab builds: the newest, with which all tests run, and the oldest that Sundown promises."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Release:
    """A minor release: the patch release that is built, and the module (a folder of gomod/) that pins it.

    ``serves_policies`` says whether its API server knows MutatingAdmissionPolicy unasked.
    """

    version: str
    module: str
    serves_policies: bool

    @property
    def minor(self) -> str:
        """What people call it, such as "1.36"."""
        return self.version.removeprefix("v").rpartition(".")[0]

    @property
    def linker_flags(self) -> str:
        """Without debug information; the programs say which version they are."""
        return f"-s -w -X k8s.io/component-base/version.gitVersion={self.version}"


_OLDEST = Release("v1.33.13", "kubernetes-1.33", serves_policies=False)
_NEWEST = Release("v1.36.3", "kubernetes", serves_policies=True)

RELEASES = {release.minor: release for release in (_OLDEST, _NEWEST)}
OLDEST, NEWEST = _OLDEST.minor, _NEWEST.minor
