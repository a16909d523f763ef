"""``sundown kinds``: the catalogue of what can sleep, what of it this cluster serves and holds, and Sundown may touch."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from sundown.cli.shared.cluster_access import connected
from sundown.cli.shared.cluster_options import cluster_options
from sundown.cli.shared.output import as_json, examples, note, table
from sundown.settings import Settings
from sundown.sleepers.patch_kind import PatchKind
from sundown.usecases.known_kinds import Held, KnownKind, known_kinds

_GRANTED = {True: "yes", False: "no", None: "not known"}
_NOT_WATCHED = "yes, not watched"
"""It sleeps, and who wakes one at night has it running until the next comparison."""


@click.command(
    "kinds",
    epilog=examples(
        "sundown kinds",
        "sundown kinds -o wide",
        "sundown kinds -o json | jq -r '.[] | select(.served and .granted == false) | .component'",
    ),
)
@cluster_options
@click.option("-o", "--output", type=click.Choice(["table", "wide", "json"]), default="table", help="How to print it.")
def kinds(*, kubeconfig: Path | None, context: str | None, output: str) -> None:
    """List the kinds that can sleep: how, whether this cluster serves them, and whether Sundown has the rights.

    HELD tells whether the API server keeps asleep what sleeps of a kind, whoever writes it: "otherwise" where the policies for
    that are there, and not as this version brings them.

    Deployments and StatefulSets sleep unless a schedule says otherwise. Any other kind sleeps where a schedule names it in
    workloads.kinds, and where its component is installed, which grants the rights on it.
    """
    account = f"system:serviceaccount:{Settings().namespace}:sundown-operator"
    found = connected(lambda cluster: known_kinds(cluster, account=account), kubeconfig=kubeconfig, context=context)
    if output == "json":
        as_json([one.to_json() for one in found])
        return
    wide = output == "wide"
    header = ["KIND", "SERVED", "GRANTED", "HELD", *(("WAVE", "TRIED WITH", "SOURCE") if wide else ()), "ASLEEP BY"]
    table(header, [_row(one, wide=wide) for one in found])
    for component in _components(one for one in found if one.lacking):
        note(f"to grant it: kubectl apply -k deploy/components/kinds/{component}")
    for component in _components(one for one in found if _could_be_held(one, found)):
        note(f"to hold it: kubectl apply -k deploy/components/kinds/{component}/hold")


def _could_be_held(one: KnownKind, found: Iterable[KnownKind]) -> bool:
    """Whether a component is worth naming: where nothing is held, the cluster serves no such policies, or nobody wants them."""
    wanted = one.granted and any(other.held is Held.YES for other in found)
    return one.held is Held.OTHERWISE or bool(wanted and one.held is Held.NO)


def _components(found: Iterable[KnownKind]) -> list[str]:
    return sorted({one.row.component for one in found if isinstance(one.row, PatchKind)})


def _row(one: KnownKind, *, wide: bool) -> list[str]:
    told = one.to_json()
    served = f"{told['group']}/{one.version}" if one.version is not None else "no"
    granted = _GRANTED[one.granted] if one.version is not None else "-"
    held = one.held.value if one.held is not None else "-"
    if one.granted and not one.watched:
        granted = _NOT_WATCHED
    more = [str(told["wave"]), told["tried"] or "", told["source"] or ""] if wide else []
    return [told["title"] if wide else told["kind"], served, granted, held, *more, told["asleep"]]
