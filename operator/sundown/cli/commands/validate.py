"""``sundown validate``: looks for mistakes in files, without a cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import click

from sundown.cli.shared import files, output
from sundown.cli.shared.files import KINDS, Found
from sundown.cli.shared.yaml_reader import Unreadable
from sundown.errors import InvalidObject, Mistake
from sundown.model.base import parse
from sundown.model.cutting import clip
from sundown.model.resources import API_VERSION, OWNER_ZONES, ClusterEnvSchedule, EnvSchedule
from sundown.model.spec import EnvScheduleSpec
from sundown.model.support_pod import SupportPod
from sundown.schedule.clock import SystemClock
from sundown.schedule.lint import doubts, notes
from sundown.schedule.owners import parse_owner_zones
from sundown.schedule.timetable import Circumstances
from sundown.settings import usable
from sundown.sleepers.chosen_rows import mistaken_patches
from sundown.sleepers.kinds import unknown_kinds

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_FIELDS = ("apiVersion", "kind", "metadata", "spec", "status")


@click.command(
    epilog=output.examples(
        "sundown validate -f schedule.yaml",
        "sundown validate -f examples/ -f more.yaml",
        "kustomize build deploy | sundown validate -f -",
    )
)
@click.option("-f", "--filename", "named", multiple=True, metavar="FILE", help="A file or folder, or - for stdin.")
@click.argument("others", nargs=-1, metavar="[FILE]...")
def validate(*, named: tuple[str, ...], others: tuple[str, ...]) -> None:
    """Look for mistakes in EnvSchedules, ClusterEnvSchedules and SupportPods, without a cluster.

    Prints a line for each mistake, with its file, object and field. Objects of other kinds are passed over. What is
    harmless and yet worth saying goes to stderr.
    """
    if not named and not others:
        raise click.UsageError("say which files: -f FILE")
    checked = refused = 0
    support_pods = 0
    for file, is_named in files.expand((*named, *others)):
        try:
            found = files.objects(file)
        except Unreadable as error:
            output.say(f"{file}: {error}")
            refused += 1
            continue
        if is_named and not found:
            output.say(f"{file}: there is nothing in it")
            refused += 1
        for each in found:
            # A folder may hold values files and patches, which have no kind; a file that was named should.
            if not each.ours and (each.kind is not None or not is_named):
                continue
            checked += 1
            support_pods += each.kind == "SupportPod"
            mistakes, remarks = review(each)
            refused += len(mistakes)
            for mistake in mistakes:
                output.say(f"{file}: {each.title}: {mistake}")
            for remark in remarks:
                output.note(f"note: {file}: {each.title}: {remark}")
    if refused:
        raise click.exceptions.Exit(1)
    if not checked:
        output.note("no EnvSchedule and no ClusterEnvSchedule there")
        return
    noun = "object" if support_pods else "schedule"
    output.say(f"{checked} {noun if checked == 1 else f'{noun}s'}, no mistakes")


def review(found: Found) -> tuple[tuple[Mistake, ...], tuple[Mistake, ...]]:
    """The mistakes in one object, and what is harmless and worth saying."""
    envelope = tuple(_envelope(found.raw))
    if found.kind not in KINDS or found.raw.get("apiVersion") != API_VERSION:
        return envelope, ()
    raw = {field: found.raw[field] for field in ("metadata", "spec") if field in found.raw}
    try:
        if found.kind == "EnvSchedule":
            schedule = parse(EnvSchedule, raw)
            annotation = schedule.metadata.annotations.get(OWNER_ZONES, "")
            mistakes, remarks = _spec(schedule.spec, annotation, prefix="spec")
            remarks = (*_protected(schedule.metadata.namespace), *remarks)
        elif found.kind == "SupportPod":
            parse(SupportPod, raw)
            mistakes, remarks = (), ()
        else:
            mistakes, remarks = _spec(parse(ClusterEnvSchedule, raw).spec.template, "", prefix="spec.template")
    except InvalidObject as error:
        return (*envelope, *error.mistakes), ()
    return (*envelope, *mistakes), remarks


def _envelope(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    """What is wrong with an object around its spec."""
    if raw.get("apiVersion") != API_VERSION:
        yield Mistake("apiVersion", f"must be {API_VERSION}")
    if raw.get("kind") not in KINDS:
        yield Mistake("kind", f"must be {', '.join(KINDS[:-1])} or {KINDS[-1]}")
    for field in raw:
        if field not in _FIELDS:
            yield Mistake(clip(field, 60), "no such field")
    metadata = raw.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    if name is None:
        yield Mistake("metadata.name", "is required")
    elif isinstance(name, str) and not _NAME.fullmatch(name):
        yield Mistake("metadata.name", "must be a DNS name: at most 253 small letters, digits, - and .")


def _protected(namespace: str) -> Iterator[Mistake]:
    if namespace and usable().protects(namespace):
        yield Mistake("metadata.namespace", f'"{namespace}" is protected: Sundown never touches it')


def _spec(spec: EnvScheduleSpec, owner_zones: str, *, prefix: str) -> tuple[tuple[Mistake, ...], tuple[Mistake, ...]]:
    zones, bad = parse_owner_zones(owner_zones)
    unknown = (Mistake(f"metadata.annotations[{OWNER_ZONES}]", slip) for slip in bad)
    harmless = notes(spec, Circumstances(zones=zones), SystemClock().now(), prefix=prefix)
    mistakes = (
        *doubts(spec, prefix=prefix),
        *unknown_kinds(spec.workloads, prefix=prefix),
        *mistaken_patches(spec.workloads, prefix=prefix),
    )
    return mistakes, (*unknown, *harmless)
