"""The ConfigMap of time zone names, a parameter of the policy that refuses any other: made from the database that Sundown ships."""

import textwrap
from importlib.resources import files

HEAD = """\
# The time zones that there are, of the IANA database of the package tzdata: `make docs` writes this file.
apiVersion: v1
kind: ConfigMap
metadata:
  name: sundown-time-zones
  namespace: sundown-system
  labels:
    app.kubernetes.io/name: sundown
    app.kubernetes.io/component: admission
    app.kubernetes.io/part-of: sundown
data:
  names: >-
"""
WIDTH = 120


def names() -> list[str]:
    """All of them, in the order of the alphabet."""
    return sorted((files("tzdata") / "zones").read_text(encoding="utf-8").split())


def zones_manifest() -> str:
    """The file as it has to be."""
    folded = textwrap.wrap(" ".join(names()), WIDTH, break_long_words=False, break_on_hyphens=False)
    return HEAD + "".join(f"    {line}\n" for line in folded)
