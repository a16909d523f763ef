"""What is wrong with a kubeconfig, as far as that can be told before anybody logs in with it, and what to do.

The library that logs in takes a whole file for granted: of one that is empty or misspelt it says nothing that helps.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

_GIVE = "give --kubeconfig FILE or set KUBECONFIG"
_SHOWN = 20


def objection(location: str, context: str | None) -> str | None:
    """Why nobody can log in with the files at ``location`` (as KUBECONFIG names them); None where they may."""
    paths = [Path(part).expanduser() for part in location.split(os.pathsep) if part]
    there = [path for path in paths if path.exists()]
    if not there:
        return f"there is no kubeconfig at {location}; {_GIVE}"
    configs: list[Mapping[str, Any]] = []
    for path in there:
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            where = f", line {mark.line + 1}" if mark is not None else ""
            return f"{path}{where}: that is no YAML, so no kubeconfig; {_GIVE}"
        if not isinstance(found, dict):
            return f"{path} is {'empty' if found is None else 'no kubeconfig'}; {_GIVE}"
        configs.append(found)
    return _about_the_context(configs, context, location)


def _about_the_context(configs: Sequence[Mapping[str, Any]], context: str | None, location: str) -> str | None:
    contexts = dict(_named(configs, "contexts"))
    names = [name for name, _ in _named(configs, "contexts")]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    known = f"there are {', '.join(names[:_SHOWN])}{more}" if names else "there is none in it"
    chosen = context or next((str(one["current-context"]) for one in configs if one.get("current-context")), "")
    if not chosen:
        return f"{location} has no current context; {known}: kubectl config use-context NAME, or give --context NAME"
    if chosen not in contexts:
        return f'no context "{chosen}" in {location}; {known}'
    inside = contexts[chosen].get("context")
    for what, field in (("clusters", "cluster"), ("users", "user")):
        meant = inside.get(field) if isinstance(inside, dict) else None
        if meant not in dict(_named(configs, what)) and (meant or field == "cluster"):
            return f'context "{chosen}" of {location} names the {field} "{meant or ""}", which is not there'
    return None


def _named(configs: Sequence[Mapping[str, Any]], what: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The entries of one of the lists by their names, the first of a name only."""
    seen = set()
    for config in configs:
        entries = config.get(what)
        for entry in entries if isinstance(entries, list) else ():
            name = str(entry.get("name") or "") if isinstance(entry, dict) else ""
            if name and name not in seen:
                seen.add(name)
                yield name, entry
