"""Which pages are made, and of what."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from sundown_lab.reference.commandline import commandline_page
from sundown_lab.reference.hold_policies import hold_manifests
from sundown_lab.reference.kinds import with_catalogue
from sundown_lab.reference.proven import Proof, collected, proven_page
from sundown_lab.reference.schema import Sections, crd_page
from sundown_lab.reference.settings import settings_page
from sundown_lab.reference.zones import zones_manifest

ROOT = Path(__file__).parents[3]


def pages() -> Mapping[str, str]:
    """Each page by its path below `docs/`, as it has to be."""
    kinds = (ROOT / "docs" / "kinds.md").read_text(encoding="utf-8")
    made = {
        "settings.md": settings_page(),
        "kinds.md": with_catalogue(kinds),
        "reference/commandline.md": commandline_page(),
    }
    sections = Sections()
    for file in ("envschedules.yaml", "clusterenvschedules.yaml", "actionrequests.yaml", "supportpods.yaml"):
        crd = yaml.safe_load((ROOT / "crds" / file).read_text(encoding="utf-8"))
        made[f"reference/{crd['spec']['names']['singular']}.md"] = crd_page(crd, sections=sections, file=file)
    return made


@lru_cache(maxsize=1)
def proofs() -> tuple[Proof, ...]:
    """What the tests of this checkout say that they prove; they are collected for it, which takes seconds.

    Raises:
        LabError: they cannot be.
    """
    return collected(ROOT)


def proven() -> Mapping[str, str]:
    """The page that is made of it, in the same way."""
    return {"reference/proven.md": proven_page(proofs())}


def manifests() -> Mapping[str, str]:
    """Each file of `deploy/` that is made, by its path below it, as it has to be."""
    return {"components/admission/time-zones.yaml": zones_manifest(), **hold_manifests()}
